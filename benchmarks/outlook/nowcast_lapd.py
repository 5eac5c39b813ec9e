"""Nowcast of real fraud reporting delays (police sample of Los Angeles): `python -m benchmarks.outlook.nowcast_lapd`.

1 361 fraud-like records with day of occurrence and of report, 2020-03..2021-07, about 17 a week. Target: reports of a
week of occurrence within 26 weeks; 38 issue weeks up to 2021-07-25, lags 0..12; defaults of the method for weekly
counts.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from izker.outlook import wis
from izker.outlook.nowcast import nowcast

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "lapd_fraud" / "lapd_sample.parquet"
LAST, ISSUES, LAGS, WITHIN = date(2021, 7, 25), 38, 12, 26


def run() -> list[str]:
    """The result as Markdown lines."""
    lines = (
        pl.read_parquet(DATA)
        .filter(pl.col("fraud_like"))
        .select(pl.col("date_occ").dt.date().alias("occurred"), pl.col("date_rptd").dt.date().alias("reported"))
    )
    week = pl.col("occurred").dt.truncate("1w").alias("date")
    lag = (pl.col("reported").dt.truncate("1w") - week).dt.total_days() // 7
    final = lines.filter(lag <= WITHIN).group_by(week).len("final")
    values, truth, known = [], [], []
    for back in range(ISSUES):
        found = nowcast(
            lines, as_of=LAST - timedelta(weeks=back), step="week", horizon=LAGS, strata=(), longest=WITHIN, draws=0
        )
        rows = found.rows.join(final, on="date", how="left").with_columns(pl.col("final").fill_null(0))
        values.append(rows.select(f"q{level:g}" for level in wis.LEVELS).to_numpy())
        truth.append(rows["final"].to_numpy())
        known.append(rows["known"].to_numpy())
    q, y, raw = np.concatenate(values), np.concatenate(truth).astype(float), np.concatenate(known)
    return [
        "| | mean WIS | MAE | 50 % | 95 % |",
        "|---|---|---|---|---|",
        f"| raw counts | {np.abs(raw - y).mean():.2f} | {np.abs(raw - y).mean():.2f} | | |",
        f"| nowcast | {wis.wis(wis.LEVELS, q, y).mean():.2f} | {np.abs(q[:, 3] - y).mean():.2f} | "
        f"{wis.coverage(wis.LEVELS, q, y, 0.5):.3f} | {wis.coverage(wis.LEVELS, q, y):.3f} |",
    ]


if __name__ == "__main__":
    print("\n".join(run()))
