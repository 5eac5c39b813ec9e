"""Signals: which series is above what its past allows this week, by several detectors, with a known rate of false
alarms.

Every series of the hierarchy is put to each detector for the last weeks. With nowcast draws the bound comes from
complete history and the count from the draws: alarm if P(count > bound) > 0.9 over the draws, so that late reports
hide nothing. The early detector looks at the same offences from the other side: what is reported of them by now, against
what was as early in past weeks; the corrected count must be above its expectation in more than 0.9 of the draws too, for
faster reporting alone is no outbreak. Within a week Benjamini and Hochberg's rule over all series and detectors together (the
changepoint's posterior apart) holds the share of false alarms among all alarms; the recurrence interval says how often
chance alone would give as much. A signal is a reason to look, never a finding.
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
from izker.outlook.signals_early import WINDOWS, early
from izker.outlook.signals_scan import Cluster, scan
from izker.words import N_, Refusal, _

Floats = npt.NDArray[np.float64]

DETECTORS = ("farrington", "nb", "early", "changepoint")
SURE = 0.9  # share of nowcast draws above the bound that makes an alarm
ALPHA = 0.01
FDR = 0.1
SPARK = 26  # weeks shown with a signal
LEAST = 3.0  # cases below which nothing is an outbreak


@dataclass(frozen=True, slots=True)
class Signal:
    """One series, one week, one detector. observed: median over draws; known: reported so far; p: chance of as many
    without a change.

    early: observed, expected and bound are counts reported so far of the offences of the last `weeks` weeks; `final_bound` is the bound
    of their complete count.
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
    series: tuple[float, ...]
    drawn: bool = False
    weeks: int = 1
    final_bound: float = float("nan")

    @property
    def reason(self) -> str:
        """Why, in the language in force."""
        return _reason(self)

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
            "final_bound": clean(self.final_bound),
            "score": clean(self.score),
            "alarm": self.alarm,
            "detector": self.detector,
            "weeks": self.weeks,
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
    seen: npt.ArrayLike | None = None,
    detectors: Sequence[str] = ("farrington", "nb"),
    weeks: int = 1,
    alpha: float = ALPHA,
    fdr: float = FDR,
) -> list[Signal]:
    """Signals of the last `weeks` weeks: one a series, week and detector, alarms and quiet ones alike.

    values: bottom series (n, T) as known, NaN = missing week; draws (D, n, K): nowcast of the last K weeks; seen
    (W, n, T): counts as early (`signals_early.windows`), which the detector "early" needs; it judges the newest week
    only, for older ones had their turn. fdr 0 switches the Benjamini-Hochberg rule off. Without 12 weeks of history
    bound and alarm are empty and the reason says "no data".
    """
    unknown = [d for d in detectors if d not in DETECTORS]
    if unknown:
        raise Refusal(N_("there is no detector {name}; there are: {have}"), name=unknown[0], have=", ".join(DETECTORS))
    if not 0 < alpha < 0.5 or not 0 <= fdr < 1:
        raise Refusal(N_("alpha must lie between 0 and 0.5 and the false discovery rate between 0 and 1"))
    if "early" in detectors and seen is None:
        raise Refusal(N_("the early detector needs reports with their dates: a line list or a reporting triangle"))
    early_counts = None if seen is None else hierarchy.aggregate(seen)
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
    tests = [
        _early(early_counts, best, now, targets[-1:], alpha)
        if name == "early" and early_counts is not None
        else _test(name, dates, best, now, targets, alpha, draws is not None)
        for name in detectors
    ]
    kept = _controlled(tests, fdr)
    signals: list[Signal] = []
    for test, allowed in zip(tests, kept, strict=True):
        for k, t in enumerate(test.targets):
            for i, key in enumerate(hierarchy.keys):
                chance = float(test.p[i, k]) if np.isfinite(test.bound[i, k]) else float("nan")
                early_one = test.name == "early"
                signals.append(
                    Signal(
                        dates[t],
                        key,
                        test.name,
                        float(test.observed[i, k]),
                        float(test.observed[i, k] if early_one else known[i, t]),
                        float(test.expected[i, k]),
                        float(test.bound[i, k]),
                        float(test.score[i, k]),
                        chance,
                        float(test.probability[i, k]),
                        bool(test.exceeds[i, k]),
                        bool(test.exceeds[i, k] and allowed[i, k]),
                        1.0 / (max(chance, 1e-9) * 52.0),
                        tuple(float(v) for v in best[i, max(t - SPARK + 1, 0) : t + 1]),
                        draws is not None,
                        int(test.weeks[i, k]),
                        float(test.final_bound[i, k]),
                    )
                )
    return signals


@dataclass(frozen=True)
class _Test:
    """What one detector says of every series and of the weeks `targets` (K), (N, K) each."""

    name: str
    targets: list[int]
    observed: Floats
    expected: Floats
    bound: Floats
    score: Floats
    p: Floats
    probability: Floats
    exceeds: npt.NDArray[np.bool_]
    weeks: npt.NDArray[np.int64]
    final_bound: Floats


def _controlled(tests: Sequence[_Test], fdr: float) -> list[npt.NDArray[np.bool_]]:
    """For each test (N, K) what the week's false discovery rate allows, over all detectors together; the changepoint on its own."""
    out = [np.ones_like(test.exceeds) for test in tests]
    if not fdr:
        return out
    for apart in (False, True):
        together = [i for i, test in enumerate(tests) if (test.name == "changepoint") == apart]
        for t in sorted({t for i in together for t in tests[i].targets}):
            now = [(i, tests[i].targets.index(t)) for i in together if t in tests[i].targets]
            p = np.concatenate([np.where(tests[i].exceeds[:, k], tests[i].p[:, k], 1.0) for i, k in now])
            for (i, k), passed in zip(now, np.split(benjamini_hochberg(p, fdr), len(now)), strict=True):
                out[i][:, k] = passed
    return out


def _early(seen: Floats, best: Floats, now: Floats, targets: list[int], alpha: float) -> _Test:
    found = early(seen, targets, alpha)
    weeks = list(range(max(targets[0] - WINDOWS + 1, 0), targets[-1] + 1))
    fit = signals_nb.fit(best, weeks)
    sure, final = np.full(found.p.shape, np.nan), np.full(found.p.shape, np.nan)
    for k, t in enumerate(targets):
        for width in range(1, WINDOWS + 1):
            mine = found.window[:, k] == width
            inside = [weeks.index(w) for w in range(max(t - width + 1, 0), t + 1)]
            mean = fit[:, inside, 0].sum(axis=1)[mine]
            total = now[:, :, t - len(inside) + 1 : t + 1].sum(axis=2)[:, mine]
            sure[mine, k] = np.where(np.isfinite(mean), (total > mean).mean(axis=0), np.nan)
            final[mine, k] = signals_nb.quantile(mean, fit[mine, inside[-1], 1], fit[:, inside, 2].sum(axis=1)[mine], 1 - alpha)
    with np.errstate(invalid="ignore", divide="ignore"):
        score = np.where(found.bound > found.expected, (found.observed - found.expected) / (found.bound - found.expected), np.nan)
        exceeds = np.isfinite(found.bound) & (found.p < alpha) & (found.observed >= LEAST) & (sure > SURE)
    return _Test("early", targets, found.observed, found.expected, found.bound, score, found.p, sure, exceeds, found.window, final)


def _test(name: str, dates: Sequence[date], best: Floats, now: Floats, targets: list[int], alpha: float, drawn: bool) -> _Test:
    mean, bound, p, probability, score = _measure(name, dates, best, now, targets, alpha)
    observed = best[:, targets]
    with np.errstate(invalid="ignore"):
        exceeds = np.isfinite(bound) & (probability > (SURE if drawn else 0.5)) & (observed >= LEAST)
    return _Test(name, targets, observed, mean, bound, score, p, probability, exceeds, np.ones(mean.shape, dtype=np.int64), bound)


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


def _reason(signal: Signal) -> str:
    if not np.isfinite(signal.bound):
        return _("no data: too little history for a bound")
    fields = {
        "observed": f"{signal.observed:.0f}",
        "expected": f"{signal.expected:.0f}",
        "bound": f"{signal.bound:.0f}",
        "share": f"{signal.probability:.0%}",
        "weeks": signal.weeks,
    }
    if signal.detector == "early":
        if not signal.exceeds:
            return _("{observed} reported so far, usual by now {expected}, bound {bound}: as usual").format(**fields)
        if signal.weeks == 1:
            return _("{observed} of the last week reported already, usual by now {expected}, bound {bound}").format(**fields)
        return _("{observed} of the last {weeks} weeks reported already, usual by now {expected}, bound {bound}").format(**fields)
    if not signal.exceeds and signal.bound < signal.observed < LEAST:
        return _("{observed}, expected {expected}, bound {bound}: too few cases to judge").format(**fields)
    if not signal.exceeds:
        return _("{observed}, expected {expected}, bound {bound}: as usual").format(**fields)
    if signal.detector == "changepoint":
        return _(
            "{observed}, expected {expected}: the level rose within the last four weeks (probability {share})"
        ).format(**fields)
    if signal.drawn:
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
