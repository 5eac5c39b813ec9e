"""What becomes of cases: Aalen-Johansen state probabilities with late entry and competing outcomes, and solve curves
by cohort.

A case enters observation at `entry` (left truncation: a case taken over from elsewhere was not at risk before),
leaves at `exit` into a state (solved, terminated, transferred ...) or is still open (0, censored). Suspension (art.
45) is not an end: a suspended case stays at risk. P(state k by t) = sum over event times u <= t of S(u-) d_k(u) /
Y(u), with S the Kaplan-Meier of leaving at all (Aalen and Johansen 1978, Scand. J. Stat. 5). Standard errors by
Greenwood's formula for the total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from izker.words import N_, Refusal

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class StateCurve:
    """`times` (U,) where something happens; `open` (U,): share still open just after; `states` (U, K): share that
    has left into state k + 1.

    `at_risk` (U,); `open_error` (U,): Greenwood standard error of `open`.
    """

    times: Floats
    open: Floats
    states: Floats
    at_risk: Floats
    open_error: Floats

    def at(self, times: npt.ArrayLike) -> Floats:
        """(M, K + 1): open and each state at `times`: 1, 0, ... before the first event."""
        index = np.searchsorted(self.times, np.asarray(times, dtype=np.float64), side="right")
        whole = np.column_stack([self.open, self.states])
        start = np.zeros((1, whole.shape[1]))
        start[0, 0] = 1.0
        return np.asarray(np.concatenate([start, whole])[index])


def aalen_johansen(
    exit: npt.ArrayLike, state: npt.ArrayLike, entry: npt.ArrayLike | None = None, *, states: int | None = None
) -> StateCurve:
    """State probabilities from exits (n,), states (n,; 0 = still open) and entries (n,; default 0), all in one unit
    of time.

    A case is at risk at u if entry < u <= exit. Cases with exit before entry are refused; with exit equal to entry
    they were never at risk and are refused too.
    """
    end = np.asarray(exit, dtype=np.float64)
    kind = np.asarray(state, dtype=np.int64)
    begin = np.zeros_like(end) if entry is None else np.asarray(entry, dtype=np.float64)
    if not end.shape == kind.shape == begin.shape or end.ndim != 1:
        raise ValueError("exit, state and entry must be one-dimensional and of one length")
    if end.size == 0:
        raise Refusal(N_("no data: there is not one case to follow"))
    if not (np.isfinite(end).all() and np.isfinite(begin).all()) or (end <= begin).any() or (kind < 0).any():
        raise Refusal(N_("a case must leave after it enters, at a known time, into a known state"))
    count = max(int(kind.max()), 1) if states is None else states
    times, place = np.unique(end[kind > 0], return_inverse=True)
    leaving = np.zeros((times.size, count))
    np.add.at(leaving, (place, kind[kind > 0] - 1), 1.0)
    risk = np.searchsorted(np.sort(begin), times, side="left") - np.searchsorted(np.sort(end), times, side="left")
    at_risk = risk.astype(np.float64)
    hazard = leaving / at_risk[:, None]
    total = hazard.sum(axis=1)
    survival = np.cumprod(1.0 - total)
    before = np.concatenate([[1.0], survival[:-1]])
    gone = np.cumsum(before[:, None] * hazard, axis=0)
    rest = at_risk - leaving.sum(axis=1)
    step = np.where(rest > 0, leaving.sum(axis=1) / np.maximum(at_risk * rest, 1e-300), 0.0)
    return StateCurve(times, survival, gone, at_risk, survival * np.sqrt(np.cumsum(step)))


@dataclass(frozen=True)
class SolveCurve:
    """Share of a cohort's cases solved by each of `days` (M,), with a 95 % interval (log-log) and the cases behind
    it.
    """

    cohort: str
    cases: int
    days: Floats
    solved: Floats
    low: Floats
    high: Floats
    other_ends: Floats
    followed: Floats


def solve_curves(
    cohort: Sequence[str],
    exit: npt.ArrayLike,
    state: npt.ArrayLike,
    days: Sequence[float] = (30, 60, 90, 180, 365),
    *,
    entry: npt.ArrayLike | None = None,
    solved: int = 1,
) -> list[SolveCurve]:
    """Solve curves by cohort (e.g. quarter of registration), each at `days` after registration, beyond its follow-up
    NaN.

    Unlike the year-end ratio solved / registered they do not mix cases of earlier years into the numerator, and the
    latest cohorts are not made to look bad for being young. Interval: complementary log-log of the share with
    Aalen's variance.
    """
    names = np.asarray(cohort, dtype=str)
    end, kind = np.asarray(exit, dtype=np.float64), np.asarray(state, dtype=np.int64)
    begin = np.zeros_like(end) if entry is None else np.asarray(entry, dtype=np.float64)
    at = np.asarray(days, dtype=np.float64)
    most = max(int(kind.max(initial=0)), solved)
    out = []
    for name in sorted(set(names.tolist())):
        inside = names == name
        curve = aalen_johansen(end[inside], kind[inside], begin[inside], states=most)
        values = curve.at(at)
        longest = end[inside].max()
        share = np.where(at <= longest, values[:, solved], np.nan)
        error = _share_error(curve, solved, at)
        with np.errstate(invalid="ignore", divide="ignore"):
            middle = np.log(-np.log1p(-np.clip(share, 0.0, 1 - 1e-12)))
            spread = 1.96 * error / ((1 - share) * -np.log1p(-share))
            low, high = (-np.expm1(-np.exp(middle + sign * spread)) for sign in (-1.0, 1.0))
        none = np.where(np.isfinite(share), 0.0, np.nan)
        # nothing solved yet: the rule of three gives the upper end
        still = 1 - 0.05 ** (1.0 / max(int(inside.sum()), 1))
        zero = share <= 0
        followed = np.array([float(((end[inside] >= d) | (kind[inside] > 0)).sum()) for d in at])
        out.append(
            SolveCurve(
                name,
                int(inside.sum()),
                at,
                share,
                np.where(zero, none, low),
                np.where(zero, still, high),
                np.where(at <= longest, values[:, 1:].sum(axis=1) - values[:, solved], np.nan),
                followed,
            )
        )
    return out


def _share_error(curve: StateCurve, state: int, days: Floats) -> Floats:
    """Standard error of the share that has left into `state` by each day: Aalen's sum of variances (Marubini and
    Valsecchi 1995).
    """
    column = state - 1
    before = np.concatenate([[1.0], curve.open[:-1]])
    gone = curve.states[:, column]
    here = np.diff(np.concatenate([[0.0], gone])) / np.maximum(before, 1e-300) * curve.at_risk
    every = np.diff(np.concatenate([np.zeros((1, curve.states.shape[1])), curve.states]), axis=0).sum(axis=1)
    every = every / np.maximum(before, 1e-300) * curve.at_risk
    y = curve.at_risk
    rest = np.maximum(y * (y - every), 1e-300)
    out = np.zeros(days.size)
    for i, day in enumerate(days):
        n = int(np.searchsorted(curve.times, day, side="right"))
        if n == 0:
            continue
        ahead = gone[n - 1] - gone[:n]
        first = (ahead**2 * every[:n] / rest[:n]).sum()
        second = (before[:n] ** 2 * (y[:n] - here[:n]) / y[:n] * here[:n] / y[:n] ** 2).sum()
        third = -2 * (ahead * before[:n] * here[:n] / y[:n] ** 2).sum()
        out[i] = np.sqrt(max(first + second + third, 0.0))
    return out
