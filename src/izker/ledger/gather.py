"""What is read for a ledger: RAW rows on disk in the order they came, and what was learnt on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from izker import tables
from izker.ledger import intake, layout, sweep
from izker.ledger.duplicates import find_duplicates
from izker.ledger.layout import I64, RAW, Rows
from izker.ledger.names import Dictionary
from izker.words import N_, Problem, Refusal

CHUNK_ROWS = 2_000_000


@dataclass
class BuildReport:
    """What became of the rows: every row read has landed, was there already, was taken back or is set aside."""

    read: int = 0
    landed: int = 0
    already: int = 0
    quarantined: int = 0
    accounts: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Gathered:
    """Rows on disk in the order they came, and what was learnt on the way."""

    path: Path
    dictionary: Dictionary
    rows: int = 0
    ordered: bool = True
    rising: bool = True
    cancelled: list[int] = field(default_factory=list)
    drop: I64 = field(default_factory=lambda: np.zeros(0, np.int64))
    low: int = 0
    high: int = 0
    total: int = 0
    last: tuple[int, int, int] = (-(2**63), -(2**63), -(2**63))  # ts and id of the last row, highest id

    def chunks(self) -> Iterator[Rows]:
        """RAW rows as they came, without those that were dropped as doubles."""
        start = 0
        with self.path.open("rb") as file:
            while True:
                chunk = layout.read_raw(file, CHUNK_ROWS)
                if not len(chunk):
                    return
                if self.drop.size:
                    inside = self.drop[(self.drop >= start) & (self.drop < start + len(chunk))] - start
                    start += len(chunk)
                    chunk = np.delete(chunk, inside, axis=0)
                yield chunk


def raw_rows(
    sources: Sequence[intake.Source], gathered: Gathered, problems: intake.Problems
) -> Iterator[tuple[Rows, int]]:
    """RAW rows of `sources` batch by batch with the number of rows read; `gathered` learns names, order and sums."""
    for frame, read in _ahead(intake.batches(sources, problems)):
        undone = frame.filter(pl.col("kind") == intake.REVERSAL)
        gathered.cancelled.extend(undone["id"].to_list())
        frame = frame.filter(pl.col("kind") != intake.REVERSAL) if undone.height else frame
        names = gathered.dictionary
        src, dst = names.encode(frame["src"]), names.encode(frame["dst"])
        names.note_banks(src, frame["bank_src"])
        names.note_banks(dst, frame["bank_dst"])
        raw: I64 = np.empty(frame.height, RAW)
        raw[:, sweep.ID] = frame["id"].to_numpy()
        raw[:, sweep.TS] = frame["ts"].to_numpy()
        raw[:, sweep.AMOUNT] = frame["amount"].to_numpy()
        raw[:, sweep.PAIR] = (src.astype(np.int64) << 32) | dst
        raw[:, sweep.KIND] = frame["kind"].to_numpy()
        learn(gathered, raw)
        yield raw, read


def _ahead(batches: Iterator[tuple[pl.DataFrame, int]]) -> Iterator[tuple[pl.DataFrame, int]]:
    """The same batches; the next one is read and parsed by a second thread while the caller works on this one."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(next, batches, None)
        while (batch := waiting.result()) is not None:
            waiting = pool.submit(next, batches, None)
            yield batch


def learn(gathered: Gathered, raw: Rows) -> None:
    """Keep count of rows, order and the sum of amounts; refuses a sum above int64 before anything is written."""
    if not len(raw):
        return
    ts, ids, amounts = raw[:, sweep.TS], raw[:, sweep.ID], raw[:, sweep.AMOUNT]
    if not gathered.rows:
        gathered.low = gathered.high = int(ts[0])
    ordered, rising = sweep.is_ordered(raw, *gathered.last)
    gathered.ordered &= bool(ordered)
    gathered.rising &= bool(rising)
    gathered.last = (int(ts[-1]), int(ids[-1]), max(gathered.last[2], int(ids.max())))
    gathered.low = min(gathered.low, int(ts.min()))
    gathered.high = max(gathered.high, int(ts.max()))
    gathered.rows += len(raw)
    # two sums of 32-bit halves cannot overflow where one sum could
    gathered.total += (int((amounts >> 32).sum()) << 32) + int((amounts & 0xFFFFFFFF).sum())
    check_total(gathered.total)


def check_total(total: int) -> None:
    """No counter can pass the sum of all amounts and openings, so this one check rules overflow out."""
    if total > 2**63 - 1:
        raise Refusal(
            N_(
                "the amounts add up to {total}, which does not fit 64 bits: give them in a larger unit or split "
                "the ledger"
            ),
            total=total,
        )


def read_openings(source: intake.Source, names: Dictionary, problems: intake.Problems) -> I64:
    """Pairs (account, opening balance) of a table with `account` and `balance`; accounts not seen yet are added."""
    frame = source if isinstance(source, pl.DataFrame) else tables.read(source)
    file = source.name if isinstance(source, Path) else ""
    frame = tables.require(
        frame, ("account", "balance"), file, aliases={"balance": ("amount", "opening")}
    ).with_row_index("_row", offset=2)
    parsed = frame.select("_row", account=intake.text(frame["account"]), balance=intake.integer(frame["balance"]))
    bad = parsed["account"].is_null() | parsed["balance"].is_null() | (parsed["balance"] < 0).fill_null(False)
    problems.rows(
        frame,
        bad,
        N_("an opening balance needs an account and a whole number of minor units: {value}"),
        file,
        "balance",
    )
    good = parsed.filter(~bad)
    twice = good["account"].is_duplicated()
    problems.rows(good, twice, N_("the account has two opening balances: {value}"), file, "account")
    good = good.filter(~twice)
    return np.column_stack([names.encode(good["account"]).astype(np.int64), good["balance"].to_numpy()])


def settle(gathered: Gathered, report: BuildReport, problems: intake.Problems) -> None:
    """Find rows that came twice and rows that were taken back; the first row of an id stands."""
    doubles = np.zeros(0, np.int64) if gathered.rising else find_duplicates(gathered.path)
    watched = np.union1d(doubles, np.array(gathered.cancelled, np.int64))
    if not watched.size:
        return
    first: dict[int, tuple[int, ...]] = {}
    cancelled = set(gathered.cancelled)
    drop: list[int] = []
    start = 0
    for chunk in gathered.chunks():
        for i in np.flatnonzero(np.isin(chunk[:, sweep.ID], watched)):
            row = tuple(int(v) for v in chunk[i])
            number = row[sweep.ID]
            if number not in first:
                first[number] = row
                if number in cancelled:
                    drop.append(start + int(i))
                continue
            drop.append(start + int(i))
            if first[number] == row:
                report.already += 1
            else:
                problems.add(
                    Problem(
                        N_("transfer {id} came twice with different content: the first one stands"),
                        {"id": number},
                        column="id",
                    )
                )
        start += len(chunk)
    for number in sorted(cancelled - first.keys()):
        problems.add(Problem(N_("transfer {id} is taken back but is not in the ledger"), {"id": number}, column="id"))
    gathered.drop = np.array(sorted(drop), np.int64)
