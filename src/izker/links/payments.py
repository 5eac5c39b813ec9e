"""The same payment in two banks' books: memo cut short, amount changed by fees or exchange, arrival some days late.

Candidates share the beginning of the memo (or, failing that, nearly the amount) inside a window of days; each is scored
by Fellegi-Sunter weights whose m and u come from the data itself (hard EM: assign one to one, count, assign again). No
truth is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from izker.links.strings import Ints, Points, packed, prefix_of
from izker.words import N_, Refusal

Floats = NDArray[np.float64]
_DAYS = 31  # latest arrival; a payment never arrives before it leaves
_RATIOS = 25  # amount bins: 0 equal to the cent, then 0.5 % of change each
_MEMOS = 20  # 0 equal, 1 one begins the other, then by the common beginning
_CHANGE = 0.15  # most a fee or an exchange rate may take or add
_HEAD = 3
_ROUNDS = 6
_ROLES = ("memo", "amount", "date")


@dataclass(frozen=True, slots=True)
class Payments:
    """`pairs`: origin (row), destination (row), weight (bits, against the other candidates): one to one, the sure and
    the less sure."""

    pairs: pl.DataFrame
    candidates: int


def match(origin: pl.DataFrame, destination: pl.DataFrame, roles: Mapping[str, str] | None = None) -> Payments:
    """Pair payments of `origin` with those of `destination`, one to one.

    `roles` names the columns memo (text), amount (number, same unit) and date (date); by default these names. Raises
    Refusal for a missing one.
    """
    named = {role: (roles or {}).get(role, role) for role in _ROLES}
    for frame in (origin, destination):
        for column in named.values():
            if column not in frame.columns:
                raise Refusal(N_("column {column} is missing; the file has: {have}"), column=column, have=", ".join(frame.columns))
    left, right = _Side(origin, named), _Side(destination, named)
    a, b = _candidates(left, right)
    levels = _levels(a, b, left.points, left.starts, right.points, right.starts, left.cents, right.cents, left.day, right.day)
    weight = np.zeros(len(a))
    for round_ in range(_ROUNDS):
        if round_ == 0:
            weight = -(levels[:, 0] * 1.0 + levels[:, 1] * 0.35 + levels[:, 2] * 0.3)
        order = np.argsort(-weight, kind="stable")
        chosen = _assigned(a, b, order, left.size, right.size)
        weight = _weights(levels, chosen)
    order = np.argsort(-weight, kind="stable")
    chosen = _improved(a, b, weight, _assigned(a, b, order, left.size, right.size), left.size, right.size)
    pairs = pl.DataFrame({"origin": a[chosen], "destination": b[chosen], "weight": weight[chosen]})
    return Payments(pairs.sort("weight", descending=True), len(a))


class _Side:
    def __init__(self, frame: pl.DataFrame, named: Mapping[str, str]) -> None:
        memo = frame[named["memo"]].cast(pl.String).fill_null("").str.strip_chars().str.to_lowercase()
        self.size = frame.height
        self.head = memo.str.slice(0, _HEAD).hash(3).to_numpy()
        self.points, self.starts = packed(memo.to_list())
        self.cents: Ints = (frame[named["amount"]].cast(pl.Float64).fill_null(0.0) * 100).round().cast(pl.Int64).to_numpy()
        self.day: Ints = frame[named["date"]].cast(pl.Date).cast(pl.Int64).fill_null(-(10**6)).to_numpy()


def _candidates(left: _Side, right: _Side) -> tuple[Ints, Ints]:
    """Pairs with the same beginning of the memo, and pairs with the same amount to the cent, inside the window of
    days."""
    found = []
    for key_left, key_right in ((left.head, right.head), (left.cents.astype(np.uint64), right.cents.astype(np.uint64))):
        order = np.lexsort((right.day, key_right))
        found.append(
            _windowed(
                key_left,
                left.day,
                left.cents,
                key_right[order],
                right.day[order],
                right.cents[order],
                order.astype(np.int64),
                right.size,
            )
        )
    pair = pl.Series(np.concatenate(found)).unique().to_numpy()
    return pair // right.size, pair % right.size


@njit(cache=True)
def _windowed(
    key: NDArray[np.uint64],
    day: Ints,
    cents: Ints,
    keys: NDArray[np.uint64],
    days: Ints,
    amounts: Ints,
    rows: Ints,
    n: int,
) -> Ints:
    total = 0
    out = np.empty(1, np.int64)
    for fill in range(2):
        if fill:
            out = np.empty(total, np.int64)
            total = 0
        for i in range(len(key)):
            lo, hi = np.searchsorted(keys, key[i]), np.searchsorted(keys, key[i], side="right")
            at = lo + np.searchsorted(days[lo:hi], day[i])
            while at < hi and days[at] - day[i] <= _DAYS - 1:
                if abs(amounts[at] - cents[i]) <= _CHANGE * abs(cents[i]):
                    if fill:
                        out[total] = i * n + rows[at]
                    total += 1
                at += 1
    return out


@njit(cache=True)
def _levels(
    a: Ints,
    b: Ints,
    points_a: Points,
    starts_a: Ints,
    points_b: Points,
    starts_b: Ints,
    cents_a: Ints,
    cents_b: Ints,
    day_a: Ints,
    day_b: Ints,
) -> NDArray[np.int16]:
    out = np.empty((len(a), 3), np.int16)
    for i in range(len(a)):
        x, y = points_a[starts_a[a[i]] : starts_a[a[i] + 1]], points_b[starts_b[b[i]] : starts_b[b[i] + 1]]
        shared = prefix_of(x, y)
        shorter = min(len(x), len(y))
        if len(x) == len(y) and shared == shorter:
            out[i, 0] = 0
        elif shared == shorter and shared > 0:
            out[i, 0] = 1
        else:
            out[i, 0] = min(max(_MEMOS - 1 - shared, 2), _MEMOS - 1)
        change = abs(cents_a[a[i]] - cents_b[b[i]]) / max(abs(cents_a[a[i]]), 1)
        out[i, 1] = 0 if change == 0 else min(1 + int(change / 0.005), _RATIOS - 1)
        out[i, 2] = day_b[b[i]] - day_a[a[i]]
    return out


@njit(cache=True)
def _assigned(a: Ints, b: Ints, order: Ints, n_left: int, n_right: int) -> Ints:
    """Greedy one-to-one choice in this order: candidate numbers."""
    used_left, used_right = np.zeros(n_left, np.bool_), np.zeros(n_right, np.bool_)
    out = np.empty(min(n_left, n_right), np.int64)
    n = 0
    for k in order:
        if not used_left[a[k]] and not used_right[b[k]]:
            used_left[a[k]] = used_right[b[k]] = True
            out[n] = k
            n += 1
    return out[:n].copy()


def _weights(levels: NDArray[np.int16], chosen: Ints) -> Floats:
    """log2(m/u): m from the chosen pairs, u from all the other candidates."""
    weight = np.zeros(len(levels))
    for role, size in enumerate((_MEMOS, _RATIOS, _DAYS)):
        whole = np.bincount(levels[:, role], minlength=size).astype(float)
        matched = np.bincount(levels[chosen, role], minlength=size).astype(float)
        m = (matched + 0.5) / (matched.sum() + 0.5 * size)
        other = whole - matched
        u = (other + 0.5) / (other.sum() + 0.5 * size)
        weight += np.log2(m / u)[levels[:, role]]
    return weight


@njit(cache=True)
def _improved(a: Ints, b: Ints, weight: Floats, chosen: Ints, n_left: int, n_right: int) -> Ints:
    """The greedy choice bettered: an origin takes a destination from another when both together weigh more afterwards
    (three passes)."""
    order = np.argsort(a, kind="mergesort")
    starts = np.searchsorted(a[order], np.arange(n_left + 1))
    by_left, by_right = np.full(n_left, -1, np.int64), np.full(n_right, -1, np.int64)
    for k in chosen:
        by_left[a[k]] = k
        by_right[b[k]] = k
    for _turn in range(3):
        for i in range(n_left):
            own = by_left[i]
            own_weight = weight[own] if own >= 0 else -20.0
            best_gain, best_k, best_other = 1e-9, -1, -1
            for e in range(starts[i], starts[i + 1]):
                k = order[e]
                if k == own:
                    continue
                rival = by_right[b[k]]
                if rival < 0:
                    gain, other = weight[k] - own_weight, -1
                else:
                    j = a[rival]
                    other_weight, other = -20.0, -1
                    for f in range(starts[j], starts[j + 1]):
                        q = order[f]
                        free = by_right[b[q]] < 0 or (own >= 0 and b[q] == b[own])
                        if free and weight[q] > other_weight:
                            other_weight, other = weight[q], q
                    gain = weight[k] + other_weight - own_weight - weight[rival]
                if gain > best_gain:
                    best_gain, best_k, best_other = gain, k, other
            if best_k < 0:
                continue
            rival = by_right[b[best_k]]
            if own >= 0:
                by_right[b[own]] = -1
            if rival >= 0:
                by_left[a[rival]] = -1
            by_left[i] = best_k
            by_right[b[best_k]] = best_k
            if best_other >= 0:
                by_left[a[best_other]] = best_other
                by_right[b[best_other]] = best_other
    return by_left[by_left >= 0]
