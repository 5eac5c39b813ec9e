"""A hierarchy of strata (country - region - region x scheme) and reconciliation: parts add up to wholes.

Aggregation matrix S (N, n): every series is a sum of bottom series. Reconciled = S G f with G = (S' W^-1 S)^-1 S'
W^-1 (Wickramasuriya, Athanasopoulos and Hyndman 2019, "Optimal forecast reconciliation ... through trace
minimization", JASA 114), W diagonal: the error variance of each series' own forecast. Bottom values below zero are
set to zero and the sums rebuilt, so that coherence is exact and no count is negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Floats = npt.NDArray[np.float64]
Key = tuple[str | None, ...]


@dataclass(frozen=True)
class Hierarchy:
    """`columns`: strata from coarse to fine; `keys`: N series, None = all of that column; `level` (N,): number of
    the series' level; `sums` (N, n): 1 where a series holds a bottom series; bottom series are the last n rows in
    the given order.
    """

    columns: tuple[str, ...]
    keys: tuple[Key, ...]
    level: npt.NDArray[np.int64]
    sums: Floats
    bottom: int

    @property
    def size(self) -> int:
        return len(self.keys)

    def aggregate(self, values: npt.ArrayLike) -> Floats:
        """Bottom (..., n, T) -> every series (..., N, T). A missing bottom value makes its sums missing."""
        v = np.asarray(values, dtype=np.float64)
        unknown = np.isnan(v)
        if not unknown.any():
            return self._summed(v)
        total = self._summed(np.where(unknown, 0.0, v))
        return np.asarray(np.where(self._summed(unknown.astype(np.float64)) > 0, np.nan, total))

    def _summed(self, values: Floats) -> Floats:
        """Sums over the axis before the last, by the few non-zero entries of S: (..., n, T) -> (..., N, T)."""
        flat = np.moveaxis(values, -2, 0)
        total = self._sparse @ flat.reshape(flat.shape[0], -1)
        return np.moveaxis(total.reshape(self.size, *flat.shape[1:]), 0, -2)

    @cached_property
    def _sparse(self) -> csr_array:
        return csr_array(self.sums)

    def projector(self, variance: npt.ArrayLike) -> Floats:
        """G (n, N): reconciled bottom values from every series' base values, given their error variances (N,)."""
        weight = 1.0 / np.maximum(np.asarray(variance, dtype=np.float64), 1e-9)
        left = self.sums.T @ (weight[:, None] * self.sums)
        return np.asarray(np.linalg.solve(left, self.sums.T * weight))

    def reconcile(self, values: npt.ArrayLike, projector: Floats) -> Floats:
        """Base values (N, H) of every series to coherent ones (N, H), none below zero; `projector` as made above."""
        base = np.asarray(values, dtype=np.float64)
        if base.shape[0] != self.size:
            raise ValueError(f"{base.shape[0]} rows of values for {self.size} series")
        return np.asarray(self.sums @ np.maximum(projector @ base, 0.0))

    def error(self, values: npt.ArrayLike) -> float:
        """Largest gap between a series and the sum of its bottom series."""
        v = np.asarray(values, dtype=np.float64)
        return float(np.max(np.abs(v - self.sums @ v[-self.bottom :]))) if v.size else 0.0


def build(columns: Sequence[str], bottom: Sequence[tuple[str, ...]], *, margins: bool = True) -> Hierarchy:
    """Whole, prefixes (region), margins of the other columns (scheme), bottom (region, scheme).

    A column with a single value adds no level, for its rows would repeat those above. `margins=False`: prefixes only.
    """
    if len(set(bottom)) != len(bottom):
        raise ValueError("a stratum stands twice among the bottom series")
    width = len(columns)
    keys: list[Key] = []
    rows: list[Floats] = []
    kinds: list[int] = []
    patterns: list[tuple[int, ...]] = [tuple(range(depth)) for depth in range(width)]
    if margins:
        patterns += [(c,) for c in range(1, width)]
    for kind, fixed in enumerate(patterns if len(bottom) > 1 else []):
        members: dict[Key, list[int]] = {}
        for i, key in enumerate(bottom):
            members.setdefault(tuple(key[c] if c in fixed else None for c in range(width)), []).append(i)
        if fixed and (len(members) == 1 or len(members) == len(bottom)):
            continue
        for name in sorted(members, key=str):
            row = np.zeros(len(bottom))
            row[members[name]] = 1.0
            keys.append(name)
            rows.append(row)
            kinds.append(kind)
    keys += list(bottom)
    kinds += [len(patterns)] * len(bottom)
    sums = np.concatenate([np.array(rows).reshape(len(rows), len(bottom)), np.eye(len(bottom))])
    return Hierarchy(tuple(columns), tuple(keys), np.array(kinds, dtype=np.int64), sums, len(bottom))
