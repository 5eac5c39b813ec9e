"""The nowcast on a cube of snapshots: links, level, coherence, intervals. No tables, no dates: arrays in, arrays out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from izker.outlook import delays, intervals, nowcast_level
from izker.outlook.coherence import Tree, reconcile
from izker.outlook.delays import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class Constants:
    """What is fixed beforehand. Steps of one class are weeks for daily data, and plain steps for weekly and monthly data."""

    members: tuple[tuple[int, float], ...]  # (steps of the class remembered, half-life in such steps)
    strength: float = 50.0  # reports that the parent's link is worth
    gap: int = 7  # youngest usable past error, steps
    error_half_life: float = 28.0  # steps
    memory: int = 120  # oldest usable past error, steps
    depth: int = 28  # ages the level refines


DAILY = Constants(members=((3, 99.0), (5, 99.0), (8, 4.0)))
PLAIN = Constants(members=((4, 99.0), (8, 8.0), (40, 20.0)), gap=3, error_half_life=20.0, memory=80, depth=12)
SMALL_SERIES = 5.0  # mean total a step under which a series leans on its parent instead of its own level


@dataclass(frozen=True, slots=True)
class Estimate:
    """`missing` (K, n, H+1) still to come, coherent; `variance` the same shape: V of its logarithm (counting noise apart)."""

    missing: Floats
    variance: Floats


def estimate(
    known: Floats,
    classes: Ints,
    kinds: int,
    silent: Bools,
    tree: Tree,
    period: int,
    constants: Constants,
    first: int,
    start: int,
) -> Estimate:
    """Nowcast every issue step `start`..n-1 of the cube `known` (K, n, H+1) with nothing but what was known then.

    `classes` (n + H,) report classes in 0..kinds-1; `period` of the reference step's own pattern (7 or 1); links are
    formed from step `first` on, and past errors are taken from there.
    """
    series, n, ages = known.shape
    up = tree.parent
    missing = np.full_like(known, np.nan)
    tables: dict[tuple[int, int], Floats] = {}
    small = [
        bool(np.nanmean(known[k, :, -1]) < SMALL_SERIES) if np.isfinite(known[k, :, -1]).any() else True
        for k in range(series)
    ]
    parents = set(up)
    memory = delays.POOL * kinds if kinds > 1 else delays.POOL_PLAIN
    pooled = delays.pooled_links(known[0], classes[:n], kinds, silent, memory, first)
    for k in range(series):
        logs = np.zeros((n, ages))
        ahead_mean = np.zeros((n, ages))
        for m, (last, half_life) in enumerate(constants.members):
            prior = pooled if up[k] < 0 else tables[up[k], m]
            table = delays.links(
                known[k], classes[:n], kinds, silent, last, half_life, constants.strength, prior, first
            )
            if k in parents:
                tables[k, m] = table
            ahead = delays.growth(table, classes, silent, first)
            logs += np.log(np.maximum((known[k] + 0.5) * (ahead - 1.0), 0.0) + 0.01) / len(constants.members)
            ahead_mean += np.log(ahead) / len(constants.members)
        if small[k] and up[k] >= 0:
            missing[k] = _from_parent(known[k], known[up[k]] + missing[up[k]], np.exp(ahead_mean), constants.gap)
            continue
        missing[k] = np.maximum(np.exp(logs) - 0.01, 0.0)
        depth = min(constants.depth, ages)
        level = nowcast_level.refine(
            known[k],
            missing[k],
            classes[:n],
            depth,
            constants.gap,
            period,
            constants.error_half_life,
            constants.memory,
            first,
            start,
        )
        better = np.isfinite(level)
        missing[k, :, :depth][better] = (level - known[k, :, :depth])[better]
    missing[:, start:] = reconcile(tree, missing[:, start:])
    variance = np.full_like(known, np.nan)
    for k in range(series):
        above = variance[up[k]] if up[k] >= 0 else np.empty((0, 0))
        variance[k] = intervals.variances(
            known[k],
            missing[k],
            classes[:n],
            above,
            constants.gap,
            constants.error_half_life,
            constants.memory,
            start,
            start,
        )
    return Estimate(missing, variance)


def _from_parent(known: Floats, whole: Floats, ahead: Floats, gap: int) -> Floats:
    """Bornhuetter-Ferguson: a small series' missing part from its share of the parent's total and its own reports.

    rate = (known + a) / (F + a / mu), missing = rate (1 - F) mu-scaled: F = 1 / `ahead` completeness, mu = share x `whole`.
    """
    n, ages = known.shape
    total = np.full(n, np.nan)
    above = np.full(n, np.nan)
    out = np.full((n, ages), np.nan)
    for i in range(n):
        if i >= ages - 1:
            total[i - ages + 1], above[i - ages + 1] = known[i, ages - 1], whole[i, ages - 1]
        done = np.isfinite(total) & np.isfinite(above)
        mine, theirs = float(total[done][-52:].sum()), float(above[done][-52:].sum())
        mine += float(np.nansum(known[i, gap:]))
        theirs += float(np.nansum(np.where(np.isfinite(known[i, gap:]), whole[i, gap:] / ahead[i, gap:], 0.0)))
        share = (mine + 0.5) / (theirs + 1.0) if theirs > 0 else 0.0
        mu = np.maximum(share * whole[i], 1e-6)
        seen = 1.0 / ahead[i]
        rate = (known[i] + STRENGTH_OF_SHARE) / (seen + STRENGTH_OF_SHARE / mu)
        out[i] = np.maximum(rate * (1.0 - seen), 0.0)
    return out


STRENGTH_OF_SHARE = 4.0  # reports that a small series' share of its parent is worth
