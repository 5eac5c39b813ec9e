"""What the checker reads and what it never does: the official answer, encodings, DOCX, hostile input."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.figures.check import check_file, check_text
from izker.figures.check.claim import plain
from izker.figures.check.quantities import find
from izker.figures.check.text import sentences
from izker.figures.printing import number
from izker.words import Refusal
from tests.shared_data import shared

TEXT = "Зарегистрировано 27 892 мошенничества, или 29% от 96 354 преступлений."
VERDICTS = {"holds", "rounded", "truncated", "wrong", "cannot_tell"}
KINDS = {"share", "sum", "growth", "count", "rate"}


@pytest.mark.shared_data
def test_the_official_answer_is_checked_to_the_last_figure() -> None:
    claims = {(c.kind, float(c.stated or 0)): c for c in check_file(shared("seed", "answer_2026-01-16.kk.txt"))}
    expected = {
        ("share", 29): ("rounded", 27_892, 96_354),
        ("share", 61): ("rounded", 27_892, 45_806),
        ("rate", 21): ("truncated", 6_016, 27_892),
        ("share", 0.175): ("truncated", 49, 27_892),
        ("share", 87): ("truncated", 43, 49),
        ("sum", 27_892): ("holds", 20_021, 27_892),
        ("growth", 36): ("cannot_tell", 6_016, None),
        ("count", 28_000): ("rounded", 27_892, None),
        ("count", 6_000): ("holds", 6_016, None),
        ("count", 4_357): ("holds", 4_357, 6_016),
        ("count", 2): ("holds", 2, 49),
    }
    for key, (verdict, part, whole) in expected.items():
        assert (claims[key].verdict, plain(claims[key].numerator), plain(claims[key].denominator)) == (
            verdict,
            part,
            whole,
        ), key
    assert "7\u2009871" in claims["sum", 27_892].note_text("en")
    assert "4\u2009424" in claims["growth", 36].note_text("en")
    assert "not to all 27\u2009892" in claims["share", 87].note_text("en")
    assert not [c for c in claims.values() if c.verdict == "wrong"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_a_text_is_read_in_any_of_its_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode(encoding))
    assert [c.verdict for c in check_file(path)] == ["rounded"]


def test_a_docx_is_read_with_its_tables(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(TEXT)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Раскрыто", "6 016 из 27 892 (35%)"
    path = tmp_path / "a.docx"
    document.save(str(path))
    assert sorted(c.verdict for c in check_file(path) if c.kind == "share") == ["rounded", "wrong"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"%PDF-1.7 x", "PDF"),
        (b"PK\x03\x04 broken", "broken"),
        (b"\x00\x01\x02", "text"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_remedy(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    with pytest.raises(Refusal, match=reason):
        check_file(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no such file"):
        check_file(tmp_path / "none.txt")


_PIECES = st.sampled_from(
    [
        "27 892",
        "96 354-тен",
        "29%",
        "29 %-ды",
        "из",
        "of",
        "оның ішінде",
        "(",
        ")",
        "; ",
        ". ",
        ", ",
        ": ",
        "\n– ",
        "\n",
        "в 2,5 раза",
        "выросло на",
        "артты",
        "0",
        "49",
        "1 млрд",
        "тенге",
        "более",
        "половины",
        "87%",
        "всех",
        "these",
        "rose",
        "from",
        "to",
        "жуық",
        "28 мың",
        "преступлений",
        "қылмыс",
        "2025",
        "-",
        "+",
        "остальные",
        "together",
        "100 мың",
        "12,5",
        ".5",
        "%",
        "1.234.567",
        "٣",
        "½",
    ]
)


@given(st.lists(_PIECES, max_size=40))
@settings(max_examples=250, deadline=None)
def test_no_text_breaks_the_checker_and_every_claim_keeps_the_contract(pieces: list[str]) -> None:
    for claim in check_text(" ".join(pieces)):
        row = claim.as_json()
        assert set(row) >= {
            "sentence",
            "claim",
            "kind",
            "stated",
            "recomputed",
            "numerator",
            "denominator",
            "verdict",
            "note",
        }
        assert row["verdict"] in VERDICTS
        assert row["kind"] in KINDS


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_arbitrary_text_breaks_nothing(text: str) -> None:
    check_text(text)


@given(
    st.integers(0, 10**9 - 1).filter(lambda n: not 1950 <= n <= 2049),
    st.sampled_from([" ", "\u00a0", "\u2009", "\u202f"]),
)
def test_a_grouped_number_reads_back_whatever_space_groups_it(value: int, space: str) -> None:
    text = f"Тіркелді: {number(value, 'kk')} қылмыс.".replace("\u2009", space)
    found = find(text, 0, is_english=False)
    assert [q.value for q in found] == [value]


@given(st.integers(0, 99_999), st.integers(0, 3))
def test_a_decimal_share_reads_back_with_its_precision(digits: int, places: int) -> None:
    whole, part = divmod(digits, 10**places)
    for text, english in (
        (f"Үлесі {whole},{part:0{places}d}%" if places else f"Үлесі {whole}%", False),
        (f"A share of {whole}.{part:0{places}d}%" if places else f"A share of {whole}%", True),
    ):
        (found,) = find(text, 0, is_english=english)
        assert (found.kind, found.decimals) == ("percent", places)
        assert found.value * 10**places == digits


@pytest.mark.parametrize(
    ("text", "english", "values"),
    [
        ("Зарегистрировано 27,892 преступления (0,175%).", False, [27_892, 0.175]),
        ("Recorded 27,892 crimes, or 0,175% and 0.175%.", True, [27_892, 0.175, 0.175]),
        ("Ущерб 2,277 млрд тенге.", False, [2_277_000_000]),
        ("В среднем 3,438 года, 12.5% и 27.892 дела.", False, [3.438, 12.5, 27_892]),
    ],
)
def test_the_mark_between_digits_is_read_by_sense(text: str, english: bool, values: list[float]) -> None:
    assert [float(q.value) for q in find(text, 0, is_english=english)] == pytest.approx(values)


def test_a_long_text_takes_time_in_proportion() -> None:
    """A thousand paragraphs are checked without the work growing out of hand."""
    import time

    started = time.perf_counter()
    claims = check_text("\n\n".join([TEXT] * 300))
    assert len([c for c in claims if c.kind == "share"]) == 300
    assert time.perf_counter() - started < 30


def test_wrapped_lines_are_one_sentence_and_bullets_know_their_introduction() -> None:
    found = sentences("Основные способы\nсовершения:\n– первый – 8 554;\n– второй – 8 357.\nДалее другое.")
    assert [s.text for s in found] == [
        "Основные способы совершения:",
        "первый – 8 554;",
        "второй – 8 357.",
        "Далее другое.",
    ]
    assert [s.item_of for s in found] == [None, 0, 0, None]
