"""Accounts and exits: every node money can stand on or leave through."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from izker.jurisdictions import regions
from izker.money import TIYN
from izker.world.identity import banks, ibans
from izker.world.parameters import values
from izker.world.people import BENEFIT, PENSION, SALARY, People
from izker.world.register.clock import DAY
from izker.world.streams import BoolArray, IntArray, choose, lognormal, stream
from izker.world.tables import moments

NOBODY = -1


@dataclass
class Accounts:
    """Accounts come first, exits after them. The main account of person p is node p; further accounts are added in
    blocks.

    `owner` is a person or NOBODY (employers, the state, lending desks); `opening` is tiyn on the ledger's first day
    or when opened.
    """

    owner: IntArray
    bank: IntArray
    opened: IntArray
    opening: IntArray
    protected: BoolArray
    second: IntArray  # node of a person's savings account, or NOBODY
    employers: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    state: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    lending: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.owner)

    def add(self, owner: IntArray, bank: IntArray, opened: IntArray, opening: IntArray) -> IntArray:
        """Open more accounts; returns their nodes."""
        first, size = len(self), len(owner)
        self.owner = np.concatenate([self.owner, owner])
        self.bank = np.concatenate([self.bank, bank])
        self.opened = np.concatenate([self.opened, opened])
        self.opening = np.concatenate([self.opening, opening])
        self.protected = np.concatenate([self.protected, np.zeros(size, dtype=np.bool_)])
        return np.arange(first, first + size)

    def table(self, people: People) -> pl.DataFrame:
        """accounts.parquet."""
        persons = pl.concat([people.ids(), pl.Series([None], dtype=pl.String)])
        opened = pl.from_arrow(moments(self.opened))
        assert isinstance(opened, pl.Series)
        return pl.DataFrame(
            {
                "account": self.names(),
                "bank": pl.Series([str(b["id"]) for b in banks()]).gather(self.bank),
                "person_id": persons.gather(np.where(self.owner == NOBODY, len(people), self.owner)),
                "opened_at": opened,
                "opening_balance": self.opening,
                "protected_income": self.protected,
                "kind": self.kinds(),
            }
        )

    def kinds(self) -> pl.Series:
        kind = np.zeros(len(self), dtype=np.int64)
        kind[self.second[self.second != NOBODY]] = 1
        for code, nodes in ((2, self.employers), (3, self.state), (4, self.lending)):
            kind[nodes] = code
        return pl.Series(["personal", "savings", "employer", "state", "lending"]).gather(kind)

    def names(self) -> pl.Series:
        return ibans(self.bank, np.arange(len(self), dtype=np.int64))


@dataclass(frozen=True)
class Exits:
    """Nodes through which money leaves the banks; each kind is a run of nodes from `first[kind]`, `count[kind]`
    long.
    """

    first: dict[str, int]
    count: dict[str, int]
    names: pl.Series

    def pick(self, kind: str, number: IntArray) -> IntArray:
        return self.first[kind] + number % self.count[kind]


def make_exits(base: int, people: int) -> Exits:
    """Exit nodes numbered from `base` (the number of accounts)."""
    economy, fraud = values("economy"), values("fraud")
    count = {
        "cash": max(people // economy["people_per_cash_machine"], 3 * len(regions("kz"))),
        "merchant": min(economy["merchants"], max(people // economy["people_per_merchant"], 200)),
        "abroad": len(fraud["abroad_places"]) * 40,
        "crypto": fraud["crypto_desks"],
    }
    places = fraud["abroad_places"]
    names = [f"exit:cash:{n + 1:05d}" for n in range(count["cash"])]
    names += [f"merchant:{n + 1:05d}" for n in range(count["merchant"])]
    names += [f"exit:abroad:{places[n % len(places)]}:{n // len(places) + 1:03d}" for n in range(count["abroad"])]
    names += [f"exit:crypto:desk{n + 1:02d}" for n in range(count["crypto"])]
    first, at = {}, base
    for kind in ("cash", "merchant", "abroad", "crypto"):
        first[kind], at = at, at + count[kind]
    return Exits(first, count, pl.Series(names))


def make_accounts(seed: int, people: People, ledger_from: int, months: int) -> Accounts:
    """Main and savings accounts, employers and the state with enough money for all they will pay, a lending desk a
    bank.
    """
    rng, rule = stream(seed, "accounts"), values("economy")
    size = len(people)
    opening = lognormal(rng, rule["opening_median"], rule["opening_sigma"], size)
    accounts = Accounts(
        owner=np.arange(size),
        bank=people.bank.copy(),
        opened=ledger_from - rng.integers(30, 3000, size) * DAY,
        opening=np.minimum(opening, 5e6).astype(np.int64) * TIYN,
        protected=people.income > 0,
        second=np.full(size, NOBODY),
    )
    savers = np.flatnonzero(rng.random(size) < rule["second_account_share"])
    other = (people.bank[savers] + 1 + rng.integers(0, len(banks()) - 1, len(savers))) % len(banks())
    saved = np.minimum(lognormal(rng, 4.0 * rule["opening_median"], 1.2, len(savers)), 2e7).astype(np.int64) * TIYN
    accounts.second[savers] = accounts.add(
        savers, other, ledger_from - rng.integers(30, 2000, len(savers)) * DAY, saved
    )
    _payers(rng, accounts, people, ledger_from, months)
    return accounts


def _payers(rng: np.random.Generator, accounts: Accounts, people: People, ledger_from: int, months: int) -> None:
    paid = people.panel & (people.income == SALARY)
    count = int(people.employer.max()) + 1
    payroll = np.bincount(people.employer[paid], weights=people.monthly[paid].astype(np.float64), minlength=count)
    since = np.full(count, ledger_from - 3000 * DAY)
    many = choose(rng, [float(str(b["share"])) for b in banks()], count)
    accounts.employers = accounts.add(
        np.full(count, NOBODY), many, since, (payroll * (months + 2)).astype(np.int64) + 10**9
    )
    social = people.panel & ((people.income == PENSION) | (people.income == BENEFIT))
    treasury = int(people.monthly[social].sum()) * (months + 2) + 10**9
    accounts.state = accounts.add(
        np.array([NOBODY]), np.array([0]), np.array([ledger_from - 3000 * DAY]), np.array([treasury])
    )
    all_banks = np.arange(len(banks()))
    desk = np.full(len(all_banks), 0, dtype=np.int64)
    accounts.lending = accounts.add(
        np.full(len(all_banks), NOBODY), all_banks, np.full(len(all_banks), ledger_from - 3000 * DAY), desk
    )
