"""What is known from outside the series: interventions, recurring weeks, and people who never report.

An intervention is stated (name, dates), never found by the model: history before a step is lifted to the level after
it, so that a stricter classification is not read as a rise of crime. Its size is estimated from the periods around
it, or stated. Recurring weeks (the days between Christmas and New Year) are taken over only where every earlier year
shows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from izker.words import N_, Refusal

Floats = npt.NDArray[np.float64]

AROUND = 13  # periods on either side from which a step is estimated
CLEAR = 2.5  # robust standard deviations a recurring period must stand out by, in every earlier year

# Share of those who met fraudsters and went to the police; FinGramota survey, n = 5 000, Kazakhstan 2025
# (https://rus.baq.kz/shema-taynyy-santa-popolnila-spisok-samyh-opasnyh-onlayn-afer_300030328/).
REPORT_SHARE = 0.207
SURVEYED = 5000


@dataclass(frozen=True, slots=True)
class Intervention:
    """A stated change: from `start` on counts are `factor` times what they would have been; `factor` None: estimate
    it.

    `end` (exclusive) makes it temporary; None: for good. `name` is shown with every forecast that uses it.
    """

    name: str
    start: date
    end: date | None = None
    factor: float | None = None

    def __post_init__(self) -> None:
        if self.factor is not None and not (np.isfinite(self.factor) and self.factor > 0):
            raise Refusal(N_("intervention {name}: the factor must be a number above zero"), name=self.name)
        if self.end is not None and self.end <= self.start:
            raise Refusal(N_("intervention {name}: it ends before it starts"), name=self.name)

    def on(self, dates: Sequence[date]) -> npt.NDArray[np.bool_]:
        """(T,) whether it is in force in the period that begins on each date."""
        return np.array([self.start <= d and (self.end is None or d < self.end) for d in dates], dtype=bool)


# The Prosecutor General explains the rise of 2025 by stricter classification and an end to manipulated statistics
# (https://astanatimes.com, July 2025): a step in registration, not in crime.
STRICTER_2025 = Intervention("stricter classification", date(2025, 1, 1))


@dataclass(frozen=True, slots=True)
class Effect:
    """An intervention as used: `factor` with its standard error on the log scale, or None where the data cannot
    tell.
    """

    intervention: Intervention
    factor: float | None
    log_error: float

    def as_json(self) -> dict[str, object]:
        i = self.intervention
        return {
            "name": i.name,
            "start": i.start,
            "end": i.end,
            "factor": self.factor,
            "log_error": self.log_error if np.isfinite(self.log_error) else None,
            "stated": i.factor is not None,
        }


def estimate(total: Floats, dates: Sequence[date], intervention: Intervention) -> Effect:
    """Size of a step in the total (T,): ratio of medians of the 13 periods before and after (log scale, robust error).

    Fewer than 4 periods on either side: the data cannot tell, no correction is made and the effect says so.
    """
    if intervention.factor is not None:
        return Effect(intervention, intervention.factor, 0.0)
    on = intervention.on(dates)
    values = np.log1p(np.where(np.isfinite(total), total, np.nan))
    inside = np.flatnonzero(on & np.isfinite(values))[:AROUND]
    first = next((i for i, d in enumerate(dates) if d >= intervention.start), len(dates))
    before = np.flatnonzero(np.isfinite(values) & (np.arange(len(dates)) < first))[-AROUND:]
    if inside.size < 4 or before.size < 4:
        return Effect(intervention, None, float("nan"))
    spread = [1.4826 * np.median(np.abs(values[k] - np.median(values[k]))) for k in (before, inside)]
    error = float(np.sqrt(sum(1.57 * s**2 / k.size for s, k in zip(spread, (before, inside), strict=True))))
    return Effect(intervention, float(np.exp(np.median(values[inside]) - np.median(values[before]))), error)


def multiplier(dates: Sequence[date], effects: Sequence[Effect]) -> Floats:
    """(T,) what the effects in force multiply each period by; history divides by it, the future multiplies."""
    out = np.ones(len(dates))
    for effect in effects:
        if effect.factor is not None:
            out[effect.intervention.on(dates)] *= effect.factor
    return out


def recurring(total: Floats, dates: Sequence[date], future: Sequence[date]) -> Floats:
    """(H,) factor of each future period that stands out in every earlier year, 1 elsewhere.

    A past period belongs to a future one if its start is within 3.5 days (weeks) or in the same month (months) of
    the year. Its deviation is log(value / median of the 12 periods around it); it must exceed 2.5 robust deviations
    with the same sign in every earlier year, at least two of them. The factor is the geometric mean, shrunk by n /
    (n + 0.5).
    """
    y = np.asarray(total, dtype=np.float64)
    out = np.ones(len(future))
    if y.size < 60 and not _monthly(dates):
        return out
    deviation = np.full(y.size, np.nan)
    for t in range(y.size):
        around = np.r_[y[max(t - 6, 0) : t], y[t + 1 : t + 7]]
        around = around[np.isfinite(around)]
        if np.isfinite(y[t]) and around.size >= 6:
            deviation[t] = np.log((y[t] + 1.0) / (np.median(around) + 1.0))
    good = np.isfinite(deviation)
    if good.sum() < 24:
        return out
    spread = 1.4826 * float(np.median(np.abs(deviation[good])))
    for h, day in enumerate(future):
        found = []
        for year in range(day.year - 1, dates[0].year - 2, -1):
            near = [(abs(_shift(d, day, year)), t) for t, d in enumerate(dates) if abs(_shift(d, day, year)) <= 3.5]
            if near and np.isfinite(deviation[min(near)[1]]):
                found.append(float(deviation[min(near)[1]]))
        same = all(v > 0 for v in found) or all(v < 0 for v in found)
        if len(found) >= 2 and same and min(abs(v) for v in found) > CLEAR * max(spread, 0.02):
            out[h] = np.exp(np.mean(found) * len(found) / (len(found) + 0.5))
    return out


def _monthly(dates: Sequence[date]) -> bool:
    return len(dates) > 1 and (dates[1] - dates[0]).days >= 28


def _shift(past: date, day: date, year: int) -> int:
    """Days from `past` to the same calendar day as `day` in `year`."""
    month, number = day.month, day.day
    if (month, number) == (2, 29):
        number = 28
    return (past - date(year, month, number)).days


def under_reporting(
    quantiles: npt.ArrayLike, levels: Sequence[float], *, share: float = REPORT_SHARE, surveyed: int = SURVEYED
) -> Floats:
    """Scenario, not forecast: what the same quantiles (..., L) would be were every offence reported.

    Divides by the share that reports; the share's own sampling error (normal on the logit, n people asked) is added
    in quadrature to the distance from the median. Nothing else about the silent ones is known: whether they lose as
    much, or by the same schemes, is not, and the page says so.
    """
    if not 0 < share < 1 or surveyed < 1:
        raise Refusal(N_("the share that reports must lie between 0 and 1, and somebody must have been asked"))
    q = np.asarray(quantiles, dtype=np.float64)
    tau = np.asarray(levels, dtype=np.float64)
    middle = q[..., [int(np.argmin(np.abs(tau - 0.5)))]]
    from scipy.special import ndtri

    relative = float((1 - share) / np.sqrt(share * (1 - share) * surveyed))
    extra = middle / share * (np.exp(ndtri(tau) * relative) - 1.0)
    spread = (q - middle) / share
    return np.asarray(middle / share + np.sign(tau - 0.5) * np.sqrt(spread**2 + extra**2))
