"""Trace reports through a ledger under one rule, on all cores."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numba import njit

from izker.ledger import Ledger, lookup
from izker.ledger.layout import I64
from izker.ledger.sweep import WHEN
from izker.trail import lines
from izker.trail.leaves import by_hop, leaves
from izker.trail.resolve import resolve
from izker.trail.rules import NO_LIMIT, UNLIMITED, Limits, check_rule
from izker.trail.trails import Trails, lot_frame, row_frame
from izker.words import Problem

BLOCK = 256  # reports a task: its lots stay in the cache
UNKNOWN = -2  # a slot that has to be looked up
Kernel = Callable[[I64, I64], I64]  # (slots, report numbers) -> lots


def trace(
    ledger: Ledger,
    reports: pl.DataFrame,
    *,
    rule: str = "fifo",
    limits: Limits = UNLIMITED,
    as_of: int | None = None,
    paths: bool = False,
    file: str = "",
    threads: int | None = None,
) -> Trails:
    """Follow the money of each report through the ledger.

    `reports`: report_id and transfer_id, or src, dst, ts, amount to be matched (see `resolve`). `rule`: fifo, lifo,
    pro_rata, taint_first (conserved: held + exited + stopped = stolen to the unit) or reach, poison (upper bounds).
    `as_of` (µs): only transfers up to then are known. `paths` adds `lots`. Reports that match nothing come back as
    problems; the others go on. Rules: docs/how-money-is-followed.md.
    """
    question = prepare(ledger, reports, rule, as_of, file)
    rest, lots = run(ledger, question.slots, rule, limits, question.until, paths, threads)
    return assemble(ledger, question, rule, limits, rest, lots)


@dataclass(frozen=True)
class Question:
    """Reports whose transfers were found: their ids, slots, and the moment up to which transfers are known."""

    ids: pl.Series
    slots: I64
    as_of: int | None
    problems: list[Problem]

    @property
    def until(self) -> int:
        return NO_LIMIT if self.as_of is None else self.as_of


def prepare(ledger: Ledger, reports: pl.DataFrame, rule: str, as_of: int | None, file: str) -> Question:
    """Check the rule, find the transfers. A report whose transfer lies after `as_of` is not known yet and left out."""
    check_rule(rule)
    ids, slots, problems = resolve(ledger, reports, file)
    if as_of is not None and slots.size:
        early = ledger.record(slots)[0][:, WHEN] <= as_of
        ids, slots = ids.filter(pl.Series(early)), slots[early]
    return Question(ids, slots, as_of, problems)


def assemble(ledger: Ledger, question: Question, rule: str, limits: Limits, at_rest: I64, lots: I64 | None) -> Trails:
    """The answer in names and frames."""
    records, amounts, numbers = ledger.record(question.slots)
    return Trails(
        rows=row_frame(ledger, question.ids, at_rest),
        stolen=pl.DataFrame(
            {"report_id": question.ids, "transfer_id": numbers, "amount": amounts, "ts": records[:, WHEN]}
        ),
        rule=rule,
        limits=limits,
        as_of=question.as_of,
        opening="supplied" if len(ledger.openings()) else "unknown",
        lots=lot_frame(ledger, question.ids, lots) if lots is not None else None,
        problems=question.problems,
    )


def trace_one(ledger: Ledger, transfer_id: int, limits: Limits = UNLIMITED, as_of: int | None = None) -> I64:
    """The lots of one transfer under FIFO as a bare array (columns as in `lines`), in microseconds; none for a transfer
    that is not in the ledger. `leaves` of it tells where the units rest."""
    a = ledger.arrays
    by_id, by_slot = ledger.index
    found: I64 = _one(
        by_id, by_slot, a.rows, a.ptr, a.tail, a.tail_start,
        transfer_id, ledger.slot_of(transfer_id) if a.tail.shape[0] else UNKNOWN,
        NO_LIMIT if limits.horizon_us is None else limits.horizon_us, limits.min_lot, limits.hops,
        NO_LIMIT if as_of is None else as_of,
    )  # fmt: skip
    return found


@njit(cache=True, nogil=True)
def _one(
    by_id: Any, by_slot: Any, rows: Any, ptr: Any, tail: Any, tail_start: Any,
    transfer_id: int, slot: int, horizon: int, min_lot: int, max_hops: int, as_of: int,
) -> Any:  # fmt: skip
    """From id (looked up where `slot` is UNKNOWN) to lots in one call: calls would cost more than the trace."""
    if slot == UNKNOWN:
        slot = lookup.slot_of(by_id, by_slot, transfer_id)
    starts = np.full(1 if slot >= 0 else 0, slot, np.int64)
    return lines.fifo(rows, ptr, tail, tail_start, starts, np.zeros(1, np.int64), horizon, min_lot, max_hops, as_of)


def run(
    ledger: Ledger, slots: I64, rule: str, limits: Limits, as_of: int, paths: bool, threads: int | None
) -> tuple[I64, I64 | None]:
    """(leaf rows, lots where asked for) of reports numbered 0, 1, … that start in `slots`."""
    kernel = _kernel(ledger, rule, limits, as_of)
    numbers = np.arange(slots.size, dtype=np.int64)

    def block(start: int) -> tuple[I64, I64]:
        lots = kernel(slots[start : start + BLOCK], numbers[start : start + BLOCK])
        at_rest: I64 = leaves(lots if rule in ("fifo", "lifo") else by_hop(lots))
        return at_rest, lots if paths else lots[:0]

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
    bounds = (horizon, limits.min_lot, limits.hops, as_of)
    if rule == "fifo":
        return lambda slots, numbers: lines.fifo(a.rows, a.ptr, a.tail, a.tail_start, slots, numbers, *bounds)
    if rule == "lifo":
        return lambda slots, numbers: lines.lifo(*a, slots, numbers, *bounds)
    # compiled only when asked for: they take seconds the first time
    from izker.trail import mixing, reach

    if rule in ("pro_rata", "taint_first"):
        how = mixing.PRO_RATA if rule == "pro_rata" else mixing.TAINT_FIRST
        return lambda slots, numbers: mixing.mix(how, *a, slots, numbers, *bounds)
    return lambda slots, numbers: reach.reach(rule == "poison", *a, slots, numbers, *bounds)
