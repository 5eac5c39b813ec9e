"""The simulation study of Noufaily et al. 2013 (Stat. Med. 32(7)): 42 scenarios, detectors compared on false
positives and detections.

Baseline: negative binomial, mean exp(theta + beta t + sum of harmonics), variance phi mu, 624 weeks; four outbreaks
in weeks 313-575 and one in the last 49. An outbreak of size k: Poisson(k sd) cases with sd the baseline's at its
start, spread over weeks by a lognormal(0, 0.5) delay. FPR: alarms among the last 49 weeks outside the outbreak; POD:
outbreaks with an alarm in a week they have cases. Parameter sets as quoted in re-implementations of the study; the
paper itself was not at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from izker.outlook.signals_farrington import Bounds, farrington
from izker.outlook.signals_nb import detect

Floats = npt.NDArray[np.float64]

SETS = (  # theta, phi, beta, gamma cos, gamma sin
    (0.1, 1.5, 0.0025, 0.6, 0.6),
    (-2.0, 2.0, 0.005, 0.1, 0.3),
    (1.5, 1.0, 0.003, 0.2, -0.4),
    (0.5, 5.0, 0.002, 0.5, 0.5),
    (2.5, 3.0, 0.001, 1.0, 0.1),
    (3.75, 1.1, 0.001, 0.1, -0.1),
    (5.0, 1.2, 0.0001, 0.05, 0.01),
)
WEEKS, FIRST = 624, 575
SIZES = (2, 3, 5, 10)
Detector = Callable[[Floats, list[int]], Bounds]
DETECTORS: dict[str, Detector] = {
    "Farrington flexible": lambda y, t: farrington(y, t, years=5, alpha=0.01, few=(0, 4)),
    "robust NB": lambda y, t: detect(y, t, alpha=0.01),
}


def scenarios() -> Iterator[tuple[float, float, float, float, float, int]]:
    for theta, phi, beta, cos, sin in SETS:
        for trend in (0, 1):
            for harmonics in (0, 1, 2):
                yield theta, phi, beta * trend, cos, sin, harmonics


def counts(rng: np.random.Generator, mean: Floats, phi: float, size: tuple[int, ...]) -> npt.NDArray[np.int64]:
    if phi <= 1:
        return np.asarray(rng.poisson(mean, size))
    return np.asarray(rng.negative_binomial(np.broadcast_to(mean / (phi - 1), size), 1 / phi))


def outbreak(rng: np.random.Generator, start: int, size: float, sd: Floats) -> Floats:
    weeks = np.zeros(WEEKS)
    cases = rng.poisson(size * sd[start])
    at = start + np.floor(rng.lognormal(0.0, 0.5, cases)).astype(int)
    np.add.at(weeks, at[at < WEEKS], 1.0)
    return weeks


def run(repeats: int = 100, seed: int = 20130711) -> dict[str, dict[str, float]]:
    """Detector -> fpr, pod_2, pod_3, pod_5, pod_10, pod (mean over sizes), worst_fpr (by parameter set)."""
    rng = np.random.default_rng(seed)
    targets = list(range(FIRST, WEEKS))
    rates: dict[str, list[list[float]]] = {name: [] for name in DETECTORS}
    for theta, phi, beta, cos, sin, harmonics in scenarios():
        t = np.arange(1, WEEKS + 1)
        wave = sum(
            (
                cos * np.cos(2 * np.pi * j * t / 52) + sin * np.sin(2 * np.pi * j * t / 52)
                for j in range(1, harmonics + 1)
            ),
            np.zeros(WEEKS),
        )
        mean = np.exp(theta + beta * t + wave)
        sd = np.sqrt(phi * mean)
        base = counts(rng, mean, phi, (repeats, WEEKS)).astype(np.float64)
        for i in range(repeats):
            for start in rng.integers(312, FIRST - 26, 4):
                base[i] += outbreak(rng, int(start), float(rng.choice(SIZES)), sd)
        now = {
            k: np.stack([outbreak(rng, int(rng.integers(FIRST, WEEKS - 4)), k, sd) for _ in range(repeats)])
            for k in SIZES
        }
        for name, detector in DETECTORS.items():
            row = []
            clean = detector(base, targets)
            row.append(float(clean.alarm.mean()))
            for k in SIZES:
                found = detector(base + now[k], targets)
                ill = now[k][:, FIRST:] > 0
                real = ill.any(axis=1)
                row.append(float((found.alarm & ill).any(axis=1)[real].mean()) if real.any() else np.nan)
            rates[name].append(row)
    out = {}
    for name, rows in rates.items():
        table = np.array(rows)
        by_set = table[:, 0].reshape(len(SETS), -1).mean(axis=1)
        means = np.nanmean(table, axis=0)
        pods = dict(zip((f"pod_{k}" for k in SIZES), map(float, means[1:]), strict=True))
        out[name] = {"fpr": float(means[0]), **pods, "pod": float(means[1:].mean()), "worst_fpr": float(by_set.max())}
    return out
