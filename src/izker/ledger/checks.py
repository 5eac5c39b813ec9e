"""The inner logic of a ledger, recomputed: order, counters, sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from izker.ledger import sweep
from izker.ledger.layout import NEVER, SENTINEL
from izker.words import N_, Problem

if TYPE_CHECKING:
    from izker.ledger.ledger import Ledger

CHUNK = 4_000_000


def counter_problems(ledger: Ledger) -> list[Problem]:
    """One problem for each kind of thing that does not add up, with the first transfer that shows it."""
    problems: list[Problem] = []
    for rows, ids, ptr in ledger.regions():
        for start in range(0, max(rows.shape[0] - 1, 0), CHUNK):
            part = rows[start : start + CHUNK + 1]
            ends = np.zeros(len(part), np.bool_)
            inside = ptr[1:] - 1
            inside = inside[(inside >= start) & (inside < start + len(part))] - start
            ends[inside] = True
            inner, last = ~ends[:-1], ends[1:]
            for bad, reason in (
                (inner & (np.diff(part[:, sweep.OUT]) < 0), N_("the outgoing counter falls at transfer {id}")),
                (inner & ~last & (np.diff(part[:, sweep.WHEN]) < 0), N_("transfers are out of order at {id}")),
                (
                    (part[:-1, sweep.WHEN] == NEVER) != ends[:-1],
                    N_("an account does not end where it should, at transfer {id}"),
                ),
            ):
                if bad.any():
                    number = int(ids[start + int(np.flatnonzero(bad)[0])])
                    problems.append(Problem(reason, {"id": number}, file=str(ledger.path)))
    lost = _first_lost(ledger)
    if lost is not None:
        reason = N_("the stored next transfer of {id} is not the one that follows")
        problems.append(Problem(reason, {"id": lost}, file=str(ledger.path)))
    return problems


def _first_lost(ledger: Ledger) -> int | None:
    """Id of the first base transfer whose `next` is not the first slot of the receiver that consumes its money.

    Links that a delta moved into the tail are not stored but computed at every opening, and are left out.
    """
    rows, ids, ptr = ledger.regions()[0]
    for start in range(0, rows.shape[0], CHUNK):
        part = rows[start : start + CHUNK]
        link = part[:, sweep.LINK]
        at = np.flatnonzero((link != SENTINEL) & (link & 0x80000000 == 0) & (link & 0xFFFFFFFF < rows.shape[0]))
        dst, follows, position = link[at] >> 32, link[at] & 0xFFFFFFFF, part[at, sweep.IN]
        known = dst < ptr.size - 1
        at, dst, follows, position = at[known], dst[known], follows[known], position[known]
        first, end = ptr[dst], ptr[dst + 1] - 1
        beyond = rows[np.minimum(follows + 1, rows.shape[0] - 1), sweep.OUT] > position
        good = (follows >= first) & (follows <= end)
        good &= (follows == first) | (rows[follows, sweep.OUT] <= position)
        good &= (follows == end) | beyond
        if not good.all():
            return int(ids[start + at[np.flatnonzero(~good)[0]]])
    return None
