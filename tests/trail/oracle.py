"""The slow, obvious simulation: every account is a queue (or a stack) of runs of money, and money moves run by run.

Shares nothing with the engine: no counters, no intervals. A run is [units, lot or None]; a lot remembers its size, hop
and arrival.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from izker.trail.reference import Transfer


@dataclass
class Mark:
    size: int
    hop: int
    since: int


Note = Callable[[str, str, Mark, int], None]


def simulate(
    transfers: Iterable[Transfer],
    reported: int,
    rule: str,
    *,
    openings: dict[str, int] | None = None,
    horizon: int | None = None,
    min_lot: int = 0,
    max_hops: int | None = None,
    as_of: int | None = None,
) -> dict[tuple[str, str, int], tuple[int, int]]:
    """(account, status, hop) -> (units, first arrival) of the money of one reported transfer."""
    pots: dict[str, deque[tuple[int, Mark | None]]] = {}
    for account, balance in (openings or {}).items():
        pots[account] = deque([(balance, None)] if balance else [])
    found: dict[tuple[str, str, int], tuple[int, int]] = {}
    start = 0

    def note(account: str, status: str, mark: Mark, units: int) -> None:
        if units:
            old, since = found.get((account, status, mark.hop), (0, mark.since))
            found[account, status, mark.hop] = (old + units, min(since, mark.since))

    for t in sorted(transfers, key=lambda t: (t.ts, t.id)):
        if as_of is not None and t.ts > as_of:
            break
        pot = pots.setdefault(t.src, deque())
        taken: list[tuple[int, Mark | None]] = []
        need = t.amount
        while need and pot:
            units, mark = pot.popleft() if rule == "fifo" else pot.pop()
            part = min(units, need)
            need -= part
            if units > part:
                left = (units - part, mark)
                pot.appendleft(left) if rule == "fifo" else pot.append(left)
            taken.append((part, mark))
        if need:
            taken.append((need, None))  # a shortfall: unknown money, used last
        if rule == "lifo":
            taken.reverse()  # what lay lower in the sender's pot lies lower in the receiver's
        if t.id == reported:
            start = t.ts
            taken = [(t.amount, Mark(t.amount, 1, t.ts))] if t.amount else []
        else:
            taken = [_carry(t, units, mark, start, horizon, min_lot, max_hops, note) for units, mark in taken]
        into = pots.setdefault(t.dst, deque())
        for units, mark in taken:
            if not units:
                continue
            if mark is not None and t.kind != "transfer":
                note(t.dst, t.kind, mark, units)
                into.append((units, None))
            else:
                into.append((units, mark))
    for account, pot in pots.items():
        for units, mark in pot:
            if mark is not None:
                note(account, "held", mark, units)
    return found


def _carry(
    t: Transfer,
    units: int,
    mark: Mark | None,
    start: int,
    horizon: int | None,
    min_lot: int,
    max_hops: int | None,
    note: Note,
) -> tuple[int, Mark | None]:
    """The run as it arrives: its lot is one hop further, or stopped at the sender by a limit."""
    if mark is None:
        return units, None
    status = None
    if max_hops is not None and mark.hop >= max_hops:
        status = "stopped_max_hops"
    elif mark.size < min_lot:
        status = "stopped_min_lot"
    elif horizon is not None and t.ts > start + horizon:
        status = "stopped_horizon"
    if status is not None:
        note(t.src, status, mark, units)
        return units, None
    return units, Mark(units, mark.hop + 1, t.ts)
