"""Forecasts: coherent, calibrated, wide where little is known, and clear where nothing can be said."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from benchmarks.outlook import forecasts as bench
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shared_data import shared

from izker.outlook import forecast_intervals, forecast_members, wis
from izker.outlook.forecast import forecast, future
from izker.outlook.forecast_panel import as_date, read_panel
from izker.outlook.forecast_regressors import Intervention, estimate, recurring, under_reporting
from izker.outlook.hierarchy import build
from izker.words import Refusal

MONDAY = date(2023, 1, 2)


def weeks(count: int) -> list[date]:
    return [MONDAY + timedelta(days=7 * i) for i in range(count)]


def country(rng: np.random.Generator, periods: int = 120) -> np.ndarray:
    return rng.poisson(np.array([40.0, 12.0, 3.0, 0.3])[:, None], (4, periods)).astype(float)


KEYS = [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]


def test_parts_add_up_to_the_whole_and_to_every_margin() -> None:
    tree = build(("region", "scheme"), KEYS)
    found = forecast(tree, weeks(120), country(np.random.default_rng(1)))
    assert tree.error(found.median) < 1e-6
    at = {key: found.median[i] for i, key in enumerate(tree.keys)}
    assert np.allclose(at[None, None], at["a", None] + at["b", None], atol=1e-6)
    assert np.allclose(at[None, None], at[None, "x"] + at[None, "y"], atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 200), min_size=10, max_size=10), min_size=2, max_size=5), st.integers(1, 6))
def test_any_counts_give_ordered_finite_coherent_quantiles(rows: list[list[int]], horizon: int) -> None:
    tree = build(("region",), [(str(i),) for i in range(len(rows))])
    found = forecast(tree, weeks(10), np.array(rows, dtype=float), horizon=horizon)
    assert np.isfinite(found.quantiles).all()
    assert (np.diff(found.quantiles, axis=2) >= 0).all()
    assert (found.quantiles >= 0).all()
    assert tree.error(found.median) < 1e-6


def test_intervals_of_steady_counts_hold_what_they_say() -> None:
    rng = np.random.default_rng(7)
    tree = build(("region", "scheme"), KEYS)
    values = rng.negative_binomial(5, 5 / (5 + np.array([60.0, 20.0, 8.0, 2.0])[:, None]), (4, 160)).astype(float)
    whole = tree.aggregate(values)
    hits = []
    for origin in range(110, 156, 3):
        found = forecast(tree, weeks(origin), values[:, :origin])
        hits.append(wis.covered(found.levels, found.quantiles, whole[:, origin : origin + 4]).mean())
    assert 0.92 <= np.mean(hits) <= 0.985


def test_nowcast_draws_lift_a_forecast_that_late_reports_would_pull_down() -> None:
    rng = np.random.default_rng(3)
    truth = rng.poisson(100, (1, 80)).astype(float)
    known = truth.copy()
    known[:, -6:] *= np.array([0.95, 0.9, 0.8, 0.7, 0.5, 0.3])
    tree = build((), [()])
    drawn = rng.poisson(truth[:, -6:], (100, 1, 6)).astype(float)
    raw = forecast(tree, weeks(80), known).median[0, 0]
    corrected = forecast(tree, weeks(80), known, draws=drawn)
    assert raw < 88 < corrected.median[0, 0] < 112
    wide = drawn * rng.lognormal(0, 0.5, (100, 1, 1))
    unsure = forecast(tree, weeks(80), known, draws=wide)
    spread = corrected.quantiles[0, 0, -1] - corrected.quantiles[0, 0, 0]
    assert unsure.quantiles[0, 0, -1] - unsure.quantiles[0, 0, 0] > 1.3 * spread


def test_a_stated_step_is_not_read_as_growth() -> None:
    rng = np.random.default_rng(5)
    dates = weeks(110)
    step = Intervention("stricter classification", dates[100])
    values = rng.poisson(np.where(np.arange(110) < 100, 50, 80), (1, 110)).astype(float)
    effect = estimate(values[0], dates, step)
    assert effect.factor is not None
    assert 1.4 < effect.factor < 1.8
    told = forecast(build((), [()]), dates, values, interventions=[step]).median[0, 0]
    untold = forecast(build((), [()]), dates, values).median[0, 0]
    assert abs(told - 80) < abs(untold - 80)
    assert 74 < told < 87


def test_an_intervention_the_data_cannot_size_says_so_and_widens() -> None:
    values = np.random.default_rng(5).poisson(50, (1, 60)).astype(float)
    ahead = Intervention("new article", weeks(64)[61])
    with_it = forecast(build((), [()]), weeks(60), values, interventions=[ahead])
    without = forecast(build((), [()]), weeks(60), values)
    assert with_it.effects[0].factor is None
    width = [f.quantiles[0, 3, -1] - f.quantiles[0, 3, 0] for f in (with_it, without)]
    assert width[0] > width[1]


def test_a_week_that_is_low_every_year_is_forecast_low() -> None:
    dates = [date(2021, 1, 4) + timedelta(days=7 * i) for i in range(150)]
    total = 100 + np.random.default_rng(2).normal(0, 4, 150)
    for i, day in enumerate(dates):
        if day.month == 12 and day.day >= 22:
            total[i] = 50
    ahead = future(date(2023, 12, 11), "week", 3)
    cut = [i for i, d in enumerate(dates) if d <= date(2023, 12, 11)]
    factor = recurring(total[cut], [dates[i] for i in cut], ahead)
    assert factor[0] == factor[2] == 1.0
    assert 0.5 < factor[1] < 0.7


def test_damage_is_forecast_on_its_own_scale() -> None:
    rng = np.random.default_rng(4)
    tree = build(("region",), [("a",), ("b",)])
    values = rng.lognormal(18, 0.6, (2, 90)).round()
    found = forecast(tree, weeks(90), values, kind="damage")
    assert tree.error(found.median) < 1e-6 * found.median.max()
    assert found.quantiles[1, 0, -1] > 2 * found.median[1, 0]
    assert found.quantiles[1, 0, 0] > 0


def test_a_year_of_zeros_is_not_a_certain_zero() -> None:
    values = np.zeros((2, 60))
    values[0] = 30
    found = forecast(build(("region",), [("a",), ("b",)]), weeks(60), values)
    silent = found.quantiles[2, 0]
    assert silent[0] == 0
    assert 0.0 < silent[-1] < 5
    assert found.median[2, 0] < 0.5


def test_all_zeros_leave_room_above_zero() -> None:
    found = forecast(build(("region",), [("a",), ("b",)]), weeks(70), np.zeros((2, 70)))
    assert (found.median < 0.01).all()
    assert (found.quantiles[:, :, -1] > 0.05).all()


def test_one_date_is_a_period_of_the_step_asked_for() -> None:
    frame = pl.DataFrame({"date": ["2025-01-06"], "count": [5]})
    for step in ("day", "week", "month"):
        assert len(read_panel(frame, step=step).dates) == 1
    assert read_panel(frame).dates == (date(2025, 1, 6),)


def test_one_observation_gives_a_wide_interval_and_says_it_is_thin() -> None:
    found = forecast(build((), [()]), weeks(1), [[20.0]])
    assert found.thin.all()
    low, high = found.quantiles[0, 0, 0], found.quantiles[0, 0, -1]
    assert low < 13
    assert high > 29


def test_an_empty_stratum_has_no_numbers() -> None:
    values = np.array([[5.0] * 30, [np.nan] * 30])
    found = forecast(build(("r",), [("a",), ("b",)]), weeks(30), values)
    assert found.empty.tolist() == [True, False, True]  # a missing part makes the whole unknown
    assert np.isnan(found.quantiles[2]).all()


def test_missing_weeks_are_bridged_not_read_as_zero() -> None:
    values = np.full((1, 40), 50.0)
    values[0, 30:36] = np.nan
    assert forecast(build((), [()]), weeks(40), values).median[0, 0] == pytest.approx(50, abs=1)


def test_nothing_at_all_is_refused_with_a_word() -> None:
    with pytest.raises(Refusal, match="no data"):
        forecast(build((), [()]), weeks(3), np.full((1, 3), np.nan))
    with pytest.raises(Refusal, match="below zero"):
        forecast(build((), [()]), weeks(3), [[1.0, -1.0, 2.0]])
    with pytest.raises(Refusal, match="horizon"):
        forecast(build((), [()]), weeks(3), [[1.0, 1.0, 2.0]], horizon=0)


def test_bad_rows_are_told_and_good_ones_kept() -> None:
    rows = [(f"2025-01-{d:02d}", "a", "5") for d in (6, 13, 20)]
    rows += [
        ("soon", "a", "5"),
        ("2025-01-20", "a", "-3"),
        ("2025-01-20", "a", "5"),
        ("2025-01-13", "a", "7"),
        ("2025-01-27", "a", "x"),
    ]
    panel = read_panel(pl.DataFrame(rows, schema=["date", "region", "count"], orient="row"), file="t.csv")
    text = [p.line() for p in panel.problems]
    assert len(text) == 5
    assert any("no date" in line and "row 5" in line for line in text)
    assert any("below zero" in line for line in text)
    assert any("twice" in line for line in text)
    assert any("replaces" in line for line in text)
    assert panel.values.tolist() == [[5.0, 7.0, 5.0]]


def test_a_week_without_rows_is_missing_and_a_stratum_without_a_row_is_zero() -> None:
    rows = [
        ("2025-01-06", "a", 10),
        ("2025-01-06", "b", 2),
        ("2025-01-13", "a", 30),
        ("2025-02-03", "a", 40),
        ("2025-02-03", "b", 10),
    ]
    panel = read_panel(pl.DataFrame(rows, schema=["date", "region", "count"], orient="row"))
    assert len(panel.dates) == 5
    assert panel.values[1].tolist()[:2] == [2.0, 0.0]
    assert np.isnan(panel.values[:, 2:4]).all()
    assert any("no row at all" in p.text() for p in panel.problems)


def test_small_counts_without_a_zero_leave_zeros_out() -> None:
    rows = [("2025-01-06", 1), ("2025-01-20", 2), ("2025-02-03", 1)]
    panel = read_panel(pl.DataFrame(rows, schema=["date", "count"], orient="row"), step="week")
    assert panel.values.tolist() == [[1.0, 0.0, 2.0, 0.0, 1.0]]
    assert any("taken as zero" in p.text() for p in panel.problems)


def test_daily_rows_become_whole_weeks_that_end_with_the_newest_day() -> None:
    days = [date(2025, 3, 3) + timedelta(days=i) for i in range(24)]
    panel = read_panel(pl.DataFrame({"date": days, "count": [1] * 24}))
    assert panel.step == "week"
    assert panel.values.tolist() == [[7.0, 7.0, 7.0]]
    assert panel.dates[-1] == days[-1] - timedelta(days=6)


def test_months_are_recognised() -> None:
    months = [date(2024, m, 1) for m in range(1, 13)]
    panel = read_panel(pl.DataFrame({"month": months, "damage": [1000] * 12}))
    assert (panel.step, panel.kind) == ("month", "damage")
    assert future(panel.dates[-1], "month", 2) == (date(2025, 1, 1), date(2025, 2, 1))


@given(st.text(max_size=20))
def test_any_text_is_a_date_or_none(text: str) -> None:
    value = as_date(text)
    assert value is None or isinstance(value, date)


def test_under_reporting_divides_by_the_share_and_only_widens() -> None:
    q = np.array([[80.0, 95.0, 100.0, 105.0, 120.0]])
    levels = (0.025, 0.25, 0.5, 0.75, 0.975)
    out = under_reporting(q, levels, share=0.207)
    assert out[0, 2] == pytest.approx(100 / 0.207)
    assert out[0, 0] < 80 / 0.207
    assert out[0, 4] > 120 / 0.207
    with pytest.raises(Refusal):
        under_reporting(q, levels, share=0.0)


def test_a_member_sees_only_the_past() -> None:
    rng = np.random.default_rng(9)
    y = rng.poisson(20, (3, 50)).astype(float)
    cut = forecast_members.ensemble(y[:, :30])
    assert np.allclose(forecast_members.ensemble(y)[:, :31], cut, equal_nan=True)
    assert np.allclose(forecast_members.latest(y), forecast_members.ensemble(y)[:, -1], rtol=0.02)


def test_weighted_quantiles_of_errors_are_monotone() -> None:
    values = np.random.default_rng(0).poisson(9, (4, 90)).astype(float)
    found = forecast_intervals.spread(
        values, forecast_members.ensemble(values), np.zeros(4, dtype=np.int64), 4, "count"
    )
    assert (np.diff(found.shape, axis=1) >= 0).all()
    assert (np.diff(found.scale, axis=1) >= 0).all()


@pytest.mark.shared_data
def test_canadian_weekly_reports_meet_the_anchor() -> None:
    figures = bench.run(shared("data", "cafc", "cafc.parquet"))
    ours, mean8 = figures["Izker"], figures["mean of 8"]
    assert ours["mase_nation"] <= 0.64
    assert ours["mase_province"] <= 0.67
    assert ours["mase_province x scheme"] <= 0.64
    assert ours["mase_nation"] < mean8["mase_nation"]
    assert ours["coherence"] < 1e-6
    assert ours["seconds"] < 60
    for level in ("nation", "province", "province x scheme"):
        assert 0.93 <= ours[f"cover_{level}"] <= 0.985
