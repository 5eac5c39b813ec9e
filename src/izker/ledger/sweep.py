"""The two counters an account: one pass over the transfers in (ts, id) order gives every unit its place on the money
line.

For transfer i = s -> d of x:  out_cum = CO[s]; s_bal = CI[s] - CO[s]; CO[s] += x; CI[s] = max(CI[s], CO[s])  (a
shortfall is unknown, untainted money that enters at that moment); then in_pos = CI[d]; d_bal = CI[d] - CO[d]; CI[d] +=
x.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from izker.ledger.layout import NEVER, SENTINEL

# columns of a RAW row, and of a placed one
ID, TS, AMOUNT, PAIR, KIND = range(5)
P_PAIR, P_TS, P_ID, P_OUT, P_IN, P_SBAL, P_DBAL, P_KIND = range(8)
# columns of rows.bin
OUT, IN, WHEN, LINK = range(4)


@njit(cache=True, nogil=True)
def sweep(raw: Any, state: Any, fill: Any, placed: Any, inbound: Any) -> None:
    """Place each RAW row (in order): `state` (accounts x [CO, CI]) and `fill` (next free slot of an account) move on.

    Writes `placed` (n x 8) and `inbound` (n x 2: dst << 32 | slot, in_pos).
    """
    for i in range(raw.shape[0]):
        s = raw[i, PAIR] >> 32
        d = raw[i, PAIR] & 0xFFFFFFFF
        x = raw[i, AMOUNT]
        out_cum = state[s, 0]
        s_bal = state[s, 1] - out_cum
        state[s, 0] = out_cum + x
        if state[s, 1] < out_cum + x:
            state[s, 1] = out_cum + x
        in_pos = state[d, 1]
        d_bal = in_pos - state[d, 0]
        state[d, 1] = in_pos + x
        slot = fill[s]
        fill[s] = slot + 1
        placed[i, P_PAIR] = raw[i, PAIR]
        placed[i, P_TS] = raw[i, TS]
        placed[i, P_ID] = raw[i, ID]
        placed[i, P_OUT] = out_cum
        placed[i, P_IN] = in_pos
        placed[i, P_SBAL] = s_bal
        placed[i, P_DBAL] = d_bal
        placed[i, P_KIND] = raw[i, KIND]
        inbound[i, 0] = (d << 32) | slot
        inbound[i, 1] = in_pos


@njit(cache=True, nogil=True)
def fill_region(placed: Any, ptr: Any, state: Any, first: int, rows: Any, side: Any, ids: Any) -> None:
    """Lay placed rows of the accounts whose pointers are `ptr` (from account `first` on) out by account, with
    sentinels."""
    base = ptr[0]
    at = ptr[:-1].copy()
    for i in range(placed.shape[0]):
        a = (placed[i, P_PAIR] >> 32) - first
        k = at[a] - base
        at[a] += 1
        rows[k, OUT] = placed[i, P_OUT]
        rows[k, IN] = placed[i, P_IN]
        rows[k, WHEN] = placed[i, P_TS]
        # a transfer's `next` is filled in by `point_on`; an exit keeps the negative kind
        rows[k, LINK] = ((placed[i, P_PAIR] & 0xFFFFFFFF) << 32) | ((-placed[i, P_KIND]) & 0xFFFFFFFF)
        side[k, 0] = placed[i, P_SBAL]
        side[k, 1] = placed[i, P_DBAL]
        ids[k] = placed[i, P_ID]
    for a in range(ptr.size - 1):
        k = ptr[a + 1] - 1 - base
        rows[k, OUT] = state[first + a, 0]
        rows[k, IN] = state[first + a, 1]
        rows[k, WHEN] = NEVER
        rows[k, LINK] = SENTINEL
        side[k, 0] = state[first + a, 1] - state[first + a, 0]
        side[k, 1] = 0
        ids[k] = -1


@njit(cache=True, nogil=True)
def point_on(inbound: Any, inptr: Any, ptr: Any, first: int, rows: Any, slots: Any, nexts: Any) -> None:
    """For every transfer into the accounts from `first` on: its slot, grouped by account, and the slot that consumes
    it first.

    `inbound` is in time order, so positions only grow within an account and one merge walk finds every `next`.
    """
    base = ptr[0]
    at = inptr[:-1] - inptr[0]
    walk = ptr[:-1] - base
    for i in range(inbound.shape[0]):
        a = (inbound[i, 0] >> 32) - first
        end = ptr[a + 1] - 1 - base  # the sentinel
        k = walk[a]
        while k < end and rows[k + 1, OUT] <= inbound[i, 1]:
            k += 1
        walk[a] = k
        slots[at[a]] = inbound[i, 0] & 0xFFFFFFFF
        nexts[at[a]] = k + base
        at[a] += 1


@njit(cache=True, nogil=True)
def set_next(rows: Any, base: int, slots: Any, nexts: Any) -> None:
    """Write `next` into the links of transfers (exits keep their kind)."""
    for i in range(slots.size):
        k = slots[i] - base
        link = rows[k, LINK]
        low = link & 0xFFFFFFFF
        if low == 0:
            rows[k, LINK] = link | nexts[i]


@njit(cache=True, nogil=True)
def degrees(raw: Any, out_degree: Any, in_degree: Any) -> None:
    """Count transfers out of and into each account."""
    for i in range(raw.shape[0]):
        out_degree[raw[i, PAIR] >> 32] += 1
        in_degree[raw[i, PAIR] & 0xFFFFFFFF] += 1


@njit(cache=True, nogil=True)
def is_ordered(raw: Any, last_ts: int, last_id: int, top: int) -> Any:
    """(rows in (ts, id) order after (last_ts, last_id), ids strictly rising after `top`)."""
    ordered = True
    rising = True
    for i in range(raw.shape[0]):
        ts, number = raw[i, TS], raw[i, ID]
        if ts < last_ts or (ts == last_ts and number <= last_id):
            ordered = False
        if number <= top:
            rising = False
        last_ts, last_id = ts, number
        top = max(top, number)
    return ordered, rising
