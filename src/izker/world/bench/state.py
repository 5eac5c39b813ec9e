"""The arrays a game is played on, and the small compiled parts of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

# columns of legs and lots: (n, 9) int64
TS, ACCOUNT, AMOUNT, PARENT, ROOT, EXIT, LINK, SRC, HOP = range(9)
COLUMNS = 9
# columns of lines: account, cap, watch µs (0: none)
L_ACCOUNT, L_CAP, L_WATCH = range(3)
# what a game returns
(
    STOLEN, HELD, OTHERS, WRONG, PROTECTED, REQUESTS, LINES, FIRST, LAST, RETURNED, WRONG_ACCOUNTS, CAUGHT, ROUNDS, GONE, WRONG_DAYS,
) = range(15)  # fmt: skip
RESULTS = 15
NEVER = 2**62
WHOLE = 2**61
MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Country(NamedTuple):
    """What is true of every account at every moment in the undisturbed world; (ptr, ts, value) tables by account, in time order.

    book: balance and money ever in; stolen: units stolen from anybody, there now and ever in; wages: protected credits ever in.
    """

    bank: Any
    book_ptr: Any
    book_ts: Any
    book_balance: Any
    book_in: Any
    stolen_ptr: Any
    stolen_ts: Any
    stolen_balance: Any
    stolen_in: Any
    wages_ptr: Any
    wages_ts: Any
    wages_in: Any


class Rules(NamedTuple):
    """Settings of a policy and of the banks, times in µs, money in tiyn."""

    feed: int
    confirm: int
    horizon: int
    hold: int
    follow: bool  # ask for the trail's lots, and again as they move
    clairvoyant: bool  # every unit of this fraud is known, also where it will be
    cap_total: bool  # never hold more than was reported stolen
    spare: bool  # leave protected income of the last 30 days alone
    watch: bool  # a bank that has a request holds what arrives from the lots named in it
    min_amount: int
    first_gain: int  # what a line must be expected to save: in the first round …
    later_gain: int  # … and in later ones
    rounds: int
    reconfirm: int  # a person's time for a later round on the same trail
    schedule: Any  # (k, 2): until µs after the report, step µs
    reply: Any  # (banks, 3): ln of median minutes, sigma, µs a line
    edges: Any  # dwell µs
    hazard: Any  # (strata, edges): cumulative hazard at the edges


class Purse(NamedTuple):
    """This game's money by account met in it."""

    free: Any  # this fraud's units that may still leave
    base: Any  # this fraud's units there in the undisturbed world
    own: Any  # held: this fraud's units
    others: Any  # held: stolen from others
    wrong: Any  # held: nobody's loss
    watch: Any  # units that an account-level line still waits for
    watch_from: Any
    watch_till: Any
    own_in: Any  # this fraud's units that came in while a line waited


@njit(cache=True, nogil=True)
def purse(n: int) -> Purse:
    z = np.zeros(n, np.int64)
    return Purse(z, z.copy(), z.copy(), z.copy(), z.copy(), z.copy(), np.full(n, NEVER, np.int64), z.copy(), z.copy())


@njit(cache=True, nogil=True)
def mix(x: Any) -> Any:
    """SplitMix64 (Steele, Lea, Flood 2014): a well-mixed 64-bit hash of a counter."""
    z = np.uint64(x) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(cache=True, nogil=True)
def normal(seed: int, report: int, bank: int, number: int) -> float:
    """A standard normal of these four numbers only: every policy meets the same banks (common random numbers)."""
    a = mix(mix(mix(mix(np.uint64(seed)) ^ np.uint64(report)) ^ np.uint64(bank)) ^ np.uint64(number))
    b = mix(a)
    u = (np.float64(a >> np.uint64(11)) + 1.0) / 9007199254740993.0
    v = np.float64(b >> np.uint64(11)) / 9007199254740992.0
    return float(np.sqrt(-2.0 * np.log(u)) * np.cos(2.0 * np.pi * v))


@njit(cache=True, nogil=True)
def reply_us(reply: Any, seed: int, report: int, bank: Any, number: int) -> Any:
    """How long `bank` takes for its message `number` in this report."""
    return np.int64(np.exp(reply[bank, 0] + reply[bank, 1] * normal(seed, report, bank, number)) * MINUTE)


@njit(cache=True, nogil=True)
def at_time(ptr: Any, ts: Any, value: Any, account: int, moment: int) -> Any:
    """The last value of `account` at or before `moment`; 0 before its first."""
    start = ptr[account]
    low, high = start, ptr[account + 1]
    while low < high:
        middle = (low + high) // 2
        if ts[middle] <= moment:
            low = middle + 1
        else:
            high = middle
    return value[low - 1] if low > start else np.int64(0)


@njit(cache=True, nogil=True)
def cumulative(edges: Any, hazard: Any, stratum: int, dwell: int) -> Any:
    last = edges.size - 1
    if dwell >= edges[last]:
        return hazard[stratum, last]
    k = np.searchsorted(edges, dwell, side="right") - 1
    share = (dwell - edges[k]) / (edges[k + 1] - edges[k])
    return hazard[stratum, k] + share * (hazard[stratum, k + 1] - hazard[stratum, k])


@njit(cache=True, nogil=True)
def leaving(rules: Rules, stratum: int, dwell: Any, within: Any) -> float:
    """Chance that money that stayed `dwell` µs leaves within the next `within` µs (see izker.holds.hazard)."""
    before = cumulative(rules.edges, rules.hazard, stratum, dwell)
    return float(1.0 - np.exp(before - cumulative(rules.edges, rules.hazard, stratum, dwell + within)))


@njit(cache=True, nogil=True)
def next_round(schedule: Any, start: int, moment: int) -> Any:
    """The first planning round at or after `moment`."""
    since = moment - start
    if since <= 0:
        return start
    for k in range(schedule.shape[0]):
        if since <= schedule[k, 0]:
            step = schedule[k, 1]
            return start + (since + step - 1) // step * step
    return NEVER


@njit(cache=True, nogil=True)
def book_hold(purse: Purse, c: Country, out: Any, account: int, d: int, now: int, want: int, spare: bool, deadline: int, sanction_at: int, hold: int) -> Any:
    """Execute a hold of `want` at `now`: this fraud's units first, then others' stolen units, then clean money. Returns tiyn held."""
    own_world = purse.base[d]
    world = max(np.int64(0), at_time(c.book_ptr, c.book_ts, c.book_balance, account, now) - own_world)
    stolen = min(world, max(np.int64(0), at_time(c.stolen_ptr, c.stolen_ts, c.stolen_balance, account, now) - own_world))
    others = max(np.int64(0), stolen - purse.others[d])
    clean = max(np.int64(0), world - stolen - purse.wrong[d])
    came = at_time(c.wages_ptr, c.wages_ts, c.wages_in, account, now)
    wages = min(clean, came - at_time(c.wages_ptr, c.wages_ts, c.wages_in, account, now - 30 * DAY))
    there = purse.free[d] + others + clean - (wages if spare else np.int64(0))
    held = max(np.int64(0), min(np.int64(want), there))
    own = min(held, purse.free[d])
    other = min(held - own, others)
    wrong = held - own - other
    purse.free[d] -= own
    purse.own[d] += own
    purse.others[d] += other
    purse.wrong[d] += wrong
    out[OTHERS] += other
    out[WRONG] += wrong
    out[WRONG_DAYS] += wrong * (hold // MINUTE) // 1440
    out[PROTECTED] += max(np.int64(0), wrong - (clean - wages))
    credit(out, own, now, deadline, sanction_at, hold)
    return held


@njit(cache=True, nogil=True)
def credit(out: Any, own: int, now: int, start: int, sanction_at: int, hold: int) -> None:
    """Count this fraud's units held at `now`: returned if the prosecutor's sanction comes while the hold stands."""
    if own <= 0:
        return
    out[HELD] += own
    if out[FIRST] < 0:
        out[FIRST] = now - start
    out[LAST] = now - start
    if sanction_at <= now + hold:
        out[RETURNED] += own


@njit(cache=True, nogil=True)
def settle_watch(purse: Purse, c: Country, out: Any, account: int, d: int, end: int, left: Any, hold: int) -> Any:
    """What a waiting line took of the money that others sent to the account meanwhile. Returns tiyn held."""
    since, till = purse.watch_from[d], min(purse.watch_till[d], end)
    came = at_time(c.book_ptr, c.book_ts, c.book_in, account, till) - at_time(c.book_ptr, c.book_ts, c.book_in, account, since)
    bad = at_time(c.stolen_ptr, c.stolen_ts, c.stolen_in, account, till) - at_time(c.stolen_ptr, c.stolen_ts, c.stolen_in, account, since)
    came = max(np.int64(0), came - purse.own_in[d])
    bad = min(came, max(np.int64(0), bad - purse.own_in[d]))
    held = min(min(purse.watch[d], np.int64(left)), came)
    if held <= 0:
        return 0
    other = np.int64(held * (bad / came))
    wrong = held - other
    pay = at_time(c.wages_ptr, c.wages_ts, c.wages_in, account, till) - at_time(c.wages_ptr, c.wages_ts, c.wages_in, account, since)
    purse.wrong[d] += wrong
    purse.others[d] += other
    out[OTHERS] += other
    out[WRONG] += wrong
    out[WRONG_DAYS] += wrong * (hold // MINUTE) // 1440
    out[PROTECTED] += min(wrong, pay)
    return held
