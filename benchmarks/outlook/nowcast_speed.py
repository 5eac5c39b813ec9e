"""Speed of a national nowcast: `python -m benchmarks.outlook.nowcast_speed`.

20 regions x 12 schemes, 60 ages, 110 past issue days replayed. Synthetic reports; median of three runs after one that
loads the compiled functions.
"""

from __future__ import annotations

import time
from datetime import date, timedelta

import numpy as np
import polars as pl

from izker.outlook.nowcast import nowcast


def reports(days: int = 300, regions: int = 20, schemes: int = 12, base: float = 0.4) -> pl.DataFrame:
    """A synthetic line list, about `base` reports a cell and day, log-normal delays with a median of 6 days."""
    rng = np.random.default_rng(7)
    counts = rng.poisson(base, (days, regions, schemes))
    day, region, scheme = (np.repeat(a.ravel(), counts.ravel()) for a in np.indices(counts.shape))
    delay = np.exp(rng.normal(np.log(6.0), 1.3, len(day))).astype(int)
    start = date(2025, 1, 1)
    return pl.DataFrame(
        {
            "occurred": [start + timedelta(days=int(d)) for d in day],
            "reported": [start + timedelta(days=int(d + x)) for d, x in zip(day, delay, strict=True)],
            "region": [f"R{r}" for r in region],
            "scheme": [f"S{s}" for s in scheme],
        }
    )


def run() -> list[str]:
    """The result as Markdown lines."""
    frame = reports()
    seconds = []
    for _ in range(4):
        began = time.perf_counter()
        found = nowcast(frame, as_of=date(2025, 10, 1), longest=60)
        seconds.append(time.perf_counter() - began)
    took = float(np.median(seconds[1:]))
    return [
        "| series | ages | draws | seconds (median of 3) | target |",
        "|---|---|---|---|---|",
        f"| {len(found.keys)} | 60 | {len(found.draws)} | {took:.1f} | < 5 |",
    ]


if __name__ == "__main__":
    print("\n".join(run()))
