"""Forecast: counts or damage by week or month, reconciled over the hierarchy, from nowcast draws where reports come
late.

The chain: stated interventions are taken out of history; an ensemble of level members runs over every series of the
hierarchy; recurring weeks and interventions are put back; base forecasts are reconciled so that parts add up to
wholes (the 0.5 quantile is the reconciled value and is coherent; other quantiles are marginal and do not add);
intervals come from rolling errors, widened by the nowcast's draws. Simple benchmarks are made in the same call, to
be shown beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from izker.outlook import forecast_intervals as intervals
from izker.outlook import forecast_members as members
from izker.outlook.forecast_regressors import Effect, Intervention, estimate, multiplier, recurring, under_reporting
from izker.outlook.hierarchy import Hierarchy
from izker.outlook.wis import LEVELS
from izker.words import N_, Refusal

Floats = npt.NDArray[np.float64]

STEPS = ("day", "week", "month")
SEASON = {"day": 7, "week": 52, "month": 12}
MOST_DRAWS = 60  # nowcast draws carried through: their spread, not their number, matters


@dataclass(frozen=True)
class Forecast:
    """`quantiles` (N, H, L) at `levels` for `dates` (H period starts); `benchmarks`: name -> (N, H) points; units as
    the input.

    `effects`: interventions as used; `recurring` (H,): factor of recurring periods; `thin` (N,): True where fewer
    than 8 periods were seen, so the interval is a guess from other series; `scenario` (N, H, L): were everybody to
    report.
    """

    hierarchy: Hierarchy
    dates: tuple[date, ...]
    levels: tuple[float, ...]
    quantiles: Floats
    benchmarks: dict[str, Floats]
    effects: tuple[Effect, ...]
    recurring: Floats
    thin: npt.NDArray[np.bool_]
    empty: npt.NDArray[np.bool_]
    scenario: Floats | None = field(default=None)

    @property
    def median(self) -> Floats:
        return np.asarray(self.quantiles[:, :, self.levels.index(0.5)])


def future(last: date, step: str, horizon: int) -> tuple[date, ...]:
    """Starts of the `horizon` periods after the one that starts on `last`."""
    if step == "month":
        months = [last.year * 12 + last.month - 1 + h for h in range(1, horizon + 1)]
        return tuple(date(m // 12, m % 12 + 1, 1) for m in months)
    days = 7 if step == "week" else 1
    return tuple(last + timedelta(days=days * h) for h in range(1, horizon + 1))


def forecast(
    hierarchy: Hierarchy,
    dates: Sequence[date],
    values: npt.ArrayLike,
    *,
    step: str = "week",
    horizon: int = 4,
    kind: str = "count",
    draws: npt.ArrayLike | None = None,
    interventions: Sequence[Intervention] = (),
    report_share: float | None = None,
    levels: Sequence[float] = LEVELS,
) -> Forecast:
    """Forecast `horizon` periods after `dates[-1]`.

    values: bottom series (n, T), final or as known, NaN = missing period; draws: (D, n, K) nowcast draws of the last K
    periods, which replace the raw recent counts; without them the values are taken as complete. kind: "count", or
    "damage" (money, errors on the log scale). report_share: add the under-reporting scenario at that share.
    """
    raw = np.asarray(values, dtype=np.float64)
    _check(hierarchy, dates, raw, step, horizon, kind)
    draw = None if draws is None else _thinned(np.asarray(draws, dtype=np.float64), raw)
    best = raw.copy()
    if draw is not None:
        best[:, raw.shape[1] - draw.shape[2] :] = np.median(draw, axis=0)
    ahead = future(dates[-1], step, horizon)
    total = hierarchy.aggregate(best)[0]
    effects = tuple(estimate(total, dates, i) for i in interventions)
    past_factor, future_factor = multiplier(dates, effects), multiplier(ahead, effects)
    again = recurring(total / past_factor, dates, ahead) if step != "day" else np.ones(horizon)
    everything = hierarchy.aggregate(best / past_factor)
    levels_t = members.ensemble(everything)
    known = np.isfinite(everything)
    empty: npt.NDArray[np.bool_] = np.asarray(~known.any(axis=1))
    base = np.where(empty, 0.0, levels_t[:, -1])[:, None] * (again * future_factor)
    spread = intervals.spread(everything, levels_t, hierarchy.level, horizon, kind)
    projector = hierarchy.projector(_variance(everything, levels_t))
    middle = hierarchy.reconcile(base, projector)
    tau = np.asarray(levels, dtype=np.float64)
    centres = [middle]
    if draw is not None:
        centres = []
        for d in range(draw.shape[0]):
            best[:, raw.shape[1] - draw.shape[2] :] = draw[d]
            level = members.latest(hierarchy.aggregate(best / past_factor))
            shifted = np.where(empty | ~np.isfinite(level), 0.0, level)[:, None] * (again * future_factor)
            centres.append(hierarchy.reconcile(shifted, projector))
    noise = spread.scale[:, :, None] * spread.shape[:, None, :] + _effect_noise(effects, ahead, kind, middle)
    cloud = np.concatenate([intervals.down(intervals.up(c, kind)[:, :, None] + noise, kind) for c in centres], axis=2)
    weight = np.tile(_mass(), len(centres))
    quantiles = _weighted_quantiles(cloud, weight, tau)
    if kind == "count":
        quantiles = intervals.widen(quantiles, tau, everything * past_factor[-1])
    if draw is not None:
        middle = hierarchy.reconcile(np.median(centres, axis=0), projector)
    quantiles = _around(quantiles, tau, middle)
    quantiles[empty] = np.nan
    thin = known.sum(axis=1) < 8
    benchmarks = {
        "naive": np.repeat(members.naive(everything)[:, -1:], horizon, axis=1) * future_factor,
        "mean of 8": np.repeat(members.mean8(everything)[:, -1:], horizon, axis=1) * future_factor,
        "seasonal naive": members.seasonal_naive(everything, SEASON[step], horizon) * future_factor,
    }
    scenario = None if report_share is None else under_reporting(quantiles, levels, share=report_share)
    return Forecast(
        hierarchy, ahead, tuple(levels), quantiles, benchmarks, effects, again * future_factor, thin, empty, scenario
    )


def _check(hierarchy: Hierarchy, dates: Sequence[date], raw: Floats, step: str, horizon: int, kind: str) -> None:
    if raw.shape != (hierarchy.bottom, len(dates)):
        raise ValueError(f"values are {raw.shape}, not ({hierarchy.bottom}, {len(dates)})")
    if step not in STEPS:
        raise Refusal(N_("the step must be day, week or month, not {step}"), step=step)
    if not 1 <= horizon <= 60:
        raise Refusal(N_("the horizon must be 1 to 60 periods, not {horizon}"), horizon=horizon)
    if kind not in ("count", "damage"):
        raise ValueError(f"kind is count or damage, not {kind}")
    if not dates or not np.isfinite(raw).any():
        raise Refusal(N_("no data: there is not one period with a count"))
    if np.nanmin(raw) < 0:
        raise Refusal(N_("a count below zero: take revisions into the total before the forecast"))


def _thinned(draws: Floats, raw: Floats) -> Floats:
    if draws.ndim != 3 or draws.shape[1] != raw.shape[0] or not 1 <= draws.shape[2] <= raw.shape[1]:
        raise ValueError(f"draws are {draws.shape}, not (draws, {raw.shape[0]}, at most {raw.shape[1]})")
    pick = np.unique(np.linspace(0, draws.shape[0] - 1, MOST_DRAWS).round().astype(int))
    return np.asarray(np.maximum(draws[pick], 0.0))


def _variance(values: Floats, levels: Floats) -> Floats:
    """(N,) mean square of the one-step errors of the last year, never below that of a Poisson count of 0.5."""
    error = (values - levels[:, :-1])[:, -52:]
    seen = np.isfinite(error)
    return np.asarray((np.where(seen, error, 0.0) ** 2).sum(axis=1) / np.maximum(seen.sum(axis=1), 1) + 0.5)


def _effect_noise(effects: Sequence[Effect], ahead: Sequence[date], kind: str, middle: Floats) -> Floats:
    """(N, H, G) what an estimated intervention adds while no period after it has been seen: nothing once it is in
    the history.
    """
    from scipy.special import ndtri

    error = np.zeros(len(ahead))
    for effect in effects:
        if effect.factor is None:
            error += np.where(effect.intervention.on(ahead), 0.5, 0.0) ** 2
        elif effect.intervention.end is not None:
            error += np.where(effect.intervention.on(ahead), effect.log_error, 0.0) ** 2
    size = np.ones_like(middle) if kind == "damage" else np.sqrt(middle + 0.375)
    return np.asarray(size[:, :, None] * np.sqrt(error)[None, :, None] * ndtri(intervals.GRID))


def _mass() -> Floats:
    edges = np.concatenate([[0.0], (intervals.GRID[1:] + intervals.GRID[:-1]) / 2, [1.0]])
    return np.diff(edges)


def _weighted_quantiles(cloud: Floats, weight: Floats, tau: Floats) -> Floats:
    """Quantiles of weighted points on the last axis: (N, H, P) -> (N, H, L), linear between mid-weights."""
    order = np.argsort(cloud, axis=2)
    points = np.take_along_axis(cloud, order, axis=2)
    w = weight[order]
    at = (np.cumsum(w, axis=2) - w / 2) / weight.sum()
    out = np.empty((*cloud.shape[:2], tau.size))
    for i in range(cloud.shape[0]):
        for h in range(cloud.shape[1]):
            out[i, h] = np.interp(tau, at[i, h], points[i, h])
    return out


def _around(quantiles: Floats, tau: Floats, middle: Floats) -> Floats:
    """Quantiles in order, with the reconciled value as the median: lower ones never above it, upper never below."""
    out = np.sort(quantiles, axis=2)
    for k, level in enumerate(tau):
        if abs(level - 0.5) < 1e-9:
            out[:, :, k] = middle
        elif level < 0.5:
            out[:, :, k] = np.minimum(out[:, :, k], middle)
        else:
            out[:, :, k] = np.maximum(out[:, :, k], middle)
    return out
