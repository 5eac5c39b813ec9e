"""FIFO and LIFO on the money line, compiled: a lot is an interval, a transfer carries on what it overlaps.

Each kernel writes lots (n x 12 int64), report by report, breadth first: the queue is the output itself. Nothing is
merged, so the lots of a report never overlap and every unit keeps one chain of parents back to the reported transfer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from izker.ledger.prefetch import prefetch
from izker.ledger.sweep import IN, LINK, OUT, WHEN
from izker.trail.rules import HELD, MOVED, STOPPED_HORIZON, STOPPED_MAX_HOPS, STOPPED_MIN_LOT

# columns of a lot
REPORT, PARENT, SLOT, ACCOUNT, LO, HI, SINCE, HOP, REST, STOPPED, STATUS, NEXT = range(12)
COLUMNS = 12
LINEAR = 8  # rows looked at one by one before the search gallops
AHEAD = 8  # reports whose first reads are under way while one is followed


@njit(cache=True, nogil=True)
def wider(rows: Any) -> Any:
    """`rows` with room for as many again. Called only where they are full: handing an array through a function for
    every row costs a fifth of a trace in reference counts."""
    return np.concatenate((rows, np.empty_like(rows)))


@njit(cache=True, nogil=True)
def _ask_for(rows: Any, k: int) -> None:
    """Have the memory fetch slot `k` of the base and its neighbours; a place in the tail or an exit is no slot here."""
    if k < rows.shape[0]:
        prefetch(rows, k)
        if k + 2 < rows.shape[0]:
            prefetch(rows, k + 2)


@njit(cache=True, nogil=True)
def _put(
    lots: Any, n: int, report: int, parent: int, slot: int, link: int, lo: int, hi: int, ts: int, hop: int, wide: bool, co: int
) -> None:  # fmt: skip
    """Write lot `n`: it arrives by the transfer in `slot`, whose link says where and whether that is an exit."""
    low = link & 0xFFFFFFFF
    exit_kind = 0
    if low & 0x80000000:
        exit_kind = 0x100000000 - low
    lots[n, REPORT] = report
    lots[n, PARENT] = parent
    lots[n, SLOT] = slot
    lots[n, ACCOUNT] = link >> 32
    lots[n, LO] = lo
    lots[n, HI] = hi
    lots[n, SINCE] = ts
    lots[n, HOP] = hop
    lots[n, REST] = hi - lo
    lots[n, STOPPED] = 0
    lots[n, STATUS] = exit_kind
    lots[n, NEXT] = co if wide else low


@njit(cache=True, nogil=True)
def _settle(lots: Any, q: int, rest: int, stopped: int, why: int) -> None:
    """What stayed of lot `q`, and what moved on without being followed."""
    lots[q, REST] = rest
    lots[q, STOPPED] = stopped
    lots[q, STATUS] = why if stopped > 0 else (HELD if rest > 0 or lots[q, HI] == lots[q, LO] else MOVED)


@njit(cache=True, nogil=True)
def fifo(
    rows: Any, ptr: Any, tail: Any, tail_start: Any, starts: Any, numbers: Any,
    horizon: int, min_lot: int, max_hops: int, as_of: int,
) -> Any:  # fmt: skip
    """Lots of the reports whose transfers stand in slots `starts` (numbered `numbers`). `horizon` is a length in µs."""
    size = rows.shape[0]
    lots = np.empty((64 + 24 * starts.size, COLUMNS), np.int64)
    room = lots.shape[0]
    n = 0
    for r in range(min(2 * AHEAD, starts.size)):
        _ask_for(rows, starts[r])
    for r in range(starts.size):
        k = starts[r]
        if r + 2 * AHEAD < starts.size:
            _ask_for(rows, starts[r + 2 * AHEAD])
        if r + AHEAD < starts.size and starts[r + AHEAD] < size:
            _ask_for(rows, rows[starts[r + AHEAD], LINK] & 0xFFFFFFFF)
        first = n
        if n == room:
            lots = wider(lots)
            room = lots.shape[0]
        if k < size:
            at, lo, end, link, t0 = rows[k, OUT], rows[k, IN], rows[k + 1, OUT], rows[k, LINK], rows[k, WHEN]
        else:
            j = k - size
            at, lo, end, link, t0 = tail[j, OUT], tail[j, IN], tail[j + 1, OUT], tail[j, LINK], tail[j, WHEN]
        _put(lots, n, numbers[r], -1, k, link, lo, lo + end - at, t0, 1, False, 0)
        n += 1
        stop = t0 + horizon
        q = first
        while q < n:
            if lots[q, STATUS] != HELD:
                q += 1
                continue
            account, lo, hi, hop = lots[q, ACCOUNT], lots[q, LO], lots[q, HI], lots[q, HOP]
            why = STOPPED_HORIZON
            frozen = False
            if hop >= max_hops:
                frozen, why = True, STOPPED_MAX_HOPS
            elif hi - lo < min_lot:
                frozen, why = True, STOPPED_MIN_LOT
            k = lots[q, NEXT]
            # the hint is the first row that consumes the whole transfer's interval; this lot may begin further on
            if k < size:
                steps = 0
                while rows[k, LINK] >= 0 and rows[k + 1, OUT] <= lo:
                    k += 1
                    steps += 1
                    if steps == LINEAR:
                        k = _first_beyond(rows, k, ptr[account + 1] - 1, lo)
                        break
            rest, stopped = hi - lo, 0
            while lo < hi:
                if k < size:
                    link, ts, in_pos, at, end = rows[k, LINK], rows[k, WHEN], rows[k, IN], rows[k, OUT], 0
                    if link >= 0:
                        end = rows[k + 1, OUT]
                else:
                    j = k - size
                    link, ts, in_pos, at, end = tail[j, LINK], tail[j, WHEN], tail[j, IN], tail[j, OUT], 0
                    if link >= 0:
                        end = tail[j + 1, OUT]
                if link < 0:  # the account's rows end here, or go on in the tail
                    if k < size and tail_start.size > 0 and tail_start[account] >= 0:
                        k = tail_start[account]
                        continue
                    break
                if ts > as_of or at >= hi:
                    break
                if end > lo:
                    u, v = max(lo, at), min(hi, end)
                    if u < v:
                        rest -= v - u
                        if frozen or ts > stop:
                            stopped += v - u
                        else:
                            if n == room:
                                lots = wider(lots)
                                room = lots.shape[0]
                            arrives = in_pos + (u - at)
                            _put(lots, n, numbers[r], q - first, k, link, arrives, arrives + (v - u), ts, hop + 1, False, 0)
                            n += 1
                            _ask_for(rows, link & 0xFFFFFFFF)
                        lo = v
                k += 1
            _settle(lots, q, rest, stopped, why)
            q += 1
    return lots[:n]


@njit(cache=True, nogil=True)
def _first_beyond(rows: Any, k: int, end: int, position: int) -> int:
    """First slot from `k` on whose row ends beyond `position`; `end` (the sentinel) if none does."""
    step = 1
    low = k
    while low + step < end and rows[low + step, OUT] <= position:
        low += step
        step *= 2
    high = min(low + step, end)
    while low < high:
        middle = (low + high) // 2
        if rows[middle + 1, OUT] <= position:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def first_at(rows: Any, low: int, high: int, out: int) -> int:
    """First slot in [low, high) whose outgoing counter has reached `out`; `high` if none has."""
    while low < high:
        middle = (low + high) // 2
        if rows[middle, OUT] < out:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def lifo(
    rows: Any, side: Any, ids: Any, ptr: Any, tail: Any, tail_side: Any, tail_ids: Any, tail_start: Any, tail_end: Any,
    moved: Any, starts: Any, numbers: Any, horizon: int, min_lot: int, max_hops: int, as_of: int,
) -> Any:  # fmt: skip
    """As `fifo`, with heights in the running balance in place of positions.

    Where a lot arrives the receiver has sent in_pos - d_bal in all; its first later row is the first whose counter is
    there.
    """
    size = rows.shape[0]
    lots = np.empty((64 + 24 * starts.size, COLUMNS), np.int64)
    room = lots.shape[0]
    n = 0
    for r in range(starts.size):
        k = starts[r]
        first = n
        if n == room:
            lots = wider(lots)
            room = lots.shape[0]
        if k < size:
            x, link, t0 = rows[k + 1, OUT] - rows[k, OUT], rows[k, LINK], rows[k, WHEN]
            height, co = side[k, 1], rows[k, IN] - side[k, 1]
        else:
            j = k - size
            x, link, t0 = tail[j + 1, OUT] - tail[j, OUT], tail[j, LINK], tail[j, WHEN]
            height, co = tail_side[j, 1], tail[j, IN] - tail_side[j, 1]
        _put(lots, n, numbers[r], -1, k, link, height, height + x, t0, 1, True, co)
        n += 1
        stop = t0 + horizon
        q = first
        while q < n:
            if lots[q, STATUS] != HELD:
                q += 1
                continue
            account, lo, hi, hop, co = lots[q, ACCOUNT], lots[q, LO], lots[q, HI], lots[q, HOP], lots[q, NEXT]
            why = STOPPED_HORIZON
            frozen = False
            if hop >= max_hops:
                frozen, why = True, STOPPED_MAX_HOPS
            elif hi - lo < min_lot:
                frozen, why = True, STOPPED_MIN_LOT
            stopped, top = 0, hi
            has_tail = tail_start.size > 0 and tail_start[account] >= 0
            k = end = 0
            if account + 1 < ptr.size and not (moved.size > 0 and moved[account]):
                end = ptr[account + 1] - 1
                k = first_at(rows, ptr[account], end, co)
            while top > lo:
                if k == end:
                    if end >= size or not has_tail:
                        break
                    end = tail_end[account]
                    k = size + first_at(tail, tail_start[account] - size, end - size, co)
                    continue
                if k < size:
                    ts, x, link = rows[k, WHEN], rows[k + 1, OUT] - rows[k, OUT], rows[k, LINK]
                    floor = side[k, 0] - x
                else:
                    j = k - size
                    ts, x, link = tail[j, WHEN], tail[j + 1, OUT] - tail[j, OUT], tail[j, LINK]
                    floor = tail_side[j, 0] - x
                if ts > as_of:
                    break
                if floor < top and x > 0:
                    u = max(lo, floor)
                    if frozen or ts > stop:
                        stopped += top - u
                    else:
                        if n == room:
                            lots = wider(lots)
                            room = lots.shape[0]
                        if k < size:
                            height, after = side[k, 1], rows[k, IN] - side[k, 1]
                        else:
                            height, after = tail_side[k - size, 1], tail[k - size, IN] - tail_side[k - size, 1]
                        arrives = height + (u - floor)
                        _put(lots, n, numbers[r], q - first, k, link, arrives, arrives + (top - u), ts, hop + 1, True, after)
                        n += 1
                    top = u
                k += 1
            _settle(lots, q, top - lo, stopped, why)
            q += 1
    return lots[:n]
