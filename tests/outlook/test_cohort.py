"""Solve curves: R's state probabilities to the last digit, late entry, competing ends, and cohorts kept apart."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shared_data import shared

from izker.outlook.cohort import aalen_johansen, solve_curves
from izker.words import Refusal


@pytest.mark.shared_data
def test_state_probabilities_equal_r_survival() -> None:
    rows = pl.read_csv(shared("data", "survival", "multistate.csv"))
    expected = pl.read_csv(shared("data", "survival", "expected_state_probabilities.csv")).to_numpy()
    curve = aalen_johansen(rows["t"].to_numpy(), rows["st"].to_numpy(), rows["ent"].to_numpy())
    assert np.abs(curve.at(expected[:, 0]) - expected[:, 1:]).max() < 1e-12


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20), st.integers(0, 3)), min_size=1, max_size=60))
def test_every_case_is_somewhere(cases: list[tuple[int, int, int]]) -> None:
    entry = np.array([c[0] for c in cases], dtype=float)
    curve = aalen_johansen(entry + [c[1] for c in cases], [c[2] for c in cases], entry, states=3)
    shares = curve.at(np.arange(0, 50))
    assert np.allclose(shares.sum(axis=1), 1.0)
    assert (shares >= -1e-12).all()
    assert (np.diff(shares[:, 1:], axis=0) >= -1e-12).all()


def test_without_censoring_it_is_the_plain_share() -> None:
    curve = aalen_johansen([1, 2, 3, 4], [1, 2, 1, 1])
    assert curve.at([2.5]).tolist() == [[0.5, 0.25, 0.25]]


def test_a_competing_end_is_not_read_as_censoring() -> None:
    exit_, state = np.array([1.0, 2, 3, 4, 5, 6]), np.array([2, 2, 2, 1, 1, 1])
    assert aalen_johansen(exit_, state).at([10.0])[0, 1] == pytest.approx(0.5)
    assert aalen_johansen(exit_, np.where(state == 2, 0, state)).at([10.0])[0, 1] == pytest.approx(1.0)


def test_cases_taken_over_late_are_at_risk_only_from_then() -> None:
    # the case that enters on day 5 says nothing about day 2
    curve = aalen_johansen([2.0, 8.0, 9.0], [1, 1, 0], [0.0, 0.0, 5.0])
    assert curve.at_risk.tolist() == [2.0, 2.0]


def test_the_curve_recovers_a_known_one_year_rate() -> None:
    rng = np.random.default_rng(1)
    n = 20_000
    solved = rng.random(n) < 0.25
    time = np.where(solved, rng.exponential(120, n), rng.exponential(400, n))
    follow = rng.uniform(30, 700, n)
    state = np.where(time <= follow, np.where(solved, 1, 2), 0)
    curve = solve_curves(["2025"] * n, np.maximum(np.minimum(time, follow), 0.01), state, days=[365])[0]
    actual = 0.25 * (1 - np.exp(-365 / 120))
    assert abs(curve.solved[0] - actual) < 0.01
    assert curve.low[0] < actual < curve.high[0]
    assert curve.high[0] - curve.low[0] < 0.03


def test_intervals_hold_what_they_say() -> None:
    rng = np.random.default_rng(2)
    hits = []
    for _ in range(200):
        time = np.maximum(rng.exponential(100, 150), 0.01)
        follow = rng.uniform(20, 300, 150)
        state = np.where(time <= follow, 1 + (rng.random(150) < 0.4), 0)
        curve = solve_curves(["c"] * 150, np.minimum(time, follow), state, days=[90])[0]
        hits.append(curve.low[0] <= 0.6 * (1 - np.exp(-0.9)) <= curve.high[0])
    assert 0.9 <= np.mean(hits) <= 0.99


def test_a_young_cohort_is_not_judged_beyond_its_follow_up() -> None:
    curves = solve_curves(["old", "old", "new", "new"], [400.0, 50, 20, 30], [0, 1, 1, 0], days=[30, 365])
    by_name = {c.cohort: c for c in curves}
    assert np.isnan(by_name["new"].solved[1])
    assert by_name["old"].solved[1] == 0.5
    assert by_name["old"].cases == 2


def test_nothing_solved_has_an_upper_end() -> None:
    curve = solve_curves(["a"] * 30, [100.0] * 30, [0] * 30, days=[90])[0]
    assert curve.solved[0] == 0
    assert curve.low[0] == 0
    assert 0.05 < curve.high[0] < 0.15


def test_impossible_cases_are_refused() -> None:
    with pytest.raises(Refusal, match="leave after"):
        aalen_johansen([1.0], [1], [1.0])
    with pytest.raises(Refusal, match="no data"):
        aalen_johansen([], [])
