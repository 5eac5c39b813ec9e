"""Country, region and scheme must add up: the tree of series, one total from several ways of counting it, raked parts.

What is made coherent is the part still missing: the known counts add up by themselves. The total's missing part is the
geometric mean of its direct nowcast and of the sums over each partition (regions, schemes); parts are then scaled to it
(iterative proportional fitting where a cell has two parents; Deming and Stephan 1940).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from izker.outlook.delays import Floats

SWEEPS = 6
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Tree:
    """Series 0 is the whole. `splits` are (parent, children): the children of each add up to the parent, widest first.

    `keys[k]` names series k: one value a stratum column, None = all. `leaves` are the finest series.
    """

    keys: tuple[tuple[str | None, ...], ...]
    splits: tuple[tuple[int, tuple[int, ...]], ...]
    leaves: tuple[int, ...]

    @property
    def parent(self) -> list[int]:
        """For each series the first parent that lists it; -1 for the whole."""
        up = [-1] * len(self.keys)
        for above, below in self.splits:
            for k in below:
                if up[k] < 0:
                    up[k] = above
        return up


def tree(strata: Sequence[Sequence[str]]) -> Tree:
    """The tree over the observed combinations of strata `strata` (a row a leaf, a value a column): whole, margins,
    leaves.
    """
    rows = [tuple(r) for r in strata]
    width = len(rows[0]) if rows else 0
    if width == 0:
        return Tree(((),), (), (0,))
    keys: list[tuple[str | None, ...]] = [(None,) * width]
    splits: list[tuple[int, tuple[int, ...]]] = []
    if width == 1:
        keys += rows
        below = tuple(range(1, len(keys)))
        return Tree(tuple(keys), ((0, below),), below)
    margins: list[tuple[int, int]] = []
    for column in range(width):
        values = sorted({r[column] for r in rows})
        start = len(keys)
        for value in values:
            keys.append(tuple(value if c == column else None for c in range(width)))
            margins.append((column, len(keys) - 1))
        splits.append((0, tuple(range(start, len(keys)))))
    first = len(keys)
    keys += rows
    for column, above in margins:
        name = keys[above][column]
        splits.append((above, tuple(first + i for i, r in enumerate(rows) if r[column] == name)))
    return Tree(tuple(keys), tuple(splits), tuple(range(first, len(keys))))


def sums(tree_: Tree, leaves: Floats) -> Floats:
    """Every series from its leaves: `leaves` (n_leaves, ...) in the order of `tree_.leaves` -> (n_series, ...)."""
    out = np.empty((len(tree_.keys), *leaves.shape[1:]))
    at = {k: i for i, k in enumerate(tree_.leaves)}
    for k, key in enumerate(tree_.keys):
        if k in at:
            out[k] = leaves[at[k]]
            continue
        inside = [
            i for leaf, i in at.items() if all(v is None or v == w for v, w in zip(key, tree_.keys[leaf], strict=True))
        ]
        out[k] = leaves[inside].sum(axis=0)
    return out


def reconcile(tree_: Tree, missing: Floats) -> Floats:
    """Missing parts that add up: `missing` (n_series, ...), none negative; NaN only where the whole is NaN."""
    out = np.maximum(missing, 0.0)
    if not tree_.splits:
        return out
    ways = [out[0] + TINY]
    for above, below in tree_.splits:
        if above == 0:
            ways.append(np.nansum(out[list(below)], axis=0) + TINY)
    out[0] = np.maximum(np.exp(np.mean(np.log(np.stack(ways)), axis=0)) - TINY, 0.0)
    for _ in range(SWEEPS if len(tree_.splits) > 2 else 1):
        for above, below in tree_.splits:
            rows = list(below)
            part = np.nan_to_num(out[rows])
            whole = part.sum(axis=0)
            share = np.where(whole > TINY, out[above] / np.maximum(whole, TINY), 0.0)
            out[rows] = np.where(whole > TINY, part * share, out[above] / len(rows))
    deep = [k for k in range(len(tree_.keys)) if k not in set(tree_.leaves)]
    if len(tree_.splits) > 2:
        out[deep] = sums(tree_, out[list(tree_.leaves)])[deep]
    return out
