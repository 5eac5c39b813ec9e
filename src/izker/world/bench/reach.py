"""Where a report's money can have gone if one follows transfers and not units. Compiled; for the policies that work this way."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np
from numba import njit
from numba.typed import List


@njit(cache=True, nogil=True)
def after(ptr: Any, ts: Any, account: int, moment: int) -> Any:
    """The first transfer out of `account` later than `moment`."""
    low, high = ptr[account], ptr[account + 1]
    while low < high:
        middle = (low + high) // 2
        if ts[middle] <= moment:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def tracking_graph(
    ptr: Any, ts: Any, dst: Any, amount: Any, leaves: Any, roots: Any, max_hops: int, most: int, window: int, smallest: int, taken: Any,
    turn: int, edges: Any,
) -> int:  # fmt: skip
    """Transfers reached from the payments, breadth first and the largest of a level first; returns how many.

    roots: (n, 3) account, moment, amount of each payment (hop 1). A transfer is reached when it leaves an account within
    `window` µs after money reached it and is at least `smallest`; at most `most` in all, exits not counted. `taken`: scratch
    as long as there are transfers. edges: (most, 4) moment, account, amount, hop.
    """
    n = 0
    for i in range(min(roots.shape[0], most)):
        edges[n, 0], edges[n, 1], edges[n, 2], edges[n, 3] = roots[i, 1], roots[i, 0], roots[i, 2], 1
        n += 1
    level = 0
    found = np.empty((4096, 3), np.int64)
    while level < n:
        count = 0
        last = n
        for e in range(level, last):
            if edges[e, 3] >= max_hops:
                continue
            k = after(ptr, ts, edges[e, 1], edges[e, 0])
            while k < ptr[edges[e, 1] + 1] and ts[k] <= edges[e, 0] + window:
                if amount[k] >= smallest and leaves[k] == 0 and taken[k] != turn and count < found.shape[0]:
                    taken[k] = turn
                    found[count, 0], found[count, 1], found[count, 2] = k, edges[e, 3] + 1, -amount[k]
                    count += 1
                k += 1
        level = last
        for j in np.argsort(found[:count, 2], kind="mergesort"):
            if n == most:
                break
            k = found[j, 0]
            edges[n, 0], edges[n, 1], edges[n, 2], edges[n, 3] = ts[k], dst[k], amount[k], found[j, 1]
            n += 1
    return n


@njit(cache=True, nogil=True)
def reached(ptr: Any, ts: Any, dst: Any, leaves: Any, roots: Any, max_hops: int, most: int, until: int, stamp: Any, turn: int, accounts: Any) -> int:
    """Accounts that any later transfer can have carried the money to, in order of reach; returns how many.

    accounts: (most, 3) moment, account, hop. `stamp`: scratch as long as there are accounts.
    """
    queue = List()
    queue.append((np.int64(0), np.int64(0), np.int64(0)))
    queue.pop()
    n = 0
    for i in range(roots.shape[0]):
        heapq.heappush(queue, (roots[i, 1], -1 - np.int64(i), np.int64(0)))
    while len(queue) > 0 and n < most:
        moment, row, hop = heapq.heappop(queue)
        if row < 0:
            account = roots[-1 - row, 0]
        else:
            account = dst[row]
            if row + 1 < ptr[np.searchsorted(ptr, row, side="right")] and ts[row + 1] <= until:
                heapq.heappush(queue, (ts[row + 1], row + 1, hop))
            if leaves[row] == 1:
                continue
        if stamp[account] == turn:
            continue
        stamp[account] = turn
        accounts[n, 0], accounts[n, 1], accounts[n, 2] = moment, account, hop + 1
        n += 1
        if hop + 1 < max_hops:
            k = after(ptr, ts, account, moment)
            if k < ptr[account + 1] and ts[k] <= until:
                heapq.heappush(queue, (ts[k], k, hop + 1))
    return n


@njit(cache=True, nogil=True)
def graphs(
    ptr: Any, ts: Any, dst: Any, amount: Any, leaves: Any, roots: Any, root_ptr: Any, max_hops: int, most: int, window: int,
    smallest: int, rows: Any, out_ptr: Any,
) -> int:  # fmt: skip
    """`tracking_graph` of every fraud, one after the other, into rows; out_ptr tells where each begins. -1: rows is too small."""
    taken = np.full(ts.size, -1, np.int64)
    n = 0
    for f in range(root_ptr.size - 1):
        out_ptr[f] = n
        if n + most > rows.shape[0]:
            return -1
        n += tracking_graph(ptr, ts, dst, amount, leaves, roots[root_ptr[f] : root_ptr[f + 1]], max_hops, most, window, smallest, taken, f, rows[n:])
    out_ptr[root_ptr.size - 1] = n
    return n


@njit(cache=True, nogil=True)
def reaches(ptr: Any, ts: Any, dst: Any, leaves: Any, roots: Any, root_ptr: Any, max_hops: int, most: int, horizon: int, rows: Any, out_ptr: Any) -> int:
    """`reached` of every fraud, one after the other, into rows; out_ptr tells where each begins. -1: rows is too small."""
    stamp = np.full(ptr.size, -1, np.int64)
    n = 0
    for f in range(root_ptr.size - 1):
        out_ptr[f] = n
        if n + most > rows.shape[0]:
            return -1
        mine = roots[root_ptr[f] : root_ptr[f + 1]]
        if mine.shape[0] > 0:
            n += reached(ptr, ts, dst, leaves, mine, max_hops, most, mine[0, 1] + horizon, stamp, f, rows[n:])
    out_ptr[root_ptr.size - 1] = n
    return n
