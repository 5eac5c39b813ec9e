"""Compiled pieces of batch linking: union-find, hubs by spread in time, chains of reports that share a value."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@njit(cache=True)
def root(parent: Ints, node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@njit(cache=True)
def unite(parent: Ints, left: Ints, right: Ints) -> None:
    """Join left[i] with right[i] for every i; the smaller index becomes the root, so a root is the first report."""
    for i in range(len(left)):
        a, b = root(parent, left[i]), root(parent, right[i])
        if a < b:
            parent[b] = a
        elif b < a:
            parent[a] = b


@njit(cache=True)
def flatten(parent: Ints) -> Ints:
    out = np.empty_like(parent)
    for i in range(len(parent)):
        out[i] = root(parent, i)
    return out


@njit(cache=True)
def spread_hubs(starts: Ints, times: Ints, most: int, spread: int) -> Flags:
    """Groups with more than `most` rows whose quartiles of time lie more than `spread` apart. `times` ascend inside a
    group."""
    out = np.zeros(len(starts) - 1, np.bool_)
    for g in range(len(starts) - 1):
        a, size = starts[g], starts[g + 1] - starts[g]
        if size > most:
            out[g] = times[a + (3 * (size - 1)) // 4] - times[a + (size - 1) // 4] > spread
    return out


@njit(cache=True)
def largest_share(starts: Ints, reports: Ints, component: Ints, groups: Ints) -> NDArray[np.float64]:
    """For each listed group: the share of its rows that lie in the component most common among them (1 row counts as
    none)."""
    out = np.zeros(len(groups), np.float64)
    for k in range(len(groups)):
        a, b = starts[groups[k]], starts[groups[k] + 1]
        held = np.sort(component[reports[a:b]])
        best, run = 0, 1
        for i in range(1, len(held)):
            if held[i] == held[i - 1]:
                run += 1
                best = max(best, run)
            else:
                run = 1
        out[k] = best / len(held)
    return out


@njit(cache=True)
def chains(starts: Ints, times: Ints, reports: Ints, barred: Flags, most_gap: int) -> tuple[Ints, Ints, Ints]:
    """Row index of the earlier and the later row of each link, and its group: every row joins the one before it in its
    group unless the gap is longer than `most_gap`. A report thus gets one backward link a value, however common the
    value is."""
    earlier = np.empty(len(times), np.int64)
    later = np.empty(len(times), np.int64)
    group = np.empty(len(times), np.int64)
    n = 0
    for g in range(len(starts) - 1):
        if barred[g]:
            continue
        for i in range(starts[g] + 1, starts[g + 1]):
            if times[i] - times[i - 1] <= most_gap and reports[i] != reports[i - 1]:
                earlier[n], later[n], group[n] = i - 1, i, g
                n += 1
    return earlier[:n].copy(), later[:n].copy(), group[:n].copy()


@njit(cache=True)
def neighbours(single: Ints, single_time: Ints, known: Ints, starts: Ints, times: Ints, digits: int, window: int) -> Ints:
    """For each mistyped number, the index in `known` (sorted) of its only neighbour by one changed digit among the last
    `digits` that stands in a report within `window` of it; -1 where there is none or more than one."""
    out = np.full(len(single), -1, np.int64)
    for i in range(len(single)):
        number, place, count = single[i], 1, 0
        for _position in range(digits):
            own = (number // place) % 10
            for digit in range(10):
                if digit == own:
                    continue
                other = number + (digit - own) * place
                at = np.searchsorted(known, other)
                if at < len(known) and known[at] == other:
                    a, b = starts[at], starts[at + 1]
                    near = a + np.searchsorted(times[a:b], single_time[i])
                    close = near < b and times[near] - single_time[i] <= window
                    if not close and near > a:
                        close = single_time[i] - times[near - 1] <= window
                    if close:
                        count += 1
                        out[i] = at
            place *= 10
        if count != 1:
            out[i] = -1
    return out
