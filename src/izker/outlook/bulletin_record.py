"""The bulletin's own record: what each bulletin published, what it would have said before it existed, and how all of it scored.

A bulletin publishes its nowcast, forecast and signals of the whole, the regions and the schemes (alarms of single cells too).
Where a register is older than its bulletins, past Sundays can be *replayed*: the same method on what was registered by then,
kept in the same record under the method "replay", and never mixed up with what was published in time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from izker.outlook import score_record, wis
from izker.outlook.bulletin import Bulletin, Extract, build, whole_weeks
from izker.outlook.forecast_panel import Panel, read_panel
from izker.outlook.score import Scored, joined, match, summary
from izker.outlook.score_alarms import against_final

SETTLED = timedelta(days=180)  # offences older than this are taken as fully reported
STRATA = ["region", "scheme"]
AGES = 8  # weeks of the nowcast that are published: older ones hardly change
COMPLETE = 12  # weeks after which a count serves the simple benchmark as complete
REPLAY = "replay"
EVERY = timedelta(weeks=4)  # between replayed Sundays: forecasts of four weeks then cover each week once
REPLAYS = 13
HISTORY = timedelta(days=182)  # of the register before the first replayed day
KEPT = (0.025, 0.25, 0.5, 0.75, 0.975)


def keep(folder: Path, bulletin: Bulletin, *, at: datetime | None = None, method: str = "izker") -> None:
    """Publish the bulletin's nowcast, forecast and signals into the record under the moment `at`."""
    found, columns = bulletin.forecast, bulletin.forecast.hierarchy.columns
    shown = [i for i, key in enumerate(found.hierarchy.keys) if _shown(key) and not found.empty[i]]
    forecasts = [
        {
            "date": day.isoformat(),
            **dict(zip(columns, found.hierarchy.keys[i], strict=True)),
            "quantiles": {f"{q:g}": float(v) for q, v in zip(found.levels, found.quantiles[i, h], strict=True)},
            "benchmarks": {name: _number(points[i, h]) for name, points in found.benchmarks.items()},
        }
        for i in shown
        for h, day in enumerate(found.dates)
    ]
    signals = [s.as_json(columns) for s in bulletin.tested if s.alarm or _shown(s.key)]
    for kind, rows in (("nowcast", _nowcast_rows(bulletin.panel)), ("forecast", forecasts), ("signals", signals)):
        if rows:
            score_record.publish(
                folder, kind, rows, as_of=bulletin.as_of, published_at=at, method=method, synthetic=bulletin.synthetic
            )


def _shown(key: tuple[str | None, ...]) -> bool:
    return sum(part is not None for part in key) <= 1


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _nowcast_rows(panel: Panel) -> list[dict[str, Any]]:
    """The last AGES weeks of the whole and its margins: quantiles, what was known, and the mean of 8 complete weeks beside."""
    if panel.draws is None:
        return []
    tree, ages = panel.hierarchy, min(AGES, panel.draws.shape[2])
    draws = tree.aggregate(panel.draws)[:, :, -ages:]
    known = tree.aggregate(panel.values)
    quantiles = np.quantile(draws, wis.LEVELS, axis=0)
    rows = []
    for i, key in enumerate(tree.keys):
        if not _shown(key):
            continue
        for a in range(ages):
            t = len(panel.dates) - ages + a
            past = known[i, max(t - COMPLETE - 8, 0) : max(t - COMPLETE, 0)]
            mean = float(np.nanmean(past)) if np.isfinite(past).any() else np.nan
            rows.append(
                {
                    "date": panel.dates[t].isoformat(),
                    **dict(zip(tree.columns, key, strict=True)),
                    "quantiles": {f"{q:g}": float(v) for q, v in zip(wis.LEVELS, quantiles[:, i, a], strict=True)},
                    "known": _number(known[i, t]),
                    "age": ages - 1 - a,
                    "benchmarks": {"reported so far": _number(known[i, t]), "mean of 8 complete weeks": _number(mean)},
                }
            )
    return rows


def to_replay(folder: Path, extract: Extract, as_of: date) -> list[date]:
    """Sundays that the record of a register misses: every fourth before the first bulletin whose offences have settled by `as_of`."""
    kept = score_record.publications(folder) if (folder / score_record.INDEX).is_file() else []
    have = {p.as_of for p in kept if p.kind == "signals"}  # the last of the three: a day broken off is done again
    first = extract.rows["reported"].min()
    newest = as_of - SETTLED - EVERY
    newest -= timedelta(days=(newest.weekday() - 6) % 7)
    days = [newest - EVERY * n for n in range(REPLAYS)]
    return [d for d in days if isinstance(first, date) and d >= first + HISTORY and d not in have]


def replay(folder: Path, extract: Extract, day: date, *, at: datetime | None = None) -> None:
    """Publish what the bulletin of `day` would have said, as a replay."""
    keep(folder, build(extract, day), at=at, method=REPLAY)


def own_record(folder: Path, extract: Extract, as_of: date) -> dict[str, Any] | None:
    """Scores of everything published before `as_of` against weeks that have settled by then; None without a publication.

    as_of, settled (dates), live and replayed (publications), `nowcast` and `forecast`: figures as `score.summary` gives
    them; `weeks`: every scored row of the whole country; `signals`: see `score_alarms`.
    """
    if not (folder / score_record.INDEX).is_file():
        return None
    kept = [p for p in score_record.publications(folder) if p.as_of < as_of]
    if not kept:
        return None
    settled = as_of - SETTLED
    truths = _Truths(extract, settled)
    out: dict[str, Any] = {"as_of": as_of.isoformat(), "settled": settled.isoformat(), "synthetic": extract.synthetic}
    days = {m: {p.as_of for p in kept if (p.method == REPLAY) == m} for m in (True, False)}
    out |= {"live": len(days[False]), "replayed": len(days[True]), "weeks": []}
    replayed = {p.as_of.isoformat() for p in kept if p.method == REPLAY}
    for kind in ("nowcast", "forecast"):
        rows = [{**r, "as_of": p.as_of} for p in kept if p.kind == kind for r in score_record.rows_of(folder, p)]
        parts = []
        for shift in sorted({_shift(date.fromisoformat(r["date"])) for r in rows}):
            panel = truths.panel(shift)
            if panel is not None:
                parts.append(match([r for r in rows if _shift(date.fromisoformat(r["date"])) == shift], panel)[0])
        scored = joined(parts) if parts else None
        if scored is None or not scored.dates:
            out[kind] = None
            continue
        out[kind] = summary(scored)
        out["weeks"] += _weeks(scored, kind, replayed)
    alarms = [
        {**r, "as_of": p.as_of, "replayed": p.method == REPLAY}
        for p in kept
        if p.kind == "signals"
        for r in score_record.rows_of(folder, p)
    ]
    out["signals"] = against_final(alarms, STRATA, truths.final, truths.passed)
    return out


def _weeks(scored: Scored, kind: str, replayed: set[str]) -> list[dict[str, Any]]:
    """Every scored row of the whole, in order of its week and issue."""
    place = wis.pit(scored.levels, scored.quantiles, scored.truth)
    at = [scored.levels.index(q) for q in KEPT]
    rows = [
        {
            "kind": kind,
            "date": day.isoformat(),
            "issued": scored.issued[i],
            "values": [float(scored.quantiles[i, k]) for k in at],
            "known": _number(scored.known[i]),
            "final": float(scored.truth[i]),
            "pit": float(place[i]),
            "replayed": scored.issued[i] in replayed,
        }
        for i, day in enumerate(scored.dates)
        if all(part is None for part in scored.keys[i])
    ]
    return sorted(rows, key=lambda r: (str(r["date"]), str(r["issued"])))


def _shift(day: date) -> int:
    return (day - date(1970, 1, 1)).days % 7


class _Truths:
    """Final counts by week (on any weekday), region and scheme, from an extract: weeks that ended by `settled`."""

    def __init__(self, extract: Extract, settled: date) -> None:
        self.rows = whole_weeks(extract)
        self.settled = settled
        self.panels: dict[int, Panel | None] = {}
        self.counts: dict[int, dict[tuple[date, tuple[str | None, ...]], float]] = {}

    def panel(self, shift: int) -> Panel | None:
        if shift not in self.panels:
            week = (pl.col("occurred").cast(pl.Int32) - shift) // 7 * 7 + shift
            counts = self.rows.group_by(week.cast(pl.Date).alias("date"), *STRATA).agg(pl.len().alias("count"))
            ended = counts.filter(pl.col("date") <= self.settled - timedelta(days=6)).with_columns(
                pl.col(STRATA).fill_null("")
            )
            self.panels[shift] = read_panel(ended, step="week", strata=STRATA) if ended.height else None
        return self.panels[shift]

    def final(self, day: date, key: tuple[str | None, ...]) -> float | None:
        """The final count of the week that starts on `day`; 0 for a series that had none; None while it is not settled."""
        shift = _shift(day)
        panel = self.panel(shift)
        if panel is None or not panel.dates[0] <= day <= panel.dates[-1]:
            return None
        if shift not in self.counts:
            whole = panel.hierarchy.aggregate(panel.values)
            self.counts[shift] = {
                (d, k): float(whole[i, t]) for i, k in enumerate(panel.hierarchy.keys) for t, d in enumerate(panel.dates)
            }
        return self.counts[shift].get((day, key), 0.0)

    def passed(self, day: date, weeks: int, key: tuple[str | None, ...], bound: float) -> date | None:
        """The day on which the reports of the series and of so many weeks up to that of `day` first were more than `bound`."""
        inside = pl.col("occurred").is_between(day - timedelta(days=7 * (weeks - 1)), day + timedelta(days=6))
        for column, part in zip(STRATA, key, strict=True):
            if part is not None:
                inside &= pl.col(column).fill_null("") == part
        days = self.rows.filter(inside)["reported"].sort()
        at = int(np.floor(bound))
        found = days[at] if days.len() > at else None
        return found if isinstance(found, date) else None


def line(record: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The figures the bulletin prints of its record: those of the forecasts, or None."""
    return None if record is None else record["forecast"]
