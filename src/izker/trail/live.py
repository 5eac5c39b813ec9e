"""The live tracer: transfers come in as they happen, and every reported tiyn is always where it is.

State: the two counters an account and, per account, a list of tainted lots in order of their place on the money line; a
transfer out pops what it overlaps at the head. FIFO only. A step costs two random reads (sender, receiver) plus the
lots it moves.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numba import njit

from izker.ledger import Ledger, intake
from izker.ledger.layout import I32, I64
from izker.ledger.names import Dictionary
from izker.trail import lines
from izker.trail.lines import wider
from izker.trail.resolve import resolve
from izker.trail.rules import HELD, NO_LIMIT, STATUSES, Limits
from izker.trail.tracing import run
from izker.words import N_, Problem, Refusal

# columns of an account's state and of a live lot (one cache line)
CO, CI, HEAD, TAIL = range(4)
L_REPORT, L_LO, L_HI, L_HOP, L_SINCE, L_NEXT = range(6)
FILTER_BITS = 1 << 20  # reported ids are looked for behind a bitmap, which nearly every other transfer fails at once


class LiveTrail:
    """Follow reported transfers through a stream, exactly as `trace` would over the ledger that the stream adds up to.

    `ledger` gives the state to start from (None: no transfers yet). `reports` (report_id, transfer_id) may name
    transfers of the ledger and transfers still to come. Apply transfers in (ts, id) order; a transfer that is late is
    set aside and returned: append it to the ledger and start anew there.
    """

    def __init__(self, ledger: Ledger | None = None, reports: pl.DataFrame | None = None) -> None:
        self._names = Dictionary(ledger.names if ledger else None)
        count = len(self._names)
        self._state = np.full((max(count, 16), 4), -1, np.int64)
        self._state[:, :2] = 0
        self._lots = np.empty((1024, 8), np.int64)
        self._top = np.array([0, -1], np.int64)  # next unused lot, head of the free list
        self._exits = np.empty((256, 6), np.int64)
        self._exit_count = 0
        self._last = (-(2**63), -(2**63))
        self.report_ids: list[Any] = []
        self._ids = np.zeros(0, np.int64)
        self._numbers = np.zeros(0, np.int64)
        self._bits = np.zeros(FILTER_BITS // 64, np.uint64)
        self.problems: list[Problem] = []
        if ledger is not None:
            self._state[:count, :2] = ledger.all_counters()
            self._last = ledger.manifest.newest
        if reports is not None:
            self._take_reports(ledger, reports)

    def _take_reports(self, ledger: Ledger | None, reports: pl.DataFrame) -> None:
        numbers = intake.integer(reports["transfer_id"])
        there = np.zeros(reports.height, np.bool_)
        if ledger is not None:
            there = (ledger.slots_of(numbers.fill_null(-1).to_numpy()) >= 0) & numbers.is_not_null().to_numpy()
            ids, slots, self.problems = resolve(ledger, reports.filter(pl.Series(there)))
            self.report_ids = ids.to_list()
            if slots.size:
                _, lots = run(ledger, slots, "fifo", Limits(), NO_LIMIT, True, None)
                assert lots is not None
                self._start_from(lots)
        ahead = reports.filter(pl.Series(~there)).filter(pl.col("transfer_id").is_not_null())
        ids_ahead = intake.integer(ahead["transfer_id"]).to_numpy()
        order = np.argsort(ids_ahead, kind="stable")
        self._ids = ids_ahead[order].astype(np.int64)
        self._numbers = (len(self.report_ids) + np.arange(ahead.height))[order]
        self.report_ids.extend(ahead["report_id"].to_list())
        _fill_filter(self._bits, self._ids)

    def _start_from(self, lots: I64) -> None:
        """Lots that rest in the ledger become live ones; those that left it are exits."""
        gone = lots[(lots[:, lines.STATUS] > HELD) & (lots[:, lines.STATUS] <= 4) & (lots[:, lines.REST] > 0)]
        self._exit_count = len(gone)
        self._exits = np.empty((2 * len(gone) + 256, 6), np.int64)
        self._exits[: len(gone)] = gone[
            :, [lines.REPORT, lines.ACCOUNT, lines.REST, lines.STATUS, lines.HOP, lines.SINCE]
        ]
        held = lots[lots[:, lines.STATUS] == HELD]
        held = held[held[:, lines.REST] > 0]
        low = held[:, lines.HI] - held[:, lines.REST]  # a lot is consumed from its front
        order = np.lexsort((low, held[:, lines.ACCOUNT]))
        held, low = held[order], low[order]
        self._lots = np.empty((2 * len(held) + 1024, 8), np.int64)
        live = self._lots[: len(held)]
        live[:, L_REPORT], live[:, L_LO], live[:, L_HI] = held[:, lines.REPORT], low, held[:, lines.HI]
        live[:, L_HOP], live[:, L_SINCE] = held[:, lines.HOP], held[:, lines.SINCE]
        account = held[:, lines.ACCOUNT]
        follows = np.append(account[1:] == account[:-1], False) if len(held) else np.zeros(0, np.bool_)
        live[:, L_NEXT] = np.where(follows, np.arange(len(held)) + 1, -1)
        accounts, first = np.unique(account, return_index=True)
        self._state[accounts, HEAD] = first
        self._state[accounts, TAIL] = np.append(first[1:], len(held)) - 1 if len(first) else first
        self._top[0] = len(held)

    def apply(self, transfers: pl.DataFrame) -> pl.DataFrame:
        """Apply a micro-batch (columns as of a ledger source). Returns the rows set aside: those that came late."""
        problems = intake.Problems()
        aside = []
        for frame, _ in intake.batches([transfers], problems):
            src, dst = self._names.encode(frame["src"]), self._names.encode(frame["dst"])
            arrays = (
                frame["id"].to_numpy(),
                frame["ts"].to_numpy(),
                src,
                dst,
                frame["amount"].to_numpy(),
                frame["kind"].to_numpy(),
            )
            late = self.apply_arrays(*arrays)
            aside.append(frame.filter(pl.Series(late)))
        self.problems.extend(problems.listed())
        return pl.concat(aside).select("id", "ts", "src", "dst", "amount")

    def apply_arrays(
        self, ids: I64, ts: I64, src: I32, dst: I32, amount: I64, kind: Any
    ) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """As `apply` with account numbers; returns which rows were late. Rows inside the batch may be in any order."""
        ids, ts, amount = (np.ascontiguousarray(v, np.int64) for v in (ids, ts, amount))
        src, dst = np.ascontiguousarray(src, np.int32), np.ascontiguousarray(dst, np.int32)
        kinds = np.ascontiguousarray(kind, np.int8)
        if (kinds == intake.REVERSAL).any():
            raise Refusal(
                N_("a live trail cannot take transfers back: append the reversal to the ledger and start anew")
            )
        late: np.ndarray[tuple[int], np.dtype[np.bool_]] = np.zeros(ids.size, np.bool_)
        if not ids.size:
            return late
        if not _ordered(ts, ids, *self._last):
            late = (ts < self._last[0]) | ((ts == self._last[0]) & (ids <= self._last[1]))
            order = np.lexsort((ids, ts))
            order = order[~late[order]]
            ids, ts, src, dst, amount, kinds = (
                ids[order],
                ts[order],
                src[order],
                dst[order],
                amount[order],
                kinds[order],
            )
            if not ids.size:
                return late
        need = int(max(src.max(), dst.max())) + 1
        if need > len(self._state):
            self.reserve(max(need, 2 * len(self._state)))
        self._lots, self._exits, self._exit_count = _apply(
            ids,
            ts,
            src,
            dst,
            amount,
            kinds,
            self._state,
            self._lots,
            self._top,
            self._exits,
            self._exit_count,
            self._bits,
            self._ids,
            self._numbers,
        )
        self._last = (int(ts[-1]), int(ids[-1]))
        return late

    def reserve(self, accounts: int) -> None:
        """Make room for accounts 0 to accounts - 1, so that no batch has to."""
        if accounts > len(self._state):
            grown = np.full((accounts, 4), -1, np.int64)
            grown[:, :2] = 0
            grown[: len(self._state)] = self._state
            self._state = grown

    def held(self) -> pl.DataFrame:
        """Units held now: report_id, account, amount."""
        rows = self.rows().filter(pl.col("status") == "held")
        return rows.group_by("report_id", "account", maintain_order=True).agg(pl.col("amount").sum())

    def rows(self) -> pl.DataFrame:
        """As `Trails.rows`: report_id, account, amount, status, hop, since; in order of report, hop, account number."""
        leaves = np.concatenate([_resting(self._state, self._lots), self._exits[: self._exit_count]])
        frame = pl.DataFrame(leaves, schema=["report", "account", "amount", "status", "hop", "since"], orient="row")
        keys = ["report", "hop", "account", "status"]
        grouped = frame.group_by(keys).agg(pl.col("amount").sum(), pl.col("since").min()).sort(keys)
        return grouped.select(
            report_id=pl.Series(self.report_ids).gather(grouped["report"])
            if grouped.height
            else pl.Series(self.report_ids).head(0),
            account=self._names.names.gather(grouped["account"])
            if len(self._names)
            else grouped["account"].cast(pl.String),
            amount="amount",
            status=pl.Series(STATUSES).gather(grouped["status"]),
            hop=pl.col("hop").cast(pl.Int32),
            since="since",
        )


@njit(cache=True, nogil=True)
def _fill_filter(bits: Any, ids: Any) -> None:
    for i in range(ids.size):
        h = (ids[i] * 0x9E3779B97F4A7C1) & (FILTER_BITS - 1)
        bits[h >> 6] |= np.uint64(1) << np.uint64(h & 63)


@njit(cache=True, nogil=True)
def _ordered(ts: Any, ids: Any, last_ts: int, last_id: int) -> bool:
    for i in range(ts.size):
        if ts[i] < last_ts or (ts[i] == last_ts and ids[i] <= last_id):
            return False
        last_ts, last_id = ts[i], ids[i]
    return True


@njit(cache=True, nogil=True)
def _new(lots: Any, top: Any) -> Any:
    """(lots, number of a free one)."""
    if top[1] >= 0:
        q = top[1]
        top[1] = lots[q, L_NEXT]
        return lots, q
    q = top[0]
    if q == lots.shape[0]:
        lots = wider(lots)
    top[0] = q + 1
    return lots, q


@njit(cache=True, nogil=True)
def _hang_on(state: Any, lots: Any, account: int, q: int) -> None:
    """Lot q becomes the last of its account's list."""
    lots[q, L_NEXT] = -1
    if state[account, HEAD] < 0:
        state[account, HEAD] = q
    else:
        lots[state[account, TAIL], L_NEXT] = q
    state[account, TAIL] = q


@njit(cache=True, nogil=True)
def _leave(exits: Any, count: int, report: int, account: int, amount: int, kind: int, hop: int, ts: int) -> Any:
    if count == exits.shape[0]:
        exits = wider(exits)
    exits[count, 0], exits[count, 1], exits[count, 2] = report, account, amount
    exits[count, 3], exits[count, 4], exits[count, 5] = kind, hop, ts
    return exits, count + 1


@njit(cache=True, nogil=True)
def _apply(
    ids: Any,
    ts: Any,
    src: Any,
    dst: Any,
    amount: Any,
    kinds: Any,
    state: Any,
    lots: Any,
    top: Any,
    exits: Any,
    exit_count: int,
    bits: Any,
    reported: Any,
    numbers: Any,
) -> Any:
    """Apply transfers in order; lots at the head of the sender's list move on with the units they are."""
    for i in range(ids.size):
        s, d, x = src[i], dst[i], amount[i]
        out_cum = state[s, CO]
        end = out_cum + x
        state[s, CO] = end
        if state[s, CI] < end:
            state[s, CI] = end
        in_pos = state[d, CI]
        state[d, CI] = in_pos + x
        # a reported transfer begins a lot; it comes first on the receiver's line, before what it carries for others
        h = (ids[i] * 0x9E3779B97F4A7C1) & (FILTER_BITS - 1)
        if (bits[h >> 6] >> np.uint64(h & 63)) & np.uint64(1):
            at = np.searchsorted(reported, ids[i])
            while at < reported.size and reported[at] == ids[i]:
                if kinds[i] > 0 and x > 0:
                    exits, exit_count = _leave(exits, exit_count, numbers[at], d, x, kinds[i], 1, ts[i])
                elif x > 0:
                    lots, p = _new(lots, top)
                    lots[p, L_REPORT], lots[p, L_LO], lots[p, L_HI] = numbers[at], in_pos, in_pos + x
                    lots[p, L_HOP], lots[p, L_SINCE] = 1, ts[i]
                    _hang_on(state, lots, d, p)
                at += 1
        q = state[s, HEAD]
        before = -1
        while q >= 0 and lots[q, L_LO] < end:
            follow = lots[q, L_NEXT]
            lo, hi = lots[q, L_LO], min(lots[q, L_HI], end)
            if kinds[i] > 0:
                exits, exit_count = _leave(
                    exits, exit_count, lots[q, L_REPORT], d, hi - lo, kinds[i], lots[q, L_HOP] + 1, ts[i]
                )
            else:
                arrives = in_pos + (lo - out_cum)
                report, hop = lots[q, L_REPORT], lots[q, L_HOP] + 1
                lots, p = _new(lots, top)
                lots[p, L_REPORT], lots[p, L_LO], lots[p, L_HI] = report, arrives, arrives + (hi - lo)
                lots[p, L_HOP], lots[p, L_SINCE] = hop, ts[i]
                _hang_on(state, lots, d, p)
                follow = lots[q, L_NEXT]  # the list may have grown: a transfer to oneself
            if lots[q, L_HI] <= end:  # wholly gone: take it out of the list
                if before < 0:
                    state[s, HEAD] = follow
                else:
                    lots[before, L_NEXT] = follow
                if follow < 0:
                    state[s, TAIL] = before
                lots[q, L_NEXT] = top[1]
                top[1] = q
            else:
                lots[q, L_LO] = end
                before = q
            q = follow
    return lots, exits, exit_count


@njit(cache=True, nogil=True)
def _resting(state: Any, lots: Any) -> Any:
    """Leaf rows of all live lots."""
    count = 0
    for a in range(state.shape[0]):
        q = state[a, HEAD]
        while q >= 0:
            count += 1
            q = lots[q, L_NEXT]
    found = np.empty((count, 6), np.int64)
    m = 0
    for a in range(state.shape[0]):
        q = state[a, HEAD]
        while q >= 0:
            found[m, 0], found[m, 1], found[m, 2] = lots[q, L_REPORT], a, lots[q, L_HI] - lots[q, L_LO]
            found[m, 3], found[m, 4], found[m, 5] = 0, lots[q, L_HOP], lots[q, L_SINCE]
            m += 1
            q = lots[q, L_NEXT]
    return found
