"""Whether the counts of a reporting triangle are new reports or all known so far, and the new ones in either case."""

from __future__ import annotations

from typing import Literal

import numpy as np
import polars as pl

Counts = Literal["auto", "new", "cumulative"]
CLOSE = 0.1  # mean squared difference of roots of successive counts below which they are the same count, revised


def as_new(cells: pl.DataFrame, keys: list[str], counts: Counts) -> pl.DataFrame:
    """Cells with new reports per report date, whatever the table held."""
    ordered = cells.sort([*keys, "ref", "rep"])
    change = pl.col("count") - pl.col("count").shift(1).over([*keys, "ref"])
    changes = ordered.select(change.alias("d"), pl.col("count"))
    if counts == "auto":
        earlier = changes.select(before=pl.col("count") - pl.col("d"), after="count").drop_nulls()
        counts = "cumulative" if _carried_over(earlier["before"], earlier["after"]) else "new"
    if counts == "new":
        return ordered
    return ordered.with_columns(changes["d"].fill_null(ordered["count"]).alias("count"))


def _carried_over(before: pl.Series, after: pl.Series) -> bool:
    """Whether counts are cumulative, from every count and the next one of the same reference date.

    On the square-root scale, where counting noise is the same for all sizes: cumulative counts climb (a correction down
    is the exception), new ones climb and fall back; or they lie closer together than independent counts can.
    """
    u, v = before.to_numpy(), after.to_numpy()
    if len(u) == 0 or min(u.min(), v.min()) < 0.0:
        return False
    move = np.sqrt(v) - np.sqrt(u)
    if not move.any():
        return bool(u.max() > 1.0)
    # a single row taken back altogether must not outweigh the others
    usual = 2.0 * float(np.median(np.abs(move[move != 0.0])))
    bounded = np.clip(move, -usual, usual)
    climb = float(bounded.sum() / np.abs(bounded).sum())
    large = np.minimum(u, v) >= 5.0
    # two independent Poisson counts of the same mean differ by 1/2 in the mean square of their roots
    close = float(np.mean(move[large] ** 2)) < CLOSE if large.sum() >= 5 else False
    return climb > 0.5 or (close and climb > -0.5)
