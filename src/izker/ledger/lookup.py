"""From transfer ids to slots by interpolation search, and from slots to rows, the memory asked ahead. Compiled.

Ids are mostly handed out in order, so the place of an id among the sorted ids is nearly proportional to its value
(Perl, Itai and Avni, "Interpolation search", CACM 21, 1978); from the guess the search gallops, so that ids with gaps
and jumps cost logarithmic time, as a binary search would.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from izker.ledger.prefetch import prefetch
from izker.ledger.sweep import OUT

AHEAD = 12  # ids whose reads are under way while one is looked up


@njit(cache=True, nogil=True)
def slot_of(by_id: Any, by_slot: Any, transfer_id: int) -> int:
    """The slot of one id among `by_id` (ascending), -1 where it is not there."""
    if by_id.size == 0:
        return -1
    at = _guess(by_id, transfer_id)
    if by_id[at] != transfer_id:
        at = _gallop(by_id, at, transfer_id)
        if at == by_id.size or by_id[at] != transfer_id:
            return -1
    return int(by_slot[at])


@njit(cache=True, nogil=True)
def slots_of(by_id: Any, by_slot: Any, transfer_ids: Any) -> Any:
    """Slots of many ids; -1 for those that are not there."""
    slots = np.full(transfer_ids.size, -1, np.int64)
    if by_id.size == 0:
        return slots
    ids, places = by_id.reshape(-1, 1), by_slot.reshape(-1, 1)
    for i in range(transfer_ids.size):
        if i + AHEAD < transfer_ids.size:
            ahead = _guess(by_id, transfer_ids[i + AHEAD])
            prefetch(ids, ahead)
            prefetch(places, ahead)
        slots[i] = slot_of(by_id, by_slot, transfer_ids[i])
    return slots


@njit(cache=True, nogil=True)
def _guess(by_id: Any, transfer_id: int) -> int:
    """Where the id would stand if ids were spread evenly; by_id is not empty."""
    first, last = by_id[0], by_id[by_id.size - 1]
    if transfer_id <= first:
        return 0
    if transfer_id >= last:
        return int(by_id.size - 1)
    share = (float(transfer_id) - float(first)) / (float(last) - float(first))
    return int(min(int(share * (by_id.size - 1) + 0.5), by_id.size - 1))


@njit(cache=True, nogil=True)
def _gallop(by_id: Any, at: int, transfer_id: int) -> int:
    """First place whose id is not below `transfer_id`, searched outwards from `at`."""
    step = 1
    if by_id[at] < transfer_id:
        low = at + 1
        while at + step < by_id.size and by_id[at + step] < transfer_id:
            low = at + step + 1
            step *= 2
        high = min(at + step, by_id.size)
    else:
        high = at
        while at - step >= 0 and by_id[at - step] >= transfer_id:
            high = at - step
            step *= 2
        low = max(at - step + 1, 0)
    while low < high:
        middle = (low + high) // 2
        if by_id[middle] < transfer_id:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def record(rows: Any, ids: Any, tail: Any, tail_ids: Any, slots: Any) -> Any:
    """(rows (n, 4), amounts, ids) of slots; those from `rows.shape[0]` on live in the tail."""
    n, size = slots.size, rows.shape[0]
    found, amounts, numbers = np.empty((n, 4), np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    column = ids.reshape(-1, 1)
    for i in range(n):
        if i + AHEAD < n and slots[i + AHEAD] < size:
            prefetch(rows, slots[i + AHEAD])
            prefetch(column, slots[i + AHEAD])
        k = slots[i]
        if k < size:
            found[i], amounts[i], numbers[i] = rows[k], rows[k + 1, OUT] - rows[k, OUT], ids[k]
        else:
            k -= size
            found[i], amounts[i], numbers[i] = tail[k], tail[k + 1, OUT] - tail[k, OUT], tail_ids[k]
    return found, amounts, numbers
