"""Scoring what was published against what came true: WIS, coverage, MASE, PIT, false alarms, lead time, drift.

Rows are matched by date and strata. WIS: Bracher et al. 2021; MASE: Hyndman and Koehler 2006, scaled by the mean
change from one period to the next of the final series before the first scored date; PIT: where the final count fell
in the published quantiles, uniform if honest. Rows published more than once (several as-of days, several horizons)
are all scored. What has no final count yet is counted as waiting, never guessed.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from izker.outlook import wis
from izker.outlook.forecast_panel import Panel, as_date
from izker.tables import decode
from izker.words import N_, Problem, Refusal

Floats = npt.NDArray[np.float64]
Row = Mapping[str, Any]
Place = tuple[date, tuple[str | None, ...]]

BAND = (0.93, 0.97)  # where the coverage of 95 % intervals must lie
PLAIN = {"date", "as_of", "kind", "step", "method", "detector", "reason", "since"}  # text in a published row that is no stratum
RECENT = 26  # issue days whose coverage is watched for drift


@dataclass(frozen=True)
class Scored:
    """Published rows with their truth: arrays of M rows, quantiles (M, L); `benchmarks`: name -> (M,) points published beside."""

    dates: tuple[date, ...]
    keys: tuple[tuple[str | None, ...], ...]
    issued: tuple[str, ...]
    levels: tuple[float, ...]
    quantiles: Floats
    known: Floats
    truth: Floats
    scale: Floats
    waiting: int
    empty: int
    columns: tuple[str, ...] = ()
    benchmarks: Mapping[str, Floats] = field(default_factory=dict)


def joined(parts: Sequence[Scored]) -> Scored:
    """Several matches (truths cut on different weekdays) as one; the levels of the first hold for all."""
    names = sorted({name for p in parts for name in p.benchmarks})
    return Scored(
        tuple(d for p in parts for d in p.dates),
        tuple(k for p in parts for k in p.keys),
        tuple(i for p in parts for i in p.issued),
        next((p.levels for p in parts if p.levels), ()),
        np.concatenate([p.quantiles for p in parts if p.dates] or [np.empty((0, 0))]),
        np.concatenate([p.known for p in parts]),
        np.concatenate([p.truth for p in parts]),
        np.concatenate([p.scale for p in parts]),
        sum(p.waiting for p in parts),
        sum(p.empty for p in parts),
        parts[0].columns,
        {n: np.concatenate([p.benchmarks.get(n, np.full(len(p.dates), np.nan)) for p in parts]) for n in names},
    )


def load_rows(path: Path) -> list[dict[str, Any]]:
    """Published rows from a JSON list or JSON Lines file."""
    text = decode(path)
    try:
        values = (
            json.loads(text)
            if text.lstrip().startswith("[")
            else [json.loads(t) for t in text.splitlines() if t.strip()]
        )
    except json.JSONDecodeError as error:
        raise Refusal(
            N_("this is no JSON (line {line}: {error}); rows are what the verbs print with --json"), file=path.name, line=error.lineno, error=error.msg
        ) from error
    if not values or not all(isinstance(v, dict) for v in values):
        raise Refusal(
            N_("the file holds no published rows: give the --json output of nowcast, forecast or signals"),
            file=path.name,
        )
    return list(values)


def truth_of(panel: Panel) -> tuple[dict[Place, float], dict[tuple[str | None, ...], Floats]]:
    """Final counts by date and strata (wholes and margins included), and each series in order of time."""
    whole = panel.hierarchy.aggregate(panel.values)
    found: dict[Place, float] = {}
    series: dict[tuple[str | None, ...], Floats] = {}
    for i, key in enumerate(panel.hierarchy.keys):
        series[key] = whole[i]
        for t, day in enumerate(panel.dates):
            if np.isfinite(whole[i, t]):
                found[day, key] = float(whole[i, t])
    if panel.hierarchy.bottom == panel.hierarchy.size == 1:
        everything = (None,) * len(panel.hierarchy.columns)
        for (day, _key), value in list(found.items()):
            found[day, everything] = value
        series[everything] = whole[0]
    return found, series


def match(rows: Iterable[Row], panel: Panel, *, issued: str = "") -> tuple[Scored, list[Problem]]:
    """Published quantile rows joined with the truth. Rows without quantiles were "no data" and are counted as empty."""
    truth, series = truth_of(panel)
    columns = panel.hierarchy.columns
    kept: list[tuple[date, tuple[str | None, ...], str, list[float], float, float, float]] = []
    problems: list[Problem] = []
    beside: list[Mapping[str, Any]] = []
    waiting = empty = 0
    foreign: dict[str, int] = defaultdict(int)
    levels: tuple[float, ...] = ()
    last = panel.dates[-1]
    for number, row in enumerate(rows, 1):
        day, quantiles = as_date(row.get("date")), row.get("quantiles")
        if day is None or not isinstance(quantiles, dict):
            problems.append(Problem(N_("the row has no date or no quantiles"), {}, row=number))
            continue
        strange = [c for c, v in row.items() if isinstance(v, str) and c not in columns and c not in PLAIN]
        if strange:  # a null stratum means all: without the column the row would be taken for a sum
            foreign[", ".join(strange)] += 1
            continue
        values = [(float(q), v) for q, v in quantiles.items()]
        if not values or any(v is None for _q, v in values):
            empty += 1
            continue
        values.sort()
        these = tuple(q for q, _v in values)
        if levels and these != levels:
            problems.append(Problem(N_("the row has other quantile levels than the first one"), {}, row=number))
            continue
        levels = these
        key = tuple(None if row.get(c) is None else str(row[c]) for c in columns)
        value = truth.get((day, key))
        if value is None:
            if day <= last and key not in series:
                problems.append(
                    Problem(
                        N_("the truth has no such series: {key}"), {"key": ", ".join(k or "*" for k in key)}, row=number
                    )
                )
            else:
                waiting += 1
            continue
        known = row.get("known")
        past = series[key][: next((t for t, d in enumerate(panel.dates) if d >= day), len(panel.dates))]
        steps = np.abs(np.diff(past[np.isfinite(past)]))
        scale = float(steps.mean()) if steps.size >= 4 and steps.mean() > 0 else math.nan
        beside.append(row.get("benchmarks") or {})
        kept.append(
            (
                day,
                key,
                str(row.get("as_of") or issued),
                [float(v) for _q, v in values],
                math.nan if known is None else float(known),
                value,
                scale,
            )
        )
    for names, count in foreign.items():
        text = N_("{count} rows are by {columns}, which the truth does not have: they are not scored")
        problems.append(Problem(text, {"count": count, "columns": names}))
    found = Scored(
        tuple(k[0] for k in kept),
        tuple(k[1] for k in kept),
        tuple(k[2] for k in kept),
        levels,
        np.array([k[3] for k in kept]).reshape(len(kept), len(levels)),
        np.array([k[4] for k in kept]),
        np.array([k[5] for k in kept]),
        np.array([k[6] for k in kept]),
        waiting,
        empty,
        columns,
        {
            name: np.array([math.nan if b.get(name) is None else float(b[name]) for b in beside])
            for name in sorted({name for b in beside for name in b})
        },
    )
    return found, problems


def level_name(columns: Sequence[str], key: Sequence[str | None]) -> str:
    """'region + scheme' for a series with both, 'whole' for all together."""
    return " + ".join(c for c, part in zip(columns, key, strict=True) if part is not None) or "whole"


def summary(scored: Scored) -> dict[str, Any]:
    """Figures of scored rows, for the whole and for each level of the strata; None where nothing could be scored."""
    out: dict[str, Any] = {"scored": len(scored.dates), "waiting": scored.waiting, "no_data": scored.empty}
    if not scored.dates:
        return {
            **out,
            "wis": None,
            "coverage": None,
            "mase": None,
            "pit": None,
            "levels": {},
            "worst": [],
            "drift": None,
        }
    every = np.ones(len(scored.dates), dtype=bool)
    out.update(_figures(scored, every))
    names = [level_name(scored.columns, key) for key in scored.keys]
    inside = {name: np.array([n == name for n in names]) for name in dict.fromkeys(names)}
    out["levels"] = {name: _figures(scored, rows) for name, rows in inside.items()}
    loss = wis.wis(scored.levels, scored.quantiles, scored.truth)
    with np.errstate(invalid="ignore", divide="ignore"):
        order = np.argsort(-np.nan_to_num(loss / scored.scale, nan=0.0))
    out["worst"] = [
        {
            "date": scored.dates[i],
            "key": list(scored.keys[i]),
            "median": float(scored.quantiles[i, scored.levels.index(0.5)]) if 0.5 in scored.levels else None,
            "truth": float(scored.truth[i]),
            "wis": float(loss[i]),
        }
        for i in order[:5]
    ]
    out["drift"] = drift(scored)
    return out


def _figures(scored: Scored, inside: npt.NDArray[np.bool_]) -> dict[str, Any]:
    q, y = scored.quantiles[inside], scored.truth[inside]
    loss = wis.wis(scored.levels, q, y)
    middle = q[:, int(np.argmin(np.abs(np.array(scored.levels) - 0.5)))]
    cover = {}
    for interval in wis.INTERVALS:
        ends = ((1 - interval) / 2, (1 + interval) / 2)
        if all(any(abs(level - e) < 1e-9 for level in scored.levels) for e in ends):
            cover[f"{interval:g}"] = wis.coverage(scored.levels, q, y, interval)
    known, scale = scored.known[inside], scored.scale[inside]
    raw = np.abs(known - y)
    scaled = np.abs(middle - y) / scale
    place = wis.pit(scored.levels, q, y)
    beside = {}
    for name, points in scored.benchmarks.items():
        there = np.isfinite(points[inside])
        if there.any():  # a point is an interval of no width: its score is its absolute error
            error = np.abs(points[inside] - y)[there]
            beside[name] = {"wis": float(error.mean()), "izker": float(loss[there].mean()), "rows": int(there.sum())}
    return {
        "rows": int(inside.sum()),
        "dates": len({d for d, i in zip(scored.dates, inside, strict=True) if i}),
        "benchmarks": beside,
        "wis": float(loss.mean()),
        "mae": float(np.abs(middle - y).mean()),
        "wis_raw": float(np.nanmean(raw)) if np.isfinite(raw).any() else None,
        "coverage": cover,
        "mase": float(np.nanmean(scaled)) if np.isfinite(scaled).any() else None,
        "pit": np.histogram(place[np.isfinite(place)], bins=10, range=(0.0, 1.0))[0].tolist(),
    }


def wilson(hits: float, count: float, z: float = 1.96) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; (0, 1) for nothing."""
    if count <= 0:
        return 0.0, 1.0
    p = hits / count
    middle = (p + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(p * (1 - p) / count + z * z / (4 * count * count))
    return middle - half, middle + half


def drift(scored: Scored, recent: int = RECENT) -> dict[str, Any] | None:
    """Coverage of 95 % intervals over the last `recent` target dates, and whether it has left its band.

    Strata of one date miss together, so a date counts once (the mean over its rows). The alarm goes off when
    Wilson's interval lies wholly outside 0.93-0.97: one bad week is no drift, five in a row are.
    """
    if not {0.025, 0.975} <= set(scored.levels) or not scored.dates:
        return None
    hit = wis.covered(scored.levels, scored.quantiles, scored.truth)
    by_date: dict[date, list[bool]] = defaultdict(list)
    for day, inside in zip(scored.dates, hit, strict=True):
        by_date[day].append(bool(inside))
    last = sorted(by_date)[-recent:]
    share = float(np.mean([np.mean(by_date[d]) for d in last]))
    low, high = wilson(share * len(last), len(last))
    return {
        "dates": len(last),
        "since": last[0],
        "coverage": share,
        "interval": [low, high],
        "band": list(BAND),
        "alarm": bool(high < BAND[0] or low > BAND[1]),
    }


def score_signals(rows: Iterable[Row], outbreaks: Sequence[Row], columns: Sequence[str]) -> dict[str, Any]:
    """Alarms against confirmed outbreaks (start, end, strata; a missing stratum matches all).

    Figures: detected / outbreaks, lead in days (end of the outbreak's first week to the first alarm's publication,
    smaller is earlier; median), false alarms a week: alarms that no outbreak explains. The end of an outbreak is
    open where it is not given.
    """
    alarms = []
    weeks: set[date] = set()
    for row in rows:
        day = as_date(row.get("date"))
        if day is None:
            continue
        weeks.add(day)
        if row.get("alarm"):
            alarms.append((day, as_date(row.get("as_of")) or day, {c: row.get(c) for c in columns}))
    explained = [False] * len(alarms)
    delays: list[int] = []
    found = 0
    for outbreak in outbreaks:
        start = as_date(outbreak.get("start"))
        if start is None:
            raise Refusal(N_("an outbreak needs a start date"))
        end = as_date(outbreak.get("end")) or date.max - timedelta(days=7)
        mine = [
            i
            for i, (day, _at, key) in enumerate(alarms)
            if start - timedelta(days=6) <= day <= end
            and all(outbreak.get(c) in (None, "", key[c]) or key[c] is None for c in columns)
        ]
        for i in mine:
            explained[i] = True
        if mine:
            found += 1
            delays.append(min((alarms[i][1] - start).days for i in mine))
    return {
        "alarms": len(alarms),
        "outbreaks": len(outbreaks),
        "detected": found,
        "days_to_alarm": float(np.median(delays)) if delays else None,
        "false_alarms": explained.count(False),
        "false_alarms_a_week": explained.count(False) / len(weeks) if weeks else None,
        "weeks": len(weeks),
    }
