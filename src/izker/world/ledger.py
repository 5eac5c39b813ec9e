"""The ledger of the simulated country: ordinary life and planned fraud merged by time, swept so that no balance goes
negative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numba import njit

from izker.files import replacing
from izker.world.accounts import Accounts, Exits
from izker.world.fraud.chains import Legs
from izker.world.fraud.payments import Funding
from izker.world.identity import banks
from izker.world.ordinary import KINDS, PURPOSE, PURPOSES, Ordinary, Rows
from izker.world.parameters import values
from izker.world.register.clock import DAY, day_start
from izker.world.streams import BoolArray, IntArray
from izker.world.tables import TS, Folder

GROUP = 1 << 20  # rows of a Parquet row group
SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        ("ts", TS),
        ("src", pa.string()),
        ("dst", pa.string()),
        ("amount", pa.int64()),
        ("kind", pa.string()),
        ("bank_src", pa.string()),
        ("bank_dst", pa.string()),
        ("currency", pa.string()),
        ("purpose", pa.string()),
    ]
)


@dataclass
class Plan:
    """Transfers that will happen whatever else does, by time: victims' funding and everything in the fraud's legs."""

    rows: Rows
    keep_dst: BoolArray  # what arrives is kept for a planned transfer and not spent by ordinary life
    of_move: IntArray  # planned transfer of each move of the legs, -1 where the move has no leg left


def make_plan(funding: Funding, legs: Legs, end: int) -> Plan:
    """Group legs into transfers by move and put the victims' funding beside them."""
    moves, first, group = np.unique(legs.move, return_index=True, return_inverse=True)
    amount = np.bincount(group, weights=legs.amount.astype(np.float64), minlength=len(moves)).astype(np.int64)
    kind = legs.kind[first]
    purpose = np.array([PURPOSE[p] for p in ("p2p", "cash", "abroad", "crypto", "purchase")], dtype=np.int64)[kind]
    credit = np.array([PURPOSE[p] for p in funding.purpose], dtype=np.int64)
    at = np.concatenate([funding.at, legs.at[first]])
    order = np.argsort(at, kind="stable")
    order = order[at[order] < end]
    place = np.full(len(at), -1)
    place[order] = np.arange(len(order))
    rows = Rows(
        at=at[order],
        src=np.concatenate([funding.src, legs.src[first]])[order],
        dst=np.concatenate([funding.dst, legs.dst[first]])[order],
        amount=np.concatenate([funding.amount, amount])[order],
        kind=np.concatenate([np.zeros(len(funding.at), dtype=np.int64), kind])[order],
        purpose=np.concatenate([credit, purpose])[order],
        plan=np.arange(len(order)),
    )
    of_move = np.full(int(legs.move.max(initial=-1)) + 1, -1)
    of_move[moves] = place[len(funding.at) :]
    return Plan(rows, np.ones(len(order), dtype=np.bool_), of_move)


@njit(cache=True)
def _sweep(
    src: IntArray,
    dst: IntArray,
    amount: IntArray,
    plan: IntArray,
    is_cash: BoolArray,
    day: int,
    limit: int,
    accounts: int,
    balance: IntArray,
    reserved: IntArray,
    cash_day: IntArray,
    cash_used: IntArray,
    mule: BoolArray,
    keep: BoolArray,
) -> int:
    """Decide row by row what happens. Returns the first planned row that its account cannot pay, or -1."""
    for i in range(len(src)):
        s, d, x = src[i], dst[i], amount[i]
        if plan[i] >= 0:
            if balance[s] < x:
                return i
            reserved[s] -= x
            if d < accounts:
                reserved[d] += x
        else:
            if balance[s] - reserved[s] < x:
                continue
            if is_cash[i]:
                if mule[s]:
                    continue
                if cash_day[s] != day:
                    cash_day[s] = day
                    cash_used[s] = 0
                if cash_used[s] + x > limit:
                    continue
                cash_used[s] += x
        balance[s] -= x
        balance[d] += x
        keep[i] = True
    return -1


@dataclass
class Written:
    """What the sweep made: rows written, transfer id of each planned transfer, final balances of accounts."""

    rows: int
    plan_ids: IntArray
    balance: IntArray


def write_transfers(
    folder: Folder,
    ordinary: Ordinary,
    plan: Plan,
    accounts: Accounts,
    exits: Exits,
    reserved: IntArray,
    mules: IntArray,
    days: list[date],
    end: int,
    on_day: Callable[[int, int], None],
) -> Written:
    """Write transfers.parquet day by day; memory holds one row group. Sorted by (ts, id); ids count from 1 in that
    order.
    """
    nodes = len(accounts) + len(exits.names)
    balance = np.zeros(nodes, dtype=np.int64)
    balance[: len(accounts)] = accounts.opening
    held = np.zeros(nodes, dtype=np.int64)
    held[: len(reserved)] = reserved
    mule = np.zeros(nodes, dtype=np.bool_)
    mule[mules] = True
    cash_day, cash_used = np.zeros(nodes, dtype=np.int64), np.zeros(nodes, dtype=np.int64)
    limit = int(values("economy")["cash_daily_limit"]) * 100
    plan_ids = np.full(len(plan.rows.at), -1)
    pieces: list[Rows] = []
    waiting, next_id = 0, 1
    target = folder.path / "transfers.parquet"
    writer = _Writer(accounts, exits)
    with (
        replacing(target) as temporary,
        pq.ParquetWriter(
            temporary,
            SCHEMA.with_metadata(folder.marks()),
            compression="zstd",
            compression_level=1,
            use_dictionary=["kind", "bank_src", "bank_dst", "currency", "purpose"],
            write_statistics=["id", "ts"],
        ) as out,
    ):
        for number, day in enumerate(days):
            rows = _day(ordinary.day(day), plan, day_start(day), end)
            keep = np.zeros(len(rows.at), dtype=np.bool_)
            bad = _sweep(
                rows.src,
                rows.dst,
                rows.amount,
                rows.plan,
                rows.kind == 1,
                day.toordinal(),
                limit,
                len(accounts),
                balance,
                held,
                cash_day,
                cash_used,
                mule,
                keep,
            )
            if bad >= 0:
                raise AssertionError(f"planned transfer {rows.plan[bad]} of account {rows.src[bad]} is not covered")
            rows = Rows(**{n: getattr(rows, n)[keep] for n in Rows.__dataclass_fields__})
            mine = rows.plan >= 0
            plan_ids[rows.plan[mine]] = next_id + waiting + np.flatnonzero(mine)
            pieces.append(rows)
            waiting += len(rows.at)
            if waiting >= GROUP or number == len(days) - 1:
                out.write_table(writer.table(pieces, next_id), row_group_size=GROUP * 2)
                next_id += waiting
                pieces, waiting = [], 0
            on_day(number + 1, len(days))
    folder.note("transfers.parquet", next_id - 1)
    return Written(next_id - 1, plan_ids, balance[: len(accounts)])


def _day(rows: Rows, plan: Plan, start: int, end: int) -> Rows:
    low, high = np.searchsorted(plan.rows.at, [start, start + DAY])
    names = list(Rows.__dataclass_fields__)
    both = {n: np.concatenate([getattr(plan.rows, n)[low:high], getattr(rows, n)]) for n in names}
    order = np.argsort(both["at"], kind="stable")
    order = order[both["at"][order] < end]
    return Rows(**{n: both[n][order] for n in names})


class _Writer:
    """Turns node numbers into names, with the dictionaries built once."""

    def __init__(self, accounts: Accounts, exits: Exits) -> None:
        bank_names = [str(b["id"]) for b in banks()]
        self.names = pa.concat_arrays(
            [accounts.names().to_arrow().cast(pa.string()), exits.names.to_arrow().cast(pa.string())]
        )
        self.bank = np.concatenate([accounts.bank, np.full(len(exits.names), len(bank_names))])
        self.banks = pa.array([*bank_names, None])
        self.kinds, self.purposes = pa.array(KINDS), pa.array(PURPOSES)

    def table(self, pieces: list[Rows], first_id: int) -> pa.Table:
        column: dict[str, np.ndarray[Any, Any]] = {
            n: np.concatenate([getattr(p, n) for p in pieces]) for n in Rows.__dataclass_fields__
        }
        size = len(column["at"])
        return pa.table(
            [
                pa.array(np.arange(first_id, first_id + size)),
                pa.array(column["at"]).cast(TS),
                self.names.take(pa.array(column["src"])),
                self.names.take(pa.array(column["dst"])),
                pa.array(column["amount"]),
                self.kinds.take(pa.array(column["kind"])),
                self.banks.take(pa.array(self.bank[column["src"]])),
                self.banks.take(pa.array(self.bank[column["dst"]])),
                pa.array(["KZT"]).take(pa.array(np.zeros(size, dtype=np.int64))),
                self.purposes.take(pa.array(column["purpose"])),
            ],
            schema=SCHEMA,
        )
