"""The public record: what was published stays, and is scored as it was, bad weeks included."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from izker.outlook import score_record
from izker.outlook.forecast_panel import read_panel
from izker.outlook.score import drift, load_rows, match, score_signals, summary, wilson
from izker.outlook.wis import LEVELS
from izker.words import Refusal

MONDAY = date(2025, 1, 6)


def week(i: int) -> str:
    return (MONDAY + timedelta(days=7 * i)).isoformat()


def published(i: int, middle: float, half: float, **strata: str | None) -> dict[str, object]:
    z = (-1.96, -1.28, -0.674, 0.0, 0.674, 1.28, 1.96)
    return {
        "date": week(i),
        **strata,
        "quantiles": {f"{q:g}": middle + half / 1.96 * v for q, v in zip(LEVELS, z, strict=True)},
    }


def truth(values: list[float], region: str | None = None) -> pl.DataFrame:
    frame = pl.DataFrame({"date": [week(i) for i in range(len(values))], "count": values})
    return frame if region is None else frame.with_columns(region=pl.lit(region))


def test_a_hit_and_a_miss_are_both_counted() -> None:
    panel = read_panel(truth([10, 12, 11, 13, 10, 12, 40, 11]))
    rows = [published(5, 12, 4), published(6, 12, 4), published(9, 12, 4)]
    scored, problems = match(rows, panel)
    figures = summary(scored)
    assert not problems
    assert (figures["scored"], figures["waiting"]) == (2, 1)
    assert figures["coverage"]["0.95"] == 0.5
    assert figures["mae"] == 14.0
    assert figures["worst"][0]["truth"] == 40
    assert sum(figures["pit"]) == 2
    assert figures["pit"][9] == 1


def test_wis_of_a_point_mass_is_its_absolute_error_and_mase_uses_the_past_only() -> None:
    panel = read_panel(truth([10, 14, 10, 14, 10, 14, 20, 500]))
    figures = summary(match([published(6, 14, 0)], panel)[0])
    assert figures["wis"] == pytest.approx(6.0)
    assert figures["mase"] == pytest.approx(6.0 / 4.0)


def test_wholes_are_scored_against_the_sum_of_the_strata() -> None:
    frame = pl.concat([truth([10.0] * 8, "a"), truth([5.0] * 8, "b")])
    panel = read_panel(frame)
    rows = [published(6, 15, 2, region=None), published(6, 10, 2, region="a"), published(6, 7, 2, region="zz")]
    scored, problems = match(rows, panel)
    assert len(scored.dates) == 2
    assert (np.abs(scored.truth - [15, 10]) < 1e-9).all()
    assert "no such series" in problems[0].text()


def test_rows_without_numbers_count_as_no_data() -> None:
    panel = read_panel(truth([10.0] * 8))
    nothing = {"date": week(3), "quantiles": dict.fromkeys(("0.025", "0.5", "0.975"))}
    figures = summary(match([nothing], panel)[0])
    assert (figures["scored"], figures["no_data"], figures["wis"]) == (0, 1, None)


def test_drift_alarms_only_when_coverage_has_left_its_band() -> None:
    good = [10.0] * 30
    bad = [10.0] * 15 + [30.0] * 15
    for values, alarm in ((good, False), (bad, True)):
        rows = [published(i, 10, 3) for i in range(4, 30)]
        found = drift(match(rows, read_panel(truth(values)))[0])
        assert found is not None
        assert found["alarm"] is alarm
    one_bad = [10.0] * 29 + [30.0]
    found = drift(match([published(i, 10, 3) for i in range(4, 30)], read_panel(truth(one_bad)))[0])
    assert found is not None
    assert not found["alarm"]


def test_wilson_covers_the_share() -> None:
    low, high = wilson(49, 52)
    assert low < 49 / 52 < high < 1
    assert wilson(0, 0) == (0.0, 1.0)


def test_what_is_published_cannot_be_changed_unseen(tmp_path: Path) -> None:
    first = score_record.publish(tmp_path, "forecast", [published(1, 10, 2)], as_of=MONDAY)
    score_record.publish(tmp_path, "forecast", [published(2, 11, 2)], as_of=MONDAY + timedelta(days=7))
    assert score_record.verify(tmp_path) == []
    assert score_record.rows_of(tmp_path, first)[0]["date"] == week(1)
    file = tmp_path / f"{first.digest}.jsonl"
    file.write_text(file.read_text().replace("10", "12"), encoding="utf-8")
    assert "changed after publication" in score_record.verify(tmp_path)[0].text()


def test_a_line_taken_out_of_the_record_breaks_its_chain(tmp_path: Path) -> None:
    for i in range(3):
        score_record.publish(tmp_path, "forecast", [published(i, 10, 2)], as_of=MONDAY + timedelta(days=7 * i))
    index = tmp_path / score_record.INDEX
    lines = index.read_text().splitlines()
    index.write_text("\n".join([lines[0], lines[2]]) + "\n")
    assert any("chain" in p.text() for p in score_record.verify(tmp_path))


def test_the_same_publication_twice_is_one(tmp_path: Path) -> None:
    rows = [published(1, 10, 2)]
    first = score_record.publish(tmp_path, "nowcast", rows, as_of=MONDAY)
    assert score_record.publish(tmp_path, "nowcast", rows, as_of=MONDAY) == first
    assert len(score_record.publications(tmp_path)) == 1


def test_nothing_and_nonsense_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no data"):
        score_record.publish(tmp_path, "forecast", [], as_of=MONDAY)
    with pytest.raises(Refusal, match="not guess"):
        score_record.publish(tmp_path, "guess", [{}], as_of=MONDAY)
    with pytest.raises(Refusal, match="no record"):
        score_record.publications(tmp_path / "none")
    (tmp_path / "x.json").write_text("[1, 2]")
    with pytest.raises(Refusal, match="no published rows"):
        load_rows(tmp_path / "x.json")


def test_rows_are_read_as_list_and_as_lines(tmp_path: Path) -> None:
    rows = [published(1, 10, 2), published(2, 10, 2)]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    (tmp_path / "b.jsonl").write_text("\n".join(json.dumps(r) for r in rows))
    assert load_rows(tmp_path / "a.json") == load_rows(tmp_path / "b.jsonl")


def test_signals_are_scored_for_lead_and_false_alarms() -> None:
    rows = [{"date": week(i), "region": "a", "alarm": i in (5, 9), "as_of": week(i)} for i in range(12)]
    outbreaks = [{"start": week(4), "end": week(7), "region": "a"}, {"start": week(4), "end": week(7), "region": "b"}]
    figures = score_signals(rows, outbreaks, ["region"])
    assert (figures["detected"], figures["outbreaks"]) == (1, 2)
    assert figures["days_to_alarm"] == 7
    assert figures["false_alarms"] == 1
    assert figures["false_alarms_a_week"] == pytest.approx(1 / 12)
