"""Deltas laid over the base in memory when a ledger is opened.

New transfers that come after everything in the base continue the counters of their accounts. A late transfer, or one
taken back, moves later positions, but only on its own two accounts: an account's counters depend on nothing but its own
rows. Those accounts are swept again from their opening balance; their outgoing rows move to the tail, and rows of
others into them get their new positions in private pages. The base files never change.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from izker.ledger import lookup
from izker.ledger.layout import I16, I32, I64, NEVER, RAW, SENTINEL, Manifest, Rows
from izker.ledger.names import as_series
from izker.ledger.sweep import AMOUNT, ID, IN, KIND, LINK, OUT, PAIR, TS, WHEN

Bools = npt.NDArray[np.bool_]
_NO_ROWS = np.zeros((0, 4), np.int64)
_NONE = np.zeros(0, np.int64)


@dataclass
class Overlay:
    """The tail: rows that live in memory, in slots from the base's number of slots on; laid out like the base."""

    rows: I64 = field(default_factory=lambda: _NO_ROWS.copy())
    side: I64 = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    ids: I64 = field(default_factory=lambda: _NONE.copy())
    touched: I64 = field(default_factory=lambda: _NONE.copy())  # accounts that have a region in the tail, ascending
    ptr: I64 = field(default_factory=lambda: np.zeros(1, np.int64))  # their regions
    start: I32 = field(default_factory=lambda: np.zeros(0, np.int32))
    end: I32 = field(default_factory=lambda: np.zeros(0, np.int32))
    moved: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))
    known_ids: I64 = field(
        default_factory=lambda: _NONE.copy()
    )  # ids whose slot differs from the base's index, ascending
    known_slots: I64 = field(default_factory=lambda: _NONE.copy())  # their slots, -1 where taken back
    old_slots: I64 = field(default_factory=lambda: _NONE.copy())  # base slots that moved or were taken back, ascending
    new_slots: I64 = field(default_factory=lambda: _NONE.copy())  # where to, -1 where taken back
    arrivals: I64 = field(
        default_factory=lambda: np.zeros((0, 2), np.int64)
    )  # new rows as (dst, slot), by dst in time order
    rows_added: int = 0
    rows_cancelled: int = 0
    name_list: list[str] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    bank: I16 = field(default_factory=lambda: np.zeros(0, np.int16))

    def slot_of(self, transfer_id: int) -> int | None:
        """The slot of an id that the deltas changed (-1: taken back); None for an id they say nothing of."""
        at = int(np.searchsorted(self.known_ids, transfer_id))
        if at < self.known_ids.size and self.known_ids[at] == transfer_id:
            return int(self.known_slots[at])
        return None

    def inbound(self, account: int, base: I64) -> I64:
        """Slots into `account`: those of the base, moved where they moved, and the new ones."""
        if self.old_slots.size and base.size:
            at = np.minimum(np.searchsorted(self.old_slots, base), self.old_slots.size - 1)
            hit = self.old_slots[at] == base
            base = np.where(hit, self.new_slots[at], base)
            base = base[base >= 0]
        low, high = np.searchsorted(self.arrivals[:, 0], [account, account + 1])
        return np.concatenate([base, self.arrivals[low:high, 1]])


def nothing_over(_manifest: Manifest) -> Overlay:
    """The overlay of a ledger without deltas."""
    return Overlay()


def read_deltas(path: Path, manifest: Manifest) -> tuple[Rows, I64, list[str], I16]:
    """(RAW rows, cancelled ids, names of new accounts, their banks) of all deltas. Raises Refusal for a truncated
    one."""
    raws, cancelled, names, banks = [], [], [], []
    for delta in manifest.deltas:
        folder = path / delta.folder
        content = {}
        for name, (size, _digest) in delta.files.items():
            content[name] = _whole(folder / name, size)
        raws.append(np.frombuffer(content["raw.bin"], "<i8").reshape(-1, 5))
        cancelled.append(np.frombuffer(content["cancelled.bin"], "<i8"))
        offsets = np.frombuffer(content["nameoff.bin"], "<i8")
        names.extend(as_series(np.frombuffer(content["names.bin"], np.uint8), offsets).to_list())
        banks.append(np.frombuffer(content["bank.bin"], "<i2"))
    return np.concatenate(raws), np.concatenate(cancelled), names, np.concatenate(banks).astype(np.int16)


def _whole(file: Path, size: int) -> bytes:
    from izker.ledger.layout import refuse_size

    content = file.read_bytes() if file.is_file() else b""
    if len(content) != size:
        raise refuse_size(file, len(content), size)
    return content


def lay_over(path: Path, manifest: Manifest, base: dict[str, Any]) -> Overlay:
    """Lay the deltas of `manifest` over the mapped base arrays (whose pages are private and may be patched)."""
    raw, cancelled, name_list, bank = read_deltas(path, manifest)
    raw = raw[~np.isin(raw[:, ID], cancelled)] if cancelled.size else raw
    raw = raw[np.lexsort((raw[:, ID], raw[:, TS]))]
    gone = base_slots(base, cancelled)
    affected = affected_accounts(base, manifest, raw, gone)
    old, old_slots = _rows_of(base, affected[affected < manifest.base.accounts], gone)
    over = Overlay(rows_added=len(raw), rows_cancelled=gone.size, name_list=name_list, bank=bank)
    over.names = {name: manifest.base.accounts + i for i, name in enumerate(name_list)}
    _place(over, base, raw, old, old_slots, affected, manifest.base.accounts + len(name_list), manifest.base.accounts)
    _index(over, base["rows.bin"].shape[0], cancelled, gone)
    return over


def base_slots(base: dict[str, Any], ids: I64) -> I64:
    """Base slots of the given ids (those that are in the base)."""
    slots: I64 = lookup.slots_of(base["byid.bin"], base["byslot.bin"], ids)
    return np.sort(slots[slots >= 0])


def affected_accounts(base: dict[str, Any], manifest: Manifest, raw: Rows, gone: I64) -> I64:
    """Accounts at either end of a late transfer or of a base transfer that was taken back, ascending."""
    ts, number = manifest.last
    late = raw[(raw[:, TS] < ts) | ((raw[:, TS] == ts) & (raw[:, ID] < number)), PAIR]
    src = np.searchsorted(base["ptr.bin"], gone, side="right") - 1
    dst = base["rows.bin"][gone, LINK] >> 32
    return np.unique(np.concatenate([late >> 32, late & 0xFFFFFFFF, src, dst]))


def _rows_of(base: dict[str, Any], accounts: I64, gone: I64) -> tuple[Rows, I64]:
    """RAW rows of the base that touch any of `accounts`, and their slots, without those that are gone."""
    ptr, inptr = base["ptr.bin"], base["inptr.bin"]
    parts = [np.arange(ptr[a], ptr[a + 1] - 1) for a in accounts]
    parts += [base["in.bin"][inptr[a] : inptr[a + 1]].astype(np.int64) for a in accounts]
    slots = np.setdiff1d(np.concatenate(parts), gone) if parts else _NONE
    records = base["rows.bin"][slots]
    low = (records[:, LINK] & 0xFFFFFFFF).astype(np.uint32).view(np.int32).astype(np.int64)
    raw = np.empty(slots.size, RAW)
    raw[:, ID] = base["ids.bin"][slots]
    raw[:, TS] = records[:, WHEN]
    raw[:, AMOUNT] = base["rows.bin"][slots + 1, OUT] - records[:, OUT]
    raw[:, PAIR] = ((np.searchsorted(ptr, slots, side="right") - 1) << 32) | (records[:, LINK] >> 32)
    raw[:, KIND] = np.where(low < 0, -low, 0)
    return raw, slots


def _place(
    over: Overlay,
    base: dict[str, Any],
    new: Rows,
    old: Rows,
    old_slots: I64,
    affected: I64,
    accounts: int,
    in_base: int,
) -> None:
    """Sweep the new rows, and the old rows of affected accounts, in one go; fill the tail and patch the base's private
    pages."""
    size = base["rows.bin"].shape[0]
    raw = np.concatenate([new, old])
    slots = np.concatenate([np.full(len(new), -1, np.int64), old_slots])
    order = np.lexsort((raw[:, ID], raw[:, TS]))
    raw, slots = raw[order], slots[order]
    src, dst = raw[:, PAIR] >> 32, raw[:, PAIR] & 0xFFFFFFFF
    fresh = slots < 0
    over.touched = np.unique(np.concatenate([affected, src[fresh], dst[fresh]]))
    again = np.zeros(over.touched.size, np.bool_)
    again[np.searchsorted(over.touched, affected)] = True
    state = _state(over.touched, again, base, in_base)
    s_at, s_turn = _local(src, over.touched, again, fresh)
    d_at, d_turn = _local(dst, over.touched, again, fresh)

    positions = np.empty((len(raw), 4), np.int64)  # out_cum, in_pos, s_bal, d_bal: as they stand, then swept
    was = ~fresh
    positions[was, 0], positions[was, 1] = base["rows.bin"][slots[was], OUT], base["rows.bin"][slots[was], IN]
    positions[was, 2:] = base["side.bin"][slots[was]]
    _sweep_some(raw, s_at, s_turn, d_at, d_turn, state, positions)

    goes = s_turn  # rows whose account's region is in the tail
    count = np.bincount(s_at[goes], minlength=over.touched.size)
    over.ptr = np.concatenate([[0], np.cumsum(count + 1)]).astype(np.int64)
    by_account = np.flatnonzero(goes)[np.argsort(s_at[goes], kind="stable")]
    place = np.arange(by_account.size) + s_at[by_account]  # a sentinel stands between any two regions
    where = slots.copy()
    where[by_account] = place + size
    over.rows, over.side = np.empty((int(over.ptr[-1]), 4), np.int64), np.zeros((int(over.ptr[-1]), 2), np.int64)
    over.ids = np.full(int(over.ptr[-1]), -1, np.int64)
    ends = over.ptr[1:] - 1
    over.rows[ends, OUT], over.rows[ends, IN] = state[:, 0], state[:, 1]
    over.rows[ends, WHEN], over.rows[ends, LINK] = NEVER, SENTINEL
    over.side[ends, 0] = state[:, 1] - state[:, 0]
    over.rows[place, OUT], over.rows[place, IN] = positions[by_account, 0], positions[by_account, 1]
    over.rows[place, WHEN], over.side[place], over.ids[place] = (
        raw[by_account, TS],
        positions[by_account, 2:],
        raw[by_account, ID],
    )

    # links: exits keep their kind; a row into a touched account points into the tail, others keep what they had
    nexts = _next_in_tail(positions[:, 1], d_at, d_turn, over.ptr, over.rows) + size
    kept = np.zeros(len(raw), np.int64)
    kept[was] = base["rows.bin"][slots[was], LINK] & 0xFFFFFFFF
    low = np.where(raw[:, KIND] > 0, (-raw[:, KIND]) & 0xFFFFFFFF, np.where(d_turn, nexts, kept))
    link = (dst << 32) | low
    over.rows[place, LINK] = link[by_account]
    patch = was & ~goes
    base["rows.bin"][slots[patch], IN] = positions[patch, 1]
    base["rows.bin"][slots[patch], LINK] = link[patch]
    base["side.bin"][slots[patch], 1] = positions[patch, 3]

    over.start = np.full(accounts, -1, np.int32)
    over.start[over.touched] = over.ptr[:-1] + size
    over.end = np.full(accounts, -1, np.int32)
    over.end[over.touched] = ends + size
    over.moved = np.zeros(accounts, np.bool_)
    over.moved[affected] = True
    moves = was & goes
    over.old_slots, over.new_slots = slots[moves], where[moves]
    arrivals = np.column_stack([dst[fresh], where[fresh]])
    over.arrivals = arrivals[np.argsort(arrivals[:, 0], kind="stable")]


def _state(touched: I64, again: Bools, base: dict[str, Any], in_base: int) -> I64:
    """Counters (CO, CI) each touched account starts with: where the base left it, or its opening balance."""
    state = np.zeros((touched.size, 2), np.int64)
    on = ~again & (touched < in_base)
    ends = base["ptr.bin"][touched[on] + 1] - 1
    state[on] = base["rows.bin"][ends][:, [OUT, IN]]
    opening: I64 = base["opening.bin"]
    for account, balance in opening:
        at = int(np.searchsorted(touched, account))
        if at < touched.size and touched[at] == account and again[at]:
            state[at, 1] = balance
    return state


def _local(accounts: I64, touched: I64, again: Bools, fresh: Bools) -> tuple[I64, Bools]:
    """Place of each account among the touched, and whether this row takes part in that account's sweep."""
    if not touched.size:
        return np.zeros(accounts.size, np.int64), np.zeros(accounts.size, np.bool_)
    at = np.minimum(np.searchsorted(touched, accounts), touched.size - 1).astype(np.int64)
    return at, (touched[at] == accounts) & (fresh | again[at])


def _index(over: Overlay, size: int, cancelled: I64, gone: I64) -> None:
    """Ids and slots whose place is not the base's."""
    real = np.ones(over.ids.size, np.bool_)
    real[over.ptr[1:] - 1] = False
    at = np.flatnonzero(real)
    numbers = np.concatenate([over.ids[at], cancelled])
    slots = np.concatenate([at + size, np.full(cancelled.size, -1)])
    order = np.argsort(numbers, kind="stable")
    over.known_ids, over.known_slots = numbers[order], slots[order]
    old, new = np.concatenate([over.old_slots, gone]), np.concatenate([over.new_slots, np.full(gone.size, -1)])
    order = np.argsort(old, kind="stable")
    over.old_slots, over.new_slots = old[order], new[order]


@njit(cache=True, nogil=True)
def _sweep_some(raw: Any, s_at: Any, s_turn: Any, d_at: Any, d_turn: Any, state: Any, positions: Any) -> None:
    """The two counters again, but only on the sides that take part; the other side of a row keeps its position."""
    for i in range(raw.shape[0]):
        x = raw[i, AMOUNT]
        if s_turn[i]:
            a = s_at[i]
            positions[i, 0] = state[a, 0]
            positions[i, 2] = state[a, 1] - state[a, 0]
            state[a, 0] += x
            state[a, 1] = max(state[a, 1], state[a, 0])
        if d_turn[i]:
            a = d_at[i]
            positions[i, 1] = state[a, 1]
            positions[i, 3] = state[a, 1] - state[a, 0]
            state[a, 1] += x


@njit(cache=True, nogil=True)
def _next_in_tail(in_pos: Any, d_at: Any, d_turn: Any, ptr: Any, rows: Any) -> Any:
    """For each row (in time order) into a touched account: the first tail row of it that consumes money at in_pos."""
    walk = ptr[:-1].copy()
    found = np.zeros(in_pos.size, np.int64)
    for i in range(in_pos.size):
        if d_turn[i]:
            a = d_at[i]
            k = walk[a]
            while k < ptr[a + 1] - 1 and rows[k + 1, OUT] <= in_pos[i]:
                k += 1
            walk[a] = k
            found[i] = k
    return found
