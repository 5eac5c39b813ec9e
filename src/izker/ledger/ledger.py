"""A ledger opened for reading: accounts, transfers, statements, and the arrays the tracer walks over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import polars as pl

from izker.ledger import layout, lookup
from izker.ledger.intake import KINDS
from izker.ledger.layout import BASE_FILES, I16, I32, I64, SENTINEL, Manifest
from izker.ledger.names import as_series
from izker.ledger.overlay import Bools, Overlay, lay_over, nothing_over
from izker.ledger.sweep import IN, LINK, OUT, WHEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from izker.ledger.append import AppendReport
    from izker.ledger.build import Progress
    from izker.ledger.gather import BuildReport
    from izker.ledger.intake import Source

STATEMENT = {
    "id": pl.Int64,
    "ts": pl.Int64,
    "direction": pl.String,
    "other": pl.String,
    "amount": pl.Int64,
    "kind": pl.String,
    "balance": pl.Int64,
}
TRANSFER = {"id": pl.Int64, "ts": pl.Int64, "src": pl.String, "dst": pl.String, "amount": pl.Int64, "kind": pl.String}


class Arrays(NamedTuple):
    """What the engines walk over, in the order in which kernels take it. Slots from `rows.shape[0]` on live in `tail`
    (see `overlay`)."""

    rows: I64  # (slots, 4): out_cum, in_pos, ts, link
    side: I64  # (slots, 2): balance of src and dst before
    ids: I64
    ptr: I64
    tail: I64
    tail_side: I64
    tail_ids: I64
    tail_start: I32  # an account's first slot in the tail, -1 for none; empty where there is no tail
    tail_end: I32  # the slot of its sentinel there
    moved: Bools  # accounts whose base slots are void: all their rows are in the tail


class Ledger:
    """A ledger, memory mapped, read only.

    `transfers` and `accounts` are its counts; an account is an int from 0 to accounts - 1, its name the text of the
    bank (with the currency in brackets where it is not the tenge: `0xabc… (ETH)`).
    """

    def __init__(self, path: Path, manifest: Manifest, base: dict[str, Any], overlay: Overlay) -> None:
        self.path = path
        self.manifest = manifest
        self._base = base
        self._over = overlay
        self.accounts: int = manifest.base.accounts + len(overlay.name_list)
        self.transfers: int = manifest.base.rows + overlay.rows_added - overlay.rows_cancelled
        self.banks: list[str] = manifest.banks
        self.arrays = Arrays(
            base["rows.bin"],
            base["side.bin"],
            base["ids.bin"],
            base["ptr.bin"],
            overlay.rows,
            overlay.side,
            overlay.ids,
            overlay.start,
            overlay.end,
            overlay.moved,
        )
        self._names: pl.Series | None = None

    # -- make and change --------------------------------------------------------------------------------------------

    @staticmethod
    def build(
        sources: Sequence[Source], out: Path, *, openings: Source | None = None, on_progress: Progress | None = None
    ) -> BuildReport:
        """Build the ledger in folder `out` from CSV, Parquet, XLSX, JSON Lines or frames (`docs/ledger.md`).

        `openings` (columns account, balance) are balances before the first transfer. Bad rows are set aside as
        problems; raises Refusal where nothing can be built: no columns, no rows, a sum above int64. An existing ledger
        is replaced atomically.
        """
        from izker.ledger.build import build

        return build(sources, out, openings=openings, on_progress=on_progress)

    @staticmethod
    def append(path: Path, source: Source) -> AppendReport:
        """Add transfers as a delta; late rows and reversals move positions, and the report says on which accounts."""
        from izker.ledger.append import append

        return append(path, source)

    @staticmethod
    def compact(path: Path, on_progress: Progress | None = None) -> None:
        """Fold the deltas of the ledger in `path` into a new base; the answers stay the same."""
        from izker.ledger.append import compact

        compact(path, on_progress)

    @staticmethod
    def open(path: Path, *, access: Literal["auto", "random"] = "auto") -> Ledger:
        """Open the ledger in folder `path`. Raises Refusal where there is none or a segment is truncated.

        `access="random"` tells the kernel not to read ahead, which makes traces over a ledger that is not in memory 20
        to 50 times faster; "auto" does so where the records are larger than half of the machine's memory.
        """
        manifest = layout.read_manifest(path)
        folder = path / manifest.base.folder
        import os

        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        sizes = {name: manifest.base.files.get(name, (-1, ""))[0] for name in BASE_FILES}
        scattered = access == "random" or sizes["rows.bin"] > memory // 2
        base = {
            name: layout.map_file(
                folder, name, size, random=scattered and name in ("rows.bin", "byid.bin", "byslot.bin")
            )
            for name, size in sizes.items()
        }
        over = lay_over(path, manifest, base) if manifest.deltas else nothing_over(manifest)
        return Ledger(path, manifest, base, over)

    # -- accounts ---------------------------------------------------------------------------------------------------

    def account(self, name: str) -> int | None:
        """The number of the account called `name`, or None."""
        wanted = name.strip().encode()
        order: I32 = self._base["nameorder.bin"]
        low, high = 0, len(order)
        while low < high:
            middle = (low + high) // 2
            if self._name_bytes(int(order[middle])) < wanted:
                low = middle + 1
            else:
                high = middle
        if low < len(order) and self._name_bytes(int(order[low])) == wanted:
            return int(order[low])
        return self._over.names.get(name.strip())

    def name(self, account: int) -> str:
        """The name of account number `account`. Raises IndexError for a number that is none."""
        if not 0 <= account < self.accounts:
            raise IndexError(account)
        if account >= self.manifest.base.accounts:
            return self._over.name_list[account - self.manifest.base.accounts]
        return self._name_bytes(account).decode()

    def _name_bytes(self, account: int) -> bytes:
        offsets: I64 = self._base["nameoff.bin"]
        data = self._base["names.bin"][offsets[account] : offsets[account + 1]]
        return bytes(data.tobytes())

    @property
    def names(self) -> pl.Series:
        """Names of all accounts in order of their numbers."""
        if self._names is None:
            base = as_series(self._base["names.bin"], self._base["nameoff.bin"])
            self._names = (
                pl.concat([base, pl.Series("name", self._over.name_list, pl.String)]) if self._over.name_list else base
            )
        return self._names

    def names_of(self, accounts: I64 | I32) -> pl.Series:
        """Names of the given account numbers (a few: decoded one by one; many: gathered)."""
        if accounts.size < 2000:
            return pl.Series("account", [self.name(int(a)) for a in accounts], pl.String)
        return self.names.gather(accounts).alias("account")

    def numbers_of(self, names: pl.Series) -> I64:
        """Account numbers of many names; -1 where a name is unknown."""
        if len(names) < 200:
            return np.array([self._number_or_none(n) for n in names.to_list()], np.int64)
        known = pl.DataFrame({"name": self.names}).with_row_index("account")
        asked = pl.DataFrame({"name": names.cast(pl.String).str.strip_chars()})
        joined = asked.join(known, on="name", how="left", maintain_order="left")["account"]
        return joined.cast(pl.Int64).fill_null(-1).to_numpy()

    def _number_or_none(self, name: str | None) -> int:
        found = self.account(name) if name is not None else None
        return -1 if found is None else found

    def bank(self, account: int) -> str | None:
        """The bank the account was first seen at, where the transfers name banks."""
        bank: I16 = self._base["bank.bin"]
        index = int(bank[account]) if account < len(bank) else int(self._over.bank[account - len(bank)])
        return self.banks[index] if index >= 0 else None

    def bank_index(self) -> I16:
        """Index into `banks` for every account, -1 unknown."""
        found: I16 = np.concatenate([self._base["bank.bin"], self._over.bank])
        return found

    # -- transfers --------------------------------------------------------------------------------------------------

    @property
    def index(self) -> tuple[I64, I32]:
        """(ids ascending, their slots) of the base."""
        return self._base["byid.bin"], self._base["byslot.bin"]

    def slot_of(self, transfer_id: int) -> int:
        """The slot of a transfer, or -1."""
        changed = self._over.slot_of(transfer_id)
        if changed is not None:
            return changed
        return int(lookup.slot_of(*self.index, transfer_id))

    def slots_of(self, transfer_ids: I64) -> I64:
        """Slots of many transfers; -1 for ids that are not in the ledger."""
        slots: I64 = lookup.slots_of(*self.index, transfer_ids)
        known = self._over.known_ids
        if known.size:
            at = np.minimum(np.searchsorted(known, transfer_ids), known.size - 1)
            slots = np.where(known[at] == transfer_ids, self._over.known_slots[at], slots)
        return slots

    def transfer(self, transfer_id: int) -> dict[str, Any] | None:
        """The transfer with this id as a dict (id, ts in µs, src, dst, amount, kind, bank_src, bank_dst), or None."""
        slot = self.slot_of(transfer_id)
        if slot < 0:
            return None
        row: dict[str, Any] = self.rows_at(np.array([slot])).row(0, named=True)
        src, dst = self.src_of(np.array([slot]))[0], self.link_of(np.array([slot]))[0][0]
        return {**row, "bank_src": self.bank(int(src)), "bank_dst": self.bank(int(dst))}

    def was_taken_back(self, transfer_ids: I64) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which of the ids a reversal in the deltas took back."""
        known = self._over.known_ids
        if not known.size:
            return np.zeros(transfer_ids.size, np.bool_)
        at = np.minimum(np.searchsorted(known, transfer_ids), known.size - 1)
        back: np.ndarray[tuple[int], np.dtype[np.bool_]] = (known[at] == transfer_ids) & (
            self._over.known_slots[at] < 0
        )
        return back

    def all_slots(self, chunk: int = 2_000_000) -> Iterator[I64]:
        """Slots of all transfers, in pieces, in no order that matters."""
        size = self.arrays.rows.shape[0]
        for start in range(0, size, chunk):
            slots = np.arange(start, min(start + chunk, size))
            slots = slots[self.arrays.rows[slots, LINK] != SENTINEL]
            if self._over.old_slots.size:
                slots = np.setdiff1d(slots, self._over.old_slots, assume_unique=True)
            yield slots
        if self._over.rows.shape[0]:
            yield np.flatnonzero(self._over.rows[:, LINK] != SENTINEL) + size

    def regions(self) -> tuple[tuple[I64, I64, I64], tuple[I64, I64, I64]]:
        """(records, ids, pointers) of the base and of the tail."""
        a = self.arrays
        return (a.rows, a.ids, a.ptr), (a.tail, a.tail_ids, self._over.ptr)

    def record(self, slots: I64) -> tuple[I64, I64, I64]:
        """(records (n, 4), amounts, ids) of slots, wherever they live."""
        a = self.arrays
        found: tuple[I64, I64, I64] = lookup.record(a.rows, a.ids, a.tail, a.tail_ids, slots)
        return found

    def link_of(self, slots: I64) -> tuple[I64, I64]:
        """(dst, kind) of slots."""
        records, _, _ = self.record(slots)
        low = (records[:, LINK] & 0xFFFFFFFF).astype(np.uint32).view(np.int32).astype(np.int64)
        return records[:, LINK] >> 32, np.maximum(-low, 0)

    def src_of(self, slots: I64) -> I64:
        """Sending accounts of slots."""
        size = self.arrays.rows.shape[0]
        src = np.searchsorted(self.arrays.ptr, slots, side="right") - 1
        beyond = slots >= size
        if beyond.any():
            over = self._over
            src[beyond] = over.touched[np.searchsorted(over.ptr, slots[beyond] - size, side="right") - 1]
        return src.astype(np.int64)

    def rows_at(self, slots: I64) -> pl.DataFrame:
        """Transfers in the given slots: id, ts (µs), src, dst, amount, kind."""
        records, amounts, ids = self.record(slots)
        dst, kind = self.link_of(slots)
        return pl.DataFrame(
            {
                "id": ids,
                "ts": records[:, WHEN],
                "src": self.names_of(self.src_of(slots)).to_list(),
                "dst": self.names_of(dst).to_list(),
                "amount": amounts,
                "kind": [KINDS[k] for k in kind],
            },
            schema=TRANSFER,
        )

    def out_slots(self, account: int) -> I64:
        """Slots of the transfers out of an account, in (ts, id) order."""
        a = self.arrays
        base = np.zeros(0, np.int64)
        if account < self.manifest.base.accounts and not (a.moved.size and a.moved[account]):
            base = np.arange(int(a.ptr[account]), int(a.ptr[account + 1]) - 1)
        start = int(a.tail_start[account]) if a.tail_start.size else -1
        if start < 0:
            return base
        return np.concatenate([base, np.arange(start, int(a.tail_end[account]))])

    def in_slots(self, account: int) -> I64:
        """Slots of the transfers into an account, in time order."""
        base = np.zeros(0, np.int64)
        if account < self.manifest.base.accounts:
            inptr: I64 = self._base["inptr.bin"]
            base = self._base["in.bin"][inptr[account] : inptr[account + 1]].astype(np.int64)
        return self._over.inbound(account, base)

    def outgoing(self, account: int) -> pl.DataFrame:
        """Transfers out of an account, oldest first: id, ts (µs), src, dst, amount, kind."""
        return self.rows_at(self.out_slots(account))

    def incoming(self, account: int) -> pl.DataFrame:
        """Transfers into an account, oldest first: id, ts (µs), src, dst, amount, kind."""
        return self.rows_at(self.in_slots(account))

    def statement(self, account: int) -> pl.DataFrame:
        """All rows of one account in (ts, id) order: id, ts (µs), direction in|out, other, amount, kind, balance after.

        The balance counts only money the ledger knows of: it starts at the opening balance (0 where none was supplied)
        and a shortfall is money that entered unseen, so it never falls below zero.
        """
        out, into = self.outgoing(account), self.incoming(account)
        rows = pl.concat(
            [
                out.select("id", "ts", direction=pl.lit("out"), other="dst", amount="amount", kind="kind"),
                into.select("id", "ts", direction=pl.lit("in"), other="src", amount="amount", kind="kind"),
            ]
        ).sort("ts", "id", pl.col("direction") == "in")
        balance, after = self.opening(account), []
        for amount, direction in zip(rows["amount"].to_list(), rows["direction"].to_list(), strict=True):
            balance = balance + amount if direction == "in" else max(0, balance - amount)
            after.append(balance)
        return rows.with_columns(balance=pl.Series(after, dtype=pl.Int64)).select(*STATEMENT)

    def opening(self, account: int) -> int:
        """The opening balance supplied for an account, 0 where none was."""
        opening: I64 = self._base["opening.bin"]
        hit = np.flatnonzero(opening[:, 0] == account)
        return int(opening[hit[0], 1]) if hit.size else 0

    def openings(self) -> I64:
        """Pairs (account, opening balance) that were supplied."""
        found: I64 = self._base["opening.bin"]
        return found

    def counters(self, account: int) -> tuple[int, int]:
        """(CO, CI): all money ever out of and into the account."""
        a = self.arrays
        start = int(a.tail_start[account]) if a.tail_start.size else -1
        row = a.tail[int(a.tail_end[account]) - a.rows.shape[0]] if start >= 0 else a.rows[int(a.ptr[account + 1]) - 1]
        return int(row[OUT]), int(row[IN])

    def all_counters(self) -> I64:
        """(CO, CI) of every account, an (accounts, 2) array."""
        a = self.arrays
        found = np.zeros((self.accounts, 2), np.int64)
        found[: len(a.ptr) - 1] = a.rows[a.ptr[1:] - 1][:, [OUT, IN]]
        over = self._over
        found[over.touched] = over.rows[over.ptr[1:] - 1][:, [OUT, IN]]
        return found

    def match(
        self,
        *,
        src: str | None = None,
        dst: str | None = None,
        amount: int | None = None,
        ts_from: int | None = None,
        ts_to: int | None = None,
    ) -> pl.DataFrame:
        """Transfers that may be the one a report means, best first. Give at least one of `src`, `dst` (names).

        Columns: id, ts, src, dst, amount, kind, score (0 to 1: the share of amount and time that agree). With
        `amount`, rows within 1 % of it are candidates (victims round); with `ts_from` and `ts_to` (µs), rows inside.
        """
        from izker.ledger.match import candidates

        return candidates(self, src=src, dst=dst, amount=amount, ts_from=ts_from, ts_to=ts_to)
