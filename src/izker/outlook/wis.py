"""Scores of quantile forecasts: weighted interval score, pinball loss, interval coverage, PIT from quantiles.

The weighted interval score of a symmetric set of quantile levels equals twice the mean pinball loss over the levels
(Bracher, Ray, Gneiting and Reich 2021, "Evaluating epidemic forecasts in an interval format", PLoS Comput Biol 17(2)).
Every score is in the unit of the observation; smaller is better; a point mass scores its absolute error.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEVELS: tuple[float, ...] = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
INTERVALS: tuple[float, ...] = (0.5, 0.8, 0.95)


def pinball(levels: Sequence[float] | Floats, values: npt.ArrayLike, y: npt.ArrayLike) -> Floats:
    """Pinball loss per level: `values` (..., L) at `levels` (L,) against `y` (...); result (..., L), unit of y."""
    tau = np.asarray(levels, dtype=np.float64)
    q = np.asarray(values, dtype=np.float64)
    if q.shape[-1] != tau.size:
        raise ValueError(f"values have {q.shape[-1]} quantiles where there are {tau.size} levels")
    truth = np.asarray(y, dtype=np.float64)[..., None]
    return np.asarray(((truth < q) - tau) * (q - truth), dtype=np.float64)


def wis(levels: Sequence[float] | Floats, values: npt.ArrayLike, y: npt.ArrayLike) -> Floats:
    """Weighted interval score: mean over levels of 2 (1{y<q} - level)(q - y).

    `values` has the levels on its last axis (..., L); `y` has the shape (...), and so has the result. NaN stays NaN.
    """
    return np.asarray(2.0 * pinball(levels, values, y).mean(axis=-1), dtype=np.float64)


def covered(
    levels: Sequence[float] | Floats, values: npt.ArrayLike, y: npt.ArrayLike, interval: float = 0.95
) -> npt.NDArray[np.bool_]:
    """Whether each `y` (...) lies inside the central `interval` (ends included) of `values` (..., L)."""
    tau = np.asarray(levels, dtype=np.float64)
    low = np.flatnonzero(np.isclose(tau, (1.0 - interval) / 2.0, atol=1e-9))
    high = np.flatnonzero(np.isclose(tau, (1.0 + interval) / 2.0, atol=1e-9))
    if low.size != 1 or high.size != 1:
        raise ValueError(f"the levels {tau.tolist()} hold no central {interval:g} interval")
    q = np.asarray(values, dtype=np.float64)
    truth = np.asarray(y, dtype=np.float64)
    return np.asarray((q[..., low[0]] <= truth) & (truth <= q[..., high[0]]))


def coverage(
    levels: Sequence[float] | Floats, values: npt.ArrayLike, y: npt.ArrayLike, interval: float = 0.95
) -> float:
    """Share of `y` inside the central `interval`; rows with a missing value or truth are left out; NaN where none
    is left.
    """
    inside = covered(levels, values, y, interval)
    known = np.isfinite(np.asarray(values, dtype=np.float64)).all(axis=-1) & np.isfinite(
        np.asarray(y, dtype=np.float64)
    )
    return float(inside[known].mean()) if known.any() else float("nan")


def pit(levels: Sequence[float] | Floats, values: npt.ArrayLike, y: npt.ArrayLike) -> Floats:
    """Probability integral transform from quantiles: the level at which `y` lies, linear between levels, 0 below, 1
    above.

    Where quantiles tie at y (a point mass), the middle of the tied levels is given.
    """
    tau = np.asarray(levels, dtype=np.float64)
    q = np.asarray(values, dtype=np.float64)
    truth = np.broadcast_to(np.asarray(y, dtype=np.float64), q.shape[:-1])
    flat_q, flat_y = q.reshape(-1, tau.size), truth.reshape(-1)
    out = np.empty(flat_y.size)
    for i, (row, value) in enumerate(zip(flat_q, flat_y, strict=True)):
        if not (np.isfinite(row).all() and np.isfinite(value)):
            out[i] = np.nan
            continue
        tied = np.flatnonzero(row == value)
        if tied.size:
            out[i] = 0.5 * (tau[tied[0]] + tau[tied[-1]])
        else:
            above = int(np.searchsorted(row, value))
            if above == 0:
                out[i] = 0.0
            elif above == tau.size:
                out[i] = 1.0
            else:
                share = (value - row[above - 1]) / (row[above] - row[above - 1])
                out[i] = tau[above - 1] + share * (tau[above] - tau[above - 1])
    return out.reshape(truth.shape)


def from_draws(draws: npt.ArrayLike, levels: Sequence[float] | Floats = LEVELS) -> Floats:
    """Quantiles of draws (D, ...) at `levels`: (..., L)."""
    values = np.quantile(np.asarray(draws, dtype=np.float64), np.asarray(levels, dtype=np.float64), axis=0)
    return np.asarray(np.moveaxis(values, 0, -1))
