"""What victims pay: when, how much, out of which money, and by which road it first leaves them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from izker.money import TIYN
from izker.world.accounts import NOBODY, Accounts
from izker.world.fraud.incidents import Frauds, payment_counts
from izker.world.identity import banks
from izker.world.parameters import values
from izker.world.people import People
from izker.world.register.cases import CLASSES, NEVER, SCHEMES, ministry_class, scheme_figures
from izker.world.register.clock import DAY, HOUR, MINUTE
from izker.world.streams import BoolArray, FloatArray, IntArray, stream

MULE, COURIER, CRYPTO, ABROAD = range(4)
OWN, SAVINGS, LOAN, HOME = range(4)  # whose money the victim pays with
THOUSAND = 1000 * TIYN


@dataclass
class Payments:
    """One element a payment of a victim: `fraud` is a row of the frauds, `amount` tiyn, `at` UTC µs."""

    fraud: IntArray
    at: IntArray
    amount: IntArray
    route: IntArray
    funding: IntArray

    def __len__(self) -> int:
        return len(self.fraud)


def make_payments(seed: int, frauds: Frauds, end: int) -> Payments:
    """Split each loss into payments that sum to it exactly; those still in the future at `end` are left out, and the
    loss shrinks to what was paid.
    """
    rng, rule = stream(seed, "fraud", "payments"), values("fraud")
    count = payment_counts(rng, frauds)
    fraud = np.repeat(np.arange(len(frauds)), count)
    number = np.arange(len(fraud)) - np.repeat(np.cumsum(count) - count, count)
    amount = split(rng, frauds.stolen, count)
    at = _moments(rng, frauds, fraud, number, count)
    cls, scheme = ministry_class(frauds.scheme)[fraud], frauds.scheme[fraud]
    draw = rng.random(len(fraud))
    courier = np.where(frauds.home_sale, rule["home_sale"]["courier"], 0.0)[fraud]
    courier = np.where((cls == CLASSES.index("impersonation")) & (courier == 0), rule["courier_share"], courier)
    far = (cls == CLASSES.index("investment")) | np.isin(scheme, [SCHEMES.index("romance"), SCHEMES.index("job_task")])
    crypto, abroad = np.where(far, rule["direct_crypto"], 0.0), np.where(far, rule["direct_abroad"], 0.0)
    route = np.select(
        [draw < courier, draw < courier + crypto, draw < courier + crypto + abroad], [COURIER, CRYPTO, ABROAD], MULE
    )
    loan = rng.random(len(frauds)) < scheme_figures("loan")[frauds.scheme]
    savings = rng.random(len(frauds)) < rule["own_savings_share"]
    funding = np.where(frauds.home_sale, HOME, np.where(loan, LOAN, np.where(savings, SAVINGS, OWN)))[fraud]
    keep = at < end
    gone = np.bincount(fraud[~keep], weights=amount[~keep].astype(np.float64), minlength=len(frauds)).astype(np.int64)
    frauds.stolen = frauds.stolen - gone
    return Payments(fraud[keep], at[keep], amount[keep], route[keep], funding[keep])


def split(rng: np.random.Generator, total: IntArray, count: IntArray) -> IntArray:
    """Each total in `count` positive parts on round thousands, the last part taking the remainder; exact."""
    owner = np.repeat(np.arange(len(total)), count)
    weight = rng.gamma(2.5, 1.0, len(owner)) + 0.05
    share = weight / np.bincount(owner, weights=weight)[owner]
    floor = np.floor(share * total[owner] * 0.999 / THOUSAND).astype(np.int64) * THOUSAND
    part: IntArray = np.maximum(floor, np.minimum(THOUSAND, total[owner] // count[owner]))
    last = np.cumsum(count) - 1
    part[last] = 0
    part[last] = total - np.bincount(owner, weights=part.astype(np.float64)).astype(np.int64)
    return part


def _moments(rng: np.random.Generator, frauds: Frauds, fraud: IntArray, number: IntArray, count: IntArray) -> IntArray:
    """Payments of a fraud in order: the first when it occurred, the others spread over the scheme's hours or, for
    home sales, weeks.

    Nobody pays after having reported.
    """
    spread: FloatArray = scheme_figures("spread")[frauds.scheme] * HOUR * rng.lognormal(0.0, 0.6, len(frauds))
    waited = np.where(frauds.reported == NEVER, 400.0 * DAY, 0.9 * (frauds.reported - frauds.occurred)).astype(
        np.float64
    )
    spread = np.where(frauds.home_sale, waited, np.minimum(spread, waited))
    places = np.sort(rng.random(len(fraud)) + fraud) - fraud  # ordered within each fraud
    places[number == 0] = 0.0
    offset = places * spread[fraud]
    late = (number > 0) & (spread[fraud] > 12 * HOUR)
    at = frauds.occurred[fraud] + offset.astype(np.int64) + number * 2 * MINUTE * (spread[fraud] > 30 * MINUTE)
    hour = (at + 5 * HOUR) % DAY // HOUR
    moved = np.where(late & (hour < 8), at + 8 * HOUR, at)
    limit = frauds.occurred[fraud] + np.maximum(waited[fraud], MINUTE).astype(np.int64)
    return np.where(number == 0, at, np.minimum(moved, limit - (count[fraud] - number) * 1_000_000))


@dataclass
class Funding:
    """Credits that put the money on the victim's card account before it goes; each moves `amount` from `src` to
    `dst` at `at`.
    """

    at: IntArray
    src: IntArray
    dst: IntArray
    amount: IntArray
    purpose: list[str]


def fund(
    seed: int, frauds: Frauds, payments: Payments, people: People, accounts: Accounts, start: int
) -> tuple[Funding, IntArray]:
    """Make every payment possible: own money is on the account from the first day, savings and loans arrive minutes
    before, the price of a sold home days before. Returns the credits and, by account, the money reserved from the first
    day."""
    rng = stream(seed, "fraud", "funding")
    victim = frauds.victim[payments.fraud]
    _open_savings(rng, accounts, victim[payments.funding == SAVINGS], start)
    main = accounts.opening
    own = payments.funding == OWN
    np.add.at(main, victim[own], payments.amount[own])
    saved = payments.funding == SAVINGS
    np.add.at(main, accounts.second[victim[saved]], payments.amount[saved])
    reserved = np.zeros(len(accounts), dtype=np.int64)
    np.add.at(reserved, victim[own], payments.amount[own])
    np.add.at(reserved, accounts.second[victim[saved]], payments.amount[saved])
    ahead = (2 * MINUTE + rng.exponential(6.0, len(payments)) * MINUTE).astype(np.int64)
    lent = payments.funding == LOAN
    desk = accounts.lending[people.bank[victim]]
    home = np.flatnonzero(frauds.home_sale)
    paid = np.bincount(payments.fraud, weights=payments.amount.astype(np.float64), minlength=len(frauds)).astype(
        np.int64
    )
    home = home[paid[home] > 0]
    sold_at = np.maximum(
        frauds.occurred[home] - (1 + 3 * rng.random(len(home)) * DAY).astype(np.int64) - HOUR, start + HOUR
    )
    buyer = accounts.lending[rng.integers(0, len(banks()), len(home))]
    at = np.concatenate([(payments.at - ahead)[saved], (payments.at - ahead)[lent], sold_at])
    src = np.concatenate([accounts.second[victim[saved]], desk[lent], buyer])
    dst = np.concatenate([victim[saved], victim[lent], frauds.victim[home]])
    amount = np.concatenate([payments.amount[saved], payments.amount[lent], paid[home]])
    lending: BoolArray = np.isin(src, accounts.lending)
    np.add.at(main, src[lending], amount[lending])
    np.add.at(reserved, src[lending], amount[lending])
    purpose = ["own"] * int(saved.sum()) + ["loan"] * int(lent.sum()) + ["home_sale"] * len(home)
    return Funding(at, src, dst, amount, purpose), reserved


def _open_savings(rng: np.random.Generator, accounts: Accounts, person: IntArray, start: int) -> None:
    without = np.unique(person[accounts.second[person] == NOBODY])
    bank = rng.integers(0, len(banks()), len(without))
    opened = start - rng.integers(100, 2000, len(without)) * DAY
    accounts.second[without] = accounts.add(without, bank, opened, rng.integers(5_000, 90_000, len(without)) * TIYN)
