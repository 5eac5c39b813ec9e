"""Values that belong to everybody: a marketplace's number, a bank's hot line, a shortener's domain. They join
nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from izker.links import keys
from izker.links.model import KINDS, Rules
from izker.links.unite import chains, flatten, largest_share, spread_hubs, unite
from izker.times import US_PER_DAY
from izker.words import N_

Ints = NDArray[np.int64]
PUBLIC = N_("a public body's or a platform's own")
SPREAD = N_("spread over too long a time for one hand")
STRANGERS = N_("shared by many reports that nothing else connects")


@dataclass(frozen=True, slots=True)
class Table:
    """The long table sorted by value, then time. Per row: `reports`, `times` (µs), `kinds`, `rows` (place in the long
    table); per group: `starts`, `sizes`."""

    reports: Ints
    times: Ints
    kinds: NDArray[np.uint8]
    rows: Ints
    starts: Ints
    sizes: Ints


def grouped(long: pl.DataFrame, times: Ints) -> Table:
    """`times`: µs of each report by index."""
    hashed = long.select((pl.col("value").hash(11) ^ (pl.col("kind").cast(pl.UInt64) * 0x9E3779B97F4A7C15 % 2**63)).alias("h"))["h"].to_numpy()
    reports = long["report"].to_numpy()
    order = np.lexsort((reports, hashed))  # reports are numbered by time
    ordered = hashed[order]
    starts = np.concatenate(
        (
            np.flatnonzero(np.concatenate((np.ones(min(len(ordered), 1), np.bool_), ordered[1:] != ordered[:-1]))),
            [len(ordered)],
        )
    )
    starts = starts.astype(np.int64)
    return Table(
        reports[order],
        times[reports[order]],
        long["kind"].to_numpy()[order],
        order.astype(np.int64),
        starts,
        np.diff(starts),
    )


def hubs(table: Table, n: int, rules: Rules) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    """Which groups join nothing, and why: 1 public, 2 spread over time, 3 strangers (df > 200 and < 2 % of its
    reports connected otherwise)."""
    spread = spread_hubs(table.starts, table.times, rules.hub_spread_reports, int(rules.hub_spread_days * US_PER_DAY))
    why = np.where(spread, 2, 0).astype(np.uint8)
    large = np.flatnonzero((table.sizes > rules.hub_reports) & ~spread)
    if len(large):
        barred = spread.copy()
        barred[large] = True
        earlier, later, _group = chains(table.starts, table.times, table.reports, barred, int(rules.episode_days * US_PER_DAY))
        parent = np.arange(n, dtype=np.int64)
        unite(parent, table.reports[earlier], table.reports[later])
        share = largest_share(table.starts, table.reports, flatten(parent), large.astype(np.int64))
        why[large[share < rules.hub_share]] = 3
    return why > 0, why


def bar_public(table: Table, long: pl.DataFrame, barred: NDArray[np.bool_], why: NDArray[np.uint8]) -> None:
    """Mark the groups of the jurisdiction's list of public numbers and domains, in place."""
    listed = pl.DataFrame(
        [(keys.CODE[kind], value) for kind, value in sorted(keys.public())],
        schema={"kind": pl.UInt8, "value": pl.String},
        orient="row",
    )
    rows = long.with_row_index("row").join(listed, on=["kind", "value"], how="semi")["row"].to_numpy()
    if not len(rows):
        return
    place = np.empty(len(table.rows), np.int64)
    place[table.rows] = np.arange(len(table.rows))
    groups = np.unique(np.searchsorted(table.starts, place[rows], side="right") - 1)
    barred[groups], why[groups] = True, 1


def told(table: Table, long: pl.DataFrame, barred: NDArray[np.bool_], why: NDArray[np.uint8]) -> pl.DataFrame:
    """The hubs as a table: kind, value, reports, why (English catalogue message)."""
    groups = np.flatnonzero(barred)
    first = table.rows[table.starts[groups]]
    return pl.DataFrame(
        {
            "kind": [KINDS[code] for code in table.kinds[table.starts[groups]]],
            "value": long["value"].gather(first) if len(first) else [],
            "reports": table.sizes[groups],
            "why": [{1: PUBLIC, 2: SPREAD, 3: STRANGERS}[int(code)] for code in why[groups]],
        },
        schema={"kind": pl.String, "value": pl.String, "reports": pl.Int64, "why": pl.String},
    ).sort("reports", descending=True)
