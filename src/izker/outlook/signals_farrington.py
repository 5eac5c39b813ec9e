"""Farrington flexible and EARS: upper bounds of weekly counts, written from the papers.

Farrington, Andrews, Beale and Catchpole 1996 (J. R. Stat. Soc. A 159); Noufaily et al. 2013 (Stat. Med. 32(7));
Salmon, Schumacher and Hoehle 2016 (J. Stat. Softw. 70(10)). Model of the past: quasi-Poisson, log mean = level of
the season (a factor: 2w+1 reference weeks around the same date of each of b years, the rest of the year cut into p-1
equal parts) + slope x week; the last 26 weeks are left out, so that an outbreak under way is not taken for normal;
weeks with a large Anscombe residual are downweighted. The factor's columns do not overlap, so each weighted fit is
exact in one pass: level means and a common slope, no matrix.

`r_compat=True` repeats what the R package does with its standard error: the weights of the fit are replaced before
the prediction, so its dispersion is sum(omega ((y - mu) / mu)^2) / df, and the dispersions use the working weights
of the last but one iteration. `False` uses Pearson's dispersion throughout; alarms hardly differ, bounds by up to a
few tenths.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy.stats import nbinom, norm, poisson

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

EPSILON = 1e-8  # relative change of deviance at which a fit has converged
ROUNDS = 25


@dataclass(frozen=True)
class Bounds:
    """(S, T) each: NaN where the series has no history. `alarm` is False there: no data is no alarm."""

    expected: Floats
    bound: Floats
    score: Floats
    alarm: Bools


@njit(cache=True)
def _glm(
    y: Floats, when: Floats, group: Ints, weight: Floats, groups: int, trend: bool, at: float
) -> tuple[Floats, Floats, Floats, float, float, bool]:
    """Weighted Poisson log-linear fit by iterated least squares.

    Returns means (n,), working weights of the last step (n,), leverages (n,), predicted log mean and its unscaled
    variance in group 0 at time `at`, converged.
    """
    n = y.size
    mu = y + 0.1
    working = np.empty(n)
    z = np.empty(n)
    total = np.zeros(groups)
    mean_z = np.zeros(groups)
    mean_t = np.zeros(groups)
    slope = 0.0
    spread = 1.0
    before = 0.0
    for i in range(n):
        before += weight[i] * ((y[i] * math.log(y[i] / mu[i]) if y[i] > 0 else 0.0) - (y[i] - mu[i]))
    before *= 2
    converged = False
    for _round in range(ROUNDS):
        total[:] = 0.0
        mean_z[:] = 0.0
        mean_t[:] = 0.0
        for i in range(n):
            working[i] = weight[i] * mu[i]
            z[i] = math.log(mu[i]) + (y[i] - mu[i]) / mu[i]
            g = group[i]
            total[g] += working[i]
            mean_z[g] += working[i] * z[i]
            mean_t[g] += working[i] * when[i]
        for g in range(groups):
            if total[g] > 0:
                mean_z[g] /= total[g]
                mean_t[g] /= total[g]
        slope = 0.0
        spread = 0.0
        if trend:
            cross = 0.0
            for i in range(n):
                apart = when[i] - mean_t[group[i]]
                spread += working[i] * apart * apart
                cross += working[i] * apart * (z[i] - mean_z[group[i]])
            if spread > 0:
                slope = cross / spread
        now = 0.0
        for i in range(n):
            g = group[i]
            eta = min(mean_z[g] + slope * (when[i] - mean_t[g]), 700.0)
            mu[i] = math.exp(eta)
            now += weight[i] * ((y[i] * (math.log(y[i]) - eta) if y[i] > 0 else 0.0) - (y[i] - mu[i]))
        now *= 2
        if abs(now - before) / (abs(now) + 0.1) < EPSILON:
            converged = True
            break
        before = now
    leverage = np.empty(n)
    for i in range(n):
        g = group[i]
        leverage[i] = working[i] / total[g]
        if trend and spread > 0:
            leverage[i] += working[i] * (when[i] - mean_t[g]) ** 2 / spread
    prediction = mean_z[0] + slope * (at - mean_t[0])
    variance = 1.0 / total[0] if total[0] > 0 else math.nan
    if trend and spread > 0:
        variance += (at - mean_t[0]) ** 2 / spread
    return mu, working, leverage, prediction, variance, converged


@njit(cache=True)
def _fit(
    y: Floats, when: Floats, group: Ints, groups: int, trend: bool, at: float, limit: float, compat: bool
) -> tuple[float, float, float, bool]:
    """Mean, dispersion (at least 1) and standard error of the mean at `at` after reweighting; whether both fits
    converged.
    """
    n = y.size
    used = 0
    for g in range(groups):
        if (group == g).any():
            used += 1
    freedom = n - used - (1 if trend else 0)
    ones = np.ones(n)
    if freedom <= 0 or not (group == 0).any():
        return math.nan, math.nan, math.nan, False
    mu, working, leverage, _p, _v, first = _glm(y, when, group, ones, groups, trend, at)
    dispersion = 0.0
    for i in range(n):
        r = (y[i] - mu[i]) / mu[i]
        dispersion += (working[i] if compat else mu[i]) * r * r
    dispersion = max(dispersion / freedom, 1.0)
    omega = np.ones(n)
    total = 0.0
    for i in range(n):
        root = math.sqrt(max(dispersion * (1.0 - leverage[i]), 1e-12))
        s = 1.5 * (y[i] ** (2.0 / 3.0) * mu[i] ** (-1.0 / 6.0) - math.sqrt(mu[i])) / root
        if s > limit:
            omega[i] = 1.0 / (s * s)
        total += omega[i]
    omega *= n / total
    mu, working, leverage, prediction, variance, second = _glm(y, when, group, omega, groups, trend, at)
    pearson = 0.0
    plain = 0.0
    for i in range(n):
        r = (y[i] - mu[i]) / mu[i]
        pearson += (working[i] if compat else omega[i] * mu[i]) * r * r
        plain += omega[i] * r * r
    pearson /= freedom
    mean = math.exp(min(prediction, 700.0))
    error = mean * math.sqrt(variance * (plain / freedom if compat else max(pearson, 1.0)))
    return mean, max(pearson, 1.0), error, first and second


@njit(cache=True)
def _run(
    counts: Floats,
    targets: Ints,
    starts: Ints,
    ends: Ints,
    groups_at: Ints,
    groups: int,
    trend: bool,
    limit: float,
    compat: bool,
) -> Floats:
    """(S, K, 3): mean, dispersion, standard error for each series and target week; groups_at (K, T), -1 outside the
    past.
    """
    series = counts.shape[0]
    out = np.full((series, targets.size, 3), np.nan)
    for k in range(targets.size):
        start, end = starts[k], ends[k]
        if start < 0 or end <= start:
            continue
        for s in range(series):
            seen = 0
            for t in range(start, end):
                if not np.isnan(counts[s, t]):
                    seen += 1
            y = np.empty(seen)
            when = np.empty(seen)
            group = np.empty(seen, dtype=np.int64)
            i = 0
            largest = 0.0
            for t in range(start, end):
                if not np.isnan(counts[s, t]):
                    y[i] = counts[s, t]
                    when[i] = t - start
                    group[i] = groups_at[k, t]
                    largest = max(largest, y[i])
                    i += 1
            at = float(targets[k] - start)
            mean, dispersion, error, good = _fit(y, when, group, groups, trend, at, limit, compat)
            if trend and (not good or mean > largest):
                mean, dispersion, error, good = _fit(y, when, group, groups, False, at, limit, compat)
            out[s, k, 0] = mean
            out[s, k, 1] = dispersion
            out[s, k, 2] = error
    return out


def references(index: int, dates: Sequence[date] | None, years: int, per_year: int = 52) -> list[int]:
    """Indices of the same week 1..`years` years before, oldest first: by calendar date (nearest week) or by count of
    weeks.
    """
    if dates is None:
        return [index - per_year * k for k in range(years, 0, -1)]
    day = dates[index]
    found = []
    for k in range(years, 0, -1):
        try:
            past = day.replace(year=day.year - k)
        except ValueError:  # 29 February
            past = date(day.year - k, 3, 1)
        found.append(round((past - dates[0]).days / 7))
    return found


def season_groups(index: int, refs: Sequence[int], size: int, w: int, periods: int) -> Ints:
    """(size,) season level of each week up to `index`: 0 in the reference windows, 1..periods-1 between them, -1
    before the past.
    """
    out = np.full(size, -1, dtype=np.int64)
    for a, b in zip(refs, (*refs[1:], index), strict=True):
        out[max(a - w, 0) : a + w + 1] = 0
        start, length = a + w + 1, b - a - 2 * w - 1
        cuts = [math.ceil(length * j / (periods - 1)) for j in range(periods)]
        for j in range(periods - 1):
            out[max(start + cuts[j], 0) : start + cuts[j + 1]] = j + 1
    return out


def farrington(
    counts: npt.ArrayLike,
    targets: Sequence[int],
    *,
    dates: Sequence[date] | None = None,
    years: int = 4,
    w: int = 3,
    periods: int = 10,
    left_out: int = 26,
    reweight: float = 2.58,
    alpha: float = 0.01,
    few: tuple[int, int] = (5, 4),
    trend: bool = True,
    method: str = "delta",
    r_compat: bool = False,
) -> Bounds:
    """Bounds for the weeks `targets` (indices) of counts (S, T); results (S, K).

    dates: starts of the weeks (T), for reference weeks by calendar; None: 52 weeks a year. method: "delta" (2/3
    power, with the error of the mean) or "nb" (negative-binomial quantile plugged in). few = (cases, weeks): no
    bound where fewer cases fell in the last weeks. One-sided level alpha. Weeks before `years` of history have no
    bound.
    """
    y = np.ascontiguousarray(np.atleast_2d(np.asarray(counts, dtype=np.float64)))
    size = y.shape[1]
    index = np.asarray(targets, dtype=np.int64)
    starts = np.full(index.size, -1, dtype=np.int64)
    groups_at = np.full((index.size, size), -1, dtype=np.int64)
    for k, t in enumerate(index):
        refs = references(int(t), dates, years)
        if refs[0] - w >= 0:
            starts[k] = refs[0] - w
            groups_at[k] = season_groups(int(t), refs, size, w, periods)
    fits = _run(y, index, starts, np.maximum(index - left_out, 0), groups_at, periods, trend, reweight, r_compat)
    mean, dispersion, error = fits[..., 0], fits[..., 1], fits[..., 2]
    bound = upper(mean, dispersion, error, alpha, method)
    recent = np.stack([np.nansum(y[:, max(int(t) - few[1] + 1, 0) : int(t) + 1], axis=1) for t in index], axis=1)
    bound = np.where(recent >= few[0], bound, np.nan)
    expected = np.where(np.isfinite(bound), mean, np.nan)
    now = y[:, index]
    with np.errstate(invalid="ignore", divide="ignore"):
        score = np.where(bound > mean, (now - mean) / (bound - mean), np.nan)
        return Bounds(expected, bound, score, np.isfinite(bound) & (now > bound))


def upper(mean: Floats, dispersion: Floats, error: Floats, alpha: float, method: str) -> Floats:
    """Upper bound of a count with this mean, dispersion and error of the mean at one-sided level alpha."""
    with np.errstate(invalid="ignore", divide="ignore"):
        if method == "delta":
            spread = 4.0 / 9.0 * np.cbrt(mean) * (dispersion + error**2 / mean)
            return np.asarray((mean ** (2.0 / 3.0) + norm.ppf(1 - alpha) * np.sqrt(spread)) ** 1.5)
        if method != "nb":
            raise ValueError(f"method is delta or nb, not {method}")
        over = np.maximum(dispersion, 1 + 1e-12)
        wide = nbinom.ppf(1 - alpha, mean / (over - 1), 1 / over)
        return np.asarray(np.where(dispersion > 1, wide, poisson.ppf(1 - alpha, mean)))


def ears(counts: npt.ArrayLike, method: str = "C1", *, alpha: float = 0.001, window: int = 7) -> Bounds:
    """EARS C1, C2, C3 (Hutwagner et al. 2003, J. Urban Health 80): mean + z sd of the last `window` weeks, (S, T).

    C2 leaves two weeks out before the current one; C3 sums the excess over one sd of three C2 statistics, and alarms
    where the sum passes z: its bound is the count at which it would.
    """
    y = np.atleast_2d(np.asarray(counts, dtype=np.float64))
    z = float(norm.ppf(1 - alpha))
    size = y.shape[1]
    gap = 0 if method == "C1" else 2
    if method not in ("C1", "C2", "C3"):
        raise ValueError(f"method is C1, C2 or C3, not {method}")
    mean = np.full(y.shape, np.nan)
    spread = np.full(y.shape, np.nan)
    for t in range(window + gap, size):
        past = y[:, t - window - gap : t - gap]
        mean[:, t], spread[:, t] = past.mean(axis=1), past.std(axis=1, ddof=1)
    bound = mean + z * spread
    if method == "C3":
        with np.errstate(invalid="ignore", divide="ignore"):
            excess = np.maximum(0.0, (y - mean) / spread - 1.0)
        excess[:, window + gap :] = np.nan_to_num(excess[:, window + gap :], nan=0.0, posinf=np.inf)
        summed = np.full(y.shape, np.nan)
        summed[:, window + gap + 2 :] = excess[:, window + gap + 1 : -1] + excess[:, window + gap : -2]
        bound = np.maximum(y + spread * (z - summed), 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        score = np.where(bound > mean, (y - mean) / (bound - mean), np.nan)
        return Bounds(mean, bound, score, np.isfinite(bound) & (y > bound))
