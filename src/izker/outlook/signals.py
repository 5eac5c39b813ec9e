"""Signals: which series is above what its past allows this week, by several detectors, with a known rate of false
alarms.

Every series of the hierarchy is put to each detector for the last weeks. With nowcast draws the bound comes from
complete history and the count from the draws: alarm if P(count > bound) > 0.9 over the draws, so that late reports
hide nothing. Within a week Benjamini and Hochberg's rule holds the share of false alarms among all alarms; the
recurrence interval says how often chance alone would give as much. A signal is a reason to look, never a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from izker.outlook import signals_farrington, signals_nb
from izker.outlook.hierarchy import Hierarchy, Key
from izker.outlook.signals_changepoint import changes
from izker.outlook.signals_scan import Cluster, scan
from izker.words import N_, Refusal, _

Floats = npt.NDArray[np.float64]

DETECTORS = ("farrington", "nb", "changepoint")
SURE = 0.9  # share of nowcast draws above the bound that makes an alarm
ALPHA = 0.01
FDR = 0.1
SPARK = 26  # weeks shown with a signal
LEAST = 3.0  # cases below which nothing is an outbreak


@dataclass(frozen=True, slots=True)
class Signal:
    """One series, one week, one detector. observed: median over draws; known: reported so far; p: chance of as many
    without a change.
    """

    date: date
    key: Key
    detector: str
    observed: float
    known: float
    expected: float
    bound: float
    score: float
    p: float
    probability: float
    exceeds: bool
    alarm: bool
    recurrence_years: float
    reason: str
    series: tuple[float, ...]

    def as_json(self, columns: Sequence[str]) -> dict[str, object]:
        def clean(value: float) -> float | None:
            return float(value) if np.isfinite(value) else None

        return {
            "date": self.date,
            **dict(zip(columns, self.key, strict=True)),
            "observed": clean(self.observed),
            "known": clean(self.known),
            "expected": clean(self.expected),
            "bound": clean(self.bound),
            "score": clean(self.score),
            "alarm": self.alarm,
            "detector": self.detector,
            "exceeds": self.exceeds,
            "p": clean(self.p),
            "probability": clean(self.probability),
            "recurrence_years": clean(self.recurrence_years),
            "reason": self.reason,
            "series": [clean(v) for v in self.series],
        }


def benjamini_hochberg(p: npt.ArrayLike, share: float) -> npt.NDArray[np.bool_]:
    """(M,) which hypotheses are rejected so that at most `share` of the rejections are false (Benjamini and Hochberg
    1995).
    """
    values = np.asarray(p, dtype=np.float64)
    if values.size == 0:
        return np.zeros(0, dtype=bool)
    order = np.argsort(values)
    passed = values[order] <= share * np.arange(1, values.size + 1) / values.size
    out = np.zeros(values.size, dtype=bool)
    if passed.any():
        out[order[: int(np.flatnonzero(passed)[-1]) + 1]] = True
    return out


def detect(
    hierarchy: Hierarchy,
    dates: Sequence[date],
    values: npt.ArrayLike,
    *,
    draws: npt.ArrayLike | None = None,
    detectors: Sequence[str] = ("farrington", "nb"),
    weeks: int = 1,
    alpha: float = ALPHA,
    fdr: float = FDR,
) -> list[Signal]:
    """Signals of the last `weeks` weeks: one a series, week and detector, alarms and quiet ones alike.

    values: bottom series (n, T) as known, NaN = missing week; draws (D, n, K): nowcast of the last K weeks. fdr 0
    switches the Benjamini-Hochberg rule off. Without 12 weeks of history bound and alarm are empty and the reason
    says "no data".
    """
    unknown = [d for d in detectors if d not in DETECTORS]
    if unknown:
        raise Refusal(N_("there is no detector {name}; there are: {have}"), name=unknown[0], have=", ".join(DETECTORS))
    if not 0 < alpha < 0.5 or not 0 <= fdr < 1:
        raise Refusal(N_("alpha must lie between 0 and 0.5 and the false discovery rate between 0 and 1"))
    raw = np.asarray(values, dtype=np.float64)
    known = hierarchy.aggregate(raw)
    now = known[None]
    size = raw.shape[1]
    if draws is not None:
        drawn = np.asarray(draws, dtype=np.float64)
        full = np.repeat(raw[None], drawn.shape[0], axis=0)
        full[:, :, size - drawn.shape[2] :] = drawn
        now = hierarchy.aggregate(full)
    best = np.median(now, axis=0)
    targets = list(range(max(size - weeks, 0), size))
    signals: list[Signal] = []
    for name in detectors:
        mean, bound, p, probability, score = _measure(name, dates, best, now, targets, alpha)
        for k, t in enumerate(targets):
            sure = np.isfinite(bound[:, k]) & (probability[:, k] > (SURE if draws is not None else 0.5))
            exceeds = sure & (best[:, t] >= LEAST)
            kept = (
                benjamini_hochberg(np.where(np.isfinite(bound[:, k]), p[:, k], 1.0), fdr)
                if fdr
                else np.ones_like(exceeds)
            )
            for i, key in enumerate(hierarchy.keys):
                chance = float(p[i, k])
                signals.append(
                    Signal(
                        dates[t],
                        key,
                        name,
                        float(best[i, t]),
                        float(known[i, t]),
                        float(mean[i, k]),
                        float(bound[i, k]),
                        float(score[i, k]),
                        chance if np.isfinite(bound[i, k]) else float("nan"),
                        float(probability[i, k]),
                        bool(exceeds[i]),
                        bool(exceeds[i] and kept[i]),
                        1.0 / (max(chance, 1e-9) * 52.0) if np.isfinite(bound[i, k]) else float("nan"),
                        _reason(
                            name,
                            best[i, t],
                            mean[i, k],
                            bound[i, k],
                            probability[i, k],
                            bool(exceeds[i]),
                            draws is not None,
                        ),
                        tuple(float(v) for v in best[i, max(t - SPARK + 1, 0) : t + 1]),
                    )
                )
    return signals


def _measure(
    name: str, dates: Sequence[date], best: Floats, now: Floats, targets: list[int], alpha: float
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Expected, bound, p-value, P(count > bound) and score, (N, K) each."""
    fit = signals_nb.fit(best, targets)
    mean, dispersion, error = fit[..., 0], fit[..., 1], fit[..., 2]
    counts = now[:, :, targets]
    if name == "changepoint":
        found = changes(
            best,
            _expectation(best),
            dispersion=np.nanmedian(np.where(np.isfinite(dispersion), dispersion, 1.0), axis=1),
        )
        probability = found.probability[:, targets]
        bound = np.where(
            np.isfinite(probability) & np.isfinite(mean),
            signals_nb.quantile(mean, dispersion, error, 1 - alpha),
            np.nan,
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            score = probability / SURE
        p = np.where(np.isfinite(probability), np.clip(1 - probability, 1e-9, 1.0), 1.0)
        return mean, bound, p, np.nan_to_num(probability), score
    if name == "farrington":
        years = min(4, max((len(dates) - 7) // 52, 0))
        if years >= 1:
            weekly = dates if len(dates) > 1 and (dates[1] - dates[0]).days == 7 else None
            found_ff = signals_farrington.farrington(best, targets, dates=weekly, years=years, alpha=alpha)
            bound = found_ff.bound
            mean = np.where(np.isfinite(bound), found_ff.expected, np.nan)
        else:
            bound = np.full_like(mean, np.nan)
            mean = np.full_like(mean, np.nan)
    else:
        bound = signals_nb.quantile(mean, dispersion, error, 1 - alpha)
    with np.errstate(invalid="ignore", divide="ignore"):
        probability = np.where(np.isfinite(bound), (counts > bound).mean(axis=0), np.nan)
        p = np.mean([signals_nb.tail(c, mean, dispersion, error) for c in counts], axis=0)
        score = np.where(bound > mean, (best[:, targets] - mean) / (bound - mean), np.nan)
    return mean, bound, np.asarray(p), probability, score


def _expectation(best: Floats) -> Floats:
    """(N, T) what each week was expected to hold from the weeks before it: the changepoint's exposure."""
    fit = signals_nb.fit(best, list(range(best.shape[1])), weeks=104)
    return np.asarray(fit[..., 0])


def _reason(
    name: str, observed: float, mean: float, bound: float, probability: float, exceeds: bool, drawn: bool
) -> str:
    if not np.isfinite(bound):
        return _("no data: too little history for a bound")
    fields = {
        "observed": f"{observed:.0f}",
        "expected": f"{mean:.0f}",
        "bound": f"{bound:.0f}",
        "share": f"{probability:.0%}",
    }
    if not exceeds:
        return _("{observed}, expected {expected}, bound {bound}: as usual").format(**fields)
    if name == "changepoint":
        return _(
            "{observed}, expected {expected}: the level rose within the last four weeks (probability {share})"
        ).format(**fields)
    if drawn:
        return _(
            "{observed} corrected for late reporting, expected {expected}, bound {bound}: above it in {share} of draws"
        ).format(**fields)
    return _("{observed}, expected {expected}, bound {bound}: above the bound").format(**fields)


@dataclass(frozen=True, slots=True)
class ClusterSignal:
    """A space-time cluster: `scheme` None = all; `regions` by code."""

    scheme: str | None
    regions: tuple[str, ...]
    cluster: Cluster
    since: date
    alarm: bool
    recurrence_years: float


def clusters(
    regions: Sequence[str],
    places: Sequence[tuple[float, float]],
    schemes: Sequence[str | None],
    dates: Sequence[date],
    cases: npt.ArrayLike,
    expected: npt.ArrayLike | None = None,
    *,
    draws: npt.ArrayLike | None = None,
    fdr: float = FDR,
    simulations: int = 999,
    seed: int = 0,
) -> list[ClusterSignal]:
    """Scan each scheme over regions: cases (schemes, R, T) at tile `places` (R), draws (D, schemes, R, T); alarms by
    Benjamini-Hochberg over schemes.
    """
    y = np.asarray(cases, dtype=np.float64)
    wanted = None if expected is None else np.asarray(expected, dtype=np.float64)
    drawn = None if draws is None else np.asarray(draws, dtype=np.float64)
    found: list[tuple[str | None, Cluster]] = []
    for i, scheme in enumerate(schemes):
        one = scan(
            y[i],
            list(places),
            expected=None if wanted is None else wanted[i],
            simulations=simulations,
            seed=seed + i,
            draws=None if drawn is None else drawn[:, i],
        )
        if one is not None:
            found.append((scheme, one))
    alarms = benjamini_hochberg([c.p for _s, c in found], fdr) if found else np.zeros(0, dtype=bool)
    per_year = 52.0 * max(len(schemes), 1)
    return [
        ClusterSignal(
            scheme,
            tuple(regions[i] for i in cluster.regions),
            cluster,
            dates[len(dates) - cluster.weeks],
            bool(alarm and cluster.observed >= LEAST and cluster.probability > SURE),
            cluster.recurrence_years(per_year),
        )
        for (scheme, cluster), alarm in zip(found, alarms, strict=True)
    ]
