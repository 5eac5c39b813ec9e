"""The rules in plain Python integers: short enough to read in a court room, and the second opinion on every evidence
file.

No compiled code, no files: transfers in, places on the money line computed, lots followed.
`docs/how-money-is-followed.md` walks through it by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from izker.trail.rules import STATUSES, UNLIMITED, Limits

UNBOUNDED = float("inf")


class Transfer(NamedTuple):
    id: int
    ts: int
    src: str
    dst: str
    amount: int
    kind: str = "transfer"


@dataclass
class Placed:
    """A transfer and its places: what it consumes of src (out, and height s_bal), where it arrives at dst (in, and
    height d_bal)."""

    transfer: Transfer
    out_cum: int
    s_bal: int
    in_pos: int
    d_bal: int


@dataclass
class Lot:
    """A run of stolen units that arrived at an account by one transfer: places [lo, hi) there."""

    parent: int | None
    placed: Placed
    lo: int
    hi: int
    hop: int
    rest: int = 0
    stopped: int = 0
    status: str = "held"

    @property
    def account(self) -> str:
        return self.placed.transfer.dst


@dataclass
class Line:
    """All transfers in (ts, id) order with their places, and the outgoing ones of each account."""

    placed: dict[int, Placed] = field(default_factory=dict)
    out: dict[str, list[Placed]] = field(default_factory=dict)


def money_line(transfers: Iterable[Transfer], openings: Mapping[str, int] | None = None) -> Line:
    """Give every transfer its places. Two counters an account: CO, all money ever out, and CI, all money ever in."""
    line = Line()
    co: dict[str, int] = {}
    ci: dict[str, int] = dict(openings or {})
    for t in sorted(transfers, key=lambda t: (t.ts, t.id)):
        out_cum = co.get(t.src, 0)
        s_bal = ci.get(t.src, 0) - out_cum
        co[t.src] = out_cum + t.amount
        ci[t.src] = max(ci.get(t.src, 0), co[t.src])  # a shortfall: unknown, untainted money enters now
        in_pos = ci.get(t.dst, 0)
        d_bal = in_pos - co.get(t.dst, 0)
        ci[t.dst] = in_pos + t.amount
        place = Placed(t, out_cum, s_bal, in_pos, d_bal)
        line.placed[t.id] = place
        line.out.setdefault(t.src, []).append(place)
    return line


def follow(
    line: Line, transfer_id: int, *, rule: str = "fifo", limits: Limits = UNLIMITED, as_of: int | None = None
) -> list[Lot]:
    """The lots of one reported transfer under fifo or lifo, breadth first; the first lot is the reported transfer
    itself."""
    start = line.placed[transfer_id]
    until = UNBOUNDED if as_of is None else as_of
    stop = UNBOUNDED if limits.horizon_us is None else start.transfer.ts + limits.horizon_us
    most_hops = UNBOUNDED if limits.max_hops is None else limits.max_hops
    lots = [_arrive(None, start, 0, start.transfer.amount, 1, rule)]
    for number, lot in enumerate(lots):
        if lot.placed.transfer.kind != "transfer":
            lot.status, lot.rest = lot.placed.transfer.kind, lot.hi - lot.lo
            continue
        why = "stopped_horizon"
        if lot.hop >= most_hops:
            why = "stopped_max_hops"
        elif lot.hi - lot.lo < limits.min_lot:
            why = "stopped_min_lot"
        lot.rest = lot.hi - lot.lo
        for row, start_at, end_at in _carriers(line, lot, rule):
            if row.transfer.ts > until:
                break
            lot.rest -= end_at - start_at
            if why != "stopped_horizon" or row.transfer.ts > stop:
                lot.stopped += end_at - start_at
            else:
                lots.append(_arrive(number, row, start_at, end_at, lot.hop + 1, rule))
        lot.status = why if lot.stopped else "held" if lot.rest or lot.hi == lot.lo else "moved"
    return lots


def _arrive(parent: int | None, row: Placed, start: int, end: int, hop: int, rule: str) -> Lot:
    """The lot made of units [start, end) of a transfer (0 is its first unit)."""
    at = row.in_pos if rule == "fifo" else row.d_bal
    return Lot(parent, row, at + start, at + end, hop)


def _carriers(line: Line, lot: Lot, rule: str) -> Iterable[tuple[Placed, int, int]]:
    """(transfer, first unit, end unit) of every later transfer that takes units of the lot along, in time order."""
    arrived = lot.placed
    rows = [
        r
        for r in line.out.get(lot.account, [])
        if (r.transfer.ts, r.transfer.id) > (arrived.transfer.ts, arrived.transfer.id)
    ]
    if rule == "fifo":
        for row in rows:
            u, v = max(lot.lo, row.out_cum), min(lot.hi, row.out_cum + row.transfer.amount)
            if u < v:
                yield row, u - row.out_cum, v - row.out_cum
        return
    top = lot.hi
    for row in rows:
        floor = row.s_bal - row.transfer.amount
        if row.transfer.amount and floor < top and lot.lo < top:
            u = max(lot.lo, floor)
            yield row, u - floor, top - floor
            top = u


def mixed(
    line: Line, transfer_id: int, *, rule: str, limits: Limits = UNLIMITED, as_of: int | None = None
) -> dict[tuple[str, str], int]:
    """(account, status) -> units of one reported transfer under pro_rata or taint_first: one pass over all later
    transfers."""
    start = line.placed[transfer_id].transfer
    until = UNBOUNDED if as_of is None else as_of
    stop = UNBOUNDED if limits.horizon_us is None else start.ts + limits.horizon_us
    most_hops = UNBOUNDED if limits.max_hops is None else limits.max_hops
    taint: dict[str, int] = {}
    hops: dict[str, int] = {}
    found: dict[tuple[str, str], int] = {}

    def later_rows(t: Transfer) -> list[Placed]:
        rows = line.out.get(t.dst, [])
        return [
            r
            for r in rows
            if (t.ts, t.id) < (r.transfer.ts, r.transfer.id) and r.transfer.ts <= until and r.transfer.amount
        ]

    def arrive(t: Transfer, amount: int, hop: int) -> None:
        if not amount:
            return
        status = None
        if t.kind != "transfer":
            status = t.kind
        elif hop >= most_hops or amount < limits.min_lot:
            stopped = "stopped_max_hops" if hop >= most_hops else "stopped_min_lot"
            status = stopped if later_rows(t) else "held"
        if status is None:
            taint[t.dst] = taint.get(t.dst, 0) + amount
            hops[t.dst] = min(hops.get(t.dst, hop), hop)
        else:
            found[t.dst, status] = found.get((t.dst, status), 0) + amount

    arrive(start, start.amount, 1)
    later = [p for p in line.placed.values() if (p.transfer.ts, p.transfer.id) > (start.ts, start.id)]
    for row in later:
        t = row.transfer
        if t.ts > min(until, stop) or not taint.get(t.src):
            continue
        tainted = taint[t.src]
        part = min(tainted, t.amount)
        if rule == "pro_rata" and t.amount < row.s_bal:
            part = tainted * t.amount // row.s_bal
        taint[t.src] = tainted - part
        if part:
            arrive(t, part, hops[t.src] + 1)
    for account, amount in taint.items():
        after = [r for r in line.out.get(account, []) if stop < r.transfer.ts <= until and r.transfer.amount]
        status = "stopped_horizon" if after else "held"
        if amount:
            found[account, status] = found.get((account, status), 0) + amount
    return found


def sums(lots: Iterable[Lot]) -> dict[tuple[str, str, int], int]:
    """(account, status, hop) -> units at rest, in the words of `Trails.rows`."""
    found: dict[tuple[str, str, int], int] = {}
    for lot in lots:
        resting = lot.status if lot.status in STATUSES[1:5] else "held"
        for status, amount in ((resting, lot.rest), (lot.status, lot.stopped)):
            if amount:
                key = (lot.account, status, lot.hop)
                found[key] = found.get(key, 0) + amount
    return found
