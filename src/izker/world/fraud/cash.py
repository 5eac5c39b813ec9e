"""Cash machines give an account so much a day and no more."""

from __future__ import annotations

import numpy as np
from numba import njit

from izker.money import TIYN
from izker.world.register.clock import DAY, HOUR, MINUTE
from izker.world.streams import IntArray

_NOTE = 1000 * TIYN
_LOCAL = 5 * HOUR


@njit(cache=True)
def _withdraw(
    account: IntArray,
    amount: IntArray,
    at: IntArray,
    limit: int,
    row: IntArray,
    taken: IntArray,
    when: IntArray,
    day_of: IntArray,
    used: IntArray,
) -> int:
    n = 0
    for i in range(len(account)):
        a = account[i]
        left = amount[i] // _NOTE * _NOTE
        day = (at[i] + _LOCAL) // DAY
        if day < day_of[a]:
            day = day_of[a]
        if day > day_of[a]:
            day_of[a] = day
            used[a] = 0
        while left > 0:
            room = limit - used[a]
            if room <= 0:
                day += 1
                day_of[a] = day
                used[a] = 0
                continue
            part = left if left < room else room
            moment = at[i]
            if (at[i] + _LOCAL) // DAY < day:  # put off: taken out that morning
                moment = day * DAY - _LOCAL + 8 * HOUR + (a % 180) * MINUTE + (used[a] // _NOTE) * 1_000_000
            row[n] = i
            taken[n] = part
            when[n] = moment
            n += 1
            used[a] += part
            left -= part
    return n


def withdraw(account: IntArray, amount: IntArray, at: IntArray, limit: int) -> tuple[IntArray, IntArray, IntArray]:
    """Cut wanted withdrawals (in time order) to `limit` tiyn an account and local day, on whole thousands of tenge.

    Returns for each withdrawal that is made: the row wanted, its amount, its moment. What is below a thousand stays
    on the account.
    """
    pieces = int((amount // limit).sum()) + 2 * len(amount) + 1
    row, taken, when = (np.zeros(pieces, dtype=np.int64) for _ in range(3))
    nodes = int(account.max(initial=0)) + 1
    count = _withdraw(
        account, amount, at, limit, row, taken, when, np.zeros(nodes, dtype=np.int64), np.zeros(nodes, dtype=np.int64)
    )
    return row[:count], taken[:count], when[:count]
