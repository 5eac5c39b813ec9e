"""Mule accounts: recruited, worked for some days, exposed, replaced, now and then bought again by others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from izker.money import TIYN
from izker.world.accounts import Accounts
from izker.world.identity import banks
from izker.world.parameters import values
from izker.world.people import People
from izker.world.register.clock import DAY, HOUR
from izker.world.streams import FloatArray, IntArray, choose, stream

FIRST, SECOND, COLLECTOR = range(3)
LAYERS = ("first", "second", "collector")
_BIG = 1 << 47


@dataclass
class Mules:
    """Stints: an account worked by an organisation in one slot of a layer from `start` to `end` (UTC µs). Sorted by
    (slot, start).
    """

    account: IntArray
    slot: IntArray
    organisation: IntArray
    layer: IntArray
    start: IntArray
    end: IntArray
    source: IntArray  # 0 opened for it, 1 the person's own account, 2 bought again
    key: IntArray
    slots: IntArray  # number by layer
    origin: int

    def pick(
        self, rng: np.random.Generator, organisation: IntArray, layer: IntArray, when: IntArray, avoid: IntArray
    ) -> IntArray:
        """An account that the organisation works at `when` in the layer; not `avoid` where another one is at work."""
        per = int(self.slots.sum())
        offset = np.concatenate([[0], np.cumsum(self.slots)[:-1]])
        out = np.zeros(len(organisation), dtype=np.int64)
        todo = np.arange(len(organisation))
        for _try in range(4):
            which = (rng.random(len(todo)) * self.slots[layer[todo]]).astype(np.int64)
            slot = organisation[todo] * per + offset[layer[todo]] + which
            out[todo] = self.account[
                np.searchsorted(self.key, slot * _BIG + (when[todo] - self.origin), side="right") - 1
            ]
            todo = todo[out[todo] == avoid[todo]]
            if not len(todo):
                break
        return out


def recruit(seed: int, people: People, accounts: Accounts, organisations: int, window: tuple[int, int]) -> Mules:
    """Fill every slot of every organisation over the window, and open the accounts that are needed for it."""
    rng, rule = stream(seed, "fraud", "mules"), values("fraud")
    slots = np.array([rule["slots"][name] for name in LAYERS], dtype=np.int64)
    per, start, end = int(slots.sum()), window[0] - DAY, window[1]
    layer_of = np.repeat(np.arange(3), slots)
    turns = int((end - start) / DAY / rule["mule_days"] * 1.6) + 6
    lives = (rng.exponential(rule["mule_days"], (organisations * per, turns)) + 0.4) * DAY
    begins = (
        start
        - (rng.random(organisations * per) * 4 * DAY)[:, None]
        + np.concatenate([np.zeros((organisations * per, 1)), np.cumsum(lives, axis=1)[:, :-1]], axis=1)
    )
    keep = begins < end
    slot = np.repeat(np.arange(organisations * per), turns).reshape(begins.shape)[keep]
    begin, life = begins[keep].astype(np.int64), lives[keep].astype(np.int64)
    begin = np.maximum(begin, start - 4 * DAY)
    account, source = _accounts(rng, people, accounts, begin, begin + life, layer_of[slot % per])
    origin = start - 5 * DAY
    return Mules(
        account=account,
        slot=slot,
        organisation=slot // per,
        layer=layer_of[slot % per],
        start=begin,
        end=np.minimum(begin + life, end),
        source=source,
        key=slot * _BIG + (begin - origin),
        slots=slots,
        origin=origin,
    )


def _accounts(
    rng: np.random.Generator, people: People, accounts: Accounts, begin: IntArray, end: IntArray, layer: IntArray
) -> tuple[IntArray, IntArray]:
    rule, size = values("fraud"), len(begin)
    draw = rng.random(size)
    source = np.where(draw < rule["mule_fresh"], 0, np.where(draw < 1 - rule["mule_reused"], 1, 2))
    source[layer == COLLECTOR] = 0
    low, high = rule["mule_age"]
    age = 2025 - people.birth_year
    weight: FloatArray = np.where((age >= low) & (age <= high), 1.0, np.where(age < 60, 0.06, 0.004))
    recruits = np.unique(choose(rng, weight, max(size // 3, 12)))
    person = recruits[rng.integers(0, len(recruits), size)]
    account = person.copy()
    fresh = np.flatnonzero(source == 0)
    bank = choose(rng, [float(str(b["share"])) for b in banks()], len(fresh))
    opened = begin[fresh] - (rng.exponential(4.0, len(fresh)) * DAY).astype(np.int64) - 2 * HOUR
    opening = (rng.integers(0, 4_000, len(fresh)) * TIYN).astype(np.int64)
    account[fresh] = accounts.add(person[fresh], bank, opened, opening)
    order = np.argsort(end, kind="stable")
    over = np.searchsorted(end[order], begin - 10 * DAY)
    for row in np.flatnonzero(source == 2):
        if over[row]:
            account[row] = account[order[int(rng.integers(0, over[row]))]]
        else:
            source[row] = 1
    return account, source
