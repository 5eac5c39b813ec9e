"""A fixed pseudo-random table of transfers with ids 0 to n - 1 in time order."""

from __future__ import annotations

import numpy as np
import polars as pl


def mixed_rows(count: int, seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    names = np.array([f"KZ{i:03d}" for i in range(max(count // 20, 4))])
    return pl.DataFrame(
        {
            "id": np.arange(count),
            "ts": np.sort(rng.integers(0, count, count)) * 1000,
            "src": rng.choice(names, count),
            "dst": rng.choice(names, count),
            "amount": rng.integers(0, 10_000, count),
            "kind": rng.choice(["transfer"] * 9 + ["cash"], count),
        }
    )
