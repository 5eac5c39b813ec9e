"""Members of the forecast: quick level models over many series at once, and the simple benchmarks shown beside.

Every member takes values (N, T), N series by T periods, NaN where a period is missing, and gives levels (N, T + 1):
column t is the forecast made from the first t columns only, whatever the horizon (all members are flat: three years
of weekly fraud counts carry no usable trend or season beyond recurring weeks, which `forecast_regressors` handles).
One call therefore yields the forecast and its whole rolling past, which is what the intervals are made from. Column
t is NaN as long as nothing was seen.

Constants were fixed on the CAFC weekly reports before October 2023 (forecast origins 2022-08 to 2023-08), ahead of
the test origins; the benchmark prints both periods.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Member = Callable[[Floats], Floats]

WINDOW = 26  # periods a weighted median looks back


@njit(cache=True)
def _smooth(z: Floats, alpha: float, start: int) -> Floats:
    """Exponential smoothing with a start that averages the first `start` seen values; missing values leave the
    level.
    """
    series, periods = z.shape
    out = np.full((series, periods + 1), np.nan)
    for i in range(series):
        level = 0.0
        seen = 0
        for t in range(periods):
            if not np.isnan(z[i, t]):
                seen += 1
                level += max(alpha, 1.0 / seen if seen <= start else 0.0) * (z[i, t] - level)
            if seen:
                out[i, t + 1] = level
    return out


@njit(cache=True)
def _medians(y: Floats, half_life: float, window: int, first: int) -> Floats:
    """Weighted median of the last `window` values, weight halved every `half_life` periods, linear between
    mid-weights.
    """
    series, periods = y.shape
    out = np.full((series, periods + 1), np.nan)
    values = np.empty(window)
    weights = np.empty(window)
    for i in range(series):
        for t in range(first, periods + 1):
            n = 0
            for back in range(min(window, t)):
                v = y[i, t - 1 - back]
                if not np.isnan(v):
                    values[n] = v
                    weights[n] = 0.5 ** (back / half_life)
                    n += 1
            if n == 0:
                continue
            order = np.argsort(values[:n])
            total = weights[:n].sum()
            done = 0.0
            before_at = 0.0
            before_value = values[order[0]]
            answer = values[order[n - 1]]
            for k in order:
                at = (done + 0.5 * weights[k]) / total
                if at >= 0.5:
                    if at > before_at and done > 0.0:
                        answer = before_value + (values[k] - before_value) * (0.5 - before_at) / (at - before_at)
                    else:
                        answer = values[k]
                    break
                done += weights[k]
                before_at = at
                before_value = values[k]
            out[i, t] = answer
    return out


def _mean(y: Floats, last: int) -> Floats:
    seen = np.isfinite(y)
    sums = np.concatenate([np.zeros((y.shape[0], 1)), np.cumsum(np.where(seen, y, 0.0), axis=1)], axis=1)
    counts = np.concatenate([np.zeros((y.shape[0], 1)), np.cumsum(seen, axis=1)], axis=1)
    start = np.maximum(np.arange(y.shape[1] + 1) - last, 0)
    total, number = sums - sums[:, start], counts - counts[:, start]
    return np.asarray(np.where(number > 0, total / np.maximum(number, 1), np.nan))


def smooth_log(y: Floats, alpha: float) -> Floats:
    """Exponential smoothing of log(y + 1): level follows ratios, a burst is damped."""
    return np.asarray(np.expm1(_smooth(np.log1p(np.asarray(y, dtype=np.float64)), alpha, 8)))


def smooth_sqrt(y: Floats, alpha: float) -> Floats:
    """Exponential smoothing of sqrt(y + 3/8), the scale on which counts have a constant variance (Anscombe 1948)."""
    level = _smooth(np.sqrt(np.asarray(y, dtype=np.float64) + 0.375), alpha, 8)
    return np.asarray(np.maximum(level**2 - 0.375, 0.0))


def recent_median(y: Floats, half_life: float) -> Floats:
    """Weighted median of the recent past: the forecast that absolute error asks for, untouched by single bursts."""
    return np.asarray(_medians(np.asarray(y, dtype=np.float64), half_life, WINDOW, 1))


MEMBERS: dict[str, Member] = {
    "log smoothing .10": lambda y: smooth_log(y, 0.10),
    "log smoothing .15": lambda y: smooth_log(y, 0.15),
    "recent median 4": lambda y: recent_median(y, 4.0),
    "recent median 8": lambda y: recent_median(y, 8.0),
}


def ensemble(y: Floats) -> Floats:
    """Mean of all members: (N, T) -> (N, T + 1)."""
    return np.asarray(np.mean([member(y) for member in MEMBERS.values()], axis=0))


def latest(y: Floats) -> Floats:
    """The ensemble's newest column only, from the last year and a half: (N, T) -> (N,)."""
    recent = np.ascontiguousarray(y[:, -3 * WINDOW :], dtype=np.float64)
    smooth = [smooth_log(recent, alpha)[:, -1] for alpha in (0.10, 0.15)]
    medians = [_medians(recent, half_life, WINDOW, recent.shape[1])[:, -1] for half_life in (4.0, 8.0)]
    return np.asarray(np.mean([*smooth, *medians], axis=0))


def naive(y: Floats) -> Floats:
    """The last seen value."""
    return np.asarray(_smooth(np.asarray(y, dtype=np.float64), 1.0, 0))


def mean8(y: Floats) -> Floats:
    """Mean of the last 8 periods: with weekly fraud counts hardly any model beats it, so it is always shown."""
    return _mean(np.asarray(y, dtype=np.float64), 8)


def seasonal_naive(y: Floats, season: int, horizon: int) -> Floats:
    """The same period a season ago: (N, horizon); NaN where the past is shorter than a season."""
    out = np.full((y.shape[0], horizon), np.nan)
    for h in range(horizon):
        at = y.shape[1] + h
        while at >= y.shape[1]:
            at -= season
        if at >= 0:
            out[:, h] = y[:, at]
    return out
