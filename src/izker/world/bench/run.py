"""Play whole policies: every fraud at every delay, on all cores, with the same banks for everybody."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import njit

from izker.holds.hazard import Hazard
from izker.world.bench import game
from izker.world.bench.parameters import DAY, TENGE, replies, table
from izker.world.bench.policies import Policy, Sight
from izker.world.bench.scene import I64, Pieces, Scene
from izker.world.bench.state import COLUMNS, HOP, RESULTS, Country, Rules, normal

Progress = Callable[[str, int], None]
EMPTY = np.zeros((0, COLUMNS), np.int64)


@njit(cache=True, nogil=True)
def play_all(
    games: Any, frauds: Any, starts: Any, legs: Any, legs_ptr: Any, lots: Any, lots_ptr: Any, lines: Any, lines_ptr: Any, number: Any,
    seed: int, rules: Rules, c: Country, sanction_median: float, sanction_sigma: float, out: Any,
) -> None:  # fmt: skip
    """Play the games listed in `games` (rows of frauds, starts and out)."""
    stamp, place = np.full(c.bank.size, -1, np.int64), np.zeros(c.bank.size, np.int64)
    for turn in range(games.size):
        g = games[turn]
        f = frauds[g]
        z = normal(seed, number[f], 1 << 20, 0)
        sanction = np.int64(np.exp(np.log(sanction_median) + sanction_sigma * z) * 86_400e6)
        game.play(
            legs[legs_ptr[f] : legs_ptr[f + 1]], lots[lots_ptr[f] : lots_ptr[f + 1]], lines[lines_ptr[g] : lines_ptr[g + 1]],
            number[f], starts[g], seed, rules, c, sanction, stamp, place, turn, out[g],
        )  # fmt: skip


def rules_of(policy: Policy, banks: list[str], hazard: Hazard, regime: str = "mixed") -> Rules:
    """The settings of a policy's games as the compiled game wants them."""
    t, izker = table(), table()["izker"]
    settings: dict[str, Any] = {"follow": False, "clairvoyant": False, "cap_total": False, "spare": False, "watch": False} | policy.settings
    ways = replies(banks, regime)
    return Rules(
        feed=int(t["feed"]["seconds"]) * 1_000_000,
        confirm=int(t["confirm"]["seconds"]) * 1_000_000,
        horizon=int(t["horizon"]["days"]) * DAY,
        hold=int(t["clock"]["hold_days"]) * DAY,
        min_amount=int(izker["min_amount"]) * TENGE,
        first_gain=int(izker["first_gain"]) * TENGE,
        later_gain=int(izker["later_gain"]) * TENGE,
        rounds=int(izker["rounds"]),
        reconfirm=int(izker["reconfirm_seconds"]) * 1_000_000,
        schedule=np.array(izker["replan_seconds"], np.int64) * 1_000_000,
        reply=np.array([[np.log(w.median), w.sigma, w.line_us] for w in ways]),
        edges=hazard.edges_us.astype(np.float64),
        hazard=hazard.cumulative(),
        **settings,
    )


def lots_of(scene: Scene, policy: Policy) -> Pieces:
    """The lots a policy may follow: none, the trail's under a rule, or the truth's legs as a perfect tracer would see them."""
    if policy.lots in scene.lots:
        return scene.lots[policy.lots]
    if policy.lots == "none":
        return Pieces(EMPTY, np.zeros_like(scene.legs.ptr))
    rows = scene.legs.rows.copy()
    rows[:, HOP] += 1
    return Pieces(rows, scene.legs.ptr)


def play_policy(
    scene: Scene, sight: Sight, policy: Policy, hazard: Hazard, delay_us: int, *, seed: int, regime: str = "mixed", which: I64 | None = None
) -> tuple[I64, I64]:
    """(frauds, results): one row of RESULTS a game, for all frauds playable at this delay (or those of `which`)."""
    frauds = scene.playable(delay_us) if which is None else np.intersect1d(scene.playable(delay_us), which)
    starts = scene.first[frauds] + delay_us
    lines, lines_ptr = policy.ask(sight, frauds, starts) if policy.ask else (np.zeros((0, 3), np.int64), np.zeros(frauds.size + 1, np.int64))
    lots = lots_of(scene, policy)
    out = np.zeros((frauds.size, RESULTS), np.int64)
    rules, sanction = rules_of(policy, scene.banks, hazard, regime), table()["sanction"]

    def part(games: I64) -> None:
        play_all(
            games, frauds, starts, scene.legs.rows, scene.legs.ptr, lots.rows, lots.ptr, lines, lines_ptr, scene.number, seed, rules,
            scene.country, float(sanction["median_days"]), float(sanction["sigma"]), out,
        )  # fmt: skip

    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(part, [np.arange(k, frauds.size, workers) for k in range(workers)]))
    return frauds, out
