"""Endings on Kazakh numbers follow the spoken numeral."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from izker.figures import kazakh

CASES = ("genitive", "dative", "accusative", "locative", "ablative", "possessive", "instrumental")


@pytest.mark.parametrize(
    ("number", "case", "written"),
    [
        (96_354, "ablative", "-тен"),
        (45_806, "ablative", "-дан"),
        (27_892, "ablative", "-ден"),
        (27_892, "genitive", "-нің"),
        (4_357, "possessive", "-сі"),
        (8_554, "possessive", "-і"),
        (3_110, "possessive", "-ы"),
        (3_110, "ablative", "-нан"),
        (49, "genitive", "-дың"),
        (49, "instrumental", "-бен"),
        (20, "accusative", "-ны"),
        (30, "dative", "-ға"),
        (40, "dative", "-қа"),
        (50, "accusative", "-ді"),
        (1_750, "genitive", "-дің"),
        (6_000, "ablative", "-нан"),
        (300, "accusative", "-ді"),
        (1_000_000, "dative", "-ға"),
        (2_000_000_000, "dative", "-қа"),
        (0, "dative", "-ге"),
    ],
)
def test_an_ending_is_the_one_a_reader_would_say(number: int, case: str, written: str) -> None:
    assert kazakh.suffix(number, case) == written


def test_per_cent_is_read_paiyz() -> None:
    assert [kazakh.percent_suffix(c) for c in ("accusative", "dative", "ablative", "possessive")] == [
        "-ды",
        "-ға",
        "-дан",
        "-ы",
    ]


@given(st.integers(0, 10**12), st.sampled_from(CASES))
def test_an_ending_depends_on_the_last_spoken_word_only(number: int, case: str) -> None:
    assert kazakh.suffix(number, case) == f"-{kazakh.ending(kazakh.spoken_end(number), case)}"
    vowels = set("аәеіиоөуұүыэ")
    assert vowels & set(kazakh.suffix(number, case))
