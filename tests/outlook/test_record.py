"""The record's figures: alarms against the final count, pictures for two widths, strata the truth does not have, intervals that follow
their own past."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from izker.outlook import forecast_intervals
from izker.outlook.forecast import forecast
from izker.outlook.forecast_panel import read_panel
from izker.outlook.hierarchy import build
from izker.outlook.pictures_record import bars, beside, coverage, histogram, intervals, percent
from izker.outlook.score import joined, level_name, match, summary
from izker.outlook.score_alarms import against_final
from izker.words import LANGUAGES, using

WEEK = date(2025, 3, 3)


def row(week: date, alarm: bool, bound: float, *, as_of: date | None = None, weeks: int = 1, detector: str = "nb", region: str | None = "75", **more):
    issued = as_of or week + timedelta(days=6)
    return {"date": week, "as_of": issued, "region": region, "alarm": alarm, "bound": bound, "final_bound": bound, "weeks": weeks, "detector": detector, **more}


def scored(rows, counts: dict[date, float], seen: date | None = None):
    return against_final(rows, ["region"], lambda day, key: counts.get(day), lambda day, weeks, key, bound: seen)


def test_an_alarm_holds_up_if_the_final_count_is_above_its_bound() -> None:
    later = WEEK + timedelta(days=7)
    found = scored([row(WEEK, True, 10), row(later, True, 10, region="71")], {WEEK: 12, later: 9}, WEEK + timedelta(days=20))
    assert (found["alarms"], found["held_up"], found["false"]) == (2, 1, 1)
    assert found["lead_days"] == 14
    assert found["false_a_week"] == 0.5


def test_a_tested_week_above_its_bound_without_an_alarm_was_missed() -> None:
    found = scored([row(WEEK, False, 10), row(WEEK, False, 14, as_of=WEEK + timedelta(days=13))], {WEEK: 12})
    assert found["missed"] == 0, "the later publication knew a higher bound"
    found = scored([row(WEEK, False, 10)], {WEEK: 12})
    assert (found["missed"], found["tested"], found["alarms"]) == (1, 1, 0)


def test_an_early_alarm_of_three_weeks_is_judged_by_their_sum_and_told_once() -> None:
    counts = {WEEK - timedelta(days=7 * back): 5.0 for back in range(3)}
    rows = [row(WEEK, True, 12, weeks=3, detector="early"), row(WEEK, True, 4, as_of=WEEK + timedelta(days=13))]
    found = scored(rows, counts)
    assert (found["alarms"], found["held_up"]) == (1, 1)
    assert found["alarms_told"][0]["final"] == 15


def test_what_has_not_settled_waits_and_a_replayed_alarm_has_no_lead() -> None:
    assert scored([row(WEEK, True, 10)], {})["waiting"] == 1
    found = scored([row(WEEK, True, 10, replayed=True)], {WEEK: 12}, WEEK + timedelta(days=20))
    assert found["held_up"] == 1
    assert found["lead_days"] is None


def published(region: str | None, scheme: str | None, value: float) -> dict[str, object]:
    quantiles = {"0.025": value - 5, "0.5": value, "0.975": value + 5}
    return {"date": WEEK.isoformat(), "region": region, "scheme": scheme, "quantiles": quantiles, "benchmarks": {"naive": value + 2}}


def truth():
    rows = [(WEEK + timedelta(days=7 * t), r, 10 + t % 3) for t in range(-10, 3) for r in ("75", "71")]
    return read_panel(pl.DataFrame(rows, schema=["date", "region", "count"], orient="row"))


def test_rows_by_a_column_the_truth_does_not_have_are_not_taken_for_sums() -> None:
    found, problems = match([published("75", None, 11.0), published(None, "romance", 3.0), published(None, None, 21.0)], truth())
    assert len(found.dates) == 2
    assert "scheme" in problems[0].text("en")


def test_levels_have_names_and_benchmarks_their_score_beside() -> None:
    found, _ = match([published("75", None, 11.0), published(None, None, 21.0)], truth())
    figures = summary(joined([found, found]))
    assert list(figures["levels"]) == ["region", "whole"]
    beside_ = figures["levels"]["whole"]["benchmarks"]["naive"]
    assert beside_["rows"] == 2
    assert beside_["wis"] == pytest.approx(abs(23.0 - found.truth[1]))
    assert level_name(("region", "scheme"), ("75", None)) == "region"


@pytest.mark.parametrize("width", [328, 936])
def test_the_pictures_are_drawn_for_a_phone_and_a_desk_and_say_when_there_is_nothing(width: int) -> None:
    for code in LANGUAGES:
        with using(code):
            weeks = [WEEK + timedelta(days=7 * i) for i in range(20)]
            values = [(10.0, 14.0, 16.0, 18.0, 24.0)] * 20
            drawn = [
                intervals(weeks, values, [16.0] * 19 + [40.0], title="t", width=width),
                coverage([("бәрі", 0.96, (0.9, 0.99), "96 %")], title="t", band=(0.93, 0.97), width=width),
                beside([("бәрі", {"Izker": 2.0, "naive": 5.0})], title="t", ours="Izker", width=width),
                histogram([3] * 10, title="t", width=width),
                bars({WEEK: 3, WEEK + timedelta(days=2): 1}, title="t", width=width),
            ]
            assert all(svg.startswith("<svg") and f'width="{width}"' in svg for svg in drawn)
            empty = [intervals([], [], [], title="t"), coverage([], title="t", band=(0, 1)), histogram([0] * 10, title="t"), bars({}, title="t")]
            assert all("<text" in svg for svg in empty)


def test_a_week_outside_its_interval_is_drawn_larger_and_last() -> None:
    drawn = intervals([WEEK, WEEK + timedelta(days=7)], [(1, 2, 3, 4, 5)] * 2, [9.0, 3.0], title="t")
    assert drawn.rindex('r="4.5"') > drawn.rindex('r="2.5"')


def test_percent_follows_the_language() -> None:
    with using("kk"):
        assert percent(0.9615, 1) == "96,2\u00a0%"
    with using("en"):
        assert percent(0.5) == "50\u00a0%"
        assert percent(float("nan")) == "—"


def test_intervals_that_missed_too_often_get_wider_and_those_that_always_held_narrower() -> None:
    shape = np.tile(np.array([-2.0 if q < 0.5 else 2.0 for q in forecast_intervals.GRID]), (2, 1))
    group = np.array([0, 1])
    errors = np.zeros((2, 1, 60))
    errors[1] = 3.0
    narrow, wide = forecast_intervals._tracked(errors, shape, group)
    assert narrow == pytest.approx(np.exp(-forecast_intervals.TRACKED * 0.05 * 60))
    assert 1.2 < wide <= np.exp(forecast_intervals.MOST_TRACKED)
    assert (forecast_intervals._tracked(np.full((2, 1, 9), np.nan), shape, group) == 1.0).all()


def test_sums_by_the_sparse_matrix_are_those_of_the_dense_one() -> None:
    tree = build(("a", "b"), [(a, b) for a in "xyz" for b in "uvw"])
    values = np.random.default_rng(1).poisson(3, (5, 9, 7)).astype(float)
    assert np.allclose(tree.aggregate(values), tree.sums @ values)
    values[2, 4, 3] = np.nan
    assert np.isnan(tree.aggregate(values)[2, 0, 3])
    assert np.isfinite(tree.aggregate(values)[1]).all()


def test_newest_weeks_nothing_is_known_about_are_left_out_not_taken_as_empty() -> None:
    start = date(2024, 1, 1)
    rows = [(start + timedelta(days=d), start + timedelta(days=d + late)) for d in range(300) for late in (1, 3, 400, 700)]
    panel = read_panel(pl.DataFrame(rows, schema=["occurred", "reported"], orient="row"))
    assert panel.seen is not None
    assert panel.seen.shape[2] == len(panel.dates) == panel.values.shape[1]
    assert panel.draws is None or np.isfinite(panel.draws).all()
    assert forecast(panel.hierarchy, panel.dates, panel.values, draws=panel.draws).median.shape == (1, 4)
