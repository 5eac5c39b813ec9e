"""Rules under which money mixes: pro rata and taint first, both conserved. Compiled.

Mixed money has no intervals; an account holds one tainted amount a report. Transfers out of tainted accounts are taken
in (ts, id) order from a heap with one pending row a live account. A lot here is the taint one transfer carried; its
parent is the lot that last reached the sender before, so the walk back shows one of several ways.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numba.typed import Dict

from izker.ledger.sweep import IN, LINK, OUT, WHEN
from izker.trail.lines import ACCOUNT, COLUMNS, HI, HOP, LO, NEXT, PARENT, REPORT, REST, SINCE, SLOT, STATUS, STOPPED, first_at, wider
from izker.trail.rules import HELD, MOVED, STOPPED_HORIZON, STOPPED_MAX_HOPS, STOPPED_MIN_LOT

PRO_RATA, TAINT_FIRST = 0, 1
# columns of a live account: account, taint, pending slot, end of region, its lot, hop, since
_ACC, _TAINT, _PENDING, _END, _LOT, _HOP, _SINCE = range(7)


@njit(cache=True, nogil=True)
def share(taint: int, x: int, balance: int) -> int:
    """floor(taint * x / balance) without overflow, for 0 <= x < balance and 0 <= taint: long division in base 2."""
    if taint == 0 or x == 0:
        return 0
    if taint <= 0x7FFFFFFF and x <= 0x7FFFFFFF:
        return taint * x // balance
    whole = taint // balance * x  # taint < balance in every real state; a bound all the same
    taint = taint % balance
    quotient, rest = 0, 0
    for bit in range(62, -1, -1):
        # quotient * balance + rest = x * (bits of taint seen so far)
        quotient *= 2
        if rest >= balance - rest:
            rest = rest - (balance - rest)
            quotient += 1
        else:
            rest *= 2
        if (taint >> bit) & 1:
            if rest >= balance - x:
                rest = rest - (balance - x)
                quotient += 1
            else:
                rest += x
    return whole + quotient


@njit(cache=True, nogil=True)
def _before(rows: Any, ids: Any, tail: Any, tail_ids: Any, i: int, j: int) -> bool:
    """Is the transfer in slot i before the one in slot j in (ts, id) order?"""
    size = rows.shape[0]
    ti = rows[i, WHEN] if i < size else tail[i - size, WHEN]
    tj = rows[j, WHEN] if j < size else tail[j - size, WHEN]
    if ti != tj:
        return bool(ti < tj)
    ni = ids[i] if i < size else tail_ids[i - size]
    nj = ids[j] if j < size else tail_ids[j - size]
    return bool(ni < nj)


@njit(cache=True, nogil=True)
def _carrier(rows: Any, tail: Any, tail_start: Any, tail_end: Any, account: int, k: int, end: int) -> Any:
    """The first row of `account` from slot k on that carries anything, across into the tail: (slot, end of its
    region)."""
    size = rows.shape[0]
    while True:
        if k == end:
            if end >= size or tail_start.size == 0 or tail_start[account] < 0:
                return k, end
            k, end = tail_start[account], tail_end[account]
            continue
        x = rows[k + 1, OUT] - rows[k, OUT] if k < size else tail[k - size + 1, OUT] - tail[k - size, OUT]
        if x > 0:
            return k, end
        k += 1


@njit(cache=True, nogil=True)
def _begin(rows: Any, ptr: Any, tail: Any, tail_start: Any, tail_end: Any, moved: Any, account: int, co: int) -> Any:
    """First row of `account` that carries anything once its outgoing counter stands at `co`: (slot, end of its region).

    A row of amount 0 before that moment has the same counter, which is why such rows are passed over.
    """
    size = rows.shape[0]
    k = end = 0
    if account + 1 < ptr.size and not (moved.size > 0 and moved[account]):
        end = ptr[account + 1] - 1
        k = first_at(rows, ptr[account], end, co)
    if k == end and tail_start.size > 0 and tail_start[account] >= 0:
        end = tail_end[account]
        k = size + first_at(tail, tail_start[account] - size, end - size, co)
    return _carrier(rows, tail, tail_start, tail_end, account, k, end)


@njit(cache=True, nogil=True)
def mix(
    how: int,
    rows: Any, side: Any, ids: Any, ptr: Any, tail: Any, tail_side: Any, tail_ids: Any, tail_start: Any, tail_end: Any,
    moved: Any, starts: Any, numbers: Any, horizon: int, min_lot: int, max_hops: int, as_of: int,
) -> Any:  # fmt: skip
    """Lots (as in `lines`) under pro rata or taint first. LO is 0 and HI the amount; REST is what the account still
    held of the report's money when all was done, told with the first lot that reached it."""
    size = rows.shape[0]
    lots = np.empty((64 + 24 * starts.size, COLUMNS), np.int64)
    n = 0
    for r in range(starts.size):
        first = n
        place = Dict.empty(types.int64, types.int64)
        live = np.empty((16, 7), np.int64)
        heap = np.empty(16, np.int64)
        count = waiting = 0
        k = starts[r]
        t0 = rows[k, WHEN] if k < size else tail[k - size, WHEN]
        stop = t0 + horizon
        amount = rows[k + 1, OUT] - rows[k, OUT] if k < size else tail[k - size + 1, OUT] - tail[k - size, OUT]
        parent, hop = -1, 1
        while True:
            # the transfer in slot k carries `amount` of the report's money
            link = rows[k, LINK] if k < size else tail[k - size, LINK]
            ts = rows[k, WHEN] if k < size else tail[k - size, WHEN]
            co = rows[k, IN] - side[k, 1] if k < size else tail[k - size, IN] - tail_side[k - size, 1]
            account = link >> 32
            low = link & 0xFFFFFFFF
            kind = 0x100000000 - low if low & 0x80000000 else 0
            if n == lots.shape[0]:
                lots = wider(lots)
            lots[n, REPORT], lots[n, PARENT], lots[n, SLOT], lots[n, ACCOUNT] = numbers[r], parent, k, account
            lots[n, LO], lots[n, HI], lots[n, SINCE], lots[n, HOP] = 0, amount, ts, hop
            lots[n, REST], lots[n, STOPPED], lots[n, STATUS], lots[n, NEXT] = 0, 0, MOVED, 0
            if kind > 0:
                lots[n, REST], lots[n, STATUS] = amount, kind
            elif hop >= max_hops or amount < min_lot:
                nk, nend = _begin(rows, ptr, tail, tail_start, tail_end, moved, account, co)
                goes = False
                if nk < nend:
                    goes = (rows[nk, WHEN] if nk < size else tail[nk - size, WHEN]) <= as_of
                if goes:
                    lots[n, STOPPED] = amount
                    lots[n, STATUS] = STOPPED_MAX_HOPS if hop >= max_hops else STOPPED_MIN_LOT
                else:
                    lots[n, REST], lots[n, STATUS] = amount, HELD
            elif account in place:
                at = place[account]
                live[at, _TAINT] += amount
                live[at, _LOT] = n - first
                live[at, _HOP] = min(live[at, _HOP], hop)
                if live[at, _PENDING] < 0:  # its rows had run dry of taint: wake it up after this transfer
                    nk, nend = _begin(rows, ptr, tail, tail_start, tail_end, moved, account, co)
                    live[at, _END] = nend
                    live[at, _PENDING] = nk
                    if nk < nend:
                        heap = _push(heap, waiting, at, live, rows, ids, tail, tail_ids)
                        waiting += 1
                    else:
                        live[at, _PENDING] = -1
            else:
                if count == live.shape[0]:
                    live = wider(live)
                nk, nend = _begin(rows, ptr, tail, tail_start, tail_end, moved, account, co)
                place[account] = count
                live[count, _ACC], live[count, _TAINT], live[count, _END] = account, amount, nend
                live[count, _LOT], live[count, _HOP], live[count, _SINCE] = n - first, hop, n - first
                live[count, _PENDING] = nk if nk < nend else -1
                count += 1
                if nk < nend:
                    heap = _push(heap, waiting, count - 1, live, rows, ids, tail, tail_ids)
                    waiting += 1
            n += 1
            # the next transfer, in time, that carries any
            found = False
            while waiting > 0 and not found:
                at = heap[0]
                k = live[at, _PENDING]
                ts = rows[k, WHEN] if k < size else tail[k - size, WHEN]
                if ts > as_of or ts > stop:
                    break
                x = rows[k + 1, OUT] - rows[k, OUT] if k < size else tail[k - size + 1, OUT] - tail[k - size, OUT]
                balance = side[k, 0] if k < size else tail_side[k - size, 0]
                taint = live[at, _TAINT]
                amount = min(taint, x) if how == TAINT_FIRST else taint if x >= balance else share(taint, x, balance)
                live[at, _TAINT] = taint - amount
                nk, nend = _carrier(rows, tail, tail_start, tail_end, live[at, _ACC], k + 1, live[at, _END])
                live[at, _END] = nend
                if nk < nend and live[at, _TAINT] > 0:
                    live[at, _PENDING] = nk
                    _sift(heap, waiting, 0, live, rows, ids, tail, tail_ids)
                else:
                    live[at, _PENDING] = -1
                    waiting -= 1
                    heap[0] = heap[waiting]
                    _sift(heap, waiting, 0, live, rows, ids, tail, tail_ids)
                if amount > 0:
                    found, parent, hop = True, live[at, _LOT], live[at, _HOP] + 1
            if not found:
                break
        for i in range(count):
            taint = live[i, _TAINT]
            if taint > 0:
                q = first + live[i, _SINCE]
                k = live[i, _PENDING]
                late = k >= 0 and (rows[k, WHEN] if k < size else tail[k - size, WHEN]) <= as_of
                if late:
                    lots[q, STOPPED], lots[q, STATUS] = taint, STOPPED_HORIZON
                else:
                    lots[q, REST], lots[q, STATUS] = taint, HELD
    return lots[:n]


@njit(cache=True, nogil=True)
def _push(heap: Any, waiting: int, at: int, live: Any, rows: Any, ids: Any, tail: Any, tail_ids: Any) -> Any:
    """Add live account `at` to the heap of pending rows; returns the heap, wider where it had to grow."""
    if waiting == heap.size:
        heap = wider(heap)
    i = waiting
    heap[i] = at
    while i > 0:
        up = (i - 1) // 2
        if not _before(rows, ids, tail, tail_ids, live[heap[i], _PENDING], live[heap[up], _PENDING]):
            break
        heap[i], heap[up] = heap[up], heap[i]
        i = up
    return heap


@njit(cache=True, nogil=True)
def _sift(heap: Any, waiting: int, i: int, live: Any, rows: Any, ids: Any, tail: Any, tail_ids: Any) -> None:
    """Let the top of the heap sink to its place."""
    while True:
        least = i
        for child in (2 * i + 1, 2 * i + 2):
            if child < waiting and _before(
                rows, ids, tail, tail_ids, live[heap[child], _PENDING], live[heap[least], _PENDING]
            ):
                least = child
        if least == i:
            return
        heap[i], heap[least] = heap[least], heap[i]
        i = least
