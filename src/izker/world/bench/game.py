"""One game: a report, a delay, a policy, and what its requests did to the money. Compiled; no policy's name occurs here.

Two sets of pieces move at once. `legs` are the truth: which part of each transfer is this fraud's money. `lots` are what a
policy can see: the trail under its attribution rule. A hold stops real money: it takes this fraud's units on the account
first, then units stolen from others, then everybody else's; units held stay, and the rest leaves as it did in the world,
first in first out, each later transfer carrying what is still free. A trail piece cannot be larger than what its transfer
still carried. Times are UTC µs, amounts tiyn.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

# columns of legs and lots: (n, 8) int64
TS, ACCOUNT, AMOUNT, PARENT, ROOT, EXIT, LINK, SRC = range(8)
# columns of lines: account, cap, watch µs (0: none)
L_ACCOUNT, L_CAP, L_WATCH = range(3)
# what a game returns
STOLEN, HELD, OTHERS, WRONG, PROTECTED, REQUESTS, LINES, FIRST, LAST, RETURNED, WRONG_ACCOUNTS, CAUGHT, ROUNDS, GONE = range(14)
RESULTS = 14
# settings of a game (int64)
(
    S_FEED, S_CONFIRM, S_HORIZON, S_HOLD, S_FOLLOW, S_CLAIRVOYANT, S_CAP_TOTAL, S_SPARE, S_MIN_AMOUNT, S_MIN_GAIN, S_ROUNDS, S_WATCH,
) = range(12)  # fmt: skip
SETTINGS = 12
NEVER = 2**62
MAX_MESSAGES = 64
HOUR = 3_600_000_000


@njit(cache=True, nogil=True)
def mix(x: Any) -> Any:
    """SplitMix64 (Steele, Lea, Flood 2014): a well-mixed 64-bit hash of a counter."""
    z = np.uint64(x) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(cache=True, nogil=True)
def normal(seed: int, report: int, bank: int, number: int) -> float:
    """A standard normal that depends on these four numbers only: every policy meets the same banks (common random numbers)."""
    a = mix(mix(mix(mix(seed) ^ np.uint64(report)) ^ np.uint64(bank)) ^ np.uint64(number))
    b = mix(a)
    u = (np.float64(a >> np.uint64(11)) + 1.0) / 9007199254740993.0
    v = np.float64(b >> np.uint64(11)) / 9007199254740992.0
    return np.sqrt(-2.0 * np.log(u)) * np.cos(2.0 * np.pi * v)


@njit(cache=True, nogil=True)
def at_time(ptr: Any, ts: Any, value: Any, account: int, moment: int) -> int:
    """The last value of `account` at or before `moment`, 0 before its first."""
    low, high = ptr[account], ptr[account + 1]
    start = low
    while low < high:
        middle = (low + high) // 2
        if ts[middle] <= moment:
            low = middle + 1
        else:
            high = middle
    return value[low - 1] if low > start else 0


@njit(cache=True, nogil=True)
def leaving(edges: Any, total: Any, stratum: int, dwell: int, within: int) -> float:
    """Chance that a lot that stayed `dwell` leaves within `within` µs; `total` is the cumulative hazard at `edges`."""
    before, after = 0.0, 0.0
    n = edges.size
    for which in range(2):
        x = dwell if which == 0 else dwell + within
        if x >= edges[n - 1]:
            y = total[stratum, n - 1]
        else:
            k = np.searchsorted(edges, x, side="right") - 1
            share = (x - edges[k]) / (edges[k + 1] - edges[k])
            y = total[stratum, k] + share * (total[stratum, k + 1] - total[stratum, k])
        if which == 0:
            before = y
        else:
            after = y
    return 1.0 - np.exp(before - after)


@njit(cache=True, nogil=True)
def next_round(schedule: Any, start: int, moment: int) -> int:
    """The first planning round at or after `moment`; `schedule` rows are (until µs after the report, step µs)."""
    since = moment - start
    if since <= 0:
        return start
    for k in range(schedule.shape[0]):
        if since <= schedule[k, 0]:
            step = schedule[k, 1]
            return start + (since + step - 1) // step * step
    return NEVER


@njit(cache=True, nogil=True)
def local(account: int, stamp: Any, place: Any, turn: int, seen: Any, count: int) -> int:
    """Small number of an account within this game; `stamp` and `place` are scratch the size of the country."""
    if stamp[account] != turn:
        stamp[account] = turn
        place[account] = count
        seen[count] = account
        return count + 1
    return count


@njit(cache=True, nogil=True)
def play(
    legs: Any, lots: Any, lines: Any, report: int, start: int, first_payment: int, seed: int, settings: Any, schedule: Any,
    reply: Any, bank_of: Any, bk_ptr: Any, bk_ts: Any, bk_bal: Any, bk_in: Any, st_ptr: Any, st_ts: Any, st_bal: Any,
    st_in: Any, pr_ptr: Any, pr_ts: Any, pr_cum: Any, edges: Any, total: Any, strata: Any, sanction: int, scratch: Any, turn: int,
    out: Any,
) -> None:  # fmt: skip
    """Play one game and write its results to `out`.

    legs, lots: rows in time order; PARENT is a row of the same array or -1; ROOT the moment of the victim's payment that
    the piece comes from (payments after the report do not happen); LINK of a lot: the row of legs of the same transfer, or -1.
    lines: (account, cap, watch µs) asked for at once, most urgent first. reply: (banks, 3) ln median minutes, sigma, µs a line.
    """
    stamp, place = scratch[0], scratch[1]
    most = legs.shape[0] * 2 + lots.shape[0] + lines.shape[0] + 1
    seen = np.empty(most, np.int64)
    n = 0
    for i in range(legs.shape[0]):
        n = local(legs[i, SRC], stamp, place, turn, seen, n)
        n = local(legs[i, ACCOUNT], stamp, place, turn, seen, n)
    for i in range(lots.shape[0]):
        n = local(lots[i, ACCOUNT], stamp, place, turn, seen, n)
    for i in range(lines.shape[0]):
        n = local(lines[i, L_ACCOUNT], stamp, place, turn, seen, n)
    free = np.zeros(n, np.int64)  # this fraud's units that may still leave
    base = np.zeros(n, np.int64)  # this fraud's units there in the undisturbed world
    taken = np.zeros(n, np.int64)  # all units held
    taken_own = np.zeros(n, np.int64)
    taken_others = np.zeros(n, np.int64)
    wronged = np.zeros(n, np.bool_)
    watch = np.zeros(n, np.int64)  # units an account-level line still waits for
    watch_from = np.full(n, NEVER, np.int64)
    watch_till = np.zeros(n, np.int64)
    watch_base = np.zeros(n, np.int64)
    sent = np.zeros(legs.shape[0], np.int64)  # what each leg really carried
    here = np.zeros(lots.shape[0], np.int64)  # what stands on each lot now, held or not
    kept = np.zeros(lots.shape[0], np.int64)
    size = np.zeros(lots.shape[0], np.int64)  # what each lot received
    began = np.zeros(lots.shape[0], np.bool_)
    banks = reply.shape[0]
    sends = np.full((banks, MAX_MESSAGES), NEVER, np.int64)
    effects = np.full((banks, MAX_MESSAGES), NEVER, np.int64)
    messages = np.zeros(banks, np.int64)
    position = np.zeros(banks, np.int64)
    # holds waiting to be executed: time, lot or line (-1 - line)
    due = np.full(lots.shape[0] + lines.shape[0] + 1, NEVER, np.int64)
    what = np.zeros(due.size, np.int64)
    waiting = 0
    todo = np.empty(lots.shape[0], np.int64)
    pending = 0
    round_at = NEVER
    total_cap = np.int64(0)
    for k in range(RESULTS):
        out[k] = 0
    out[FIRST] = -1
    out[LAST] = -1
    end = start + settings[S_HORIZON]
    asked = start + settings[S_CONFIRM]
    follow = settings[S_FOLLOW] == 1
    clairvoyant = settings[S_CLAIRVOYANT] == 1
    for i in range(lines.shape[0]):
        b = bank_of[lines[i, L_ACCOUNT]]
        if messages[b] == 0:
            sends[b, 0] = asked
            z = normal(seed, report, b, 0)
            effects[b, 0] = asked + np.int64(np.exp(reply[b, 0] + reply[b, 1] * z) * 60e6)
            messages[b] = 1
            out[REQUESTS] += 1
        due[waiting] = effects[b, 0] + position[b] * np.int64(reply[b, 2])
        what[waiting] = -1 - i
        position[b] += 1
        waiting += 1
        out[LINES] += 1
    reserve_from = np.full(banks, NEVER, np.int64)
    if clairvoyant:
        for i in range(legs.shape[0]):
            if legs[i, ROOT] <= start and legs[i, EXIT] == 0:
                b = bank_of[legs[i, ACCOUNT]]
                if reserve_from[b] == NEVER:
                    z = normal(seed, report, b, 0)
                    reserve_from[b] = asked + np.int64(np.exp(reply[b, 0] + reply[b, 1] * z) * 60e6)
        due = np.full(legs.shape[0] + 1, NEVER, np.int64)
        what = np.zeros(due.size, np.int64)
    i_leg, i_lot = 0, 0
    while True:
        t_leg = legs[i_leg, TS] if i_leg < legs.shape[0] else NEVER
        t_lot = lots[i_lot, TS] if i_lot < lots.shape[0] else NEVER
        t_hold, at = NEVER, -1
        for k in range(waiting):
            if due[k] < t_hold:
                t_hold, at = due[k], k
        now = min(min(t_leg, t_lot), min(t_hold, round_at))
        if now > end or now == NEVER:
            break
        if t_leg == now:
            i = i_leg
            i_leg += 1
            if legs[i, ROOT] > start:
                continue
            y = legs[i, AMOUNT]
            s, d = place[legs[i, SRC]], place[legs[i, ACCOUNT]]
            if legs[i, PARENT] >= 0:
                y = min(y, free[s])
                free[s] -= y
                base[s] -= min(base[s], legs[i, AMOUNT])
            else:
                out[STOLEN] += y
                total_cap += y
            sent[i] = y
            if legs[i, EXIT] != 0:
                out[GONE] += y
                continue
            base[d] += legs[i, AMOUNT]
            free[d] += y
            if clairvoyant and y > 0:
                b = bank_of[legs[i, ACCOUNT]]
                due[waiting] = max(now, reserve_from[b])
                what[waiting] = i
                waiting += 1
            elif watch[d] > 0 and watch_from[d] <= now <= watch_till[d]:
                h = min(y, watch[d])
                if settings[S_CAP_TOTAL] == 1:
                    h = min(h, total_cap)
                    total_cap -= h
                free[d] -= h
                taken[d] += h
                taken_own[d] += h
                watch[d] -= h
                out[HELD] += h
                if h > 0:
                    out[LAST] = now - start
                    if start + sanction <= now + settings[S_HOLD]:
                        out[RETURNED] += h
            continue
        if t_lot == now:
            i = i_lot
            i_lot += 1
            if lots[i, ROOT] > start:
                continue
            y = lots[i, AMOUNT]
            p = lots[i, PARENT]
            if p >= 0:
                y = min(y, here[p] - kept[p])
                j = lots[i, LINK]
                if j >= 0 and sent[j] < legs[j, AMOUNT]:
                    y = min(y, max(np.int64(0), lots[i, AMOUNT] - (legs[j, AMOUNT] - sent[j])))
                here[p] -= y
                began[p] = True
            if y <= 0 or lots[i, EXIT] != 0:
                continue
            here[i] = y
            size[i] = y
            if follow:
                b = bank_of[lots[i, ACCOUNT]]
                if settings[S_WATCH] == 1 and p >= 0 and now > start and watched(
                    sends, effects, messages, b, lots[p, TS] + settings[S_FEED], now
                ):
                    due[waiting] = now
                    what[waiting] = i
                    waiting += 1
                    out[CAUGHT] += 1
                    out[LINES] += 1
                    continue
                if out[ROUNDS] < settings[S_ROUNDS]:
                    todo[pending] = i
                    pending += 1
                    when = next_round(schedule, start, now + settings[S_FEED])
                    round_at = min(round_at, NEVER if when == NEVER else when + settings[S_CONFIRM])
            continue
        if t_hold == now:
            w = what[at]
            waiting -= 1
            due[at] = due[waiting]
            what[at] = what[waiting]
            due[waiting] = NEVER
            if clairvoyant:
                d = place[legs[w, ACCOUNT]]
                h = min(legs[w, AMOUNT], free[d])
                free[d] -= h
                out[HELD] += h
                if h > 0:
                    if out[FIRST] < 0:
                        out[FIRST] = now - start
                    out[LAST] = now - start
                    if start + sanction <= now + settings[S_HOLD]:
                        out[RETURNED] += h
                    b = bank_of[legs[w, ACCOUNT]]
                    if messages[b] == 0:
                        messages[b] = 1
                        out[REQUESTS] += 1
                    out[LINES] += 1
                continue
            account = lots[w, ACCOUNT] if w >= 0 else lines[-1 - w, L_ACCOUNT]
            d = place[account]
            own_base = base[d]
            world = max(np.int64(0), at_time(bk_ptr, bk_ts, bk_bal, account, now) - own_base)
            others = min(world, max(np.int64(0), at_time(st_ptr, st_ts, st_bal, account, now) - own_base))
            others_left = max(np.int64(0), others - taken_others[d])
            clean_left = max(np.int64(0), world - others - (taken[d] - taken_own[d] - taken_others[d]))
            wages = min(clean_left, max(np.int64(0),
                at_time(pr_ptr, pr_ts, pr_cum, account, now) - at_time(pr_ptr, pr_ts, pr_cum, account, now - 30 * 24 * HOUR)))
            there = free[d] + others_left + clean_left
            if settings[S_SPARE] == 1:
                there -= wages
            want = (here[w] - kept[w]) if w >= 0 else lines[-1 - w, L_CAP]
            if settings[S_CAP_TOTAL] == 1:
                want = min(want, total_cap)
            h = max(np.int64(0), min(want, there))
            own = min(h, free[d])
            other = min(h - own, others_left)
            wrong = h - own - other
            free[d] -= own
            taken[d] += h
            taken_own[d] += own
            taken_others[d] += other
            total_cap -= h if settings[S_CAP_TOTAL] == 1 else np.int64(0)
            out[HELD] += own
            out[OTHERS] += other
            out[WRONG] += wrong
            if wrong > 0:
                wronged[d] = True
                out[PROTECTED] += max(np.int64(0), wrong - (clean_left - wages))
            if w >= 0:
                kept[w] += h
            elif lines[-1 - w, L_WATCH] > 0:
                watch[d] = lines[-1 - w, L_CAP] - h
                watch_from[d] = now
                watch_till[d] = now + lines[-1 - w, L_WATCH]
                watch_base[d] = 0
            if h > 0:
                if out[FIRST] < 0:
                    out[FIRST] = now - start
                out[LAST] = now - start
                if start + sanction <= now + settings[S_HOLD]:
                    out[RETURNED] += own
            continue
        # a round of planning: lots that arrived since the last one, most urgent first
        out[ROUNDS] += 1
        round_at = NEVER
        score = np.empty(pending, np.float64)
        good = 0
        for k in range(pending):
            i = todo[k]
            left = here[i] - kept[i]
            b = bank_of[lots[i, ACCOUNT]]
            s = strata[min(lots[i, LINK + 2 - 2], 0) + min(2, hop_of(lots, i)) * 2 + (1 if began[i] else 0)]
            dwell = now - lots[i, TS]
            wait = np.int64(np.exp(reply[b, 0]) * 60e6)
            stays = 1.0 - leaving(edges, total, s, dwell, wait)
            if left >= settings[S_MIN_AMOUNT] and left * stays >= settings[S_MIN_GAIN]:
                todo[good] = i
                score[good] = left * leaving(edges, total, s, dwell, HOUR)
                good += 1
        order = np.argsort(-score[:good], kind="mergesort")
        fresh = np.zeros(banks, np.bool_)
        for k in range(good):
            i = todo[order[k]]
            b = bank_of[lots[i, ACCOUNT]]
            if not fresh[b]:
                if messages[b] >= MAX_MESSAGES:
                    continue
                fresh[b] = True
                position[b] = 0
                m = messages[b]
                sends[b, m] = now
                effects[b, m] = now + np.int64(np.exp(reply[b, 0] + reply[b, 1] * normal(seed, report, b, m)) * 60e6)
                messages[b] += 1
                out[REQUESTS] += 1
            due[waiting] = effects[b, messages[b] - 1] + position[b] * np.int64(reply[b, 2])
            what[waiting] = i
            waiting += 1
            position[b] += 1
            out[LINES] += 1
        pending = 0
    for k in range(n):
        if watch[k] > 0 and watch_till[k] > 0:
            standing(out, watch[k], seen[k], watch_from[k], watch_till[k], bk_ptr, bk_ts, bk_in, st_ptr, st_ts, st_in, wronged, k)
        if wronged[k]:
            out[WRONG_ACCOUNTS] += 1
