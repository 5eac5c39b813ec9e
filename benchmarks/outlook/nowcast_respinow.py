"""Regression check on weekly respiratory triangles: `python -m benchmarks.outlook.nowcast_respinow`.

Influenza and SARI, Germany, 22 issue dates 2024-10-17..2025-03-27 without 2024-12-26 and 2025-01-02, horizons 0..3
weeks.
The triangles are final states, not what teams saw live, so nothing is claimed from the comparison.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from izker.outlook import wis
from izker.outlook.nowcast import nowcast

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "respinow"
SOURCES = {"influenza": "survstat-influenza", "sari": "icosari-sari"}
PUBLISHED = {"influenza": "RIVM-GAM 95.34, KIT-simple 100.48", "sari": "RIVM-GAM 304.52, KIT-simple 389.96"}
LEFT_OUT = (date(2024, 12, 26), date(2025, 1, 2))


def score(name: str, stem: str) -> tuple[float, float]:
    """Mean WIS and 95 % coverage of the national series of one source."""
    table = pl.read_csv(DATA / name / f"reporting_triangle-{stem}-preprocessed.csv", infer_schema_length=10_000)
    table = table.filter((pl.col("location") == "DE") & (pl.col("age_group") == "00+"))
    weeks = [c for c in table.columns if c.startswith("value_") and c[6:-1].isdigit()]
    cells = (
        table.select(pl.col("date").str.to_date().alias("reference_date"), *weeks)
        .unpivot(index="reference_date", variable_name="delay", value_name="count")
        .with_columns(pl.col("delay").str.extract(r"(\d+)").cast(pl.Int64))
        .drop_nulls()
    )
    final = cells.group_by(pl.col("reference_date").alias("date")).agg(pl.col("count").sum().alias("final"))
    values, truth = [], []
    for week in range(24):
        issue = date(2024, 10, 17) + timedelta(weeks=week)
        if issue in LEFT_OUT:
            continue
        sunday = issue - timedelta(days=(issue.weekday() + 1) % 7)
        found = nowcast(
            cells, as_of=sunday, step="week", horizon=3, strata=(), counts="new", longest=len(weeks) - 1, draws=0
        )
        rows = found.rows.join(final, on="date", how="left")
        values.append(rows.select(f"q{level:g}" for level in wis.LEVELS).to_numpy())
        truth.append(rows["final"].to_numpy())
    q, y = np.concatenate(values), np.concatenate(truth).astype(float)
    return float(np.nanmean(wis.wis(wis.LEVELS, q, y))), wis.coverage(wis.LEVELS, q, y)


def run() -> list[str]:
    """The result as Markdown lines."""
    lines = ["| series | mean WIS | 95 % | published (live) |", "|---|---|---|---|"]
    for name, stem in SOURCES.items():
        mean, inside = score(name, stem)
        lines.append(f"| {name}, DE | {mean:.1f} | {inside:.3f} | {PUBLISHED[name]} |")
    return lines


if __name__ == "__main__":
    print("\n".join(run()))
