"""Texts in all the ways people type fold to one spelling, and hostile ones cost bounded time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.schemes.noise import latin, letterless
from izker.schemes.text import MAX_TEXT, clean, fold, tokens

KAZAKH = [
    "Қауіпсіз шотқа аударыңыз деп айтты",
    "Әжемнің зейнетақысын ұрлап кетті",
    "несие рәсімдеп, өзіне аударған",
    "жалған үкімет сайты",
]


@pytest.mark.parametrize("text", KAZAKH)
@pytest.mark.parametrize("style", [0, 1, 2, 3])
def test_latin_kazakh_folds_nearly_to_the_same_words(text: str, style: int) -> None:
    ours, theirs = tokens(text).folded, tokens(latin(text, style)).folded
    assert len(ours) == len(theirs)
    letters = sum(max(len(a), len(b)) for a, b in zip(ours, theirs, strict=True))
    same = sum(x == y for a, b in zip(ours, theirs, strict=True) for x, y in zip(a, b, strict=False))
    assert same / letters > 0.7


@pytest.mark.parametrize("text", KAZAKH)
def test_letterless_kazakh_folds_to_the_same_words(text: str) -> None:
    assert tokens(text).folded == tokens(letterless(text)).folded


def test_homoglyphs_fold_to_the_plain_word() -> None:
    assert fold("мoшeнник") == fold("мошенник")
    assert fold("бaнк") == fold("банк")


def test_zero_width_and_styled_letters_are_read_as_letters() -> None:
    assert clean("ба\u200bнк\u00ad") == "банк"
    assert clean("𝐛𝐚𝐧𝐤 ｂａｎｋ") == "bank bank"


def test_html_is_stripped() -> None:
    assert tokens("<p>банк&nbsp;<b>код</b></p>").folded == ["банк", "код"]


def test_a_latin_name_keeps_its_cyrillic_ending_apart() -> None:
    assert len(fold("WhatsAppтан")) == 2


def test_arabic_script_is_detected() -> None:
    assert tokens("مەن بانكتەن قوڭىراۋ الدىم كودتى ايتتىم").arabic
    assert not tokens("банк қызметкері").arabic


def test_scripts_are_told_apart() -> None:
    assert tokens("The bank called me about my card").script == "en"
    assert tokens("menin atyma nesie alyp ketti").script == "latn"
    assert tokens("😀 123 !!!").script == "none"


def test_spans_point_into_the_cleaned_text() -> None:
    read = tokens("Маған банктен қоңырау шалды")
    assert [read.word(i) for i in range(len(read.folded))] == ["Маған", "банктен", "қоңырау", "шалды"]


@pytest.mark.parametrize(
    "hostile",
    [
        "а" * 1_000_000,
        "<" * 1_000_000,
        "a-" * 500_000,
        "1 " * 500_000,
        "http://" * 150_000,
        "&amp;" * 200_000,
        "\u0301" * 1_000_000,
        "ab." * 300_000,
    ],
)
def test_a_megabyte_of_anything_is_read_in_bounded_time(hostile: str) -> None:
    start = time.perf_counter()
    read = tokens(hostile)
    assert time.perf_counter() - start < 1.0
    assert len(read.text) <= MAX_TEXT + 1


@settings(max_examples=200, deadline=2000)
@given(st.text(max_size=400))
def test_any_text_is_read_and_every_token_has_a_place(text: str) -> None:
    read = tokens(text)
    assert len(read.folded) == len(read.spans)
    assert all(0 <= a < b <= len(read.text) for a, b in read.spans)
    assert all(read.folded)
