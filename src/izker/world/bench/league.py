"""The league table: what each policy held, returned and wrongly held at each delay, with intervals, and the targets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from izker.holds.hazard import Hazard
from izker.world.bench.parameters import MINUTE, TENGE, delays, table
from izker.world.bench.policies import POLICIES, VARIANTS, Sight
from izker.world.bench.run import play_policy
from izker.world.bench.scene import I64, Scene
from izker.world.bench.state import (
    FIRST,
    HELD,
    LAST,
    LINES,
    OTHERS,
    PROTECTED,
    REQUESTS,
    RESULTS,
    RETURNED,
    STOLEN,
    WRONG,
    WRONG_ACCOUNTS,
)  # fmt: skip

Floats = npt.NDArray[np.float64]
Progress = Callable[[str, int, int], None]
BOOTSTRAPS = 400
MILLION = 1_000_000 * TENGE


@dataclass(frozen=True)
class Row:
    """A policy at a delay. Shares are of the value stolen by the report, except wrongly_held_share (of all that is held).

    `ci`: 95 % intervals; account_days: wrongly touched accounts x days of the hold, a report; requests, lines: a report.
    """

    name: str
    delay: int
    games: int
    stolen: int
    held_share: float
    returned_share: float
    wrongly_held_share: float
    wrongly_held_of_stolen: float
    others_share: float
    protected_share: float
    account_days: float
    requests: float
    lines: float
    requests_per_million: float
    bank_minutes_per_million: float
    first_hold_minutes: float | None
    last_hold_minutes: float | None
    ci: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """A promise of the project against what the bench measured; `best`: what the all-knowing bound allows, where it limits."""

    text: str
    delay: int
    value: float
    target: float
    met: bool
    best: float | None = None


@dataclass(frozen=True)
class League:
    """All rows, the variants of the plan, and the targets; JSON as DESIGN.md has it."""

    scale: str
    seeds: list[int]
    regime: str
    policies: list[Row]
    variants: list[Row]
    targets: list[Target]

    def as_json(self) -> dict[str, Any]:
        hazard = dict(Hazard.default().about)
        return {"synthetic": True, **asdict(self), "parameters": table(), "hazard": hazard}

    def row(self, name: str, delay: int) -> Row:
        return next(r for r in (*self.policies, *self.variants) if (r.name, r.delay) == (name, delay))


def play_league(scenes: Sequence[Callable[[], Scene]], *, regime: str = "mixed", variants: bool = True, on_progress: Progress = lambda *_: None) -> League:
    """Play every policy at every delay in each scene (given as functions, so that one is in memory at a time)."""
    chosen = [*POLICIES.values(), *(VARIANTS.values() if variants else ())]
    found: dict[tuple[str, int], list[I64]] = {}
    seeds, scale = [], ""
    hazard = Hazard.default()
    step, steps = 0, len(scenes) * len(chosen) * len(delays())
    for make in scenes:
        scene = make()
        seeds.append(scene.seed)
        scale = scene.scale
        sight = Sight(scene)
        for policy in chosen:
            for delay in delays():
                _, out = play_policy(scene, sight, policy, hazard, delay * MINUTE, seed=scene.seed, regime=regime)
                found.setdefault((policy.name, delay), []).append(out)
                step += 1
                on_progress(policy.name, step, steps)
    rows = {key: _row(*key, outs) for key, outs in found.items()}
    main = [rows[p, d] for p in POLICIES for d in delays()]
    more = [rows[p, d] for p in VARIANTS for d in delays() if (p, d) in rows]
    return League(scale, seeds, regime, main, more, targets(rows))


def targets(rows: dict[tuple[str, int], Row]) -> list[Target]:
    """The promises of the response bench (issue 3 of the project), each against these rows."""
    out = []
    for delay in (10, 60):
        izker, med2, bound = rows["izker", delay], rows["med2", delay], rows["bound", delay]
        gain, best = _over(izker.held_share, med2.held_share), _over(bound.held_share, med2.held_share)
        out.append(Target("value held over med2", delay, gain, 0.25, gain >= 0.25, best))
        wrong = izker.wrongly_held_of_stolen / med2.wrongly_held_of_stolen if med2.wrongly_held_of_stolen else float(izker.wrongly_held_of_stolen > 0)
        out.append(Target("wrongly held value as a share of med2's", delay, wrong, 0.5, wrong <= 0.5))
        out.append(Target("wrongly held value as a share of what is held", delay, izker.wrongly_held_share, 0.01, izker.wrongly_held_share <= 0.01))
        more = _over(izker.requests, med2.requests)
        out.append(Target("requests over med2", delay, more, 0.10, more <= 0.10))
    near = rows["izker", 10].held_share / rows["bound", 10].held_share if rows["bound", 10].held_share else 1.0
    out.append(Target("value held as a share of the all-knowing bound", 10, near, 0.85, near >= 0.85))
    return out


def _over(a: float, b: float) -> float:
    return a / b - 1.0 if b else 0.0


def _ratios(sums: Floats) -> dict[str, Floats]:
    """Shares from sums of RESULTS, along the first axis."""
    stolen = np.maximum(sums[:, STOLEN], 1.0)
    everything = sums[:, HELD] + sums[:, OTHERS] + sums[:, WRONG]
    return {
        "held_share": sums[:, HELD] / stolen,
        "returned_share": sums[:, RETURNED] / stolen,
        "wrongly_held_share": np.divide(sums[:, WRONG], everything, out=np.zeros(len(sums)), where=everything > 0),
        "wrongly_held_of_stolen": sums[:, WRONG] / stolen,
        "requests": sums[:, REQUESTS] / np.maximum(sums[:, RESULTS], 1.0),
    }


def _row(name: str, delay: int, outs: list[I64]) -> Row:
    whole = np.concatenate(outs)
    counted = np.column_stack([whole, np.ones(len(whole), np.int64)]).astype(np.float64)
    sums = counted.sum(0)
    ratio = {key: float(value[0]) for key, value in _ratios(sums[None, :]).items()}
    saved = max(sums[HELD], 1.0) / MILLION
    touched = whole[whole[:, FIRST] >= 0]
    hold, work = float(table()["clock"]["hold_days"]), table()["work"]
    games = max(len(whole), 1)
    return Row(
        name=name,
        delay=delay,
        games=len(whole),
        stolen=int(sums[STOLEN]),
        held_share=ratio["held_share"],
        returned_share=ratio["returned_share"],
        wrongly_held_share=ratio["wrongly_held_share"],
        wrongly_held_of_stolen=ratio["wrongly_held_of_stolen"],
        others_share=float(sums[OTHERS] / max(sums[STOLEN], 1.0)),
        protected_share=float(sums[PROTECTED] / max(sums[STOLEN], 1.0)),
        account_days=float(sums[WRONG_ACCOUNTS] * hold / games),
        requests=ratio["requests"],
        lines=float(sums[LINES] / games),
        requests_per_million=float(sums[REQUESTS] / saved) if sums[HELD] else 0.0,
        bank_minutes_per_million=float((sums[REQUESTS] * work["request_minutes"] + sums[LINES] * work["line_minutes"]) / saved) if sums[HELD] else 0.0,
        first_hold_minutes=float(np.median(touched[:, FIRST]) / MINUTE) if len(touched) else None,
        last_hold_minutes=float(np.median(touched[:, LAST]) / MINUTE) if len(touched) else None,
        ci=_intervals(outs, counted),
    )


def _intervals(outs: list[I64], counted: Floats) -> dict[str, list[float]]:
    """95 % intervals: Student's t over worlds of three seeds or more, else a bootstrap over frauds (Efron 1979)."""
    if len(outs) >= 3:
        each = _ratios(np.array([np.append(o.sum(0), len(o)) for o in outs], np.float64))
        t = float(stats.t.ppf(0.975, len(outs) - 1)) / np.sqrt(len(outs))
        return {k: [float(max(0.0, v.mean() - t * v.std(ddof=1))), float(v.mean() + t * v.std(ddof=1))] for k, v in each.items()}
    if not len(counted):
        return {}
    rng = np.random.default_rng(0)
    sums = np.array([counted[rng.integers(0, len(counted), len(counted))].sum(0) for _ in range(BOOTSTRAPS)])
    return {k: [float(x) for x in np.quantile(v, [0.025, 0.975])] for k, v in _ratios(sums).items()}
