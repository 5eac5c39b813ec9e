"""Online change of level: Bayesian run length with a gamma-Poisson rate (Adams and MacKay 2007, arXiv:0710.3742).

y_t ~ Poisson(rate x exposure_t): the exposure is what was expected, so the rate is 1 while nothing changes and
season or trend raise no alarm. Counts more dispersed than Poisson are scaled down by their dispersion first. At each
week the run length starts anew with probability `hazard`; the rate of a new run has a gamma prior with mean 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]

HAZARD = 1 / 100
PRIOR = 2.0  # shape and rate of the gamma prior of the rate: mean 1, sd 0.7


@dataclass(frozen=True)
class Changes:
    """(S, T): `probability` that a run with a higher rate began in the last `recent` weeks; `rate`: posterior mean
    rate (1 = as expected).
    """

    probability: Floats
    rate: Floats


@njit(cache=True)
def _log_gamma(x: float) -> float:
    """Stirling series after a shift: relative error below 1e-12 for x > 0."""
    shift = 0.0
    while x < 10.0:
        shift -= np.log(x)
        x += 1.0
    square = 1.0 / (x * x)
    tail = (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0))) / x
    return float(shift + (x - 0.5) * np.log(x) - x + 0.9189385332046727 + tail)


@njit(cache=True)
def _run(y: Floats, exposure: Floats, hazard: float, prior: float, recent: int) -> tuple[Floats, Floats]:
    series, weeks = y.shape
    probability = np.full((series, weeks), np.nan)
    rate = np.full((series, weeks), np.nan)
    for s in range(series):
        mass = np.zeros(weeks + 1)
        a = np.full(weeks + 1, prior)
        b = np.full(weeks + 1, prior)
        mass[0] = 1.0
        runs = 1
        for t in range(weeks):
            value, e = y[s, t], exposure[s, t]
            if np.isnan(value) or np.isnan(e) or e <= 0:
                continue
            total = 0.0
            fresh = 0.0
            for r in range(runs - 1, -1, -1):
                log_p = (
                    _log_gamma(a[r] + value)
                    - _log_gamma(a[r])
                    - _log_gamma(value + 1.0)
                    + a[r] * np.log(b[r] / (b[r] + e))
                    + value * np.log(e / (b[r] + e))
                )
                grown = mass[r] * np.exp(log_p)
                fresh += grown * hazard
                mass[r + 1] = grown * (1 - hazard)
                a[r + 1] = a[r] + value
                b[r + 1] = b[r] + e
                total += grown
            a[0], b[0] = prior, prior
            mass[0] = fresh
            runs += 1
            if total <= 0:
                mass[:] = 0.0
                mass[0] = 1.0
                runs = 1
                continue
            before = 0.0
            weight = 0.0
            mean = 0.0
            for r in range(runs):
                mass[r] /= total
                mean += mass[r] * a[r] / b[r]
                if r > recent:
                    before += mass[r] * a[r] / b[r]
                    weight += mass[r]
            base = before / weight if weight > 1e-12 else 1.0
            up = 0.0
            for r in range(1, min(recent + 1, runs)):
                if a[r] / b[r] > base:
                    up += mass[r]
            probability[s, t] = up
            rate[s, t] = mean
    return probability, rate


def changes(
    counts: npt.ArrayLike,
    exposure: npt.ArrayLike,
    *,
    dispersion: npt.ArrayLike = 1.0,
    hazard: float = HAZARD,
    recent: int = 4,
) -> Changes:
    """Changes of counts (S, T) against their expectation (S, T); dispersion (S,) or one. NaN where either is
    missing.
    """
    y = np.atleast_2d(np.asarray(counts, dtype=np.float64))
    scale = np.maximum(np.broadcast_to(np.asarray(dispersion, dtype=np.float64), (y.shape[0],)), 1.0)[:, None]
    e = np.broadcast_to(np.asarray(exposure, dtype=np.float64), y.shape)
    found = _run(np.ascontiguousarray(y / scale), np.ascontiguousarray(e / scale), hazard, PRIOR, recent)
    return Changes(*found)
