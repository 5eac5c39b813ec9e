"""The answer as PDF, DOCX and XLSX in three languages."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest
import python_calamine

from izker.figures import Figure, compute, to_docx, to_pdf, to_xlsx
from izker.figures.documents import addressee, answer
from tests.figures import made

LANGUAGES = ("kk", "ru", "en")


@pytest.fixture(scope="module")
def figures() -> list[Figure]:
    return compute(made.extract(), 2025, date(2026, 1, 16))


def _text(figures: list[Figure], language: str) -> str:
    made_answer = answer(figures, language)
    runs = [*made_answer.paragraphs, *made_answer.items, made_answer.homes]
    return "\n".join("".join(r.text for r in p) for p in runs).replace("\u2009", " ").replace("\u00a0", " ")


def test_the_kazakh_answer_has_the_right_endings(figures: list[Figure]) -> None:
    text = _text(figures, "kk")
    for phrase in (
        "29 %-ды (96 354-тен)",
        "61 %-ды (45 806-дан)",
        "4 357-сі",
        "36 %-ға артты",
        "27 892-нің 49 фактісі",
        "5 күннен 30 күнге дейін",
        "60 млн теңгеге дейін",
    ):
        assert phrase in text


def test_the_russian_answer_agrees_with_its_numbers(figures: list[Figure]) -> None:
    text = _text(figures, "ru")
    for phrase in (
        "27 892 интернет-мошенничества",
        "6 016 преступлений",
        "1 750 лиц",
        "по 49 фактам",
        "2 дела",
        "от 5 дней до 30 дней",
        "выросло на 36 %",
    ):
        assert phrase in text


def test_every_figure_in_the_text_has_its_footnote_with_formula_period_cut_off_and_source(
    figures: list[Figure],
) -> None:
    for language in LANGUAGES:
        whole = answer(figures, language)
        strong = [r for p in (*whole.paragraphs, *whole.items, whole.homes) for r in p if r.strong]
        assert len(strong) >= 20
        for run in strong:
            assert "16.01.2026" in run.note or "2026-01-16" in run.note
            assert "a register made by hand" in run.note


def test_a_sentence_whose_figure_is_unknown_is_left_out() -> None:
    text = _text(compute(made.extract(), 2024), "ru")
    assert "по сравнению" not in text
    assert "зарегистрировано" in text


def test_the_addressee_follows_the_day_and_can_be_given() -> None:
    assert "Мәжілісінің" in addressee(date(2026, 6, 30), "kk")
    assert "Құрылтайының" in addressee(date(2026, 7, 1), "kk")
    assert (
        answer(compute(made.extract(), 2025), "en", to="To whom it may concern").addressee == "To whom it may concern"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_a_pdf_and_the_same_bytes_each_time(figures: list[Figure], tmp_path: Path, language: str) -> None:
    first, second = tmp_path / "a.pdf", tmp_path / "b.pdf"
    to_pdf(figures, language, first)
    to_pdf(figures, language, second)
    assert first.read_bytes().startswith(b"%PDF-")
    assert first.read_bytes() == second.read_bytes()
    assert b"NotoSans" in first.read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_docx_opens_and_its_footnotes_are_real(figures: list[Figure], tmp_path: Path, language: str) -> None:
    path = tmp_path / "a.docx"
    to_docx(figures, language, path)
    document = docx.Document(str(path))
    body = "\n".join(p.text for p in document.paragraphs)
    assert "27\u2009892" in body
    with zipfile.ZipFile(path) as package:
        notes = package.read("word/footnotes.xml").decode()
        main = package.read("word/document.xml").decode()
    referred = re.findall(r'<w:footnoteReference w:id="(\d+)"', main)
    defined = re.findall(r'<w:footnote w:id="(\d+)"', notes)
    assert referred == defined
    assert len(referred) >= 20
    assert document.sections[0].header.paragraphs[0].text


def test_synthetic_figures_say_so_in_every_document_and_real_ones_do_not(tmp_path: Path) -> None:
    real = compute(made.extract(synthetic=False), 2025)
    assert answer(real, "kk").synthetic == ""
    simulated = compute(made.extract(), 2025)
    assert answer(simulated, "en").synthetic.startswith("Synthetic data")
    assert "calibrated" in answer(simulated, "en", calibrated=True).synthetic
    to_xlsx(simulated, "en", tmp_path / "a.xlsx")
    sheet = python_calamine.load_workbook(str(tmp_path / "a.xlsx")).get_sheet_by_index(0).to_python()
    assert sheet[0][0] == "SYNTHETIC DATA"


def test_the_workbook_holds_figures_regions_and_both_lists_of_methods(figures: list[Figure], tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    to_xlsx(figures, "en", path, extract=made.extract())
    book = python_calamine.load_workbook(str(path))
    assert len(book.sheet_names) == 3
    rows = {str(r[0]): r for r in book.get_sheet_by_index(0).to_python()}
    assert rows["share_of_all"][3:5] == [27_892.0, 96_354.0]
    assert rows["share_of_all"][5] == pytest.approx(28.9474, abs=1e-4)
    regions = book.get_sheet_by_index(1).to_python()
    assert sum(float(str(r[3])) for r in regions[2:22]) == made.REGISTERED
    with zipfile.ZipFile(path) as package:
        assert "D6/E6*100" in package.read("xl/worksheets/sheet1.xml").decode()
