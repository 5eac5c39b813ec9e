"""FIFO hop by hop in SQL: the same statements on DuckDB, PostgreSQL and Spark.

The table `placed` holds every transfer with its places (id, ts, src, dst, amount, kind, out_cum, in_pos); a hop is one
range join of the frontier with it. Lots never merge, so plain joins are exact. Lots are numbered level by level in
order of parent and place, which is the order of the compiled engine: the answers are equal row by row.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import polars as pl

from izker.ledger import Ledger
from izker.ledger.layout import I64
from izker.trail import lines
from izker.trail.rules import HELD, MOVED, NO_LIMIT, STOPPED_HORIZON, STOPPED_MAX_HOPS, STOPPED_MIN_LOT, Limits

COLUMNS = ("report", "lot", "parent", "id", "account", "lo", "hi", "hop", "ts", "kind", "rest", "stopped")

START = """
SELECT r.report, CAST(0 AS BIGINT) AS lot, CAST(-1 AS BIGINT) AS parent, t.id, t.dst AS account, t.in_pos AS lo,
       t.in_pos + t.amount AS hi, CAST(1 AS BIGINT) AS hop, t.ts, t.kind, t.ts + {horizon} AS stop, CAST(1 AS BIGINT)
       AS next_lot
FROM reports r JOIN placed t ON t.id = r.transfer
"""
# what the transfers out of an account take of the lots there; `halted` is what the limits do not let us follow
PIECES = """
SELECT l.report, l.lot, l.next_lot, l.hop, l.stop, t.id, t.ts, t.dst, t.kind, t.in_pos, t.out_cum,
       GREATEST(l.lo, t.out_cum) AS u, LEAST(l.hi, t.out_cum + t.amount) AS v,
       CASE WHEN l.hop >= {max_hops} OR l.hi - l.lo < {min_lot} OR t.ts > l.stop THEN 1 ELSE 0 END AS halted
FROM frontier l JOIN placed t ON t.src = l.account AND t.out_cum < l.hi AND t.out_cum + t.amount > l.lo
WHERE l.kind = 0 AND l.lo < l.hi AND t.amount > 0 AND t.ts <= {as_of}
"""
SETTLED = """
SELECT l.report, l.lot, l.parent, l.id, l.account, l.lo, l.hi, l.hop, l.ts, l.kind,
       CAST(l.hi - l.lo - COALESCE(p.gone, 0) AS BIGINT) AS rest, CAST(COALESCE(p.stopped, 0) AS BIGINT) AS stopped
FROM frontier l LEFT JOIN (
    SELECT report, lot, SUM(v - u) AS gone, SUM(halted * (v - u)) AS stopped FROM pieces GROUP BY report, lot
) p ON p.report = l.report AND p.lot = l.lot
"""
NEXT = """
SELECT report, next_lot + ROW_NUMBER() OVER (PARTITION BY report ORDER BY lot, u) - 1 AS lot, lot AS parent, id, dst AS
account,
       in_pos + (u - out_cum) AS lo, in_pos + (v - out_cum) AS hi, hop + 1 AS hop, ts, kind, stop,
       next_lot + COUNT(*) OVER (PARTITION BY report) AS next_lot
FROM pieces WHERE halted = 0
"""


class Database(Protocol):
    """What an engine needs of a database."""

    def keep(self, name: str, select: str) -> None:
        """Store the result of a query under a name (replacing it)."""

    def fetch(self, select: str) -> pl.DataFrame:
        """The result of a query."""


class SqlEngine:
    """FIFO over a database that has `placed` and `reports` ready."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def lots(self, ledger: Ledger, limits: Limits, as_of: int) -> I64:
        """Lots in the columns of `lines`, for the reports in table `reports` (report, transfer)."""
        return _as_lots(ledger, self.frame(limits, as_of))

    def frame(self, limits: Limits, as_of: int) -> pl.DataFrame:
        """The lots with COLUMNS and `status` (a number), in order of report and lot; accounts as `placed` has them."""
        horizon = NO_LIMIT if limits.horizon_us is None else limits.horizon_us
        fill = {"horizon": horizon, "max_hops": limits.hops, "min_lot": limits.min_lot, "as_of": as_of}
        db = self.database
        db.keep("frontier", START.format(**fill))
        levels: list[pl.DataFrame] = []
        while True:
            db.keep("pieces", PIECES.format(**fill))
            level = db.fetch(SETTLED)
            if level.is_empty() and levels:
                break
            levels.append(level)
            db.keep("following", NEXT)
            db.keep("frontier", "SELECT * FROM following")
        lots = pl.concat([level.select(*COLUMNS) for level in levels]).with_columns(pl.exclude("account").cast(pl.Int64))
        return lots.sort("report", "lot").with_columns(status=_status(limits))


def _status(limits: Limits) -> pl.Expr:
    """What became of a lot, as `lines` numbers it."""
    size = pl.col("hi") - pl.col("lo")
    why = (
        pl.when(pl.col("hop") >= limits.hops)
        .then(STOPPED_MAX_HOPS)
        .when(size < limits.min_lot)
        .then(STOPPED_MIN_LOT)
        .otherwise(STOPPED_HORIZON)
    )
    at_rest = pl.when((pl.col("rest") > 0) | (size == 0)).then(HELD).otherwise(MOVED)
    kind = pl.col("kind")
    return pl.when(kind > 0).then(kind).when(pl.col("stopped") > 0).then(why).otherwise(at_rest).cast(pl.Int64)


def _as_lots(ledger: Ledger, rows: pl.DataFrame) -> I64:
    """SQL rows in the columns of the compiled engine."""
    get = {c: rows[c].cast(pl.Int64).to_numpy() for c in COLUMNS}
    lots = np.zeros((rows.height, lines.COLUMNS), np.int64)
    lots[:, lines.REPORT], lots[:, lines.PARENT], lots[:, lines.SLOT] = (
        get["report"],
        get["parent"],
        ledger.slots_of(get["id"]),
    )
    lots[:, lines.ACCOUNT], lots[:, lines.LO], lots[:, lines.HI] = get["account"], get["lo"], get["hi"]
    lots[:, lines.SINCE], lots[:, lines.HOP] = get["ts"], get["hop"]
    lots[:, lines.REST], lots[:, lines.STOPPED] = get["rest"], get["stopped"]
    lots[:, lines.STATUS] = rows["status"].to_numpy()
    return lots


class DuckDB:
    """DuckDB over Parquet (or over its own table)."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def keep(self, name: str, select: str) -> None:
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {select}")

    def fetch(self, select: str) -> pl.DataFrame:
        frame = pl.from_arrow(self.connection.sql(select).to_arrow_table())
        assert isinstance(frame, pl.DataFrame)
        return frame


class Postgres:
    """PostgreSQL through psycopg; `load` fills an unlogged table with the index a trace needs."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def load(self, ledger: Ledger) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS placed")
            cursor.execute(
                "CREATE UNLOGGED TABLE placed (id bigint, ts bigint, src bigint, dst bigint, amount bigint, "
                "kind bigint,"
                " out_cum bigint, in_pos bigint)"
            )
            with cursor.copy("COPY placed FROM STDIN") as copy:
                for frame in placed(ledger):
                    for row in frame.iter_rows():
                        copy.write_row(row)
            cursor.execute("CREATE INDEX ON placed (src, out_cum)")
            cursor.execute("CREATE INDEX ON placed (id)")
            cursor.execute("ANALYZE placed")

    def ask_for(self, transfer_ids: I64) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS reports")
            cursor.execute("CREATE TEMP TABLE reports (report bigint, transfer bigint)")
            with cursor.copy("COPY reports FROM STDIN") as copy:
                for number, transfer in enumerate(transfer_ids.tolist()):
                    copy.write_row((number, transfer))

    def keep(self, name: str, select: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
            cursor.execute(f"CREATE TEMP TABLE {name} AS {select}")

    def fetch(self, select: str) -> pl.DataFrame:
        with self.connection.cursor() as cursor:
            cursor.execute(select)
            names = [c.name for c in cursor.description]
            return pl.DataFrame(cursor.fetchall(), schema=dict.fromkeys(names, pl.Int64), orient="row")


def placed(ledger: Ledger) -> Iterator[pl.DataFrame]:
    """Every transfer with its places, in pieces: id, ts, src, dst (numbers), amount, kind (number), out_cum, in_pos."""
    for slots in ledger.all_slots():
        records, amounts, ids = ledger.record(slots)
        dst, kind = ledger.link_of(slots)
        yield pl.DataFrame(
            {
                "id": ids,
                "ts": records[:, 2],
                "src": ledger.src_of(slots),
                "dst": dst,
                "amount": amounts,
                "kind": kind,
                "out_cum": records[:, 0],
                "in_pos": records[:, 1],
            }
        )


def write_placed(ledger: Ledger, folder: Path) -> str:
    """Write `placed` as Parquet files into `folder`; returns the pattern that reads them all."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, frame in enumerate(placed(ledger)):
        frame.write_parquet(folder / f"placed-{number:05d}.parquet")
    return str(folder / "placed-*.parquet")


def duckdb_lots(ledger: Ledger, slots: I64, limits: Limits, as_of: int) -> I64:
    """FIFO lots computed by DuckDB over Parquet files of the ledger."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        pattern = write_placed(ledger, Path(folder))
        connection.execute(f"CREATE VIEW placed AS SELECT * FROM read_parquet('{pattern}')")
        reports = pl.DataFrame({"report": np.arange(slots.size), "transfer": ledger.record(slots)[2]})
        connection.register("reports", reports.to_arrow())
        return SqlEngine(DuckDB(connection)).lots(ledger, limits, as_of)
