"""One game: a report, a delay, a policy, and what its requests did to the money. Compiled; no policy's name occurs here.

Two sets of pieces move at once. `legs` are the truth: which part of each transfer is this fraud's money. `lots` are what a
policy can see: the trail under its attribution rule. A hold stops real money: it takes this fraud's units on the account
first, then units stolen from others, then everybody else's. Units held stay; the rest leaves as it did in the world, each
later transfer carrying what is still free, and a trail piece is never larger than what its transfer still carried.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from izker.world.bench.state import (
    ACCOUNT,
    AMOUNT,
    CAUGHT,
    EXIT,
    FIRST,
    GONE,
    HOP,
    HOUR,
    L_ACCOUNT,
    L_CAP,
    L_WATCH,
    LAST,
    LINES,
    LINK,
    MINUTE,
    NEVER,
    PARENT,
    REQUESTS,
    RESULTS,
    ROOT,
    ROUNDS,
    SRC,
    STOLEN,
    TS,
    WRONG_ACCOUNTS,
    Country,
    Rules,
    book_hold,
    credit,
    leaving,
    next_round,
    purse,
    reply_us,
    settle_watch,
)  # fmt: skip

MAX_MESSAGES = 64


@njit(cache=True, nogil=True)
def meet(account: int, stamp: Any, place: Any, turn: int, seen: Any, n: int) -> int:
    """Number an account met for the first time in this game; returns how many are known."""
    if stamp[account] == turn:
        return n
    stamp[account] = turn
    place[account] = n
    seen[n] = account
    return n + 1


@njit(cache=True, nogil=True)
def watched(sends: Any, effects: Any, count: int, known: int, now: int) -> bool:
    """Whether the bank had executed, by `now`, a request that was sent when the sending lot was already `known`."""
    for k in range(count):  # noqa: SIM110 - compiled: a loop is what the compiler takes
        if sends[k] >= known and effects[k] <= now:
            return True
    return False


@njit(cache=True, nogil=True)
def stratum_of(hop: int, began: bool) -> int:
    """Row of the hazard table: hops 1, 2, 3 and more; whether the account has begun to send this money on."""
    return min(max(hop, 1), 3) * 2 - 2 + (1 if began else 0)


@njit(cache=True, nogil=True)
def play(
    legs: Any, lots: Any, lines: Any, report: int, start: int, seed: int, rules: Rules, c: Country, sanction: Any, stamp: Any, place: Any,
    turn: int, out: Any,
) -> None:  # fmt: skip
    """Play one game from `start`, the moment of the report, and write its RESULTS to `out`.

    legs, lots: rows in time order; PARENT a row of the same array or -1; ROOT the moment of the victim's payment the piece
    comes from (payments after the report do not happen); LINK of a lot: the row of legs of the same transfer, or -1.
    lines: account-level requests (account, cap, watch µs) asked for at once, most urgent first. `sanction`: µs until the
    prosecutor's sanction. `stamp`, `place`: scratch as long as there are accounts; `turn`: a number never used with them.
    """
    seen = np.empty(legs.shape[0] * 2 + lots.shape[0] + lines.shape[0] + 1, np.int64)
    n = 0
    for i in range(legs.shape[0]):
        n = meet(legs[i, SRC], stamp, place, turn, seen, n)
        n = meet(legs[i, ACCOUNT], stamp, place, turn, seen, n)
    for i in range(lots.shape[0]):
        n = meet(lots[i, ACCOUNT], stamp, place, turn, seen, n)
    for i in range(lines.shape[0]):
        n = meet(lines[i, L_ACCOUNT], stamp, place, turn, seen, n)
    p = purse(n)
    sent = np.zeros(legs.shape[0], np.int64)  # what each leg really carried
    here = np.zeros(lots.shape[0], np.int64)  # what of each lot has not left
    kept = np.zeros(lots.shape[0], np.int64)  # of that, held
    began = np.zeros(lots.shape[0], np.bool_)
    banks = rules.reply.shape[0]
    sends = np.full((banks, MAX_MESSAGES), NEVER, np.int64)
    effects = np.full((banks, MAX_MESSAGES), NEVER, np.int64)
    messages = np.zeros(banks, np.int64)
    position = np.zeros(banks, np.int64)
    for k in range(RESULTS):
        out[k] = 0
    out[FIRST], out[LAST] = -1, -1
    end = start + rules.horizon
    asked = start + rules.confirm
    sanction_at = start + sanction
    budget = np.int64(0)  # what may still be held where a policy never holds more than was stolen

    line_due = np.empty(lines.shape[0], np.int64)
    for i in range(lines.shape[0]):
        b = c.bank[lines[i, L_ACCOUNT]]
        if messages[b] == 0:
            sends[b, 0], effects[b, 0] = asked, asked + reply_us(rules.reply, seed, report, b, 0)
            messages[b] = 1
            out[REQUESTS] += 1
        line_due[i] = effects[b, 0] + position[b] * np.int64(rules.reply[b, 2])
        position[b] += 1
        out[LINES] += 1
    line_order = np.argsort(line_due, kind="mergesort")
    due = np.full(legs.shape[0] + lots.shape[0] + 1, NEVER, np.int64)  # holds of lots (or, all-knowing, of legs) to be executed
    what = np.zeros(due.size, np.int64)
    waiting, i_leg, i_lot, i_line = 0, 0, 0, 0
    todo = np.empty(lots.shape[0], np.int64)  # lots that arrived since the last round of planning
    pending, round_at = 0, NEVER

    while True:
        t_leg = legs[i_leg, TS] if i_leg < legs.shape[0] else NEVER
        t_lot = lots[i_lot, TS] if i_lot < lots.shape[0] else NEVER
        t_line = line_due[line_order[i_line]] if i_line < lines.shape[0] else NEVER
        t_hold, at = NEVER, 0
        for k in range(waiting):
            if due[k] < t_hold:
                t_hold, at = due[k], k
        now = min(min(min(t_leg, t_lot), min(t_hold, t_line)), round_at)
        if now > end:
            break
        if t_leg == now:
            i = i_leg
            i_leg += 1
            if legs[i, ROOT] > start:
                continue
            y = legs[i, AMOUNT]
            d = place[legs[i, ACCOUNT]]
            if legs[i, PARENT] >= 0:
                s = place[legs[i, SRC]]
                y = min(y, p.free[s])
                p.free[s] -= y
                p.base[s] -= legs[i, AMOUNT]
            else:
                out[STOLEN] += y
                budget += y
            sent[i] = y
            if legs[i, EXIT] != 0:
                out[GONE] += y
                continue
            p.base[d] += legs[i, AMOUNT]
            p.free[d] += y
            if p.watch[d] > 0 and p.watch_from[d] <= now <= p.watch_till[d]:
                p.own_in[d] += legs[i, AMOUNT]
                h = min(y, p.watch[d])
                if rules.cap_total:
                    h = min(h, budget)
                    budget -= h
                p.free[d] -= h
                p.own[d] += h
                p.watch[d] -= h
                credit(out, h, now, start, sanction_at, rules.hold)
            if rules.clairvoyant and y > 0:
                b = c.bank[legs[i, ACCOUNT]]
                if messages[b] == 0:
                    messages[b] = 1
                    effects[b, 0] = asked + reply_us(rules.reply, seed, report, b, 0)
                due[waiting], what[waiting] = max(now, effects[b, 0]), i
                waiting += 1
        elif t_lot == now:
            i = i_lot
            i_lot += 1
            if lots[i, ROOT] > start:
                continue
            y, q, j = lots[i, AMOUNT], lots[i, PARENT], lots[i, LINK]
            if q >= 0:
                y = min(y, here[q] - kept[q])
                if j >= 0:
                    y = min(y, max(np.int64(0), lots[i, AMOUNT] - legs[j, AMOUNT] + sent[j]))
                here[q] -= y
                began[q] = True
            if y <= 0 or lots[i, EXIT] != 0:
                continue
            here[i] = y
            b = c.bank[lots[i, ACCOUNT]]
            if rules.watch and q >= 0 and now > start and watched(sends[b], effects[b], messages[b], lots[q, TS] + rules.feed, now):
                due[waiting], what[waiting] = now, i
                waiting += 1
                out[CAUGHT] += 1
                out[LINES] += 1
            elif rules.follow and out[ROUNDS] < rules.rounds:
                todo[pending] = i
                pending += 1
                when = next_round(rules.schedule, start, now + rules.feed)
                if when < NEVER:
                    round_at = min(round_at, when + (rules.confirm if when == start else rules.reconfirm))
        elif t_hold == now:
            w = what[at]
            waiting -= 1
            due[at], what[at], due[waiting] = due[waiting], what[waiting], NEVER
            if rules.clairvoyant:
                d = place[legs[w, ACCOUNT]]
                h = min(sent[w], p.free[d])
                p.free[d] -= h
                if h > 0:
                    b = c.bank[legs[w, ACCOUNT]]
                    if position[b] == 0:
                        position[b] = 1
                        out[REQUESTS] += 1
                    out[LINES] += 1
                    credit(out, h, now, start, sanction_at, rules.hold)
            else:
                d = place[lots[w, ACCOUNT]]
                want = here[w] - kept[w]
                kept[w] += book_hold(p, c, out, lots[w, ACCOUNT], d, now, want, rules.spare, start, sanction_at, rules.hold)
        elif t_line == now:
            i = line_order[i_line]
            i_line += 1
            account, want = lines[i, L_ACCOUNT], lines[i, L_CAP]
            d = place[account]
            if rules.cap_total:
                want = min(want, budget)
            h = book_hold(p, c, out, account, d, now, want, rules.spare, start, sanction_at, rules.hold)
            if rules.cap_total:
                budget -= h
            if lines[i, L_WATCH] > 0:
                p.watch[d], p.watch_from[d], p.watch_till[d] = lines[i, L_CAP] - h, now, now + lines[i, L_WATCH]
        else:
            out[ROUNDS] += 1
            round_at = NEVER
            enough = rules.first_gain if out[ROUNDS] == 1 else rules.later_gain
            score = np.empty(pending, np.float64)
            good = 0
            for k in range(pending):
                i = todo[k]
                left, dwell = here[i] - kept[i], now - lots[i, TS]
                s = stratum_of(lots[i, HOP], began[i])
                wait = np.int64(np.exp(rules.reply[c.bank[lots[i, ACCOUNT]], 0]) * MINUTE)
                if left >= rules.min_amount and left * (1.0 - leaving(rules, s, dwell, wait)) >= enough:
                    todo[good] = i
                    score[good] = -left * leaving(rules, s, dwell, HOUR)
                    good += 1
            pending = 0
            fresh = np.zeros(banks, np.bool_)
            for k in np.argsort(score[:good], kind="mergesort"):
                i = todo[k]
                b = c.bank[lots[i, ACCOUNT]]
                m = messages[b]
                if not fresh[b]:
                    if m == MAX_MESSAGES:
                        continue
                    fresh[b] = True
                    position[b] = 0
                    sends[b, m], effects[b, m] = now, now + reply_us(rules.reply, seed, report, b, m)
                    messages[b] = m + 1
                    out[REQUESTS] += 1
                due[waiting] = effects[b, messages[b] - 1] + position[b] * np.int64(rules.reply[b, 2])
                what[waiting] = i
                waiting += 1
                position[b] += 1
                out[LINES] += 1
    for k in range(n):
        if p.watch[k] > 0:
            left = budget if rules.cap_total else NEVER
            h = settle_watch(p, c, out, seen[k], k, end, left, rules.hold)
            if rules.cap_total:
                budget -= h
        if p.wrong[k] > 0:
            out[WRONG_ACCOUNTS] += 1
