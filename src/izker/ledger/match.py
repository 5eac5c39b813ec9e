"""Which transfer does a report mean? Candidates by sender, receiver, amount and time, best first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from izker.ledger.layout import I64
from izker.words import N_, Refusal

if TYPE_CHECKING:
    from izker.ledger.ledger import Ledger

AMOUNT_SLACK = 100  # a victim rounds: amounts within a hundredth of the one named are candidates
BEST = 50


def candidates(
    ledger: Ledger, *, src: str | None, dst: str | None, amount: int | None, ts_from: int | None, ts_to: int | None
) -> pl.DataFrame:
    """See `Ledger.match`. `score` halves between the amount (1 at the exact amount, 0 a hundredth off) and the time
    (1 in the middle of the window, 0 at its edges)."""
    if src is None and dst is None:
        raise Refusal(N_("to find a transfer, name the sending or the receiving account"))
    slots = _slots(ledger, src, dst)
    rows = ledger.rows_at(slots)
    if amount is not None:
        rows = rows.filter((pl.col("amount") - amount).abs() * AMOUNT_SLACK <= amount)
    if ts_from is not None:
        rows = rows.filter(pl.col("ts") >= ts_from)
    if ts_to is not None:
        rows = rows.filter(pl.col("ts") <= ts_to)
    return (
        rows.with_columns(score=_score(rows, amount, ts_from, ts_to))
        .sort(["score", "ts", "id"], descending=[True, True, False])
        .head(BEST)
    )


def _slots(ledger: Ledger, src: str | None, dst: str | None) -> I64:
    """Slots between the accounts named, found from whichever side has fewer rows."""
    ends = [ledger.account(n) if n is not None else None for n in (src, dst)]
    if any(n is not None and a is None for n, a in zip((src, dst), ends, strict=True)):
        return np.zeros(0, np.int64)
    sender, receiver = ends
    if sender is None:
        assert receiver is not None
        return ledger.in_slots(receiver)
    slots = ledger.out_slots(sender)
    return slots[ledger.link_of(slots)[0] == receiver] if receiver is not None and slots.size else slots


def _score(rows: pl.DataFrame, amount: int | None, ts_from: int | None, ts_to: int | None) -> pl.Series:
    parts = []
    if amount:
        parts.append(1 - (rows["amount"] - amount).abs().cast(pl.Float64) * AMOUNT_SLACK / amount)
    if ts_from is not None and ts_to is not None and ts_to > ts_from:
        middle, half = (ts_from + ts_to) / 2, (ts_to - ts_from) / 2
        parts.append(1 - (rows["ts"] - middle).abs() / half)
    total = pl.Series(np.ones(rows.height)) if not parts else sum(parts[1:], parts[0]) / len(parts)
    return pl.Series("score", total.to_numpy().clip(0, 1), pl.Float64)
