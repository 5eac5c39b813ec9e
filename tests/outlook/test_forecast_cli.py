"""The verbs forecast, signals and score: their JSON is a contract; bad input gets a word and exit code 1."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from izker.cli import forecast, score, signals
from izker.words import Refusal

MONDAY = date(2023, 1, 2)
LEVELS = ["0.025", "0.1", "0.25", "0.5", "0.75", "0.9", "0.975"]


def table(path: Path, weeks: int = 110, last: int | None = None) -> Path:
    rng = np.random.default_rng(1)
    lines = ["date;region;scheme;count"]
    for t in range(weeks):
        for region, scheme, rate in (("a", "x", 30), ("a", "y", 5), ("b", "x", 12)):
            count = last if last is not None and t == weeks - 1 and region == "b" else rng.poisson(rate)
            lines.append(f"{MONDAY + timedelta(days=7 * t)};{region};{scheme};{count}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def run(module: object, *arguments: str) -> Result:
    return CliRunner().invoke(module.command, list(arguments))  # type: ignore[attr-defined]


def test_forecast_rows_follow_the_contract_and_add_up(tmp_path: Path) -> None:
    result = run(forecast, str(table(tmp_path / "t.csv")), "--json", "--horizon", "3")
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    assert list(rows[0]["quantiles"]) == LEVELS
    assert {r["date"] for r in rows} == {str(MONDAY + timedelta(days=7 * (110 + h))) for h in range(3)}
    first = [r for r in rows if r["date"] == rows[0]["date"]]
    at = {(r["region"], r["scheme"]): r["quantiles"]["0.5"] for r in first}
    assert at[None, None] == pytest.approx(at["a", "x"] + at["a", "y"] + at["b", "x"], abs=1e-6)
    assert at["a", None] == pytest.approx(at["a", "x"] + at["a", "y"], abs=1e-6)
    assert {"naive", "mean of 8", "seasonal naive"} == set(rows[0]["benchmarks"])


def test_forecast_starts_from_a_line_list_through_the_nowcast(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    lines = ["occurred,reported"]
    for day in range(500):
        for _ in range(rng.poisson(6)):
            late = day + int(rng.geometric(0.1))
            if late <= 500:
                lines.append(f"{MONDAY + timedelta(days=day)},{MONDAY + timedelta(days=late)}")
    (tmp_path / "l.csv").write_text("\n".join(lines))
    result = run(
        forecast, str(tmp_path / "l.csv"), "--json", "--svg", str(tmp_path / "f.svg"), "--png", str(tmp_path / "f.png")
    )
    assert result.exit_code == 0, result.output
    middle = json.loads(result.stdout)[0]["quantiles"]["0.5"]
    assert 35 < middle < 49
    assert (tmp_path / "f.svg").read_text().startswith("<svg")
    assert (tmp_path / "f.png").read_bytes().startswith(b"\x89PNG")


def test_interventions_and_the_scenario_are_in_the_rows(tmp_path: Path) -> None:
    options = ("--intervention", "stricter:2024-06-03::1.2", "--report-share", "0.207", "--json")
    rows = json.loads(run(forecast, str(table(tmp_path / "t.csv")), *options).stdout)
    assert rows[0]["interventions"][0]["factor"] == 1.2
    assert rows[0]["if_all_reported"]["0.5"] == pytest.approx(rows[0]["quantiles"]["0.5"] / 0.207)
    with pytest.raises(Refusal, match="NAME:FROM"):
        CliRunner().invoke(
            forecast.command, [str(tmp_path / "t.csv"), "--intervention", "tomorrow"], catch_exceptions=False
        )


def test_bad_rows_are_told_on_stderr_with_exit_code_1(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv")
    path.write_text(path.read_text() + "\nnever;a;x;3\n2025-01-06;a;x;-4\n")
    result = run(forecast, str(path), "--json")
    assert result.exit_code == 1
    assert "never" in result.stderr
    assert "below zero" in result.stderr
    assert json.loads(result.stdout)


@pytest.mark.parametrize("content", ["date,count\n", "a,b\n1,2\n", "date,count\nx,y\n"])
def test_a_table_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "t.csv").write_text(content)
    for module in (forecast, signals):
        with pytest.raises(Refusal):
            CliRunner().invoke(module.command, [str(tmp_path / "t.csv"), "--json"], catch_exceptions=False)


def test_signals_rows_follow_the_contract(tmp_path: Path) -> None:
    result = run(signals, str(table(tmp_path / "t.csv", last=60)), "--json", "--svg", str(tmp_path / "s.svg"))
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    assert {"date", "region", "scheme", "observed", "expected", "bound", "score", "alarm", "detector"} <= set(rows[0])
    hit = next(r for r in rows if (r["region"], r["scheme"], r["detector"]) == ("b", "x", "nb"))
    assert hit["alarm"] is True
    assert hit["observed"] == 60 > hit["bound"] > hit["expected"]
    quiet = next(r for r in rows if (r["region"], r["scheme"], r["detector"]) == ("a", "y", "nb"))
    assert quiet["alarm"] is False
    assert (tmp_path / "s.svg").read_text().startswith("<svg")


def test_signals_of_a_short_table_say_no_data(tmp_path: Path) -> None:
    rows = json.loads(run(signals, str(table(tmp_path / "t.csv", weeks=5, last=500)), "--json").stdout)
    assert not any(r["alarm"] for r in rows)
    assert all(r["bound"] is None and "no data" in r["reason"] for r in rows)


def test_the_scan_names_neighbouring_regions(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    lines = ["date,region,scheme,count"]
    for t in range(80):
        for region in ("55", "71", "11", "75", "47", "23"):
            extra = 14 if t >= 77 and region in ("55", "71") else 0
            lines.append(f"{MONDAY + timedelta(days=7 * t)},{region},x,{rng.poisson(8) + extra}")
    (tmp_path / "t.csv").write_text("\n".join(lines))
    rows = json.loads(run(signals, str(tmp_path / "t.csv"), "--detector", "scan", "--json").stdout)
    best = min(rows, key=lambda r: r["p"])
    assert best["detector"] == "scan"
    assert best["alarm"] is True
    assert {"55", "71"} <= set(best["regions"])
    assert best["recurrence_years"] > 1
    (tmp_path / "n.csv").write_text("date,region,count\n2025-01-06,north,3\n2025-01-13,north,4\n")
    with pytest.raises(Refusal, match="code of a region"):
        CliRunner().invoke(signals.command, [str(tmp_path / "n.csv"), "--detector", "scan"], catch_exceptions=False)


def test_texts_are_clustered_from_a_table(tmp_path: Path) -> None:
    text = "прислали ссылку на голосование и попросили ввести код сопряжения устройства номер"
    lines = ["report_id,reported_at,text,unsure"] + [
        f"r{i},2025-09-0{i + 1}T10:00:00,{text} {i},true" for i in range(6)
    ]
    (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    found = json.loads(run(signals, str(tmp_path / "t.csv"), "--texts", "--json").stdout)
    assert len(found) == 1
    assert found[0]["flagged"] is True
    assert len(found[0]["reports"]) == 6


def test_what_was_forecast_is_published_and_scored(tmp_path: Path) -> None:
    whole = table(tmp_path / "whole.csv", weeks=110)
    part = tmp_path / "part.csv"
    cut = str(MONDAY + timedelta(days=7 * 104))
    part.write_text("\n".join(line for line in whole.read_text().splitlines() if line[:4] == "date" or line[:10] < cut))
    (tmp_path / "rows.json").write_text(run(forecast, str(part), "--json").stdout)
    told = run(
        score, str(tmp_path / "rows.json"), "--into", str(tmp_path / "record"), "--as-of", "2024-12-29", "--json"
    )
    assert json.loads(told.stdout)["number"] == 1
    figures = json.loads(run(score, str(tmp_path / "record"), str(whole), "--json").stdout)
    assert figures["scored"] == 8 * 4  # country, two regions, two schemes, three bottom series
    assert figures["waiting"] == 0
    assert figures["coverage"]["0.95"] >= 0.85
    assert figures["mase"] < 1.3
    assert run(score, str(tmp_path / "record"), "--verify").exit_code == 0
    for file in (tmp_path / "record").glob("*[0-9a-f].jsonl"):
        if file.name != "record.jsonl":
            file.write_text("{}\n")
    broken = run(score, str(tmp_path / "record"), "--verify", "--json")
    assert broken.exit_code == 1
    assert json.loads(broken.stdout)["whole"] is False


def test_score_without_truth_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text("[]")
    assert run(score, str(tmp_path / "rows.json")).exit_code == 2
