"""How wide a forecast is: its own past errors, on the scale where counts have a constant variance, pooled where few.

Errors u(y) - u(forecast) with u = 2 sqrt(y + 3/8) (counts) or log(1 + y) (money) are taken from rolling origins.
Each series' mean square is shrunk towards its level's, standardised errors are pooled within a level, and their
quantiles (a split conformal set; Vovk et al. 2005) give the interval. A level whose past intervals held too often gets
narrower ones, one that missed too often wider ones (`_tracked`). A gamma-Poisson predictive from the last half year is a
floor for its width: a year of zeros gives "0, but up to so many", not "0".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import gamma, nbinom

Floats = npt.NDArray[np.float64]

ORIGINS = 78  # rolling origins looked back
HALF_LIFE = 20.0  # origins after which an error counts half
SHRINK = 12.0  # a level's mean square counts as so many own errors
FEW = 60  # standardised errors below which a level borrows from all levels
TRACKED = 0.1  # by how much (log) an origin outside its interval widens a level's; one inside narrows it by a nineteenth of that
MOST_TRACKED = 0.7  # the widest and narrowest the tracking may go: twice and half
PRIOR_SHAPE = 0.5  # Jeffreys' prior of the gamma-Poisson floor
GRID = np.concatenate([[0.005, 0.0125, 0.025], np.arange(0.05, 0.951, 0.05), [0.975, 0.9875, 0.995]])


def up(y: Floats, kind: str) -> Floats:
    """Counts to 2 sqrt(y + 3/8), money to log(1 + y)."""
    return np.asarray(np.log1p(np.maximum(y, 0.0)) if kind == "damage" else 2.0 * np.sqrt(np.maximum(y, 0.0) + 0.375))


def down(z: Floats, kind: str) -> Floats:
    """The inverse of `up`, never below zero."""
    if kind == "damage":
        return np.asarray(np.expm1(np.clip(z, 0.0, 60.0)))
    return np.asarray(np.maximum((np.maximum(z, 0.0) / 2.0) ** 2 - 0.375, 0.0))


@dataclass(frozen=True)
class Spread:
    """`scale` (N, H): error size on the transformed scale; `shape` (N, G): standardised error quantiles on GRID;
    `errors`: (N,) how many.
    """

    scale: Floats
    shape: Floats
    errors: npt.NDArray[np.int64]


def spread(values: Floats, levels: Floats, group: npt.NDArray[np.int64], horizon: int, kind: str) -> Spread:
    """Learn the errors of the rolling forecasts `levels` (N, T + 1; column t made from t columns) on `values` (N,
    T).

    `group` (N,): level of each series in the hierarchy. Needs no minimum: without errors the scale is that of a
    doubling.
    """
    series, periods = values.shape
    first = max(periods - ORIGINS - horizon, min(8, periods))
    origins = np.arange(first, periods)
    errors = np.full((series, horizon, max(origins.size, 1)), np.nan)
    for h in range(horizon):
        at = origins[origins + h < periods]
        errors[:, h, : at.size] = up(values[:, at + h], kind) - up(levels[:, at], kind)
    seen = np.isfinite(errors)
    discount = 0.5 ** ((periods - 1 - origins) / HALF_LIFE) if origins.size else np.ones(1)
    weight = seen * discount
    squares = weight * np.where(seen, errors, 0.0) ** 2
    count = weight.sum(axis=(1, 2))
    own = squares.sum(axis=(1, 2))
    fallback = 0.7**2 if kind == "damage" else 2.0**2
    scale2 = np.empty(series)
    growth = np.ones((series, horizon))
    for g in np.unique(group):
        inside = group == g
        total = count[inside].sum()
        pool = (own[inside].sum() + fallback) / (total + 1.0)
        scale2[inside] = (own[inside] + SHRINK * pool) / (count[inside] + SHRINK)
        number = weight[inside].sum(axis=(0, 2))
        if (seen[inside].sum(axis=(0, 2)) >= 20).all():
            by_step = squares[inside].sum(axis=(0, 2)) / number
            if by_step.mean() > 0:
                growth[inside] = np.maximum(np.sqrt(np.maximum.accumulate(by_step) / by_step.mean()), 0.5)
    scale = np.sqrt(np.maximum(scale2, 1e-6))[:, None] * growth
    standard = errors / scale[:, :, None]
    heft = np.broadcast_to(discount, standard.shape)
    shape = np.empty((series, GRID.size))
    for g in np.unique(group):
        inside = group == g
        pooled = inside if seen[inside].any(axis=1).sum() >= FEW else np.ones(series, dtype=bool)
        shape[inside] = _quantiles(standard[pooled][seen[pooled]], heft[pooled][seen[pooled]])
    return Spread(scale * _tracked(standard, shape, group)[:, None], shape, seen.sum(axis=(1, 2)))


def _tracked(standard: Floats, shape: Floats, group: npt.NDArray[np.int64]) -> Floats:
    """(N,) factor of each series' scale after its level's 95 % intervals were followed through the past origins.

    standard (N, H, O): standardised errors by origin, NaN where unknown; shape (N, G). After each origin the factor's
    logarithm moves by TRACKED x (share outside - 0.05): adaptive conformal inference (Gibbs and Candes 2021, NeurIPS)
    on the scale. Calm and wild years follow each other, and a pool of past errors answers to a change a year late.
    """
    low, high = (int(np.flatnonzero(level == GRID)[0]) for level in (0.025, 0.975))
    out = np.empty(standard.shape[0])
    for g in np.unique(group):
        z, ends = standard[group == g], shape[group == g]
        log = 0.0
        for t in range(z.shape[2]):
            now = z[:, :, t]
            known = np.isfinite(now)
            if known.any():
                factor = np.exp(log)
                outside = (now < factor * ends[:, low, None]) | (now > factor * ends[:, high, None])
                log += TRACKED * (float(outside[known].mean()) - 0.05)
                log = min(max(log, -MOST_TRACKED), MOST_TRACKED)
        out[group == g] = np.exp(log)
    return out


def _quantiles(z: Floats, weight: Floats) -> Floats:
    """Weighted quantiles of standardised errors on GRID, outward by the (n + 1) rule; normal ones where there are
    few.

    Recent errors weigh more: conformal sets beyond exchangeability (Barber, Candes, Ramdas and Tibshirani 2023, Ann.
    Statist. 51(2)).
    """
    from scipy.special import ndtri

    if z.size < 40:
        return np.asarray(ndtri(GRID) * 1.3)
    order = np.argsort(z)
    w = weight[order] / weight.sum()
    effective = weight.sum() ** 2 / (weight**2).sum()
    outward = np.clip(0.5 + (GRID - 0.5) * (effective + 1) / effective, 0.0, 1.0)
    return np.asarray(np.interp(outward, np.cumsum(w) - w / 2, z[order]))


def floor(values: Floats, last: int = 26) -> tuple[Floats, Floats]:
    """Gamma-Poisson predictive of one period from the last `last` seen ones: shape (N,) and success probability (N,)
    of scipy's nbinom.
    """
    recent = values[:, -last:]
    seen = np.isfinite(recent)
    return np.where(seen, recent, 0.0).sum(axis=1) + PRIOR_SHAPE, seen.sum(axis=1) / (seen.sum(axis=1) + 1.0)


def widen(quantiles: Floats, levels: Floats, values: Floats) -> Floats:
    """Upper quantiles (N, H, L) no lower, lower ones no higher than the gamma-Poisson floor where the counts are
    small.
    """
    shape, probability = floor(values)
    out = quantiles.copy()
    small = shape < 5 * np.maximum(np.isfinite(values[:, -26:]).sum(axis=1), 1)
    for k, level in enumerate(levels):
        with np.errstate(invalid="ignore"):
            limit = np.where(probability > 0, nbinom.ppf(level, shape, np.clip(probability, 1e-9, 1 - 1e-9)), np.nan)
        if level > 0.5:  # never a certain zero: at least what the rate itself may be
            limit = np.maximum(limit, gamma.ppf(level, shape) * (1 - probability) / np.maximum(probability, 1e-9))
        limit = np.where(small & np.isfinite(limit), limit, np.inf if level < 0.5 else -np.inf)[:, None]
        if level > 0.5:
            out[:, :, k] = np.maximum(out[:, :, k], limit)
        elif level < 0.5:
            out[:, :, k] = np.minimum(out[:, :, k], limit)
    return out
