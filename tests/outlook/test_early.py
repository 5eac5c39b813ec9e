"""The early detector: like compared with like, a rise seen before the correction is sure of it, faster reporting alone no alarm."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from izker.outlook.forecast_panel import Panel, read_panel
from izker.outlook.hierarchy import build
from izker.outlook.signals import detect
from izker.outlook.signals_early import early, windows
from izker.words import Refusal

START = date(2023, 1, 2)


def panel(weeks: int = 110, *, rate: float = 40.0, surge: float = 1.0, speed: float = 1.0, seed: int = 3) -> Panel:
    """Offences of one series, reported with a geometric delay of ten days on average; the last week's rate is `rate` x `surge`, and reports
    of the last four weeks come `speed` times as fast."""
    rng = np.random.default_rng(seed)
    mean = np.full(weeks * 7, rate / 7)
    mean[-7:] *= surge
    at = np.repeat(np.arange(mean.size), rng.poisson(mean))
    delay = rng.geometric(0.1, at.size) - 1
    delay = np.where(at >= mean.size - 28, delay / speed, delay).astype(int)
    rows = [(START + timedelta(days=int(a)), START + timedelta(days=int(a + d))) for a, d in zip(at, delay, strict=True)]
    as_of = START + timedelta(days=mean.size - 1)
    return read_panel(pl.DataFrame(rows, schema=["occurred", "reported"], orient="row"), as_of=as_of)


def judged(found: Panel, **options):
    return detect(found.hierarchy, found.dates, found.values, draws=found.draws, seen=found.seen, detectors=("nb", "early"), fdr=0.0, **options)


def test_windows_count_what_was_known_at_the_end_of_each_week() -> None:
    snapshots = np.array([[[1.0, np.nan, np.nan], [2.0, 3.0, np.nan], [4.0, 5.0, 6.0]]])
    assert windows(snapshots)[:, 0].tolist() == [[1, 2, 4], [1, 5, 9], [1, 5, 15]]


def test_the_counts_of_a_line_list_are_those_counted_by_hand() -> None:
    found = panel(weeks=30)
    assert found.seen is not None
    assert found.seen.shape == (4, 1, 30)
    assert found.seen[0, 0, -1] == found.values[0, -1]
    assert (np.diff(found.seen[:, 0], axis=0) >= 0).all()


def test_a_doubled_week_is_an_alarm_at_its_end_while_most_reports_are_still_to_come() -> None:
    alarms = [s for s in judged(panel(surge=2.5)) if s.alarm]
    assert "early" in {s.detector for s in alarms}
    one = next(s for s in alarms if s.detector == "early")
    assert one.observed == one.known
    assert one.final_bound > one.bound
    assert "reported already" in one.reason
    row = one.as_json(())
    assert row["weeks"] == one.weeks
    assert row["final_bound"] == one.final_bound


def test_ordinary_weeks_are_rarely_alarms() -> None:
    alarms = sum(s.alarm for seed in range(12) for s in judged(panel(weeks=70, seed=seed), weeks=2) if s.detector == "early")
    assert alarms <= 1


def test_faster_reporting_alone_is_no_alarm_where_the_corrected_count_knows_better() -> None:
    found = panel(speed=3.0)
    assert found.seen is not None
    assert found.draws is not None
    calm = found.draws.copy()
    calm[:] = 37.0  # the corrected counts are a little below the usual 40
    signals = detect(found.hierarchy, found.dates, found.values, draws=calm, seen=found.seen, detectors=("early",), fdr=0.0)
    assert signals[0].p < 0.05, "the counts themselves look like a rise"
    assert not signals[0].alarm


def test_without_dates_of_reports_it_is_refused_and_without_history_it_has_no_bound() -> None:
    tree = build(("region",), [("1",)])
    dates = [START + timedelta(days=7 * t) for t in range(6)]
    with pytest.raises(Refusal, match="dates"):
        detect(tree, dates, np.ones((1, 6)), detectors=("early",))
    found = early(np.ones((4, 1, 6)), [5], 0.01)
    assert np.isnan(found.bound).all()
    assert (found.p == 1.0).all()


def test_false_discovery_is_controlled_over_both_views_together() -> None:
    found = panel(surge=1.9, seed=8)
    alone = detect(found.hierarchy, found.dates, found.values, draws=found.draws, seen=found.seen, detectors=("early",), fdr=0.1)
    both = detect(found.hierarchy, found.dates, found.values, draws=found.draws, seen=found.seen, detectors=("nb", "early"), fdr=0.1)
    assert {s.detector for s in both} == {"nb", "early"}
    assert [s.alarm for s in alone] == [s.alarm for s in both if s.detector == "early"] or alone[0].p > 0.05
