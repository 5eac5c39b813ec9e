"""The bulletin's own record: what each bulletin published, and how it scored against the register as it stands
later.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from izker.outlook import score_record
from izker.outlook.bulletin import Bulletin, Extract
from izker.outlook.forecast_panel import read_panel
from izker.outlook.score import match, summary

SETTLED = timedelta(days=180)  # offences older than this are taken as fully reported


def keep(folder: Path, bulletin: Bulletin) -> None:
    """Publish the bulletin's forecast and signals of the whole and of the regions into the record."""
    found = bulletin.forecast
    rows = [
        {
            "date": day.isoformat(),
            **dict(zip(found.hierarchy.columns, key, strict=True)),
            "quantiles": {f"{q:g}": float(v) for q, v in zip(found.levels, found.quantiles[i, h], strict=True)},
        }
        for i, key in enumerate(found.hierarchy.keys)
        for h, day in enumerate(found.dates)
        if sum(part is not None for part in key) <= 1 and not found.empty[i]
    ]
    score_record.publish(folder, "forecast", rows, as_of=bulletin.as_of, synthetic=bulletin.synthetic)
    signals = [s.as_json(found.hierarchy.columns) for s in bulletin.signals]
    if signals:
        score_record.publish(folder, "signals", signals, as_of=bulletin.as_of, synthetic=bulletin.synthetic)


def own_record(folder: Path, extract: Extract, as_of: date) -> Mapping[str, Any] | None:
    """Scores of the forecasts published before `as_of`, against weeks that have settled by then; None without any."""
    if not (folder / score_record.INDEX).is_file():
        return None
    kept = [p for p in score_record.publications(folder) if p.kind == "forecast" and p.as_of < as_of]
    if not kept:
        return None
    rows = [{**row, "as_of": p.as_of} for p in kept for row in score_record.rows_of(folder, p)]
    weekday = {row["date"] for row in rows}
    settled = as_of - SETTLED
    past = extract.rows.filter((pl.col("reported") <= as_of) & (pl.col("occurred") <= settled))
    if past.height == 0 or not weekday:
        return None
    first = date.fromisoformat(min(weekday))
    shift = (first - date(1970, 1, 1)).days % 7
    week = (pl.col("occurred").cast(pl.Int32) - shift) // 7 * 7 + shift
    counts = past.group_by(week.cast(pl.Date).alias("date"), "region", "scheme").agg(pl.len().alias("count"))
    whole_weeks = counts.filter(pl.col("date") <= settled - timedelta(days=6))
    if whole_weeks.height == 0:
        return None
    panel = read_panel(whole_weeks, step="week", strata=["region", "scheme"])
    return summary(match(rows, panel)[0])
