"""The ordinary life of the panel's accounts, one local day at a time: wages, pensions, shopping, transfers, cash,
savings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from izker.money import TIYN
from izker.world.accounts import NOBODY, Accounts, Exits
from izker.world.parameters import values
from izker.world.people import BENEFIT, PENSION, SALARY, People
from izker.world.register.clock import HOUR, day_start, holidays, is_working
from izker.world.streams import FloatArray, IntArray, choose, stream

KINDS = ("transfer", "cash", "abroad", "crypto", "merchant")
PURPOSES = (
    "salary",
    "pension",
    "benefit",
    "purchase",
    "p2p",
    "cash",
    "own",
    "abroad",
    "crypto",
    "loan",
    "loan_repayment",
    "home_sale",
)
PURPOSE = {name: code for code, name in enumerate(PURPOSES)}
# everyday payments of a person: share in economy.toml [mix] -> (kind, purpose)
EVERYDAY = {
    "purchase": ("merchant", "purchase"),
    "p2p": ("transfer", "p2p"),
    "cash": ("cash", "cash"),
    "savings": ("transfer", "own"),
    "abroad": ("abroad", "abroad"),
    "crypto": ("crypto", "crypto"),
    "loan_repayment": ("transfer", "loan_repayment"),
}


@dataclass
class Rows:
    """One element a wanted transfer; `src` and `dst` are nodes, `kind` and `purpose` codes, `plan` a row of the
    planned transfers or -1.
    """

    at: IntArray
    src: IntArray
    dst: IntArray
    amount: IntArray
    kind: IntArray
    purpose: IntArray
    plan: IntArray


class Ordinary:
    """Everyday payments of the panel; activity is heavy-tailed between people (lognormal)."""

    def __init__(self, seed: int, people: People, accounts: Accounts, exits: Exits, payments_per_day: float) -> None:
        self.seed, self.people, self.accounts, self.exits = seed, people, accounts, exits
        self.rule = values("economy")
        rng = stream(seed, "ordinary")
        self.panel = np.flatnonzero(people.panel)
        activity = rng.lognormal(0.0, 0.6, len(self.panel)) * np.where(people.income[self.panel] == 0, 0.35, 1.0)
        self.edges: FloatArray = np.cumsum(np.asarray(activity, dtype=np.float64))
        self.mean = payments_per_day * len(self.panel)
        income = np.where(people.monthly[self.panel] > 0, people.monthly[self.panel], 60_000 * TIYN).astype(np.float64)
        # what a person can spend on one payment, so that a month's payments and a month's income are near each other
        per_payment = income / (30.4 * payments_per_day * activity / activity.mean())
        mix = self.rule["mix"]
        typical = sum(mix[m] * self.rule[f"{m}_mean"] for m in ("purchase", "p2p", "cash"))
        self.budget: FloatArray = np.clip(0.93 * per_payment / (typical * TIYN), 0.15, 6.0)
        self.traders = self.panel[rng.permutation(len(self.panel))[: max(len(self.panel) // 40, 10)]]
        self.trader_weight: FloatArray = np.asarray(1.0 / np.arange(1, len(self.traders) + 1) ** 0.9, dtype=np.float64)
        merchants = exits.count["merchant"]
        self.merchant_edges: FloatArray = np.cumsum(1.0 / np.arange(1, merchants + 1) ** 0.8)
        self.hours = np.cumsum(np.array(self.rule["hours"], dtype=np.float64))
        by_day: dict[tuple[int, int], IntArray] = {}
        for kind in (SALARY, PENSION, BENEFIT):
            of_kind = self.panel[people.income[self.panel] == kind]
            for day in np.unique(people.payday[of_kind]):
                by_day[kind, int(day)] = of_kind[people.payday[of_kind] == day]
        self.by_day = by_day

    def day(self, day: date) -> Rows:
        """Everything the panel wants to do on a local day, unsorted. A payday off work is paid on the last working
        day before.
        """
        rng = stream(self.seed, "ordinary", day.isoformat())
        factor = self.rule["weekday_factor"][day.weekday()]
        if day in holidays(day.year):
            factor *= self.rule["holiday_factor"]
        count = int(rng.poisson(self.mean * factor))
        start = day_start(day)
        return _join([self._everyday(rng, count, start), *self._incomes(rng, day, start)])

    def _everyday(self, rng: np.random.Generator, count: int, start: int) -> Rows:
        rule, mix = self.rule, self.rule["mix"]
        what = choose(rng, [mix[name] for name in EVERYDAY], count)
        index = np.minimum(np.searchsorted(self.edges, rng.random(count) * self.edges[-1]), len(self.panel) - 1)
        src = self.panel[index]
        names = list(EVERYDAY)
        budget = self.budget[index]
        mean = np.array([rule.get(f"{n}_mean", 40_000) for n in names], dtype=np.float64)[what]
        sigma = np.array([rule.get(f"{n}_sigma", 1.0) for n in names], dtype=np.float64)[what]
        raw = mean * budget * np.exp(sigma * rng.standard_normal(count) - sigma**2 / 2)
        step = np.where(what == names.index("cash"), 1_000, np.where(what == names.index("purchase"), 1, 50))
        tenge = np.maximum(np.round(raw / step), 1) * step
        tenge = np.where(what == names.index("cash"), np.clip(tenge, 1_000, 300_000), np.clip(tenge, 50, 4_000_000))
        dst = np.zeros(count, dtype=np.int64)
        for code, name in enumerate(names):
            rows = np.flatnonzero(what == code)
            dst[rows] = self._receivers(rng, name, src[rows])
        keep = (dst != NOBODY) & (dst != src)
        kind = np.array([KINDS.index(k) for k, _p in EVERYDAY.values()], dtype=np.int64)[what]
        purpose = np.array([PURPOSE[p] for _k, p in EVERYDAY.values()], dtype=np.int64)[what]
        at = start + (self._hours(rng, count) * HOUR).astype(np.int64)
        return _rows(at[keep], src[keep], dst[keep], (tenge[keep] * TIYN).astype(np.int64), kind[keep], purpose[keep])

    def _hours(self, rng: np.random.Generator, count: int) -> FloatArray:
        hour = np.searchsorted(self.hours, rng.random(count) * self.hours[-1])
        return np.asarray(np.minimum(hour, 23) + rng.random(count), dtype=np.float64)

    def _receivers(self, rng: np.random.Generator, name: str, src: IntArray) -> IntArray:
        size = len(src)
        if name == "purchase":
            shop = np.searchsorted(self.merchant_edges, rng.random(size) * self.merchant_edges[-1])
            home = (src * 7 + rng.integers(0, 6, size) * 131) % self.exits.count["merchant"]  # the shops near home
            return self.exits.pick("merchant", np.where(rng.random(size) < 0.6, home, shop))
        if name == "p2p":
            friend = self.panel[
                (src * 13 + 1 + rng.integers(0, 7, size) ** 2 * 29) % len(self.panel)
            ]  # a person's few contacts
            trader = self.traders[choose(rng, self.trader_weight, size)]
            return np.where(rng.random(size) < self.rule["p2p_trader_share"], trader, friend)
        if name == "cash":
            return self.exits.pick("cash", src * 31 + rng.integers(0, 3, size))
        if name in {"abroad", "crypto"}:
            return self.exits.pick(name, src + rng.integers(0, 2, size))
        if name == "savings":
            return self.accounts.second[src]
        return self.accounts.lending[self.accounts.bank[src]]

    def _incomes(self, rng: np.random.Generator, day: date, start: int) -> list[Rows]:
        out: list[Rows] = []
        if not is_working(day):
            return out
        days = [day.day]
        later = date.fromordinal(day.toordinal() + 1)
        while not is_working(later):
            days.append(later.day)
            later = date.fromordinal(later.toordinal() + 1)
        for kind, purpose in ((SALARY, "salary"), (PENSION, "pension"), (BENEFIT, "benefit")):
            paid = [self.by_day[kind, d] for d in days if (kind, d) in self.by_day]
            if not paid:
                continue
            person = np.concatenate(paid)
            size = len(person)
            src = (
                self.accounts.employers[self.people.employer[person]]
                if kind == SALARY
                else np.full(size, self.accounts.state[0])
            )
            at = start + 9 * HOUR + (rng.random(size) * 6 * HOUR).astype(np.int64)
            code = np.full(size, PURPOSE[purpose])
            out.append(_rows(at, src, person, self.people.monthly[person], np.zeros(size, dtype=np.int64), code))
        return out


def _rows(at: IntArray, src: IntArray, dst: IntArray, amount: IntArray, kind: IntArray, purpose: IntArray) -> Rows:
    return Rows(at, src, dst, amount, kind, purpose, np.full(len(at), -1))


def _join(parts: list[Rows]) -> Rows:
    names = list(Rows.__dataclass_fields__)
    return Rows(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in names})
