"""Space-time scan: which neighbouring regions, in which last weeks, hold more cases than their share.

Kulldorff 2001 (J. R. Stat. Soc. A 164), prospective: cylinders of a region with its nearest neighbours (at most half
of the regions) times the last 1..8 weeks, log likelihood ratio c ln(c/E) + (C - c) ln((C - c)/(C - E)) where c > E.
E comes from the caller's expectations, scaled to the total C, or from the cases themselves (space-time permutation,
Kulldorff et al. 2005: row x column / total). Significance: the largest ratio of 999 simulated data sets; below p =
0.001 the tail of a Gumbel law fitted to them (Abrams, Kulldorff and Kleinman 2010). Counts more dispersed than
Poisson are simulated so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from izker.words import N_, Refusal

Floats = npt.NDArray[np.float64]
EULER = 0.5772156649015329


@dataclass(frozen=True)
class Cluster:
    """Regions (indices) and last `weeks` weeks of the likeliest cluster; `p`: chance of one as strong without any.

    `probability`: share of nowcast draws whose strongest cluster passes the 95 % point of the simulated ones.
    """

    regions: tuple[int, ...]
    weeks: int
    observed: float
    expected: float
    ratio: float
    p: float
    probability: float = 1.0

    def recurrence_years(self, analyses_per_year: float = 52.0) -> float:
        """Years until chance alone gives a cluster as strong, were the scan made so often."""
        return 1.0 / (self.p * analyses_per_year)


def zones(
    places: Mapping[str, tuple[float, float]] | Sequence[tuple[float, float]], share: float = 0.5
) -> npt.NDArray[np.bool_]:
    """(Z, R) sets of regions: each region with its 0, 1, 2 ... nearest neighbours on the tile map, at most `share`
    of all, none twice.
    """
    at = np.asarray(list(places.values()) if isinstance(places, Mapping) else list(places), dtype=np.float64)
    most = max(1, int(at.shape[0] * share))
    apart = np.hypot(*(at[:, None, :] - at[None, :, :]).transpose(2, 0, 1))
    found = {}
    for i in range(at.shape[0]):
        order = np.lexsort((np.arange(at.shape[0]), apart[i]))
        for k in range(1, most + 1):
            row = np.zeros(at.shape[0], dtype=bool)
            row[order[:k]] = True
            found[row.tobytes()] = row
    return np.array(list(found.values()))


def _largest(
    cases: Floats, expected: Floats, sets: Floats
) -> tuple[Floats, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Largest ratio and its zone and weeks for cases (M, R, W), expected (R, W); last axis ends with the current
    week.
    """
    total = cases.sum(axis=(1, 2))[:, None]
    best = np.zeros(cases.shape[0])
    zone = np.zeros(cases.shape[0], dtype=np.int64)
    length = np.zeros(cases.shape[0], dtype=np.int64)
    c_sum = np.zeros((cases.shape[0], sets.shape[0]))
    e_sum = np.zeros(sets.shape[0])
    for w in range(1, cases.shape[2] + 1):
        c_sum += cases[:, :, -w] @ sets.T
        e_sum += sets @ expected[:, -w]
        e = np.clip(e_sum * total / expected.sum(), 1e-12, None)
        rest, rest_e = total - c_sum, np.maximum(total - e, 1e-12)
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = np.where(c_sum > 0, c_sum * np.log(c_sum / e), 0.0)
            outside = np.where(rest > 0, rest * np.log(rest / rest_e), 0.0)
        ratio = np.where(c_sum > e, inside + outside, 0.0)
        top = ratio.argmax(axis=1)
        value = ratio[np.arange(top.size), top]
        better = value > best
        best, zone, length = np.where(better, value, best), np.where(better, top, zone), np.where(better, w, length)
    return best, zone, length


def scan(
    cases: npt.ArrayLike,
    places: Mapping[str, tuple[float, float]] | Sequence[tuple[float, float]],
    *,
    expected: npt.ArrayLike | None = None,
    dispersion: float = 1.0,
    weeks: int = 8,
    simulations: int = 999,
    seed: int = 0,
    draws: npt.ArrayLike | None = None,
) -> Cluster | None:
    """The likeliest cluster of cases (R, T) ending now, or None where there is no case or only one region.

    expected (R, T): cases expected in each region and week; None: from the cases' own margins over all T weeks.
    draws (D, R, T): nowcast draws of the cases; `cases` is then their median.
    """
    y = np.nan_to_num(np.asarray(cases, dtype=np.float64), nan=0.0)
    if y.ndim != 2 or y.shape[0] != len(places):
        raise Refusal(N_("the scan needs one row of counts for each of the {count} regions"), count=len(places))
    window = min(weeks, y.shape[1])
    if y.shape[0] < 2 or window == 0 or y[:, -window:].sum() <= 0:
        return None
    if expected is None:
        e = np.outer(y.sum(axis=1), y.sum(axis=0)) / y.sum()
    else:
        e = np.nan_to_num(np.asarray(expected, dtype=np.float64), nan=0.0)
    now, e = y[:, -window:], np.maximum(e[:, -window:], 1e-6)
    sets = zones(places).astype(np.float64)
    best, zone, length = _largest(now[None], e, sets)
    if best[0] <= 0:
        return None
    rng = np.random.default_rng(seed)
    simulated, _zone, _length = _largest(_simulate(rng, e, float(now.sum()), dispersion, simulations), e, sets)
    p = (1.0 + float((simulated >= best[0]).sum())) / (simulations + 1.0)
    if p <= 2.0 / (simulations + 1.0):
        p = min(p, gumbel_tail(simulated, float(best[0])))
    probability = 1.0
    if draws is not None:
        drawn = np.nan_to_num(np.asarray(draws, dtype=np.float64), nan=0.0)[:, :, -window:]
        each, _zone, _length = _largest(drawn, e, sets)
        probability = float((each >= np.quantile(simulated, 0.95)).mean())
    members = np.flatnonzero(sets[zone[0]] > 0)
    width = int(length[0])
    scale = now.sum() / e.sum()
    return Cluster(
        tuple(int(i) for i in members),
        width,
        float(now[members, -width:].sum()),
        float(e[members, -width:].sum() * scale),
        float(best[0]),
        p,
        probability,
    )


def _simulate(rng: np.random.Generator, expected: Floats, total: float, dispersion: float, times: int) -> Floats:
    """(M, R, W) data sets with the same total and no cluster; gamma-mixed where the counts are over-dispersed."""
    shape = np.broadcast_to(expected, (times, *expected.shape))
    if dispersion > 1.001:
        k = expected / (dispersion - 1.0)
        shape = rng.gamma(np.maximum(k, 1e-6), 1.0, (times, *expected.shape)) * (dispersion - 1.0) + 1e-9
    chance = shape.reshape(times, -1)
    chance = chance / chance.sum(axis=1, keepdims=True)
    return np.asarray(rng.multinomial(round(total), chance), dtype=np.float64).reshape(times, *expected.shape)


def gumbel_tail(simulated: Floats, value: float) -> float:
    """P(max >= value) of a Gumbel law with the mean and sd of the simulated maxima."""
    spread = max(float(simulated.std(ddof=1)), 1e-9) * np.sqrt(6.0) / np.pi
    place = float(simulated.mean()) - EULER * spread
    return float(-np.expm1(-np.exp(-(value - place) / spread)))
