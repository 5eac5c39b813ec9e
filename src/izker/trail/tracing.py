"""Trace reports through a ledger under one rule, on all cores."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl

from izker.ledger import Ledger
from izker.ledger.layout import I64
from izker.trail import lines
from izker.trail.resolve import resolve
from izker.trail.rules import NO_LIMIT, Limits, check_rule
from izker.trail.trails import Trails, lot_frame, row_frame

BLOCK = 2048  # reports a task
Kernel = Callable[[I64, I64], I64]  # (slots, report numbers) -> lots


def trace(
    ledger: Ledger,
    reports: pl.DataFrame,
    *,
    rule: str = "fifo",
    limits: Limits = Limits(),
    as_of: int | None = None,
    paths: bool = False,
    file: str = "",
    threads: int | None = None,
) -> Trails:
    """Follow the money of each report through the ledger.

    `reports`: report_id and transfer_id, or src, dst, ts, amount to be matched (see `resolve`). `rule`: fifo, lifo, pro_rata,
    taint_first (conserved: held + exited + stopped = stolen to the unit) or reach, poison (upper bounds). `as_of` (µs): only
    transfers up to then are known. `paths` adds `lots`. Reports that match nothing come back as problems; the others go on.
    Rules: docs/how-money-is-followed.md.
    """
    check_rule(rule)
    ids, slots, problems = resolve(ledger, reports, file)
    if as_of is not None and slots.size:
        early = ledger.record(slots)[0][:, 2] <= as_of
        ids, slots = ids.filter(pl.Series(early)), slots[early]
    leaves, lots = run(ledger, slots, rule, limits, NO_LIMIT if as_of is None else as_of, paths, threads)
    records, amounts, numbers = ledger.record(slots)
    stolen = pl.DataFrame({"report_id": ids, "transfer_id": numbers, "amount": amounts, "ts": records[:, 2]})
    return Trails(
        rows=row_frame(ledger, ids, leaves),
        stolen=stolen,
        rule=rule,
        limits=limits,
        as_of=as_of,
        opening="supplied" if len(ledger.openings()) else "unknown",
        lots=lot_frame(ledger, ids, lots) if paths and lots is not None else None,
        problems=problems,
    )


def run(
    ledger: Ledger, slots: I64, rule: str, limits: Limits, as_of: int, paths: bool, threads: int | None
) -> tuple[I64, I64 | None]:
    """(leaf rows, lots where asked for) of reports numbered 0, 1, … that start in `slots`."""
    kernel = _kernel(ledger, rule, limits, as_of)
    numbers = np.arange(slots.size, dtype=np.int64)

    def block(start: int) -> tuple[I64, I64]:
        lots = kernel(slots[start : start + BLOCK], numbers[start : start + BLOCK])
        return lines.leaves(lots), lots if paths else lots[:0]

    starts = range(0, max(slots.size, 1), BLOCK)
    if len(starts) == 1:
        done = [block(0)]
    else:
        with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
            done = list(pool.map(block, starts))
    return np.concatenate([leaf for leaf, _ in done]), np.concatenate([lots for _, lots in done]) if paths else None


def _kernel(ledger: Ledger, rule: str, limits: Limits, as_of: int) -> Kernel:
    """The compiled rule, ready for slots and report numbers."""
    a = ledger.arrays
    horizon = NO_LIMIT if limits.horizon_us is None else limits.horizon_us
    if rule == "fifo":
        return lambda slots, numbers: lines.fifo(
            a.rows, a.ptr, a.tail, a.tail_start, slots, numbers, horizon, limits.min_lot, limits.hops, as_of
        )
    if rule == "lifo":
        return lambda slots, numbers: lines.lifo(
            a.rows, a.side, a.ptr, a.tail, a.tail_side, a.tail_start, a.tail_end, a.moved,
            slots, numbers, horizon, limits.min_lot, limits.hops, as_of,
        )  # fmt: skip
    from izker.trail import mixing

    if rule in ("pro_rata", "taint_first"):
        how = mixing.PRO_RATA if rule == "pro_rata" else mixing.TAINT_FIRST
        return lambda slots, numbers: mixing.mix(
            how, a.rows, a.side, a.ids, a.ptr, a.tail, a.tail_side, a.tail_ids, a.tail_start, a.tail_end, a.moved,
            slots, numbers, horizon, limits.min_lot, limits.hops, as_of,
        )  # fmt: skip
    return lambda slots, numbers: mixing.reach(
        rule == "poison", a.rows, a.side, a.ptr, a.tail, a.tail_side, a.tail_start, a.tail_end, a.moved,
        slots, numbers, horizon, limits.hops, as_of,
    )  # fmt: skip
