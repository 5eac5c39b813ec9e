"""Form 1-M: the twenty official workbooks, and every way a workbook can be broken."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from izker.figures.form_1m import import_form_1m, read_workbook
from izker.figures.form_1m.layout import region_of
from izker.jurisdictions import regions
from izker.words import Refusal
from tests.shared_data import shared

_NAMES = {
    1: "Всего правонарушений",
    2: "проступки",
    3: "преступлений ",
    4: "небольшой тяжести",
    5: "средней тяжести",
    6: "тяжкие ",
    7: "особо тяжкие ",
}
_NAMES |= {119: "Мошенничество (ст.190) ", 124: "          интернет-мошенничество"}


def _values(line: int) -> list[Any]:
    """31 columns that add up: 7 = 8+9+10, 14 = 15..23, 3 <= 2 <= 1."""
    base = {1: 1000, 2: 200, 3: 800, 4: 300, 5: 300, 6: 100, 7: 100, 119: 400, 124: 240}[line]
    row = [0] * 31
    row[0], row[1], row[2] = base * 2, base, base // 10
    row[6], row[7], row[8] = base // 10, base // 20, base // 20
    row[13], row[14], row[15] = base // 2, base // 4, base // 4
    return row


def write(
    path: Path,
    *,
    change: dict[tuple[int, int], Any] | None = None,
    sheets: tuple[str, ...] = ("R1", "R1-1"),
    without: int | None = None,
) -> Path:
    """A small workbook of the form; `change[(line, column)]` replaces a cell of R1, `without` leaves a column code
    out of its head.
    """
    book = xlsxwriter.Workbook(str(path))
    for name in sheets:
        sheet = book.add_worksheet(name)
        sheet.write(1, 0, "Форма отчета № 1-М")
        for column, text in enumerate(["А", "", "", "Б", *range(1, 32)]):
            if text != without:
                sheet.write(5, column, text)
        for offset, (line, label) in enumerate(_NAMES.items()):
            sheet.write(6 + offset, 0 if line == 1 else 2, label)
            sheet.write(6 + offset, 3, line)
            values = _values(line)
            if name == "R1-1":
                values = [values[1], *values[1:]]
            for column, value in enumerate(values, 1):
                sheet.write(
                    6 + offset, 3 + column, (change or {}).get((line, column), value) if name == "R1" else value
                )
    book.close()
    return path


@pytest.mark.shared_data
def test_the_twenty_official_workbooks_add_up_to_the_published_sums() -> None:
    started = time.perf_counter()
    result = import_form_1m(sorted(shared("data", "kz_form_1m").glob("*.XLSX")))
    assert time.perf_counter() - started < 20
    assert result.national == {
        "all_offences": 155_200,
        "fraud": 43_344,
        "internet_fraud": 20_534,
        "to_court": 3_438,
        "suspended": 17_175,
        "unknown_suspect": 17_117,
    }
    assert (result.read, result.landed, result.quarantined, result.complete) == (20, 20, 0, True)
    assert not result.problems
    assert [r.code for r in result.regions] == list(regions())
    astana = next(r for r in result.regions if r.code == "71")
    assert (astana.internet_fraud, round(float(astana.per_100k), 1)) == (4_401, 324.9)
    assert {(d.file, d.sheet, d.row, d.column) for d in result.differences} == {
        ("Akmola Region.XLSX", "R1", 9, "1"),
        ("Akmola Region.XLSX", "R1", 9, "2"),
        ("Akmola Region.XLSX", "R1", 9, "13"),
    }


@pytest.mark.shared_data
def test_the_json_of_an_import_keeps_the_contract(tmp_path: Path) -> None:
    source = shared("data", "kz_form_1m", "Astana.XLSX")
    bad = tmp_path / "Almaty.XLSX"
    bad.write_bytes(b"")
    value = import_form_1m([source, bad]).as_json()
    assert (value["read"], value["landed"], value["already"], value["quarantined"]) == (2, 1, 0, 1)
    assert value["national"]["internet_fraud"] == 4_401  # type: ignore[index]
    problems: list[dict[str, object]] = value["problems"]  # type: ignore[assignment]
    assert problems[0]["file"] == "Almaty.XLSX"
    assert {"file", "sheet", "row", "column", "reason"} <= set(problems[0])
    assert len(value["missing_regions"]) == 19  # type: ignore[arg-type]


def test_a_small_workbook_that_adds_up_has_no_difference(tmp_path: Path) -> None:
    form = read_workbook(write(tmp_path / "Kostanay Region.XLSX"))
    assert form.region == "39"
    assert form.counts["internet_fraud"]["registered"] == 240
    assert (form.problems, form.differences) == ((), ())


@pytest.mark.parametrize(
    ("cell", "value", "places"),
    [
        ((1, 2), 1001, {(7, "2")}),  # not the sum of misdemeanours and crimes, and not what R1-1 says
        ((124, 7), 25, {(15, "7")}),  # not the sum of columns 8 to 10
        ((124, 14), 121, {(15, "14")}),
        ((119, 3), 500, {(14, "3")}),  # more committed earlier than registered
    ],
)
def test_what_does_not_add_up_is_named_by_its_place_and_lands_as_printed(
    tmp_path: Path, cell: tuple[int, int], value: int, places: set[tuple[int, str]]
) -> None:
    result = import_form_1m([write(tmp_path / "Kostanay Region.XLSX", change={cell: value})])
    assert result.landed == 1
    assert {(d.row, d.column) for d in result.differences} == places
    assert all(d.file == "Kostanay Region.XLSX" and d.sheet == "R1" for d in result.differences)


@pytest.mark.parametrize("value", ["много", -5, 3.5, "12 месяцев"])
def test_a_bad_value_in_a_key_cell_quarantines_the_workbook_by_its_place(tmp_path: Path, value: object) -> None:
    good = write(tmp_path / "Astana.XLSX")
    result = import_form_1m([write(tmp_path / "Almaty.XLSX", change={(124, 2): value}), good])
    assert (result.landed, result.quarantined) == (1, 1)
    (problem,) = result.problems
    assert (problem.file, problem.sheet, problem.row, problem.column) == ("Almaty.XLSX", "R1", 15, "2")


def test_a_bad_value_elsewhere_is_told_and_the_rest_lands(tmp_path: Path) -> None:
    result = import_form_1m([write(tmp_path / "Almaty.XLSX", change={(5, 20): "x"})])
    assert result.landed == 1
    assert [(p.row, p.column) for p in result.problems] == [(11, "20")]


def test_a_missing_column_or_sheet_is_named(tmp_path: Path) -> None:
    result = import_form_1m(
        [
            write(tmp_path / "Almaty.XLSX", without=14),
            write(tmp_path / "Astana.XLSX", sheets=("R2",)),
            write(tmp_path / "Abay Region.XLSX"),
        ]
    )
    assert (result.landed, result.quarantined) == (1, 2)
    assert {(p.file, p.sheet, p.column) for p in result.problems} == {
        ("Almaty.XLSX", "R1", "14"),
        ("Astana.XLSX", "R1", ""),
    }


def test_a_sheet_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "Almaty.XLSX"
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("R1").write(0, 0, "Счёт за электричество")
    book.close()
    with pytest.raises(Refusal, match="not a sheet of form 1-M"):
        read_workbook(path)


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "empty"), (b"PK\x03\x04 cut off", "broken"), (b"hello", "broken")]
)
def test_a_broken_file_is_named_and_the_others_land(tmp_path: Path, content: bytes, reason: str) -> None:
    bad = tmp_path / "Almaty.XLSX"
    bad.write_bytes(content)
    result = import_form_1m([bad, write(tmp_path / "Astana.XLSX")])
    assert (result.landed, result.quarantined) == (1, 1)
    assert reason in result.problems[0].text("en")


def test_the_same_region_twice_counts_once(tmp_path: Path) -> None:
    first = write(tmp_path / "Almaty.XLSX")
    (tmp_path / "copy").mkdir()
    copy = tmp_path / "copy" / "город Алматы.XLSX"
    shutil.copy(first, copy)
    other = write(tmp_path / "copy" / "Алматы қаласы.XLSX", change={(124, 2): 241})
    result = import_form_1m([first, copy, other])
    assert result.national["internet_fraud"] == 240
    assert (result.read, result.landed, result.quarantined) == (3, 1, 2)
    assert ["same workbook" in p.text("en") for p in result.problems] == [True, False]


def test_a_second_run_of_the_same_files_lands_nothing_new(tmp_path: Path) -> None:
    path = write(tmp_path / "Almaty.XLSX")
    first = import_form_1m([path])
    again = import_form_1m([path], known=frozenset(f.sha256 for f in first.forms))
    assert (again.read, again.landed, again.already, again.national) == (1, 0, 1, first.national)


def test_a_changed_form_is_found_by_the_name_of_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer form has the line of internet fraud one higher."""
    original = _values
    names = {**_NAMES, 123: _NAMES[124], 124: "в сфере земельных правоотношений"}
    monkeypatch.setattr(f"{__name__}._NAMES", names)
    monkeypatch.setattr(
        f"{__name__}._values",
        lambda line: original(124) if line == 123 else [7] * 31 if line == 124 else original(line),
    )
    form = read_workbook(write(tmp_path / "Almaty.XLSX"))
    assert form.counts["internet_fraud"]["registered"] == 240
    assert "has changed" in form.problems[0].text("en")


@pytest.mark.parametrize(
    ("stem", "code"),
    [
        ("Almaty", "75"),
        ("Almaty Region", "19"),
        ("Алматинская область", "19"),
        ("г. Алматы", "75"),
        ("Алматы қаласы", "75"),
        ("Mangistay Region", "47"),
        ("Karagandy Region", "35"),
        ("Abay Region", "10"),
        ("область Абай", "10"),
        ("West-Kazakhstan Region", "27"),
        ("north kazakhstan oblast", "59"),
        ("Шымкент", "79"),
        ("Солтүстік Қазақстан облысы", "59"),
        ("report_final", None),
        ("", None),
    ],
)
def test_a_region_is_known_by_the_name_of_its_file(stem: str, code: str | None) -> None:
    assert region_of(stem) == code
