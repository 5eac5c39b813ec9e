"""Policies of the bench: small plug-ins that see what an officer could see, and ask banks to hold.

A policy is a name, the settings of its games and, where it asks for accounts rather than trail lots, a function that
writes its requests. Adding one is adding an entry to POLICIES.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from izker.words import N_
from izker.world.bench import reach
from izker.world.bench.parameters import DAY, HOUR, TENGE, table
from izker.world.bench.scene import I64, Scene
from izker.world.bench.state import ACCOUNT, AMOUNT, EXIT, PARENT, TS, WHOLE

Lines = tuple[I64, I64]  # (n, 3) account, cap, watch µs, most urgent first; pointers by game


class Sight:
    """What can be looked up for all policies once: the victims' payments and where transfers lead from them."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        legs = scene.legs
        paid = (legs.rows[:, PARENT] < 0) & (legs.rows[:, EXIT] == 0)
        owner = np.repeat(np.arange(legs.ptr.size - 1), np.diff(legs.ptr))[paid]
        self.roots = np.ascontiguousarray(legs.rows[paid][:, [ACCOUNT, TS, AMOUNT]])
        self.root_ptr = np.searchsorted(owner, np.arange(legs.ptr.size))

    @cached_property
    def graph(self) -> tuple[I64, I64]:
        """(rows, ptr) of MED-like tracking graphs: moment, account, amount, hop of each transfer reached."""
        t, rule = self.scene.transfers, table()["med2"]
        most = int(rule["max_transactions"])
        window, smallest = int(rule["hop_window_hours"]) * HOUR, int(rule["min_amount"]) * TENGE
        return self._grow(
            4,
            most,
            lambda rows, ptr: reach.graphs(
                t.ptr, t.ts, t.dst, t.amount, t.leaves, self.roots, self.root_ptr, int(rule["max_hops"]), most, window, smallest, rows, ptr
            ),
        )

    @cached_property
    def spread(self) -> tuple[I64, I64]:
        """(rows, ptr) of accounts reached by any later transfer: moment, account, hop."""
        t, rule = self.scene.transfers, table()["blanket"]
        most = int(rule["max_accounts"])
        return self._grow(
            3,
            most,
            lambda rows, ptr: reach.reaches(t.ptr, t.ts, t.dst, t.leaves, self.roots, self.root_ptr, int(rule["max_hops"]), most, 30 * DAY, rows, ptr),
        )

    def _grow(self, columns: int, most: int, fill: Callable[[I64, I64], int]) -> tuple[I64, I64]:
        size, ptr = max(4 * most, 1 << 20), np.zeros(self.root_ptr.size, np.int64)
        while True:
            rows = np.empty((size, columns), np.int64)
            used = fill(rows, ptr)
            if used >= 0:
                return rows[:used].copy(), ptr
            size *= 3


@dataclass(frozen=True)
class Policy:
    """`lots`: what the games follow: none, the trail under a rule (fifo, lifo), or the truth. `settings` go into `state.Rules`."""

    name: str
    title: str
    lots: str = "none"
    settings: dict[str, Any] = field(default_factory=dict)
    ask: Callable[[Sight, I64, I64], Lines] | None = None


def _lines(frauds: I64, game: I64, account: I64, cap: I64, watch: int, urgency: I64) -> Lines:
    order = np.lexsort((-urgency, game))
    rows = np.column_stack([account, cap, np.full(account.size, watch)])[order].astype(np.int64)
    return np.ascontiguousarray(rows), np.searchsorted(game[order], np.arange(frauds.size + 1))


def _known(rows: I64, ptr: I64, frauds: I64, starts: I64) -> tuple[I64, I64]:
    """(rows of these frauds that happened by the report, their game)."""
    size = np.diff(ptr)[frauds]
    game = np.repeat(np.arange(frauds.size), size)
    at = np.repeat(ptr[frauds] - np.concatenate([[0], np.cumsum(size)[:-1]]), size) + np.arange(game.size)
    keep = rows[at, 0] <= starts[game]
    return rows[at[keep]], game[keep]


def _first_account(sight: Sight, frauds: I64, starts: I64) -> Lines:
    """Today's practice: the accounts the victim paid into, blocked whole while the suspension lasts."""
    payments = np.ascontiguousarray(sight.roots[:, [1, 0, 2]])
    rows, game = _known(payments, sight.root_ptr, frauds, starts)
    pair, first = np.unique(game * sight.scene.accounts + rows[:, 1], return_index=True)
    hold = int(table()["clock"]["hold_days"]) * DAY
    return _lines(frauds, pair // sight.scene.accounts, pair % sight.scene.accounts, np.full(pair.size, WHOLE), hold, -rows[first, 0])


def _med2(sight: Sight, frauds: I64, starts: I64) -> Lines:
    """A tracer after MED 2.0: every account of the tracking graph, for what the graph's transfers brought it, the largest first.

    The same account is asked once; no more is held in all than was reported; what is short is taken from new credits.
    """
    rows, game = _known(*sight.graph, frauds, starts)
    total = np.bincount(game, weights=np.where(rows[:, 3] == 1, rows[:, 2], 0), minlength=frauds.size).astype(np.int64)
    pair, back = np.unique(game * sight.scene.accounts + rows[:, 1], return_inverse=True)
    whose = pair // sight.scene.accounts
    brought = np.bincount(back, weights=rows[:, 2], minlength=pair.size).astype(np.int64)
    watch = int(table()["med2"]["watch_days"]) * DAY
    return _lines(frauds, whose, pair % sight.scene.accounts, np.minimum(brought, total[whose]), watch, brought)


def _blanket(sight: Sight, frauds: I64, starts: I64) -> Lines:
    """Every account reached, blocked whole while the suspension lasts, in order of reach."""
    rows, game = _known(*sight.spread, frauds, starts)
    hold = int(table()["clock"]["hold_days"]) * DAY
    return _lines(frauds, game, rows[:, 1], np.full(game.size, WHOLE), hold, -rows[:, 0])


PLAN = {"follow": True, "spare": True, "watch": True}
POLICIES = {
    policy.name: policy
    for policy in (
        Policy("none", N_("nothing is asked")),
        Policy("first_account", N_("the first account is blocked whole"), ask=_first_account),
        Policy("med2", N_("a tracer after MED 2.0"), settings={"cap_total": True}, ask=_med2),
        Policy("blanket", N_("every account reached is blocked whole"), ask=_blanket),
        Policy("izker", N_("Izker's plan"), lots="lifo", settings=PLAN),
        Policy("bound", N_("the all-knowing bound"), settings={"clairvoyant": True}),
    )
}
# The same plan with one thing changed: what each part of it is worth.
VARIANTS = {
    policy.name: policy
    for policy in (
        Policy("izker_fifo", N_("Izker's plan on a first-in-first-out trail"), lots="fifo", settings=PLAN),
        Policy("izker_no_watch", N_("Izker's plan without watching the senders"), lots="lifo", settings=PLAN | {"watch": False}),
        Policy("izker_true_trail", N_("Izker's plan on a perfect trail"), lots="truth", settings=PLAN),
    )
}
