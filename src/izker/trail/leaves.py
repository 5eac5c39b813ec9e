"""From lots to leaves: where the units of each report rest, summed where they rest together. Compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from izker.ledger.layout import I64
from izker.trail.lines import ACCOUNT, HOP, REPORT, REST, SINCE, STATUS, STOPPED
from izker.trail.rules import HELD, MERCHANT

FEW = 32  # leaves of one hop that are put in order by insertion; more are sorted


def by_hop(lots: I64) -> I64:
    """Lots in order of report and hop, which `leaves` needs: for rules that write them in order of time."""
    found: I64 = lots[np.lexsort((lots[:, HOP], lots[:, REPORT]))]
    return found


@njit(cache=True, nogil=True)
def leaves(lots: Any) -> Any:
    """Rows (report, account, amount, status, hop, since), one a distinct (report, hop, account, status), in that order.

    `lots` (n, 12) stand in order of report and, within it, of hop. `since` is the first arrival.
    """
    n = lots.shape[0]
    out = np.empty((2 * n, 6), np.int64)
    keys = np.empty(2 * n, np.int64)
    m = i = 0
    while i < n:
        report, hop, begin = lots[i, REPORT], lots[i, HOP], m
        while i < n and lots[i, HOP] == hop and lots[i, REPORT] == report:
            rest, stopped, status = lots[i, REST], lots[i, STOPPED], lots[i, STATUS]
            if rest > 0:
                _note(out, keys, m, lots, i, rest, status if status <= MERCHANT else HELD)
                m += 1
            if stopped > 0:
                _note(out, keys, m, lots, i, stopped, status)
                m += 1
            i += 1
        if m - begin > 1:
            m = _join(out, keys, begin, m)
    return out[:m]


@njit(cache=True, nogil=True)
def _note(out: Any, keys: Any, m: int, lots: Any, i: int, amount: int, status: int) -> None:
    keys[m] = (lots[i, ACCOUNT] << 4) | status
    out[m, 0], out[m, 1], out[m, 2] = lots[i, REPORT], lots[i, ACCOUNT], amount
    out[m, 3], out[m, 4], out[m, 5] = status, lots[i, HOP], lots[i, SINCE]


@njit(cache=True, nogil=True)
def _join(out: Any, keys: Any, begin: int, end: int) -> int:
    """Put rows begin..end of one report and hop in order and add up those of one key; returns their new end."""
    if end - begin <= FEW:
        for i in range(begin + 1, end):
            j = i
            while j > begin and keys[j - 1] > keys[j]:
                keys[j - 1], keys[j] = keys[j], keys[j - 1]
                for c in range(6):
                    out[j - 1, c], out[j, c] = out[j, c], out[j - 1, c]
                j -= 1
    else:
        order = np.argsort(keys[begin:end], kind="mergesort") + begin
        keys[begin:end] = keys[order]
        out[begin:end] = out[order]
    m = begin
    for i in range(begin + 1, end):
        if keys[i] == keys[m]:
            out[m, 2] += out[i, 2]
            out[m, 5] = min(out[m, 5], out[i, 5])
        else:
            m += 1
            keys[m] = keys[i]
            out[m] = out[i]
    return m + 1
