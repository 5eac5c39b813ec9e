"""Reach and poison: upper bounds, not answers. Which accounts can the money have got to in time order? Compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numba.typed import Dict

from izker.ledger.sweep import IN, LINK, OUT, WHEN
from izker.trail.lines import ACCOUNT, COLUMNS, HI, HOP, LO, NEXT, PARENT, REPORT, REST, SINCE, SLOT, STATUS, STOPPED, wider
from izker.trail.mixing import _begin
from izker.trail.rules import HELD


@njit(cache=True, nogil=True)
def reach(
    poison: bool,
    rows: Any, side: Any, ids: Any, ptr: Any, tail: Any, tail_side: Any, tail_ids: Any, tail_start: Any, tail_end: Any,
    moved: Any, starts: Any, numbers: Any, horizon: int, min_lot: int, max_hops: int, as_of: int,
) -> Any:  # fmt: skip
    """Accounts that time-respecting chains of transfers lead to, hop by hop with the earliest arrival of each account.

    One lot a transfer that reaches an account (earlier than before); HI bounds what can be there: the least of the
    reported amount and the money that came by the rows found, or, for poison, the whole balance of the account. Exits
    count each row once.
    """
    size = rows.shape[0]
    lots = np.empty((64 + 24 * starts.size, COLUMNS), np.int64)
    n = 0
    for r in range(starts.size):
        first = n
        k = starts[r]
        t0 = rows[k, WHEN] if k < size else tail[k - size, WHEN]
        stolen = rows[k + 1, OUT] - rows[k, OUT] if k < size else tail[k - size + 1, OUT] - tail[k - size, OUT]
        stop = min(as_of, t0 + horizon)
        order = Dict.empty(types.int64, types.int64)  # account -> first slot after its earliest arrival
        owner = Dict.empty(types.int64, types.int64)  # account -> the lot that tells of it
        carried = Dict.empty(types.int64, types.int64)  # account -> money that came by the rows found, capped
        todo = np.empty(16, np.int64)
        todo[0] = k
        frontier = np.empty((16, 3), np.int64)  # account, from slot, to slot (exclusive, old arrival) of this level
        level, hop = 0, 1
        if n == lots.shape[0]:
            lots = wider(lots)
        n, level, frontier = _touch(
            rows, side, ptr, tail, tail_side, tail_start, tail_end, moved,
            k, -1, 1, numbers[r], stolen, lots, n, first, order, owner, carried, frontier, level,
        )  # fmt: skip
        while level > 0 and hop < max_hops:
            hop += 1
            current = frontier[:level].copy()
            level = 0
            for i in range(current.shape[0]):
                account, k, until = current[i, 0], current[i, 1], current[i, 2]
                end = ptr[account + 1] - 1 if k < size else tail_end[account]
                while k != until:
                    if k == end:
                        if end < size and tail_start.size > 0 and tail_start[account] >= 0:
                            k, end = tail_start[account], tail_end[account]
                            continue
                        break
                    ts = rows[k, WHEN] if k < size else tail[k - size, WHEN]
                    if ts > stop:
                        break
                    x = rows[k + 1, OUT] - rows[k, OUT] if k < size else tail[k - size + 1, OUT] - tail[k - size, OUT]
                    if x > 0:
                        if n == lots.shape[0]:
                            lots = wider(lots)
                        n, level, frontier = _touch(
                            rows, side, ptr, tail, tail_side, tail_start, tail_end, moved,
                            k, owner[account], hop, numbers[r], stolen, lots, n, first, order, owner, carried, frontier, level,
                        )  # fmt: skip
                    k += 1
        for account in owner:
            q = first + owner[account]
            amount = _balance(rows, ptr, tail, tail_start, tail_end, account) if poison else carried[account]
            lots[q, HI] = amount
            lots[q, REST] = amount
            lots[q, STATUS] = HELD
    return lots[:n]


@njit(cache=True, nogil=True)
def _balance(rows: Any, ptr: Any, tail: Any, tail_start: Any, tail_end: Any, account: int) -> int:
    """What the account holds at the end of the ledger."""
    if tail_start.size > 0 and tail_start[account] >= 0:
        k = tail_end[account] - rows.shape[0]
        return int(tail[k, IN] - tail[k, OUT])
    k = ptr[account + 1] - 1
    return int(rows[k, IN] - rows[k, OUT])


@njit(cache=True, nogil=True)
def _touch(
    rows: Any, side: Any, ptr: Any, tail: Any, tail_side: Any, tail_start: Any, tail_end: Any, moved: Any,
    k: int, parent: int, hop: int, report: int, stolen: int, lots: Any, n: int, first: int,
    order: Any, owner: Any, carried: Any, frontier: Any, level: int,
) -> Any:  # fmt: skip
    """The transfer in slot k reaches its receiver: note an exit, a new account, or an earlier arrival at a known
    one."""
    size = rows.shape[0]
    if k < size:
        link, ts, x = rows[k, LINK], rows[k, WHEN], rows[k + 1, OUT] - rows[k, OUT]
        co = rows[k, IN] - side[k, 1]
    else:
        j = k - size
        link, ts, x = tail[j, LINK], tail[j, WHEN], tail[j + 1, OUT] - tail[j, OUT]
        co = tail[j, IN] - tail_side[j, 1]
    account = link >> 32
    low = link & 0xFFFFFFFF
    kind = 0x100000000 - low if low & 0x80000000 else 0
    bound = min(x, stolen)
    if kind == 0 and account in owner:
        carried[account] = min(stolen, carried[account] + bound)
        known = order[account]
        at, _ = _begin(rows, ptr, tail, tail_start, tail_end, moved, account, co)
        if at >= known:
            return n, level, frontier
        order[account] = at
        lots[first + owner[account], SINCE] = min(ts, lots[first + owner[account], SINCE])
        until = known
    else:
        lots[n, REPORT], lots[n, PARENT], lots[n, SLOT], lots[n, ACCOUNT] = report, parent, k, account
        lots[n, LO], lots[n, HI], lots[n, SINCE], lots[n, HOP] = 0, bound, ts, hop
        lots[n, REST], lots[n, STOPPED], lots[n, STATUS], lots[n, NEXT] = bound, 0, kind, 0
        n += 1
        if kind > 0:
            return n, level, frontier
        owner[account] = n - 1 - first
        carried[account] = bound
        at, end = _begin(rows, ptr, tail, tail_start, tail_end, moved, account, co)
        order[account] = at
        until = -1
        if at == end:
            return n, level, frontier
    if level == frontier.shape[0]:
        frontier = wider(frontier)
    frontier[level, 0], frontier[level, 1], frontier[level, 2] = account, at, until
    level += 1
    return n, level, frontier
