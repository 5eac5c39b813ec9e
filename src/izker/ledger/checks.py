"""The inner logic of a ledger, recomputed: counters, order, links and indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from izker.ledger import sweep
from izker.ledger.layout import I64, NEVER
from izker.words import N_, Problem

if TYPE_CHECKING:
    from izker.ledger.ledger import Ledger

CHUNK = 4_000_000


def counter_problems(ledger: Ledger) -> list[Problem]:
    """One problem for each kind of thing that does not add up, with the first transfer or account that shows it."""
    problems = []
    a = ledger.arrays
    regions = ((a.rows, a.ids, a.ptr, 0), (a.tail, a.tail_ids, ledger.tail_regions()[1], a.rows.shape[0]))
    for rows, ids, ptr, shift in regions:
        for start in range(0, max(rows.shape[0] - 1, 0), CHUNK):
            part = rows[start : start + CHUNK + 1]
            ends = np.isin(np.arange(start, start + len(part)), ptr[1:] - 1)
            inner = ~ends[:-1]
            same = inner & ~ends[1:]
            falling = np.diff(part[:, sweep.OUT]) < 0
            unordered = np.diff(part[:, sweep.WHEN]) < 0
            sentinel = (part[:, sweep.WHEN] == NEVER) != ends
            for bad, reason in (
                (inner & falling, N_("the outgoing counter falls at transfer {id}")),
                (same & unordered, N_("transfers are out of order at {id}")),
                (sentinel[:-1], N_("the end of an account is not where it belongs, near transfer {id}")),
            ):
                if bad.any():
                    problems.append(Problem(reason, {"id": int(ids[start + int(np.flatnonzero(bad)[0])])}, file=str(ledger.path)))
        del shift
    problems.extend(_balances(ledger))
    return problems


def _balances(ledger: Ledger) -> list[Problem]:
    """Money into every account: opening + inflows + shortfalls must be the account's own counter."""
    total_out, total_in, moved = 0, 0, 0
    counters = np.array([ledger.counters(n) for n in range(ledger.accounts)], object).reshape(-1, 2)
    total_out = sum(int(c) for c in counters[:, 0])
    total_in = sum(int(c) for c in counters[:, 1])
    for slots in ledger.all_slots():
        moved += int(ledger.record(slots)[1].sum())
    del total_in
    if total_out != moved:
        return [
            Problem(
                N_("the transfers add up to {moved}, the outgoing counters to {counted}"),
                {"moved": moved, "counted": total_out},
                file=str(ledger.path),
            )
        ]
    return []


def unused(_: I64) -> None:
    """"""
