"""The nowcast on a cube of snapshots: links, drift, level, coherence, intervals. No tables, no dates: arrays in,
arrays out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from izker.outlook import delays, intervals, nowcast_level
from izker.outlook.coherence import Tree, reconcile
from izker.outlook.delays import Bools, Floats, Ints

SMALL_SERIES = 5.0  # mean total a step under which a series leans on its parent instead of its own level
STRENGTH_OF_SHARE = 4.0  # reports that a small series' share of its parent is worth
DRIFT_STRENGTH = 50.0  # reports that "no drift" is worth: a prior deviation of 1 / sqrt(50) = 14 %
DRIFT_STRENGTH_PART = 200.0  # reports that the parent's drift is worth to a part
SYSTEMATIC = 0.003  # log-variance (10 %) against which counting noise is weighed when the level smooths
LOG_FLOOR = 0.5


@dataclass(frozen=True, slots=True)
class Constants:
    """What is fixed beforehand, the same for days, weeks and months. Steps of one class are weeks for daily data, and plain
    steps for weekly and monthly data.
    """

    members: tuple[int, ...] = (8, 16, 32)  # steps of the class remembered
    shares: tuple[float, ...] = (0.0, 0.5, 1.0, 1.5)  # of the drift carried on, a candidate each; above 1: and further
    bands: tuple[int, ...] = (0, 1, 3, 7, 14, 28, 10_000)  # edges of ages that drift together
    span: int = 7  # steps the drift is read from
    strength: float = 50.0  # reports that the parent's link is worth
    gap: int = 2  # youngest usable past error, steps
    memory: int = 120  # oldest usable past error, steps
    error_half_lives: tuple[float, ...] = (14.0, 28.0)  # of errors behind the intervals, steps: the wider one counts
    weight_half_life: float = 28.0  # of errors behind the weights and the level, steps
    power: float = 2.0  # weights are past mean squared errors to the power -`power`
    depth: int = 28  # ages the level refines and the weights are judged on


CONSTANTS = Constants()


@dataclass(frozen=True, slots=True)
class Estimate:
    """`missing` (K, n, H+1) still to come, coherent; `variance` the same shape: V of its logarithm (counting noise
    apart).
    """

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
    judged: int,
    window: int = 1,
) -> Estimate:
    """Nowcast every issue step `start`..n-1 of the cube `known` (K, n, H+1) with nothing but what was known then.

    `classes` (n + H,) report classes in 0..kinds-1; `period` of the reference step's own pattern (7 or 1); links are
    formed from step `first` on, and past errors are taken from there. Variances are given for steps `judged`..n-1. Counts
    may be sums of the last `window` steps.
    """
    series, n, _ = known.shape
    c = constants
    up = tree.parent
    small = [k > 0 and _mean_total(known[k]) < SMALL_SERIES for k in range(series)]
    parents = set(up)
    memory = delays.POOL * kinds if kinds > 1 else delays.POOL_PLAIN
    bands = np.array(c.bands, dtype=np.int64)
    share = delays.believed(known[0], classes[:n], silent, bands)
    pooled = delays.pooled_links(known[0], classes[:n], kinds, silent, share, memory, first)
    level_ground = np.zeros((n, len(bands) - 1))
    tables: dict[tuple[int, int], tuple[Floats, Floats]] = {}
    missing = np.full_like(known, np.nan)
    for k in range(series):
        candidates: list[Floats] = []
        ahead = np.empty((0, 0))
        for m, last in enumerate(c.members):
            if small[k] and m < len(c.members) - 1 and k not in parents:
                continue
            since = start if small[k] and k not in parents else first
            prior, prior_drift = (pooled, level_ground) if up[k] < 0 else tables[up[k], m]
            table = delays.links(known[k], classes[:n], kinds, silent, share, last, c.strength, prior, since)
            strength = DRIFT_STRENGTH if up[k] < 0 else DRIFT_STRENGTH_PART
            ratio = delays.drift(known[k], table, classes[:n], silent, share, c.span, bands, strength, prior_drift, since)
            if k in parents:
                tables[k, m] = (table, ratio)
            if small[k]:
                ahead = delays.growth(delays.bend(table, ratio, bands, 0.5), classes, silent, since)
                continue
            for carried in c.shares:
                ahead = delays.growth(delays.bend(table, ratio, bands, carried), classes, silent, first)
                candidates.append(np.maximum((known[k] + 0.5) * (ahead - 1.0), 0.0))
        if small[k]:
            missing[k] = _from_parent(known[k], known[up[k]] + missing[up[k]], ahead, c.gap, start)
        else:
            missing[k] = _one_series(known[k], np.stack(candidates), classes[:n], period, c, first, start, window)
    missing[:, start:] = reconcile(tree, missing[:, start:])
    judgeable = missing.copy()  # a first step that is cut would tell of errors that whole ones do not have
    for h in range(min(n, known.shape[2])):
        judgeable[:, h : h + nowcast_level.WHOLE, h] = np.nan
    variance = np.full_like(known, np.nan)
    for k in range(series):
        above = variance[up[k]] if up[k] >= 0 else np.empty((0, 0))
        # errors of the last weeks widen the interval at once when delays change; they narrow it no faster than old ones
        for half_life in c.error_half_lives[-1:] if small[k] else c.error_half_lives:
            found = intervals.variances(
                known[k], judgeable[k], classes[:n], above, c.gap, half_life, c.memory, start, judged
            )
            variance[k] = np.fmax(variance[k], found)
    return Estimate(missing, variance)


def _mean_total(known: Floats) -> float:
    last = known[:, -1]
    return float(np.nanmean(last)) if np.isfinite(last).any() else float(np.nanmean(known[-1]))


def _one_series(
    known: Floats, candidates: Floats, classes: Ints, period: int, c: Constants, first: int, start: int, window: int
) -> Floats:
    """Candidates (M, n, H+1) weighed by their own past, then led by the level as far as counting noise makes them
    uncertain.
    """
    logs = np.log(candidates + LOG_FLOOR)
    plain = np.exp(logs.mean(axis=0)) - LOG_FLOOR
    depth = min(c.depth, known.shape[1])
    weights = past_losses(known, candidates, plain, c.gap, c.weight_half_life, c.memory, depth, first, start)
    weights = (weights + 1e-12) ** -c.power
    weights /= weights.sum(axis=1, keepdims=True)
    missing: Floats = np.maximum(np.exp(np.einsum("im,mih->ih", weights, logs)) - LOG_FLOOR, 0.0)
    seen = nowcast_level.refine(
        known, missing, classes, depth, c.gap, period, c.weight_half_life, c.memory, first, start, window
    )
    raw = missing[:, :depth]
    noise = 1.0 / (1.0 + SYSTEMATIC * np.fmax(raw, seen))
    mixed = np.exp(noise * np.log(seen + LOG_FLOOR) + (1.0 - noise) * np.log(raw + LOG_FLOOR)) - LOG_FLOOR
    mixed = np.where(np.isnan(raw), seen, mixed)
    missing[:, :depth] = np.where(np.isfinite(seen), np.maximum(mixed, 0.0), raw)
    return missing


@njit(cache=True)
def past_losses(
    known: Floats,
    candidates: Floats,
    best: Floats,
    gap: int,
    half_life: float,
    memory: int,
    depth: int,
    first: int,
    start: int,
) -> Floats:
    """Discounted mean squared relative error of the total, (n, M), of `candidates` (M, n, H+1), by what is known by
    each step.

    Targets not yet final are taken as known plus `best` (n, H+1). Equal (1) where nothing can be judged yet.
    """
    n, ages = known.shape
    height = ages - 1
    count = candidates.shape[0]
    out = np.ones((n, count))
    for i in range(start, n):
        total = np.zeros(count)
        weight = 0.0
        for back in range(gap, memory):
            past = i - back
            if past < first:
                break
            w = 0.5 ** (back / half_life)
            for h in range(min(depth, past - nowcast_level.WHOLE + 1)):
                age = h + back
                truth = known[past - h + height, height] if age >= height else known[i, age] + best[i, age]
                if np.isnan(truth) or np.isnan(candidates[0, past, h]):
                    continue
                weight += w
                for m in range(count):
                    e = (known[past, h] + candidates[m, past, h] - truth) / (truth + 5.0)
                    total[m] += w * e * e
        if weight > 0.0:
            out[i] = total / weight
    return out


def _from_parent(known: Floats, whole: Floats, ahead: Floats, gap: int, start: int) -> Floats:
    """Bornhuetter-Ferguson with gamma credibility: a small series' missing part from its share of the parent's total.

    rate = (known + a) / (F + a / mu) and missing = rate (1 - F), with F = 1 / `ahead` the share already reported,
    mu = share x `whole` the expected total, a the reports that this expectation is worth.
    """
    n, ages = known.shape
    total = np.full(n, np.nan)
    above = np.full(n, np.nan)
    out = np.full((n, ages), np.nan)
    for i in range(n):
        if i >= ages - 1:
            total[i - ages + 1], above[i - ages + 1] = known[i, ages - 1], whole[i, ages - 1]
        if i < start:
            continue
        done = np.isfinite(total) & np.isfinite(above)
        mine, theirs = float(total[done][-52:].sum()), float(above[done][-52:].sum())
        young = np.isfinite(known[i, gap:]) & np.isfinite(whole[i, gap:]) & np.isfinite(ahead[i, gap:])
        mine += float(known[i, gap:][young].sum())
        theirs += float((whole[i, gap:] / ahead[i, gap:])[young].sum())
        share = (mine + 0.5) / (theirs + 1.0) if theirs > 0 else 0.0
        mu = np.maximum(share * whole[i], 1e-6)
        seen = 1.0 / ahead[i]
        rate = (known[i] + STRENGTH_OF_SHARE) / (seen + STRENGTH_OF_SHARE / mu)
        out[i] = np.maximum(rate * (1.0 - seen), 0.0)
    return out
