"""One rule, several engines behind one small port: something that gives the lots of reports."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import polars as pl

from izker.ledger import Ledger
from izker.ledger.layout import I64
from izker.trail import lines
from izker.trail.leaves import leaves
from izker.trail.reference import Lot, Transfer, follow, money_line
from izker.trail.rules import STATUSES, UNLIMITED, Limits
from izker.trail.tracing import assemble, prepare, trace
from izker.trail.trails import Trails
from izker.words import N_, Refusal


class Engine(Protocol):
    """Lots (columns of `lines`) of the reports that start in `slots`, numbered 0, 1, …"""

    def __call__(self, ledger: Ledger, slots: I64, limits: Limits, as_of: int, /) -> I64: ...


def trace_with(
    engine: str | Engine,
    ledger: Ledger,
    reports: pl.DataFrame,
    *,
    rule: str = "fifo",
    limits: Limits = UNLIMITED,
    as_of: int | None = None,
    paths: bool = False,
    file: str = "",
) -> Trails:
    """As `trace`, computed by `engine`: native, reference, duckdb, or any callable of the port. Others than native know
    fifo; the reference knows lifo too."""
    if engine == "native":
        return trace(ledger, reports, rule=rule, limits=limits, as_of=as_of, paths=paths, file=file)
    if rule != "fifo" and not (engine == "reference" and rule == "lifo"):
        raise Refusal(N_("the engine {engine} does not know the rule {rule}: use native"), engine=engine, rule=rule)
    question = prepare(ledger, reports, rule, as_of, file)
    if engine == "reference":
        lots = reference_lots(ledger, question.slots, limits, question.until, rule)
    elif engine == "duckdb":
        from izker.trail.sql import duckdb_lots

        lots = duckdb_lots(ledger, question.slots, limits, question.until)
    elif callable(engine):
        lots = engine(ledger, question.slots, limits, question.until)
    else:
        raise Refusal(N_("there is no engine {engine}; there are: native, reference, duckdb"), engine=engine)
    return assemble(ledger, question, rule, limits, leaves(lots), lots if paths else None)


def reference_lots(ledger: Ledger, slots: I64, limits: Limits, as_of: int, rule: str = "fifo") -> I64:
    """Lots by the plain-Python reference: every transfer of the ledger is placed anew from its opening balances."""
    transfers: list[Transfer] = []
    for part in ledger.all_slots():
        transfers.extend(Transfer(*row) for row in ledger.rows_at(part).iter_rows())
    openings = {ledger.name(int(a)): int(b) for a, b in ledger.openings()}
    line = money_line(transfers, openings)
    found: list[list[int]] = []
    for number, transfer_id in enumerate(ledger.record(slots)[2].tolist()):
        lots = follow(line, transfer_id, rule=rule, limits=limits, as_of=as_of)
        found.extend(_row(ledger, number, lot) for lot in lots)
    return np.array(found, np.int64).reshape(-1, lines.COLUMNS)


def _row(ledger: Ledger, report: int, lot: Lot) -> list[int]:
    account = ledger.account(lot.account)
    assert account is not None
    return [
        report,
        -1 if lot.parent is None else lot.parent,
        ledger.slot_of(lot.placed.transfer.id),
        account,
        lot.lo,
        lot.hi,
        lot.placed.transfer.ts,
        lot.hop,
        lot.rest,
        lot.stopped,
        STATUSES.index(lot.status),
        0,
    ]
