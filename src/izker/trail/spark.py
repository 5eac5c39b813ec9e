"""FIFO on Spark, for ledgers beyond one machine (extra `izker[spark]`, needs Java 17): raw transfers in, trails out.

No ledger is built: places come from window functions (`placing`), trails from range joins hop by hop (`sql`). Only the
lots of the asked reports are collected to the driver.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from izker.ledger.intake import KINDS, REVERSAL
from izker.trail.placing import places
from izker.trail.resolve import repeated
from izker.trail.rules import HELD, MERCHANT, NO_LIMIT, STATUSES, UNLIMITED, Limits
from izker.trail.sql import SqlEngine
from izker.trail.trails import Trails
from izker.words import N_, Problem, Refusal

_TRANSFERS = """
SELECT DISTINCT CAST(id AS BIGINT) AS id, CAST(ts AS BIGINT) AS ts, TRIM(src) AS src, TRIM(dst) AS dst,
       CAST(amount AS BIGINT) AS amount, CAST({kind} AS BIGINT) AS kind
FROM raw
"""
_UNREADABLE = """
id IS NULL OR ts IS NULL OR COALESCE(src, '') = '' OR COALESCE(dst, '') = '' OR amount IS NULL OR amount < 0 OR kind < 0
"""
_LEAVES = ("report_id", "account", "status", "hop")


class Spark:
    """A Spark session as a database: what is kept is a temporary view whose rows are computed once."""

    def __init__(self, session: Any) -> None:
        self.session = session

    def keep(self, name: str, select: str) -> None:
        # a checkpoint cuts the plan, which would double with every hop
        self.session.sql(select).localCheckpoint(eager=True).createOrReplaceTempView(name)

    def fetch(self, select: str) -> pl.DataFrame:
        frame = self.session.sql(select)
        schema = {name: pl.String if kind == "string" else pl.Int64 for name, kind in frame.dtypes}
        return pl.DataFrame([tuple(row) for row in frame.collect()], schema=schema, orient="row")


def place(session: Any, transfers: Any, openings: Any | None = None) -> None:
    """Compute the view `placed` from a Spark frame of transfers: id, ts (µs), src, dst, amount (minor units) and
    optionally kind (a word of `intake.KINDS`). Rows that stand twice count once; a reversal and the transfer of its id
    are both left out. `openings`: a frame of account, balance. Raises Refusal where an id has two different contents.
    """
    transfers.createOrReplaceTempView("raw")
    words = ", ".join(f"'{kind}', {number}" for number, kind in enumerate(KINDS))
    kind = f"COALESCE(MAP({words})[COALESCE(NULLIF(kind, ''), 'transfer')], -1)" if "kind" in transfers.columns else "0"
    database = Spark(session)
    database.keep("found", _TRANSFERS.format(kind=kind))
    database.keep("transfers", f"SELECT f.* FROM found f LEFT ANTI JOIN found r ON r.id = f.id AND r.kind = {REVERSAL}")
    unread = database.fetch(f"SELECT id FROM found WHERE {_UNREADABLE} LIMIT 1")
    if not unread.is_empty():
        raise Refusal(
            N_("transfer {id} cannot be read: id, ts, src, dst and an amount from 0 are needed, and a kind among {have}"),
            id=unread["id"][0],
            have=", ".join(KINDS),
        )
    twice = database.fetch("SELECT id, COUNT(*) AS rows FROM transfers GROUP BY id HAVING COUNT(*) > 1 LIMIT 1")
    if not twice.is_empty():
        raise Refusal(N_("transfer {id} stands in the sources with different contents"), id=twice["id"][0])
    if openings is not None:
        openings.createOrReplaceTempView("openings")
    database.keep("placed", places(openings=openings is not None))


def trace_on_spark(
    session: Any, reports: pl.DataFrame, *, limits: Limits = UNLIMITED, as_of: int | None = None, opening: str = "unknown"
) -> Trails:
    """As `trace` under FIFO with lots, over the view `placed` that `place` made. `reports`: report_id, transfer_id.

    Reports whose transfer is not there, or lies after `as_of`, are treated as `trace` treats them. `opening` says in
    the answer whether opening balances were supplied to `place`.
    """
    database = Spark(session)
    told = reports.with_columns(pl.col("transfer_id").cast(pl.Int64))
    pairs = list(enumerate(told["transfer_id"].to_list()))
    session.createDataFrame(pairs, "report bigint, transfer bigint").createOrReplaceTempView("asked")
    there = database.fetch("SELECT a.report, p.ts, p.amount FROM asked a JOIN placed p ON p.id = a.transfer").sort("report")
    twice, problems = repeated(told["report_id"], "")
    known = told.with_row_index("report").with_columns(pl.col("report").cast(pl.Int64)).join(there, on="report", how="left")
    for row in known.filter(pl.col("ts").is_null() & ~twice).iter_rows(named=True):
        problems.append(
            Problem(
                N_("transfer {id} is not in the ledger: append it first"),
                {"id": row["transfer_id"]},
                row=row["report"] + 2,
                column="transfer_id",
            )
        )
    until = NO_LIMIT if as_of is None else as_of
    known = known.filter((pl.col("ts") <= until) & ~twice).drop("report").with_row_index("report")
    pairs = list(zip(known["report"].to_list(), known["transfer_id"].to_list(), strict=True))
    session.createDataFrame(pairs, "report bigint, transfer bigint").createOrReplaceTempView("reports")
    lots = SqlEngine(database).frame(limits, until)
    names = known["report_id"]
    status = pl.Series(STATUSES)
    shown = lots.select(
        pl.Series("report_id", names.gather(lots["report"])),
        pl.col("lot").cast(pl.Int32),
        parent_lot=pl.col("parent").replace(-1, None).cast(pl.Int32),
        transfer_id="id",
        account="account",
        amount=pl.col("hi") - pl.col("lo"),
        ts="ts",
        hop=pl.col("hop").cast(pl.Int32),
        status=pl.Series(status.gather(lots["status"])),
        lo="lo",
        hi="hi",
        rest="rest",
        stopped="stopped",
    )
    return Trails(
        rows=_rows(shown.with_columns(number=lots["status"])),
        stolen=known.select("report_id", "transfer_id", "amount", "ts"),
        rule="fifo",
        limits=limits,
        as_of=as_of,
        opening=opening,
        lots=shown,
        problems=problems,
    )


def _rows(lots: pl.DataFrame) -> pl.DataFrame:
    """`Trails.rows` of lots: what rests and what was stopped, summed by report, hop, account and status."""
    gone = pl.col("number").is_between(HELD + 1, MERCHANT)
    resting = lots.filter(pl.col("rest") > 0).select(
        "report_id", "account", "hop", amount="rest", since="ts",
        status=pl.when(gone).then("status").otherwise(pl.lit(STATUSES[HELD])),
    )  # fmt: skip
    halted = lots.filter(pl.col("stopped") > 0).select(
        "report_id", "account", "hop", amount="stopped", since="ts", status="status"
    )
    grouped = pl.concat([resting, halted]).group_by(*_LEAVES, maintain_order=True)
    rows = grouped.agg(pl.col("amount").sum(), pl.col("since").min())
    return rows.select("report_id", "account", "amount", "status", "hop", "since")
