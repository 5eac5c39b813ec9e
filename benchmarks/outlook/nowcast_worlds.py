"""Synthetic worlds with known delay laws: what the nowcast's constants are chosen on, so that real scores stay unseen.

A world draws totals of every part and step (log level: wave, random walk, weekday; gamma noise; Poisson), then delays from
a law whose scale may drift, may differ by part, and whose hazards follow the weekday of the report; some steps publish
nothing and the next one publishes for both. The truth counts every report, however late.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy import stats

from izker.outlook.steps import Step, shift
from izker.outlook.triangle import LONGEST, STEPS_KEPT, Triangle

Floats = npt.NDArray[np.float64]
FIRST: dict[str, date] = {"day": date(2024, 1, 1), "week": date(2019, 1, 7), "month": date(2015, 1, 1)}
LATEST: dict[str, int] = {"day": 365, "week": 120, "month": 60}  # the longest delay that can happen, steps
OFFICE = (1.3, 1.2, 1.1, 1.1, 1.0, 0.3, 0.1)  # readiness to report by weekday, Monday first


def exponential(mean: float) -> Callable[[Floats], Floats]:
    """Survival of the delay in steps."""
    return lambda d: np.exp(-d / mean)


def lognormal(median: float, sigma: float) -> Callable[[Floats], Floats]:
    return lambda d: np.asarray(stats.lognorm.sf(d, sigma, scale=median))


def pareto(scale: float, power: float) -> Callable[[Floats], Floats]:
    return lambda d: (1.0 + d / scale) ** -power


def two_humps(early: float, late: float, share: float) -> Callable[[Floats], Floats]:
    """Most report soon, a `share` once a statement comes by post around step `late`."""
    return lambda d: (1.0 - share) * np.exp(-d / early) + share * np.asarray(stats.norm.sf(d, late, 0.15 * late))


@dataclass(frozen=True, slots=True)
class World:
    """`total` reports a step on average; `steps` of history of which the last `scored` hold the issue steps.

    `ramp`: factor by which delays have lengthened at the end of the scored steps, from their beginning on; `wander`:
    standard deviation a step of the log scale of delays; `walk`, `wave`: the same of the log level, and its amplitude
    over `wave_length` steps; `dispersion`: gamma shape of a step's own noise; `published`: weekdays with a report day;
    `lost`: share of report days on which nothing is published; `cut`: share of the first step that the table holds;
    `rise`: factor by which the level has risen at the end of the scored steps; `within`: only reports up to this delay count.
    """

    name: str
    step: Step
    total: float
    parts: int
    law: Callable[[Floats], Floats]
    steps: int = 330
    scored: int = 90
    ramp: float = 1.0
    wander: float = 0.0
    walk: float = 0.01
    wave: float = 0.0
    wave_length: float = 120.0
    dispersion: float = 100.0
    office: bool = False
    published: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    lost: float = 0.0
    cut: float = 1.0
    rise: float = 1.0
    within: int | None = None


WORLDS = (
    World("day lognormal, offices", "day", 300, 10, lognormal(5, 1.2), office=True, wave=0.5),
    World("day exponential, 20,000", "day", 20_000, 8, exponential(1.5), walk=0.02, dispersion=400),
    World("day Pareto tail", "day", 60, 3, pareto(4, 1.1), office=True),
    World("day published Tue-Fri", "day", 60, 4, lognormal(3, 1.0), published=(1, 2, 3, 4), wave=1.0, dispersion=50),
    World("day lengthening", "day", 200, 6, lognormal(4, 1.1), office=True, ramp=2.0),
    World("day shortening", "day", 400, 6, lognormal(8, 1.0), office=True, ramp=0.5, wave=0.5),
    World("day wandering", "day", 800, 16, lognormal(4, 1.2), office=True, wander=0.02, wave=0.8),
    World("day 10 a day", "day", 10, 5, exponential(4), office=True, dispersion=20),
    World("day two humps, lost days", "day", 120, 5, two_humps(3, 25, 0.3), lost=0.05),
    World("day steep waves", "day", 1000, 10, lognormal(3, 1.0), office=True, wave=1.5, wave_length=70, walk=0.02),
    World("day young table", "day", 100, 5, lognormal(5, 1.0), steps=70, scored=25, office=True),
    World("day young table, heavy", "day", 100, 3, lognormal(5, 1.6), steps=75, scored=30),
    World("day young table, hump", "day", 100, 3, two_humps(3, 20, 0.25), steps=75, scored=25),
    World("day 30 small parts", "day", 60, 30, lognormal(6, 1.2), office=True, wave=0.5),
    World("week 20 a week", "week", 20, 1, lognormal(2, 1.4), steps=130, scored=60, dispersion=30),
    World("week 20 a week, exponential", "week", 20, 3, exponential(3), steps=90, scored=40, dispersion=30),
    World("week seasonal 2,000", "week", 2000, 8, exponential(1.2), steps=200, scored=80, wave=1.5, wave_length=52, walk=0.05),
    World("week quickening", "week", 150, 4, lognormal(2.5, 1.2), steps=180, scored=60, ramp=0.6),
    World("week lengthening, 30 parts", "week", 120, 30, lognormal(2, 1.2), steps=180, scored=60, ramp=1.6),
    World("week young, cut first week", "week", 17, 1, lognormal(1.4, 1.9), steps=72, scored=38, within=26, cut=0.15),
    World("week young, Pareto", "week", 17, 1, pareto(1.6, 1.1), steps=72, scored=38, within=26, cut=0.4, walk=0.03),
    World("week young, rising", "week", 17, 1, lognormal(1.4, 1.9), steps=72, scored=38, within=26, cut=0.15, rise=1.6),
    World("week young, clumped", "week", 17, 1, lognormal(1.4, 1.9), steps=72, scored=38, within=26, dispersion=8),
    World("week young, wandering", "week", 17, 1, lognormal(1.4, 1.9), steps=72, scored=38, within=26, cut=0.4, wander=0.05),
    World("month lognormal", "month", 500, 5, lognormal(1.5, 1.0), steps=84, scored=36, walk=0.03),
    World("month Pareto, 30 a month", "month", 30, 3, pareto(2, 1.5), steps=84, scored=36, walk=0.03),
)


@dataclass(frozen=True, slots=True)
class Past:
    """One drawn history: `known` (parts, n, n) by reference and report step; `final`, (parts, n); `share`
    (parts, n, H+1): the true share reported by each age of each reference step, publication included.
    """

    world: World
    known: Floats
    final: Floats
    share: Floats


def draw(world: World, seed: int) -> Past:
    rng = np.random.default_rng([seed, sum(map(ord, world.name))])
    n, most = world.steps, LATEST[world.step]
    weekday = np.arange(n + most) % 7
    reports = np.ones(n + most, dtype=np.bool_)
    if world.step == "day":
        reports = np.isin(weekday, world.published)
    reports &= rng.random(n + most) >= world.lost
    reports[-1] = True
    t = np.arange(n)
    swing = world.wave * np.sin(2 * np.pi * (t / world.wave_length + rng.random()))
    level = np.log(world.total) + swing + np.cumsum(rng.normal(0, world.walk, n))
    level -= np.log(np.exp(level - np.log(world.total)).mean())
    if world.step == "day":
        level += 0.15 * np.cos(2 * np.pi * t / 7)
    part_share = 1.0 / (1.0 + np.arange(world.parts))
    part_share /= part_share.sum()
    since = np.clip((t - (n - world.scored)) / world.scored, 0.0, 1.0)
    level += np.log(world.rise) * since
    level[0] += np.log(world.cut)
    scale = np.exp(np.log(world.ramp) * since + np.cumsum(rng.normal(0, world.wander, n)))
    following = _next(reports)
    known = np.zeros((world.parts, n, n))
    final = np.zeros((world.parts, n))
    share = np.zeros((world.parts, n, most + 1))
    for k in range(world.parts):
        own = scale * np.exp(rng.normal(0, 0.15))
        alive = world.law(np.arange(most + 1)[None, :] / own[:, None])
        hazard = 1.0 - alive[:, 1:] / np.maximum(alive[:, :-1], 1e-300)
        if world.office:
            ready = np.array(OFFICE)[weekday[t[:, None] + np.arange(most)[None, :]]]
            hazard = 1.0 - (1.0 - np.clip(hazard, 0, 1 - 1e-12)) ** ready
        left = np.cumprod(1.0 - hazard, axis=1)
        mass = np.concatenate([1.0 - left[:, :1], left[:, :-1] - left[:, 1:], left[:, -1:]], axis=1)
        shown = np.zeros((n, most + 1))
        for d in range(most + 1):
            at = np.minimum(following[np.minimum(t + d, n + most - 1)] - t, most)
            shown[t, at] += mass[:, d]
        mean = np.exp(level + np.cumsum(rng.normal(0, 0.5 * world.walk, n))) * part_share[k]
        count = rng.poisson(mean * rng.gamma(world.dispersion, 1.0 / world.dispersion, n))
        cells = rng.multinomial(count, np.maximum(shown, 0.0) / shown.sum(axis=1, keepdims=True))
        share[k] = np.cumsum(shown, axis=1)
        final[k] = count
        if world.within is not None:
            final[k] = cells[:, : world.within + 1].sum(axis=1)
            share[k] = np.minimum(share[k] / share[k][:, world.within, None], 1.0)
        for d in range(n):
            if d <= most:
                known[k, t[: n - d], t[: n - d] + d] = cells[: n - d, d]
    return Past(world, known.cumsum(axis=2), final, share)


def _next(reports: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """The first report step at or after each step."""
    out = np.arange(len(reports))
    for i in range(len(reports) - 2, -1, -1):
        if not reports[i]:
            out[i] = out[i + 1]
    return out


def triangle(past: Past, issue: int) -> Triangle:
    """What `triangle.read_triangle` would make of the reports known at step `issue`."""
    step = past.world.step
    n = min(issue + 1, STEPS_KEPT[step])
    low = issue + 1 - n
    ages = past.world.within or min(n // 2, LONGEST[step])
    cube = np.full((past.world.parts, n, ages + 1), np.nan)
    for h in range(ages + 1):
        i = np.arange(h, n)
        cube[:, i, h] = past.known[:, low + i - h, low + i]
    labels = tuple(shift(FIRST[step], low + i, step) for i in range(n))
    cuts = tuple(shift(shift(d, 1, step), -1, "day") for d in labels)
    keys = tuple((f"p{k:02d}",) for k in range(past.world.parts)) if past.world.parts > 1 else ((),)
    strata = ("part",) if past.world.parts > 1 else ()
    latest = past.known[:, low : issue + 1, issue]
    return Triangle(cube, latest, labels, cuts, strata, keys, step, cuts[-1], open_ended=past.world.within is None)
