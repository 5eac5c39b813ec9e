"""The level behind the counts: Poisson kriging with a power variogram, so that a young age leans on its elders.

Known counts C_h of the ages h of one issue step are Poisson with mean F_h exp(s_h) f_h exp(y_h): F_h the share that the
links say is reported, s_h the error of its logarithm, f_h the factor of the weekday, y_h the log level. Errors of one issue
step go together (a slow report day lowers them all): Cov(s) is learned from past issue steps, counting noise taken off. y is
an intrinsic random field with semivariance a m^p over m steps, a and p fitted to mature totals, their counting noise taken
off: p near 0 is noise about a level (then a young age is shrunk to the recent level, as Bornhuetter-Ferguson does), p = 1 a
random walk, p near 2 a straight trend. The posterior mode is found by Newton steps, each a kriging (Matheron 1963; Cressie
1993, ch. 3) of working counts (Diggle, Tawn and Moyeed 1998, "Model-based geostatistics"). What is still to come is
exp(y) f (1 - F exp(s)): with many counts the level less what is known, with few the level's own unreported share.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from izker.outlook.delays import Floats, Ints

LAGS = 8  # the variogram is fitted on 1..8 steps
SPAN = 49  # over this many steps of mature totals
POWERS = (0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8)
LEAST_SCALE = 1e-5
OFF_DIAGONAL = 0.9  # share of the error covariances that is believed
CLASS_WEIGHT = 0.5  # weight of past errors made on another weekday than today's
NEWTON = 6
WHOLE = 1  # oldest reference step that is judged: a table mostly begins within a step, so its first one is cut


@njit(cache=True)
def _total(known: Floats, missing: Floats, issue: int, ref: int) -> float:
    """Best estimate at `issue` of the total of reference step `ref`; final ones as last known at age H; NaN before
    `WHOLE`.
    """
    height = known.shape[1] - 1
    age = issue - ref
    if ref < WHOLE:
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
def _share(known: float, missing: float) -> float:
    """Share reported by the links: they multiply the known count and a half."""
    return (known + 0.5) / (known + 0.5 + missing)


@njit(cache=True)
def _errors(
    known: Floats,
    missing: Floats,
    classes: Ints,
    i: int,
    depth: int,
    gap: int,
    half_life: float,
    memory: int,
    first: int,
) -> Floats:
    """Covariance (depth, depth) of log errors of the reported shares, as judged at issue step `i`, counting noise taken off."""
    cov = np.zeros((depth, depth))
    weight = np.zeros((depth, depth))
    noise = np.zeros(depth)
    e = np.empty(depth)
    # a table younger than its delays could not know the late links: what it missed then is no error of today's shares
    settled = max(first, min(known.shape[1] - 1, i // 2) // 2)
    for back in range(gap, memory):
        past = i - back
        if past < settled:
            break
        w = 0.5 ** (back / half_life)
        if classes[past] != classes[i]:
            w *= CLASS_WEIGHT
        for h in range(depth):
            best = _total(known, missing, i, past - h)
            made = known[past, h] + missing[past, h]
            e[h] = np.log((max(made, 0.0) + 0.5) / (max(best, 0.0) + 0.5))
            if not np.isnan(e[h]):
                share = _share(known[past, h], missing[past, h])
                noise[h] += w * (1.0 - share) / (share * (max(best, 0.0) + 1.0))
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
            cov[h, g] = cov[h, g] / weight[h, g] if weight[h, g] > 0.0 else unknown
    # each age keeps the part of its error that counting does not explain, and so do its covariances
    keep = np.ones(depth)
    for h in range(depth):
        if weight[h, h] > 0.0:
            left = max(cov[h, h] - noise[h] / weight[h, h], 0.0)
            keep[h] = np.sqrt(left / (cov[h, h] + 1e-12))
    for h in range(depth):
        for g in range(h + 1):
            value = cov[h, g] * keep[h] * keep[g]
            value = value + 1e-7 if g == h else value * OFF_DIAGONAL
            cov[h, g] = value
            cov[g, h] = value
    return cov


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
    window: int,
) -> Floats:
    """What is still to come by the kriged level of one series, (n, depth), for issue steps `start`..n-1 (NaN before).

    `known`, `missing` (n, H+1); ages 0..depth-1 are refined; errors come from issue steps >= `first` at least `gap` steps
    old, weight halving every `half_life` steps. Counts are sums of the last `window` steps, so that the counting noise of
    neighbours is shared. A NaN in `missing` (nothing published yet) is filled from the level.
    """
    n = known.shape[0]
    out = np.full((n, depth), np.nan)
    for i in range(start, n):
        factor = season(known, missing, i, gap, period)
        counts, exposure, share = np.zeros(depth), np.zeros(depth), np.zeros(depth)
        have = np.zeros(depth, dtype=np.bool_)
        for h in range(depth):
            have[h] = i - h >= WHOLE and not np.isnan(known[i, h] + missing[i, h])
            if have[h]:
                share[h] = _share(known[i, h], missing[i, h])
                counts[h] = max(known[i, h], 0.0)
                exposure[h] = share[h] * factor[(i - h) % period]
        if have.sum() < 2:
            continue
        mean = np.log((counts.sum() + 0.5) / exposure.sum())
        errors = _errors(known, missing, classes, i, depth, gap, half_life, memory, first)
        scale, power = _variogram(known, missing, i, gap, factor, period, window)
        far = 10.0 * scale * (3.0 * depth) ** power
        field = np.empty((depth, depth))
        for h in range(depth):
            for g in range(depth):
                field[h, g] = far - scale * abs(h - g) ** power
            if not have[h]:
                errors[h, :] = 0.0
                errors[:, h] = 0.0
        both = field + errors
        u = np.full(depth, mean)
        solved = np.zeros(depth)
        for _ in range(NEWTON):
            noisy = both.copy()
            z = np.zeros(depth)
            expected = exposure * np.exp(u) + 1e-9
            for h in range(depth):
                if not have[h]:
                    noisy[h, h] += 1e6
                    continue
                z[h] = u[h] - mean + (counts[h] - expected[h]) / expected[h]
                for g in range(max(h - window + 1, 0), min(h + window, depth)):
                    if have[g]:
                        noisy[h, g] += (1.0 - abs(h - g) / window) / np.sqrt(expected[h] * expected[g])
            solved[:] = np.linalg.solve(noisy, z)
            step = mean + both @ solved - u
            for h in range(depth):
                u[h] += min(max(step[h], -2.0), 2.0)
        y = field @ solved
        s = errors @ solved
        for h in range(depth):
            if i - h >= WHOLE and not np.isnan(known[i, h]):
                total = np.exp(mean + y[h]) * factor[(i - h) % period]
                done = min(share[h] * np.exp(s[h]), 1.0) if have[h] else min(known[i, h] / total, 1.0)
                out[i, h] = total * (1.0 - done)
    return out


@njit(cache=True)
def _variogram(
    known: Floats, missing: Floats, i: int, gap: int, factor: Floats, period: int, window: int
) -> tuple[float, float]:
    """Scale and power of the semivariance of the log level, from totals of ages `gap`.. at issue step `i`, recent ones
    weighing more; counting noise taken off; least squares of relative errors over `POWERS`.
    """
    lags, gamma, size, used = np.zeros(LAGS), np.zeros(LAGS), np.zeros(LAGS), 0
    for lag in range(1, LAGS + 1):
        total, noise, weight = 0.0, 0.0, 0.0
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
            noise += w * 2.0 / (0.5 * (max(u, 0.0) + max(v, 0.0)) + 0.5)
            weight += w
        if weight > 0.0:
            lags[used] = float(lag)
            gamma[used] = 0.5 * (total - noise * min(lag / window, 1.0)) / weight
            size[used] = 0.5 * total / weight + 1e-6
            used += 1
    if used < 3:
        return 0.05, 1.0
    best, scale, power = np.inf, LEAST_SCALE, 1.0
    for p in POWERS:
        top, bottom = 0.0, 0.0
        for q in range(used):
            x = lags[q] ** p / size[q]
            top += x * gamma[q] / size[q]
            bottom += x * x
        a = max(top / bottom, LEAST_SCALE)
        loss = 0.0
        for q in range(used):
            loss += ((gamma[q] - a * lags[q] ** p) / size[q]) ** 2
        if loss < best:
            best, scale, power = loss, a, p
    return scale, power
