"""Signals: R's bounds to the last digits, false alarms held, late reports seen through, and no alarm from no data."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from tests.shared_data import shared

from izker.jurisdictions import regions
from izker.outlook import signals_nb
from izker.outlook.hierarchy import build
from izker.outlook.signals import benjamini_hochberg, clusters, detect
from izker.outlook.signals_changepoint import changes
from izker.outlook.signals_farrington import ears, farrington
from izker.outlook.signals_scan import gumbel_tail, scan, zones
from izker.words import Refusal

MONDAY = date(2019, 1, 7)


def weeks(count: int) -> list[date]:
    return [MONDAY + timedelta(days=7 * i) for i in range(count)]


def table(name: str) -> pl.DataFrame:
    return pl.read_csv(shared("data", "farrington", name), null_values="NA", infer_schema_length=None)


def against_r(counts: np.ndarray, dates: list[date] | None, name: str, method: str) -> tuple[int, float]:
    """(alarms, largest difference of a bound) after checking alarms and gaps one by one."""
    expected = table(name)
    series = np.atleast_2d(counts).shape[0]
    bounds = np.stack([expected[f"ub_{i + 1}"].cast(pl.Float64).to_numpy() for i in range(series)])
    alarms = np.stack(
        [(expected[f"al_{i + 1}"].cast(pl.String).str.to_lowercase() == "true").to_numpy() for i in range(series)]
    )
    found = farrington(counts, (expected["t"] - 1).to_list(), dates=dates, method=method, r_compat=True)
    assert (found.alarm == alarms).all()
    assert (np.isnan(found.bound) == np.isnan(bounds)).all()
    return int(alarms.sum()), float(np.nanmax(np.abs(found.bound - bounds)))


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "method", "alarms"), [("ff_agona_delta.csv", "delta", 7), ("ff_agona_nbinom.csv", "nb", 4)]
)
def test_farrington_equals_r_on_agona(name: str, method: str, alarms: int) -> None:
    found, gap = against_r(table("agona.csv")["obs"].to_numpy(), None, name, method)
    assert (found, gap < 1e-8) == (alarms, True)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "method", "alarms"), [("ff_newport_delta.csv", "delta", 10), ("ff_newport_nb.csv", "nb", 8)]
)
def test_farrington_equals_r_on_newport(name: str, method: str, alarms: int) -> None:
    rows = table("newport_tot.csv")
    found, gap = against_r(rows["obs"].to_numpy(), [date.fromisoformat(d) for d in rows["date"]], name, method)
    assert (found, gap < 1e-8) == (alarms, True)


@pytest.mark.shared_data
def test_farrington_equals_r_on_sixteen_states() -> None:
    rows = table("newport_states.csv")
    found, gap = against_r(
        rows.drop("date").to_numpy().T,
        [date.fromisoformat(d) for d in rows["date"]],
        "ff_newport_states_delta.csv.gz",
        "delta",
    )
    assert (found, gap < 1e-8) == (17, True)


@pytest.mark.shared_data
@pytest.mark.parametrize(("method", "alarms"), [("C1", 20), ("C2", 24), ("C3", 22)])
def test_ears_equals_r(method: str, alarms: int) -> None:
    expected = table(f"ears_{method}.csv")
    at = expected["t"].to_numpy() - 1
    found = ears(table("newport_tot.csv")["obs"].to_numpy(), method)
    assert int(found.alarm[0, at].sum()) == alarms
    assert (found.alarm[0, at] == (expected["al"].to_numpy() == 1)).all()
    assert np.abs(found.bound[0, at] - expected["ub"].to_numpy()).max() < 1e-8


def test_the_honest_dispersion_differs_from_r_but_little() -> None:
    y = np.random.default_rng(1).negative_binomial(5, 0.25, 320).astype(float)
    ours = farrington(y, list(range(290, 320)), alpha=0.01)
    theirs = farrington(y, list(range(290, 320)), alpha=0.01, r_compat=True)
    assert np.allclose(ours.expected, theirs.expected)
    assert 0 < np.abs(ours.bound - theirs.bound).max() < 1.0


def test_false_alarms_of_quiet_series_stay_near_their_level() -> None:
    rng = np.random.default_rng(11)
    y = rng.negative_binomial(8, 8 / (8 + 12.0), (120, 300)).astype(float)
    found = signals_nb.detect(y, list(range(260, 300)), alpha=0.01)
    assert 0.002 < found.alarm.mean() < 0.014


def test_an_outbreak_is_seen_by_every_detector() -> None:
    rng = np.random.default_rng(2)
    y = rng.poisson(20, (1, 280)).astype(float)
    y[0, 276:] += 40
    found = detect(build((), [()]), weeks(280), y, detectors=("farrington", "nb", "changepoint"))
    assert all(s.alarm for s in found)
    assert all(s.observed > s.bound > s.expected for s in found)
    assert all("expected" in s.reason for s in found)
    assert {len(s.series) for s in found} == {26}


def test_an_old_outbreak_does_not_hide_a_new_one() -> None:
    rng = np.random.default_rng(3)
    y = rng.poisson(15, (1, 280)).astype(float)
    y[0, 150:160] += 120
    y[0, 279] = 38
    assert detect(build((), [()]), weeks(280), y, detectors=("nb",))[0].alarm


def test_draws_see_what_raw_counts_hide() -> None:
    rng = np.random.default_rng(4)
    truth = rng.poisson(30, (1, 250)).astype(float)
    truth[0, 248:] = 75
    known = truth.copy()
    known[0, 246:] *= np.array([0.9, 0.8, 0.6, 0.35])
    draws = rng.poisson(truth[:, 246:], (200, 1, 4)).astype(float)
    tree = build((), [()])
    raw = detect(tree, weeks(250), known, detectors=("nb",))[0]
    seen = detect(tree, weeks(250), known, draws=draws, detectors=("nb",))[0]
    assert not raw.alarm
    assert seen.alarm
    assert seen.known < seen.bound < seen.observed
    assert "corrected for late reporting" in seen.reason


def test_uncertain_draws_raise_no_alarm() -> None:
    rng = np.random.default_rng(5)
    known = rng.poisson(30, (1, 250)).astype(float)
    draws = np.where(rng.random((200, 1, 1)) < 0.7, 90.0, 30.0)
    assert not detect(build((), [()]), weeks(250), known, draws=draws, detectors=("nb",))[0].alarm


def test_without_history_there_is_no_bound_and_no_alarm() -> None:
    for values in ([[5.0]], [[0.0] * 8], [[1.0, 2.0, 900.0]]):
        found = detect(build((), [()]), weeks(len(values[0])), values)
        assert not any(s.alarm for s in found)
        assert all("no data" in s.reason for s in found)


def test_a_year_of_silence_then_one_case_is_no_outbreak() -> None:
    values = np.zeros((1, 120))
    values[0, -1] = 1
    found = detect(build((), [()]), weeks(120), values, detectors=("nb", "changepoint"))
    assert not any(s.alarm for s in found)


def test_missing_weeks_do_not_stop_the_detector() -> None:
    values = np.random.default_rng(1).poisson(20, (1, 200)).astype(float)
    values[0, 40:60] = np.nan
    values[0, -1] = 60
    assert detect(build((), [()]), weeks(200), values, detectors=("nb",))[0].alarm


def test_an_unknown_detector_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refusal, match="farrington, nb, early, changepoint"):
        detect(build((), [()]), weeks(3), [[1.0, 2.0, 3.0]], detectors=("oracle",))


def test_benjamini_hochberg_rejects_what_the_rule_says() -> None:
    assert benjamini_hochberg([0.01, 0.04, 0.03, 0.5], 0.05).tolist() == [True, False, False, False]
    assert benjamini_hochberg([0.01, 0.02, 0.03, 0.04], 0.05).all()
    assert benjamini_hochberg([], 0.1).size == 0


def test_false_discoveries_are_held_over_many_quiet_series() -> None:
    rng = np.random.default_rng(6)
    keys = [(f"r{i}", f"s{j}") for i in range(8) for j in range(6)]
    values = rng.poisson(10, (48, 220)).astype(float)
    found = detect(build(("region", "scheme"), keys), weeks(220), values, detectors=("nb",), weeks=10)
    assert sum(s.alarm for s in found) <= 3


def test_a_rise_of_the_level_is_found_and_a_steady_level_is_not() -> None:
    rng = np.random.default_rng(7)
    y = rng.poisson(20, (2, 100)).astype(float)
    y[1, 96:] = rng.poisson(44, 4)
    found = changes(y, np.full((2, 100), 20.0))
    assert found.probability[0, -1] < 0.3
    assert found.probability[1, -1] > 0.9
    assert found.rate[1, -1] > 1.3


def test_overdispersed_noise_is_no_change() -> None:
    y = np.random.default_rng(8).negative_binomial(4, 4 / 24, (30, 80)).astype(float)
    found = changes(y, np.full(y.shape, 20.0), dispersion=6.0)
    assert (found.probability[:, 20:] > 0.9).mean() < 0.01


def test_the_scan_finds_the_planted_regions() -> None:
    places = {code: region.tile for code, region in regions().items()}
    codes = list(places)
    rng = np.random.default_rng(9)
    expected = np.full((20, 30), 6.0)
    cases = rng.poisson(expected).astype(float)
    planted = [codes.index(c) for c in ("55", "71", "11")]  # Pavlodar, Astana, Akmola: neighbours
    cases[planted, -3:] += rng.poisson(8, (3, 3))
    found = scan(cases, places, expected=expected, simulations=199)
    assert found is not None
    assert set(planted) <= set(found.regions)
    assert len(found.regions) <= 5
    assert 2 <= found.weeks <= 4
    assert found.p < 0.01
    assert found.recurrence_years() > 1


def test_the_scan_is_quiet_where_nothing_happens() -> None:
    places = [r.tile for r in regions().values()]
    rng = np.random.default_rng(10)
    p = []
    for _ in range(20):
        found = scan(rng.poisson(5, (20, 12)).astype(float), places, simulations=99)
        p.append(1.0 if found is None else found.p)
    assert np.mean(np.array(p) < 0.05) <= 0.2


def test_the_scan_of_nothing_is_nothing() -> None:
    places = [r.tile for r in regions().values()]
    assert scan(np.zeros((20, 10)), places) is None
    with pytest.raises(Refusal):
        scan(np.ones((3, 10)), places)


def test_scheme_clusters_carry_regions_and_recurrence() -> None:
    places = [(float(i), 0.0) for i in range(6)]
    cases = np.random.default_rng(1).poisson(4, (2, 6, 20)).astype(float)
    cases[1, 2:4, -2:] += 25
    found = clusters([f"r{i}" for i in range(6)], places, ["a", "b"], weeks(20), cases, simulations=199)
    hot = next(c for c in found if c.scheme == "b")
    assert hot.alarm
    assert set(hot.regions) == {"r2", "r3"}
    assert hot.since == weeks(20)[18]
    assert hot.recurrence_years > 1


def test_zones_are_neighbours_and_none_stands_twice() -> None:
    found = zones([(0.0, 0.0), (1.0, 0.0), (5.0, 0.0), (6.0, 0.0)])
    rows = {tuple(row) for row in found.tolist()}
    assert len(rows) == len(found)
    assert (True, True, False, False) in rows
    assert (True, False, True, False) not in rows


def test_the_gumbel_tail_continues_the_simulated_one() -> None:
    simulated = np.random.default_rng(1).gumbel(5, 1, 20_000)
    assert gumbel_tail(simulated, 9) == pytest.approx(float((simulated >= 9).mean()), rel=0.2)
    assert 0 < gumbel_tail(simulated, 30) < 1e-9
