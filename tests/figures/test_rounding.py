"""Rounding and cutting on exact fractions, and the Wilson interval."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.figures.rounding import EXACT, ROUNDED, TRUNCATED, at_precision, exact_text, fits, wilson

fractions = st.fractions(min_value=-1000, max_value=1000, max_denominator=10**6)


@given(fractions, st.integers(-2, 5))
def test_a_cut_value_never_moves_away_from_zero_and_by_less_than_a_step(value: Fraction, decimals: int) -> None:
    cut = Fraction(at_precision(value, decimals, TRUNCATED))
    assert abs(cut) <= abs(value) < abs(cut) + Fraction(10) ** -decimals


@given(fractions, st.integers(-2, 5))
def test_a_rounded_value_is_within_half_a_step(value: Fraction, decimals: int) -> None:
    assert abs(Fraction(at_precision(value, decimals, ROUNDED)) - value) * 2 <= Fraction(10) ** -decimals


@given(fractions, st.integers(0, 4), st.sampled_from([ROUNDED, TRUNCATED]))
def test_what_was_printed_by_a_mode_always_fits(value: Fraction, decimals: int, mode: str) -> None:
    assert fits(value, at_precision(value, decimals, mode), decimals) in {EXACT, ROUNDED, TRUNCATED}


@pytest.mark.parametrize(
    ("part", "whole", "stated", "decimals", "how"),
    [
        (27_892, 96_354, "29", 0, ROUNDED),
        (27_892, 45_806, "61", 0, ROUNDED),
        (6_016, 27_892, "21", 0, TRUNCATED),
        (49, 27_892, "0.175", 3, TRUNCATED),
        (43, 49, "87", 0, TRUNCATED),
        (42, 49, "87", 0, None),
        (1, 8, "12.5", 1, EXACT),
        (1, 8, "13", 0, ROUNDED),
    ],
)
def test_each_share_of_the_official_answer_is_printed_the_way_it_is(
    part: int, whole: int, stated: str, decimals: int, how: str | None
) -> None:
    assert fits(Fraction(part * 100, whole), Decimal(stated), decimals) == how


def test_a_half_is_rounded_up_though_no_float_could_tell() -> None:
    assert at_precision(Fraction(2_675, 1_000), 2, ROUNDED) == Decimal("2.68")


def test_exact_text_says_whether_digits_go_on() -> None:
    assert exact_text(Fraction(1, 8)) == "0.125"
    assert exact_text(Fraction(2_789_200, 96_354)) == "28.947423…"


@given(st.integers(1, 40_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(deadline=None)
def test_the_wilson_interval_agrees_with_statsmodels(counts: tuple[int, int]) -> None:
    from statsmodels.stats.proportion import proportion_confint

    low, high = wilson(*counts)
    other_low, other_high = proportion_confint(*counts, method="wilson")
    assert low == pytest.approx(other_low, abs=1e-12)
    assert high == pytest.approx(other_high, abs=1e-12)


def test_the_wilson_interval_refuses_a_part_larger_than_its_whole() -> None:
    with pytest.raises(ValueError, match="a share needs"):
        wilson(5, 4)
