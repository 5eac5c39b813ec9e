"""The same person in a register under different spellings: Fellegi-Sunter (1969) with EM (Winkler 1988), blocked and
compiled.

For names, birth dates and places, where values err; series of reports are joined by exact identifiers instead (see
`batch`). Each pair carries its weight by field, so that a person can see why two records are held to be one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from izker.links import strings
from izker.words import N_, Refusal

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
ROLES = ("given", "family", "born", "post", "place", "work")
LEVELS = 6  # 0 missing, 1 exact, 2 close, 3 near, 4 far kin, 5 different
EXACT = 1
_BLOCK_MOST = 120  # records in one block; a fuller block says too little
_SAMPLE = 150_000  # random pairs for u
_ROUNDS = 25
_UNSEEN = -3.0  # bits a pair weighs that no block brought together


@dataclass(frozen=True, slots=True)
class Persons:
    """`people`: record, person (least record index of its cluster); `pairs`: a, b, weight (bits), probability, and a
    column of bits a role."""

    people: pl.DataFrame
    pairs: pl.DataFrame


def match(records: pl.DataFrame, roles: Mapping[str, str]) -> Persons:
    """Cluster `records` into persons.

    `roles` names the column of each role: given, family, born (ISO date), post (postcode), place, work; at least two.
    Nulls are missing, not different. Deterministic. Raises Refusal for an unknown role or fewer than two.
    """
    unknown = set(roles) - set(ROLES)
    if unknown or len(roles) < 2:
        raise Refusal(N_("give at least two of the roles {roles}"), roles=", ".join(ROLES))
    n = records.height
    columns = [_Column(records[roles[role]] if role in roles else None, n) for role in ROLES]
    a, b = _candidates(columns, n)
    levels = _levels(columns, a, b)
    seed = np.random.default_rng(1969)
    left, right = seed.integers(0, max(n, 1), _SAMPLE), seed.integers(0, max(n, 1), _SAMPLE)
    u = _shares(_levels(columns, left[left != right], right[left != right]))
    m, rate = _estimate(levels, u)
    bits = _bits(levels, columns, a, m, u)
    # Weights compare with random pairs, so the prior is the share of true pairs among all pairs, not among the
    # candidates.
    prior = rate * len(a) / max(n * (n - 1) / 2, 1)
    weight = bits.sum(axis=1) + np.log2(max(prior, 1e-12) / (1 - min(prior, 0.5)))
    clusters = _clustered(a, b, weight, n)
    table = pl.DataFrame({"a": a, "b": b, "weight": weight, "probability": 1 / (1 + np.exp2(-np.clip(weight, -60, 60)))})
    table = table.with_columns(pl.Series(role, bits[:, i]) for i, role in enumerate(ROLES) if role in roles)
    return Persons(pl.DataFrame({"record": np.arange(n), "person": clusters}), table)


class _Column:
    """A column as codes (-1 missing) with its distinct values, their shares, and the code of each value's prefixes."""

    def __init__(self, values: pl.Series | None, n: int) -> None:
        if values is None:
            values = pl.Series([None] * n, dtype=pl.String)
        clean = values.cast(pl.String).str.to_lowercase().str.strip_chars()
        clean = pl.select(pl.when(clean.str.len_chars() > 0).then(clean)).to_series()
        distinct = clean.drop_nulls().unique(maintain_order=True)
        self.codes: Ints = (
            clean.replace_strict(distinct, pl.int_range(distinct.len(), eager=True), default=-1, return_dtype=pl.Int64).to_numpy()
            if distinct.len()
            else np.full(n, -1)
        )
        self.distinct = distinct
        self.points, self.starts = strings.packed(distinct.to_list())
        counts = np.bincount(self.codes[self.codes >= 0], minlength=distinct.len())
        self.share: Floats = counts / max(counts.sum(), 1)

    def head(self, length: int, skip: int = 0) -> Ints:
        """Codes of the values' characters [skip, skip + length)."""
        cut = self.distinct.str.slice(skip, length).cast(pl.Categorical).to_physical().to_numpy().astype(np.int64)
        return np.where(self.codes >= 0, cut[self.codes], -1) if len(cut) else self.codes


def _candidates(columns: Sequence[_Column], n: int) -> tuple[Ints, Ints]:
    """Pairs that share one of the blocking keys, each once, a < b."""
    given, family, born, post, place, work = columns
    blocks = [
        (given.head(3), family.head(4)),
        (family.codes, born.codes),
        (given.codes, born.codes),
        (post.codes, given.codes),
        (post.codes, family.codes),
        (born.codes, place.codes),
        (post.head(3), born.codes),
        (post.head(3), family.codes, born.head(4)),
        (post.head(3), given.codes, born.head(3)),
        (given.head(2), family.head(2), born.head(4)),
        (family.head(5), born.head(6, 4), post.head(2)),
        (post.codes, born.head(4)),
        (born.codes, work.codes),
        (post.codes, place.codes, work.codes),
        (family.codes, place.codes),
        (given.codes, place.codes, work.codes),
        (family.head(3), post.head(6)),
    ]
    found = []
    for parts in blocks:
        held = np.logical_and.reduce([part >= 0 for part in parts])
        rows = np.flatnonzero(held)
        if not len(rows):
            continue
        key = np.zeros(len(rows), np.int64)
        for part in parts:
            key = key * (int(part.max()) + 1) + part[rows]
        order = np.argsort(key, kind="stable")
        found.append(_pairs(rows[order], key[order], _BLOCK_MOST, n))
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    pair = pl.Series(np.concatenate(found)).unique().sort().to_numpy()
    return pair // n, pair % n


@njit(cache=True)
def _pairs(rows: Ints, key: Ints, most: int, n: int) -> Ints:
    total, start = 0, 0
    for i in range(1, len(rows) + 1):
        if i == len(rows) or key[i] != key[start]:
            size = i - start
            if size <= most:
                total += size * (size - 1) // 2
            start = i
    out = np.empty(total, np.int64)
    at, start = 0, 0
    for i in range(1, len(rows) + 1):
        if i == len(rows) or key[i] != key[start]:
            if i - start <= most:
                for p in range(start, i):
                    for q in range(p + 1, i):
                        low, high = min(rows[p], rows[q]), max(rows[p], rows[q])
                        out[at] = low * n + high
                        at += 1
            start = i
    return out


def _levels(columns: Sequence[_Column], a: Ints, b: Ints) -> NDArray[np.int8]:
    """(pairs, roles) agreement levels."""
    out = np.empty((len(a), len(ROLES)), np.int8)
    for role, column in enumerate(columns):
        out[:, role] = _agreement(role, column.codes[a], column.codes[b], column.points, column.starts)
    return out


@njit(cache=True)
def _agreement(role: int, a: Ints, b: Ints, points: strings.Points, starts: Ints) -> NDArray[np.int8]:
    """Level of each pair of codes: 0 where one is missing, 1 where they are the same, else by the kind of the role."""
    out = np.zeros(len(a), np.int8)
    for i in range(len(a)):
        if a[i] < 0 or b[i] < 0:
            continue
        x, y = points[starts[a[i]] : starts[a[i] + 1]], points[starts[b[i]] : starts[b[i] + 1]]
        if a[i] == b[i]:
            out[i] = 1
        elif role < 2:
            out[i] = _name(x, y)
        elif role == 2:
            out[i] = _date(x, y)
        elif role == 3:
            out[i] = _post(x, y)
        else:
            out[i] = 2 if strings.jaro_winkler(x, y) >= 0.88 else 5
    return out


@njit(cache=True)
def _name(x: strings.Points, y: strings.Points) -> int:
    likeness = strings.jaro_winkler(x, y)
    if likeness >= 0.92:
        return 2
    if strings.starts_short(x, y):
        return 3
    return 4 if likeness >= 0.75 and strings.prefix_of(x, y) >= 1 else 5


@njit(cache=True)
def _date(x: strings.Points, y: strings.Points) -> int:
    if strings.one_edit(x, y):
        return 2
    same = 0
    for j in range(min(len(x), len(y))):
        same += x[j] == y[j]
    if same >= len(x) - 2:
        return 3
    return 4 if strings.prefix_of(x, y) >= 4 else 5


@njit(cache=True)
def _post(x: strings.Points, y: strings.Points) -> int:
    shared = strings.prefix_of(x, y)
    if shared >= len(x) - 2 or strings.one_edit(x, y):
        return 2
    if shared >= len(x) - 4:
        return 3
    return 4 if shared >= 2 else 5


def _shares(levels: NDArray[np.int8]) -> Floats:
    """(roles, LEVELS) share of each level among the pairs that have the role."""
    out = np.empty((len(ROLES), LEVELS))
    for role in range(len(ROLES)):
        counts = np.bincount(levels[:, role], minlength=LEVELS).astype(float)
        counts[0] = 0
        out[role] = (counts + 0.5) / (counts.sum() + 0.5 * (LEVELS - 1))
    return out


def _estimate(levels: NDArray[np.int8], u: Floats) -> tuple[Floats, float]:
    """m by EM over the patterns of the candidate pairs, and the share of true pairs among random ones, made up for
    the blocks.

    Inside the blocks the false pairs agree on what the block asked for, so their own u is estimated beside m and then
    dropped: weights use the u of random pairs.
    """
    code = levels @ (LEVELS ** np.arange(len(ROLES), dtype=np.int32))
    counts = np.bincount(code, minlength=1)
    pattern = np.flatnonzero(counts)
    count = counts[pattern]
    digits = pattern[:, None] // LEVELS ** np.arange(len(ROLES)) % LEVELS
    m = np.tile(np.array([1.0, 0.75, 0.12, 0.06, 0.04, 0.03]), (len(ROLES), 1))
    inside = u.copy()
    rate = 0.3
    for _round in range(_ROUNDS):
        for_match = np.full(len(pattern), np.log(rate))
        for_other = np.full(len(pattern), np.log(1 - rate))
        for role in range(len(ROLES)):
            seen = digits[:, role] > 0
            for_match[seen] += np.log(m[role, digits[seen, role]])
            for_other[seen] += np.log(inside[role, digits[seen, role]])
        chance = 1 / (1 + np.exp(np.clip(for_other - for_match, -500, 500)))
        rate = float(np.clip((chance * count).sum() / max(count.sum(), 1), 1e-6, 1 - 1e-6))
        for role in range(len(ROLES)):
            for table, share in ((m, chance), (inside, 1 - chance)):
                held = np.bincount(digits[:, role], weights=share * count, minlength=LEVELS)
                held[0] = 0
                table[role] = (held + 0.5) / (held.sum() + 0.5 * (LEVELS - 1))
    return m, rate


def _bits(levels: NDArray[np.int8], columns: Sequence[_Column], a: Ints, m: Floats, u: Floats) -> Floats:
    """(pairs, roles) log2(m/u); an exact match uses the share of that very value for u, so that a rare name weighs
    more."""
    out = np.zeros(levels.shape)
    for role, column in enumerate(columns):
        table = np.log2(m[role] / u[role])
        table[0] = 0.0
        out[:, role] = table[levels[:, role]]
        exact = np.flatnonzero(levels[:, role] == EXACT)
        if len(exact):
            value = np.maximum(column.share[column.codes[a[exact]]], 1e-7)
            out[exact, role] = np.log2(m[role, EXACT] / value)
    return out


def _clustered(a: Ints, b: Ints, weight: Floats, n: int) -> Ints:
    keep = np.flatnonzero(weight > 0)
    order = keep[np.argsort(-weight[keep], kind="stable")]
    ends = np.concatenate((a, b))
    others = np.concatenate((b, a))
    both = np.concatenate((weight, weight))
    by = np.argsort(ends, kind="stable")
    pointers = np.searchsorted(ends[by], np.arange(n + 1)).astype(np.int64)
    return _merge(a[order], b[order], pointers, others[by], both[by], n, _UNSEEN)


@njit(cache=True)
def _merge(a: Ints, b: Ints, pointers: Ints, others: Ints, weights: Floats, n: int, unseen: float) -> Ints:
    """Average linkage, heaviest pair first: two clusters join if the pairs between them weigh more than nothing
    together."""
    label = np.arange(n)
    following = np.full(n, -1, np.int64)  # members of a cluster as a chained list from its label
    last = np.arange(n)
    size = np.ones(n, np.int64)
    for k in range(len(a)):
        left, right = label[a[k]], label[b[k]]
        if left == right:
            continue
        if size[left] < size[right]:
            left, right = right, left
        total, seen = 0.0, 0
        node = right
        while node >= 0:
            for e in range(pointers[node], pointers[node + 1]):
                if label[others[e]] == left:
                    total += max(min(weights[e], 15.0), -15.0)
                    seen += 1
            node = following[node]
        total += unseen * (size[left] * size[right] - seen)
        if total <= 0:
            continue
        node = right
        while node >= 0:
            label[node] = left
            node = following[node]
        following[last[left]] = right
        last[left] = last[right]
        size[left] += size[right]
    first = np.full(n, n, np.int64)
    for i in range(n):
        first[label[i]] = min(first[label[i]], i)
    for i in range(n):
        label[i] = first[label[i]]
    return label
