"""The level behind the counts: power-variogram kriging of chain-ladder totals, so that a young age leans on its elders.

Chain-ladder totals of one issue step err together (a slow report day lowers them all). With x_h the log total of age h,
e_h its error and y_h the truth, x = y + e. Cov(e) is learned from past issue steps; y is an intrinsic random field with
semivariance a m^p over m steps, a and p fitted to mature totals: p near 0 is noise about a level (then a young age is
shrunk to the recent level, as Bornhuetter-Ferguson does), p = 1 a random walk, p near 2 a straight trend. The kriging
predictor (Matheron 1963; Cressie 1993, ch. 3) is C (C + Cov e)^-1 (x - mean) with C = const - a m^p.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from izker.outlook.delays import Floats, Ints

LAGS = 8  # the variogram is fitted on 1..8 steps
SPAN = 49  # over this many steps of mature totals
POWER_LOW, POWER_HIGH = 0.2, 1.9
OFF_DIAGONAL = 0.9  # share of the error covariances that is believed
CLASS_WEIGHT = 0.5  # weight of past errors made on another weekday than today's


@njit(cache=True)
def _total(known: Floats, missing: Floats, issue: int, ref: int) -> float:
    """Best estimate at `issue` of the total of reference step `ref`; final ones as last known at age H."""
    height = known.shape[1] - 1
    age = issue - ref
    if ref < 0:
        return np.nan
    if age >= height:
        return float(known[ref + height, height])
    return float(known[issue, age] + missing[issue, age])


@njit(cache=True)
def season(known: Floats, missing: Floats, issue: int, mature: int, period: int) -> Floats:
    """Factors of the reference step within its period (weekday of occurrence), (period,), by `ref % period`; mean 1
    in logs.

    Ratio of mature totals to the mean of the period around them, over eight periods, shrunk by 20 counts towards 1.
    """
    factor = np.ones(period)
    if period == 1:
        return factor
    seen = np.full(period, 20.0)
    expected = np.full(period, 20.0)
    half = period // 2
    for ref in range(issue - mature - 8 * period, issue - mature + 1):
        if ref - half < 0 or ref + half > issue - 1:
            continue
        around, whole = 0.0, True
        for step in range(-half, half + 1):
            value = _total(known, missing, issue, ref + step)
            if np.isnan(value):
                whole = False
                break
            around += value / period
        if whole:
            seen[ref % period] += _total(known, missing, issue, ref)
            expected[ref % period] += around
    mean = 0.0
    for c in range(period):
        factor[c] = max(seen[c], 0.5) / expected[c]
        mean += np.log(factor[c]) / period
    scaled: Floats = factor / np.exp(mean)
    return scaled


@njit(cache=True)
def refine(
    known: Floats,
    missing: Floats,
    classes: Ints,
    depth: int,
    gap: int,
    period: int,
    half_life: float,
    memory: int,
    first: int,
    start: int,
) -> Floats:
    """Kriged totals of one series, (n, depth), for issue steps `start`..n-1 (NaN before).

    `known`, `missing` (n, H+1); ages 0..depth-1 are refined; errors come from issue steps >= `first` at least `gap`
    steps
    old, weight halving every `half_life` steps. A NaN in `missing` (nothing published yet) is filled from the level.
    """
    n = known.shape[0]
    out = np.full((n, depth), np.nan)
    for i in range(start, n):
        factor = season(known, missing, i, gap, period)
        x = np.empty(depth)
        have = np.zeros(depth, dtype=np.bool_)
        count = 0
        mean = 0.0
        for h in range(depth):
            total = known[i, h] + missing[i, h]
            have[h] = i - h >= 0 and not np.isnan(total)
            x[h] = np.log(max(total, 0.0) + 0.5) - np.log(factor[(i - h) % period]) if have[h] else 0.0
            if have[h]:
                mean += x[h]
                count += 1
        if count < 2:
            continue
        mean /= count
        cov = np.zeros((depth, depth))
        weight = np.zeros((depth, depth))
        e = np.empty(depth)
        for back in range(gap, memory):
            past = i - back
            if past < first:
                break
            w = 0.5 ** (back / half_life)
            if classes[past] != classes[i]:
                w *= CLASS_WEIGHT
            for h in range(depth):
                best = _total(known, missing, i, past - h)
                made = known[past, h] + missing[past, h]
                e[h] = np.log((max(made, 0.0) + 0.5) / (max(best, 0.0) + 0.5))
            for h in range(depth):
                if np.isnan(e[h]):
                    continue
                for g in range(h + 1):
                    if not np.isnan(e[g]):
                        cov[h, g] += w * e[h] * e[g]
                        weight[h, g] += w
        for h in range(depth):
            for g in range(h + 1):
                unknown = 0.1 if g == h else 0.0
                value = cov[h, g] / weight[h, g] if weight[h, g] > 0.0 else unknown
                value = value + 1e-7 if g == h else value * OFF_DIAGONAL
                cov[h, g] = value
                cov[g, h] = value
        for h in range(depth):
            if not have[h]:
                cov[h, :] = 0.0
                cov[:, h] = 0.0
                cov[h, h] = 1e6
                x[h] = mean
        scale, power = _variogram(known, missing, i, gap, factor, period)
        far = 10.0 * scale * (3.0 * depth) ** power
        field = np.empty((depth, depth))
        for h in range(depth):
            for g in range(depth):
                field[h, g] = far - scale * abs(h - g) ** power
        smoother = np.linalg.solve(field + cov, field).T
        y = mean + smoother @ (x - mean)
        for h in range(depth):
            if i - h >= 0 and not np.isnan(known[i, h]):
                # log(count + 1/2) is unbiased for the log of a Poisson mean: the half goes back only as far as the
                # count
                # itself, not the level, speaks
                half = 0.5 * min(max(smoother[h, h], 0.0), 1.0)
                out[i, h] = max(np.exp(y[h]) * factor[(i - h) % period] - half, known[i, h])
    return out


@njit(cache=True)
def _variogram(known: Floats, missing: Floats, i: int, gap: int, factor: Floats, period: int) -> tuple[float, float]:
    """Scale and power of the semivariance of log totals of ages `gap`.. at issue step `i`, recent ones weighing
    more.
    """
    sx, sy, sxx, sxy, used = 0.0, 0.0, 0.0, 0.0, 0
    for lag in range(1, LAGS + 1):
        total, weight = 0.0, 0.0
        for age in range(gap, gap + SPAN):
            young, old = i - age, i - age - lag
            if old < 0:
                break
            u = _total(known, missing, i, young)
            v = _total(known, missing, i, old)
            if np.isnan(u) or np.isnan(v):
                continue
            d = np.log((max(u, 0.0) + 0.5) / (max(v, 0.0) + 0.5)) - np.log(
                factor[young % period] / factor[old % period]
            )
            w = 0.5 ** ((age - gap) / 28.0)
            total += w * d * d
            weight += w
        if weight > 0.0:
            lx, ly = np.log(float(lag)), np.log(0.5 * total / weight + 1e-6)
            sx += lx
            sy += ly
            sxx += lx * lx
            sxy += lx * ly
            used += 1
    if used < 3:
        return 0.05, 1.0
    power = (used * sxy - sx * sy) / (used * sxx - sx * sx)
    power = min(max(power, POWER_LOW), POWER_HIGH)
    return np.exp((sy - power * sx) / used), power
