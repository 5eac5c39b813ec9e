"""How wrong a nowcast may be: variance of the missing part learned from the method's own past revisions, and quantiles.

At issue step i the nowcast made at i' < i for the same age is compared with today's best estimate of the same target.
Today's estimate is itself uncertain: its own variance (an older age, so already known in a descending recursion) is
added,
which makes errors usable long before a target is final. On the log scale of the missing part M the variance is
V + 1 / M: V is the method's error, 1 / M counting noise. What counting adds to a past squared error is taken off exactly: with
log(count + 1/2) (Gart and Zweifel 1967, "On the bias of various estimators of the logit and its variance") it is 1 / (M + 1) for
many, but half as much again where two are missing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy import stats

from izker.outlook.delays import Floats, Ints

CLIP = 3.0
START = 0.3  # variance where no past error exists yet: a factor of 3 either way
PRIOR_WEIGHT = 1.0  # past errors that the parent's variance is worth
HALF_INFORMATIVE = 5.0  # a past error of a missing part this small tells half as much about V
LASTING = 4.0  # a sign of errors that lasts tells of a drift which past errors do not yet show in full
RANDOM = 0.25  # share of the mean square that the squared mean of errors takes by chance, neighbours erring alike
FREEDOM = 8.0
RMS = (1.0 - 2.0 / FREEDOM) ** 0.5  # Student scaled to variance 1
CLASS_WEIGHT = 0.5
SMALL, LARGE = 10.0, 40.0  # below: negative binomial; above: log Student; between: both, mixed
ROOT = 0.25  # step of the square root of M at which counting noise is tabulated
MOST_ROOT = 10.0  # beyond M = 100 it is 1 / (M + 1) to within 2 %


def _noise_table() -> Floats:
    """(M + 1) E[e^2] at M = 0, ROOT^2, (2 ROOT)^2, ...: e = log((Y + 1/2) / (M + 1/2)), clipped as errors are, Y Poisson of mean M."""
    mean = np.arange(0.0, MOST_ROOT + ROOT, ROOT)[:, None] ** 2
    count = np.arange(3.0 * MOST_ROOT**2)
    e = np.clip(np.log((count + 0.5) / (mean + 0.5)), -CLIP, CLIP)
    return np.asarray((mean[:, 0] + 1.0) * (stats.poisson.pmf(count, mean) * e * e).sum(axis=1))


NOISE = _noise_table()


@njit(cache=True)
def counting_noise(missing: float) -> float:
    """What counting alone adds to the squared log error of a missing part of `missing`."""
    place = min(np.sqrt(missing) / ROOT, NOISE.size - 1.0)
    low = min(int(place), NOISE.size - 2)
    between = NOISE[low] + (place - low) * (NOISE[low + 1] - NOISE[low])
    return float(between / (missing + 1.0))


@njit(cache=True)
def variances(
    known: Floats,
    missing: Floats,
    classes: Ints,
    parent: Floats,
    gap: int,
    half_life: float,
    memory: int,
    first: int,
    start: int,
) -> Floats:
    """V (n, H+1) of one series for issue steps `start`..n-1; `parent` the same of its parent, or shape (0, 0).

    V is the discounted mean of past squared log errors, counting noise taken off. Delays that change give errors of one
    sign: what their squared mean exceeds the share that chance would give is added `LASTING` times.
    """
    n, ages = known.shape
    height = ages - 1
    out = np.full((n, ages), np.nan)
    for i in range(start, n):
        for h in range(height, -1, -1):
            if h == height:
                out[i, h] = 0.0
                continue
            prior = parent[i, h] if parent.shape[0] > 0 and not np.isnan(parent[i, h]) else START
            total, weight, lean = 0.0, 0.0, 0.0
            for back in range(gap, memory):
                past = i - back
                if past < first:
                    break
                made = missing[past, h]
                age = h + back
                extra = 0.0
                if age >= height:
                    best = known[past - h + height, height]
                else:
                    best = known[i, age] + missing[i, age]
                    extra = (out[i, age] * missing[i, age] + 1.0) * missing[i, age]
                if np.isnan(best) or np.isnan(made) or np.isnan(extra):
                    continue
                came = max(best - known[past, h] + 0.5, 0.25)
                e = min(max(np.log(came / (made + 0.5)), -CLIP), CLIP)
                w = 0.5 ** (back / half_life)
                if classes[past] != classes[i]:
                    w *= CLASS_WEIGHT
                w *= (made + 0.5) / (made + HALF_INFORMATIVE)
                # today's doubt is relative to what came: relative to `made` it would swamp e where far more came than was foretold
                total += w * (e * e + extra / (came * came) - counting_noise(made))
                weight += w
                lean += w * e
            # the whole has no parent: its start is a guess, forgotten as soon as errors are there
            worth = PRIOR_WEIGHT if parent.shape[0] > 0 else PRIOR_WEIGHT / (1.0 + weight) ** 2
            out[i, h] = max((total + worth * prior) / (weight + worth), 0.0)
            lean = (lean / (weight + worth)) ** 2
            out[i, h] += LASTING * max(lean - RANDOM * out[i, h], 0.0)
    return out


def quantiles(known: Floats, missing: Floats, variance: Floats, levels: npt.ArrayLike) -> Floats:
    """Quantiles (..., L) of the total: `known` plus a missing part around `missing` with log-variance `variance` + 1/M.

    Large missing parts: log Student scaled to that variance, median `missing`. Small ones: negative binomial with mean
    `missing` and variance M + V M^2. NaN where any input is NaN.
    """
    tau = np.asarray(levels, dtype=np.float64)
    m = np.maximum(missing, 0.0)[..., None]
    v = np.minimum(variance, 4.0)[..., None]
    spread = np.sqrt(v + 1.0 / (m + 1.0))
    z = stats.t.ppf(tau, FREEDOM) * RMS
    wide = np.maximum((m + 0.5) * np.exp(spread * z) - 0.5, 0.0)
    share = np.clip((m - SMALL) / (LARGE - SMALL), 0.0, 1.0)
    small = np.isfinite(m[..., 0]) & np.isfinite(v[..., 0]) & (m[..., 0] < LARGE)
    counts = np.zeros_like(wide)
    if small.any():
        mean = np.maximum(m[small], 1e-9)
        size = 1.0 / np.maximum(v[small], 1e-6)
        counts[small] = stats.nbinom.ppf(tau, size, size / (size + mean))
    mixed = np.where(share < 1.0, share * wide + (1.0 - share) * counts, wide)
    return np.asarray(known[..., None] + mixed)
