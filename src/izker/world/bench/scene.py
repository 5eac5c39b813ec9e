"""A built world made ready for the bench: balances by account and moment, the truth's legs and the trail's lots by fraud."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from izker.ledger import Ledger
from izker.trail import Limits, trace
from izker.trail.rules import EXITS
from izker.words import N_, Refusal
from izker.world.bench import arrange
from izker.world.bench.parameters import DAY, table
from izker.world.bench.state import Country

I64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Progress = Callable[[str], None]
NEEDED = ("manifest.json", "transfers.parquet", "accounts.parquet", "truth/legs.parquet", "truth/frauds.parquet")
RULES = ("lifo", "fifo")
PROTECTED = ("salary", "pension", "benefit")  # what stays open to a blocked person (National Bank notice 17754)


@dataclass(frozen=True)
class Pieces:
    """Rows of legs or lots (columns in `state`); those of fraud f are rows[ptr[f]:ptr[f + 1]], in time order."""

    rows: I64
    ptr: I64

    def of(self, fraud: int) -> I64:
        return self.rows[self.ptr[fraud] : self.ptr[fraud + 1]]


@dataclass(frozen=True)
class Transfers:
    """Transfers by sending account (ptr) and time, for policies that follow transfers and not units."""

    ptr: I64
    ts: I64
    src: I64
    dst: I64
    amount: I64
    leaves: I64


@dataclass(frozen=True)
class Scene:
    """What the games are played on. `first[f]`: first payment of fraud f; `until`: the last moment of the ledger.

    `number` names a fraud in the banks' random numbers; `lots` are those of the trail under each rule of RULES.
    """

    country: Country
    banks: list[str]
    transfers: Transfers
    legs: Pieces
    lots: dict[str, Pieces]
    first: I64
    reported: Bools
    number: I64
    until: int
    seed: int
    scale: str

    @property
    def accounts(self) -> int:
        return len(self.country.bank)

    def playable(self, delay_us: int, settle_us: int = 7 * DAY) -> I64:
        """Frauds whose game at this delay is over before the ledger ends: the report, and a week for the money to move."""
        return np.flatnonzero(self.first + delay_us + settle_us <= self.until)


def load(world: Path, *, everyone: bool = False, on_progress: Progress = lambda _: None) -> Scene:
    """Read the world in folder `world`; frauds that were reported, or `everyone`'s. Refuses a folder that holds no world."""
    missing = [name for name in NEEDED if not (world / name).is_file()]
    if missing:
        raise Refusal(
            N_("there is no simulated country here ({missing} is missing): build one with `izker world build`"),
            file=str(world),
            missing=missing[0],
        )
    manifest = json.loads((world / "manifest.json").read_text(encoding="utf-8"))
    accounts = pl.read_parquet(world / "accounts.parquet")
    on_progress("ledger")
    with tempfile.TemporaryDirectory(prefix="izker-bench-") as folder:
        place = Path(folder) / "ledger"
        openings = accounts.select("account", balance="opening_balance")
        Ledger.build([world / "transfers.parquet"], place, openings=openings)
        return _scene(world, Ledger.open(place), accounts, manifest, everyone, on_progress)


def _scene(
    world: Path,
    ledger: Ledger,
    accounts: pl.DataFrame,
    manifest: dict[str, Any],
    everyone: bool,
    on_progress: Progress,
) -> Scene:
    frauds = pl.read_parquet(world / "truth/frauds.parquet").with_row_index("number")
    legs = _legs(world, ledger)
    paid = legs.filter(pl.col("parent_leg").is_null())
    first = paid.group_by("fraud_id").agg(pl.col("ts").min().alias("first"))
    frauds = frauds.join(first, on="fraud_id", how="inner", maintain_order="left")
    if not everyone:
        frauds = frauds.filter(pl.col("reported_at").is_not_null())
    row = frauds.select("fraud_id", fraud=pl.int_range(pl.len(), dtype=pl.Int64))

    number = ledger.numbers_of(accounts["account"])
    used = number >= 0
    opening, bank = np.zeros(ledger.accounts, np.int64), np.zeros(ledger.accounts, np.int64)
    banks = sorted(accounts["bank"].unique().to_list())
    codes = accounts["bank"].replace_strict({b: i for i, b in enumerate(banks)}, return_dtype=pl.Int64).to_numpy()
    opening[number[used]] = accounts["opening_balance"].to_numpy()[used]
    bank[number[used]] = codes[used]

    on_progress("balances")
    transfers, order = _transfers(ledger)
    inner = np.where(transfers.leaves == 1, -1, transfers.dst)
    ptr = arrange.places(transfers.src, inner, ledger.accounts)
    when, balance, came = arrange.book(order, transfers.ts, transfers.src, inner, transfers.amount, opening, ptr)
    on_progress("truth")
    country = Country(bank, ptr, when, balance, came, *_stolen(legs, ledger.accounts), *_wages(world, ledger, accounts))
    mine = legs.join(row, on="fraud_id", how="inner", maintain_order="left")
    pieces, by_transfer = _pieces(mine, frauds.height)
    on_progress("trails")
    lots = {rule: _lots(ledger, mine, by_transfer, frauds.height, rule) for rule in RULES}
    return Scene(
        country,
        banks,
        transfers,
        pieces,
        lots,
        frauds["first"].to_numpy(),
        frauds["reported_at"].is_not_null().to_numpy(),
        frauds["number"].to_numpy().astype(np.int64),
        int(transfers.ts.max()),
        int(manifest["seed"]),
        str(manifest["scale"]),
    )


def _transfers(ledger: Ledger) -> tuple[Transfers, I64]:
    """All transfers by sender, and their order in time."""
    a = ledger.arrays
    size = ledger.transfers
    columns = [np.empty(size, np.int64) for _ in range(5)]
    arrange.outgoing(a.rows, a.ptr, *columns)
    ts, src, dst, amount, leaves = columns
    ids = np.delete(a.ids, a.ptr[1:] - 1)
    order = np.lexsort((ids, ts))
    return Transfers(a.ptr - np.arange(a.ptr.size), ts, src, dst, amount, leaves), order


def _legs(world: Path, ledger: Ledger) -> pl.DataFrame:
    """truth/legs.parquet with account numbers and µs, and the moment of the payment each leg comes from."""
    legs = pl.read_parquet(world / "truth/legs.parquet").sort("leg")
    parent = legs["parent_leg"].fill_null(-1).to_numpy()
    ts = legs["ts"].dt.epoch("us").to_numpy()
    root = np.where(parent < 0, ts, 0)
    level = np.flatnonzero(parent >= 0)
    while level.size:  # parents come before children: a few sweeps settle every chain
        root[level] = root[parent[level]]
        level = level[root[level] == 0]
    return legs.with_columns(
        ts=pl.Series(ts),
        root=pl.Series(root),
        src_n=pl.Series(ledger.numbers_of(legs["src"])),
        dst_n=pl.Series(ledger.numbers_of(legs["dst"])),
        leaves=(pl.col("kind") != "transfer").cast(pl.Int64),
    )


def _stolen(legs: pl.DataFrame, accounts: int) -> tuple[I64, I64, I64, I64]:
    """(ptr, ts, units stolen from anybody there now, ever in) by account."""
    rows = legs.sort("ts", "leg")
    src = np.where(rows["parent_leg"].is_null().to_numpy(), -1, rows["src_n"].to_numpy())
    dst = np.where(rows["leaves"].to_numpy() == 1, -1, rows["dst_n"].to_numpy())
    ts, amount = rows["ts"].to_numpy(), rows["amount"].to_numpy()
    both = np.concatenate([np.flatnonzero(src >= 0), np.flatnonzero(dst >= 0)])
    account = np.concatenate([src[src >= 0], dst[dst >= 0]])
    leaving = np.repeat([True, False], [int((src >= 0).sum()), int((dst >= 0).sum())])
    order = np.lexsort((leaving, both, account))  # by account, then time; at one transfer what comes in stands before what goes
    account, moment, x = account[order], ts[both[order]], amount[both[order]]
    step = np.where(leaving[order], -x, x)
    ptr = np.searchsorted(account, np.arange(accounts + 1))
    there, came = _sums(step, ptr), _sums(np.maximum(step, 0), ptr)
    return ptr, moment, there, came


def _sums(step: I64, ptr: I64) -> I64:
    """Running sums that start anew at each account."""
    total: I64 = np.cumsum(step)
    before = np.concatenate([[0], total])[ptr[:-1]]
    out: I64 = total - np.repeat(before, np.diff(ptr))
    return out


def _wages(world: Path, ledger: Ledger, accounts: pl.DataFrame) -> tuple[I64, I64, I64]:
    """(ptr, ts, protected credits ever in) by account that is marked as receiving protected income."""
    rows = (
        pl.scan_parquet(world / "transfers.parquet")
        .filter(pl.col("purpose").is_in(PROTECTED))
        .join(accounts.lazy().filter("protected_income").select(dst="account"), on="dst", how="semi")
        .select("id", pl.col("ts").dt.epoch("us"), "dst", "amount")
        .sort("ts", "id")
        .collect()
    )
    account, amount = ledger.numbers_of(rows["dst"]), rows["amount"].to_numpy()
    ptr = arrange.places(account, np.full(account.size, -1), ledger.accounts)
    when, came = arrange.running(rows["ts"].to_numpy(), account, amount, ptr)
    return ptr, when, came


def _pieces(legs: pl.DataFrame, frauds: int) -> tuple[Pieces, pl.DataFrame]:
    """The truth's legs by fraud; and, for the lots, which row of its fraud carries a transfer.

    Legs of one fraud in one transfer are one row where they come from the same payment.
    """
    keys = ["fraud", "transfer_id", "root", "paid"]
    legs = legs.with_columns(paid=pl.col("parent_leg").is_null())
    rows = (
        legs.group_by(keys)
        .agg(
            pl.col("ts", "src_n", "dst_n", "leaves", "hop", "parent_leg").first(),
            pl.col("amount").sum(),
            pl.col("leg").min(),
        )
        .sort("fraud", "ts", "leg")
    )
    ptr = np.searchsorted(rows["fraud"].to_numpy(), np.arange(frauds + 1))
    rows = rows.with_columns(place=pl.Series(np.arange(rows.height) - ptr[rows["fraud"].to_numpy()]))
    of_leg = legs.join(rows.select(*keys, "place"), on=keys, how="left").select(parent_leg="leg", parent="place")
    rows = rows.join(of_leg, on="parent_leg", how="left", maintain_order="left")
    columns = [
        rows["ts"], rows["dst_n"], rows["amount"], rows["parent"].fill_null(-1), rows["root"], rows["leaves"],
        rows["place"], rows["src_n"], rows["hop"],
    ]  # fmt: skip
    by_transfer = rows.select("fraud", "transfer_id", link="place").unique(["fraud", "transfer_id"], keep="first")
    return Pieces(np.ascontiguousarray(np.column_stack(columns), dtype=np.int64), ptr), by_transfer


def _lots(ledger: Ledger, legs: pl.DataFrame, by_transfer: pl.DataFrame, frauds: int, rule: str) -> Pieces:
    """The trail's lots by fraud, from every payment into an account: what the ledger shows under `rule`."""
    paid = legs.filter(pl.col("parent_leg").is_null() & (pl.col("leaves") == 0)).unique("transfer_id", keep="first")
    limits = Limits(horizon_us=int(table()["izker"]["trace_days"]) * DAY, min_lot=int(table()["izker"]["min_amount"]) * 100)
    found = trace(ledger, paid.select(report_id="transfer_id", transfer_id="transfer_id"), rule=rule, limits=limits, paths=True).lots
    assert found is not None
    roots = paid.select("fraud", report_id="transfer_id", root="ts")
    rows = found.join(roots, on="report_id", how="left", maintain_order="left").join(
        by_transfer, on=["fraud", "transfer_id"], how="left", maintain_order="left"
    )
    begins = np.flatnonzero(rows["parent_lot"].is_null().to_numpy())
    start = np.repeat(begins, np.diff(np.append(begins, rows.height)))
    parent = rows["parent_lot"].fill_null(-1).to_numpy().astype(np.int64)
    parent = np.where(parent < 0, -1, parent + start)
    fraud, ts = rows["fraud"].to_numpy(), rows["ts"].to_numpy()
    order = np.lexsort((ts, fraud))
    place = np.empty(order.size, np.int64)
    place[order] = np.arange(order.size)
    ptr = np.searchsorted(fraud[order], np.arange(frauds + 1))
    parent = np.where(parent < 0, -1, place[parent] - ptr[fraud])
    columns = [
        ts, ledger.numbers_of(rows["account"]), rows["amount"].to_numpy(), parent, rows["root"].to_numpy(),
        rows["status"].is_in(EXITS).cast(pl.Int64).to_numpy(), rows["link"].fill_null(-1).to_numpy(), np.zeros(order.size, np.int64),
        rows["hop"].to_numpy(),
    ]  # fmt: skip
    return Pieces(np.ascontiguousarray(np.column_stack(columns)[order], dtype=np.int64), ptr)
