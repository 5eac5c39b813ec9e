"""The answer of a trace: where the units of each report rest, the lots that brought them there, and their sums."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from izker.ledger import Ledger
from izker.ledger.layout import I64
from izker.trail import lines
from izker.trail.rules import CONSERVED, EXITS, MOVED, STATUSES, STOPPED, Limits
from izker.words import Problem

ROWS = {"account": pl.String, "amount": pl.Int64, "status": pl.String, "hop": pl.Int32, "since": pl.Int64}


@dataclass
class Trails:
    """Trails of a batch of reports under one rule.

    `rows`: report_id, account, amount (minor units), status, hop, since (µs, first arrival): one row a (report,
    account, status, hop). `lots` (where asked for): report_id, lot, parent_lot (null for the reported transfer),
    transfer_id, account, amount, ts, hop, status, lo, hi (places on the account's money line), rest and stopped (units
    of the lot that stayed; that moved on but were not followed). `stolen`: report_id, transfer_id, amount, ts of the
    reported transfers.
    """

    rows: pl.DataFrame
    stolen: pl.DataFrame
    rule: str
    limits: Limits
    as_of: int | None
    opening: str
    lots: pl.DataFrame | None = None
    problems: list[Problem] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """Sums in minor units. `conservation_error` = stolen - held - exited - stopped: 0 for every conserved rule,
        null for bounds."""
        by_status = dict(self.rows.group_by("status").agg(pl.col("amount").sum()).sort("status").iter_rows())
        stolen = int(self.stolen["amount"].sum())
        held = by_status.get("held", 0)
        exited = sum(by_status.get(s, 0) for s in EXITS)
        stopped = sum(by_status.get(s, 0) for s in STOPPED)
        conserved = self.rule in CONSERVED
        return {
            "rule": self.rule,
            "opening": self.opening,
            "as_of": self.as_of,
            "horizon_us": self.limits.horizon_us,
            "min_lot": self.limits.min_lot,
            "max_hops": self.limits.max_hops,
            "reports": self.stolen.height,
            "problems": len(self.problems),
            "stolen": stolen,
            "held": held,
            "exited": exited,
            "stopped": stopped,
            "by_status": by_status,
            "conservation_error": stolen - held - exited - stopped if conserved else None,
            "bound": not conserved,
        }


def row_frame(ledger: Ledger, report_ids: pl.Series, rows: I64) -> pl.DataFrame:
    """`Trails.rows` of rows as `leaves` gives them: in order of report, hop, account number and status."""
    return pl.DataFrame(
        {
            "report_id": report_ids.gather(rows[:, 0]),
            "account": ledger.names_of(rows[:, 1]),
            "amount": rows[:, 2],
            "status": pl.Series(STATUSES).gather(rows[:, 3]),
            "hop": rows[:, 4].astype(np.int32),
            "since": rows[:, 5],
        }
    )


def lot_frame(ledger: Ledger, report_ids: pl.Series, lots: I64) -> pl.DataFrame:
    """`Trails.lots` of kernel lots; lots are numbered from 0 within each report."""
    starts = np.flatnonzero(lots[:, lines.PARENT] == -1)
    number = np.arange(len(lots)) - np.repeat(starts, np.diff(np.append(starts, len(lots))))
    transfer_ids = ledger.record(lots[:, lines.SLOT])[2]
    return pl.DataFrame(
        {
            "report_id": report_ids.gather(lots[:, lines.REPORT]),
            "lot": number.astype(np.int32),
            "parent_lot": pl.Series(lots[:, lines.PARENT].astype(np.int32)).replace(-1, None),
            "transfer_id": transfer_ids,
            "account": ledger.names_of(lots[:, lines.ACCOUNT]),
            "amount": lots[:, lines.HI] - lots[:, lines.LO],
            "ts": lots[:, lines.SINCE],
            "hop": lots[:, lines.HOP].astype(np.int32),
            "status": pl.Series(STATUSES).gather(lots[:, lines.STATUS]),
            "lo": lots[:, lines.LO],
            "hi": lots[:, lines.HI],
            "rest": np.where(lots[:, lines.STATUS] == MOVED, 0, lots[:, lines.REST]),
            "stopped": lots[:, lines.STOPPED],
        }
    )
