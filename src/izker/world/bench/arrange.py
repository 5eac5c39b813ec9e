"""Transfers arranged by account: what left it, what stood on it and what came in, at every moment. Compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from izker.ledger.sweep import LINK, OUT, WHEN


@njit(cache=True, nogil=True)
def outgoing(rows: Any, ptr: Any, ts: Any, src: Any, dst: Any, amount: Any, leaves: Any) -> None:
    """Unpack the ledger's slots (without the sentinels) into columns, account by account; `leaves` marks exits."""
    n = 0
    for a in range(ptr.size - 1):
        for k in range(ptr[a], ptr[a + 1] - 1):
            ts[n] = rows[k, WHEN]
            src[n] = a
            amount[n] = rows[k + 1, OUT] - rows[k, OUT]
            dst[n] = rows[k, LINK] >> 32
            low = rows[k, LINK] & 0xFFFFFFFF
            leaves[n] = 1 if low >= 0x80000000 else 0  # a negative kind in the low half: an exit
            n += 1


@njit(cache=True, nogil=True)
def places(first: Any, second: Any, accounts: int) -> Any:
    """Pointers into rows grouped by account, each row standing under `first` and, where it is not -1, under `second` too."""
    ptr = np.zeros(accounts + 1, np.int64)
    for i in range(first.size):
        ptr[first[i] + 1] += 1
        if second[i] >= 0:
            ptr[second[i] + 1] += 1
    for a in range(accounts):
        ptr[a + 1] += ptr[a]
    return ptr


@njit(cache=True, nogil=True)
def book(order: Any, ts: Any, src: Any, dst: Any, amount: Any, opening: Any, ptr: Any) -> Any:
    """(moments, balance after, money ever in) by account, of transfers taken in `order` (time, id).

    A shortfall is money that entered unseen: no balance falls below zero (the ledger's own rule). dst is -1 for an exit.
    """
    size = ptr[-1]
    when, balance, came = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64)
    at = ptr[:-1].copy()
    now = opening.copy()
    total = opening.copy()
    for k in range(order.size):
        i = order[k]
        s, d, x = src[i], dst[i], amount[i]
        now[s] = max(now[s] - x, 0)
        when[at[s]], balance[at[s]], came[at[s]] = ts[i], now[s], total[s]
        at[s] += 1
        if d >= 0:
            now[d] += x
            total[d] += x
            when[at[d]], balance[at[d]], came[at[d]] = ts[i], now[d], total[d]
            at[d] += 1
    return when, balance, came


@njit(cache=True, nogil=True)
def running(ts: Any, account: Any, amount: Any, ptr: Any) -> Any:
    """(moments, sum so far) by account of credits given in time order."""
    when, total = np.empty(ts.size, np.int64), np.empty(ts.size, np.int64)
    at = ptr[:-1].copy()
    for i in range(ts.size):
        a = account[i]
        k = at[a]
        when[k] = ts[i]
        total[k] = amount[i] + (total[k - 1] if k > ptr[a] else 0)
        at[a] += 1
    return when, total
