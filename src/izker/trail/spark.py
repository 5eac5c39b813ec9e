"""The SQL engine on Spark, for ledgers beyond one machine (extra `izker[spark]`, needs Java 17)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from izker.ledger import Ledger
from izker.ledger.layout import I64
from izker.trail.rules import Limits
from izker.trail.sql import SqlEngine


class Spark:
    """A Spark session as a database: what is kept is a cached temporary view."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self._kept: dict[str, Any] = {}

    def keep(self, name: str, select: str) -> None:
        frame = self.session.sql(select).localCheckpoint(eager=True)  # cuts the plan, which would double with every hop
        frame.createOrReplaceTempView(name)
        self._kept[name] = frame

    def fetch(self, select: str) -> pl.DataFrame:
        frame = self.session.sql(select)
        rows = [tuple(row) for row in frame.collect()]
        return pl.DataFrame(rows, schema=dict.fromkeys(frame.columns, pl.Int64), orient="row")


def spark_lots(session: Any, placed: Path, ledger: Ledger, slots: I64, limits: Limits, as_of: int) -> I64:
    """FIFO lots computed by Spark over the Parquet files that `sql.write_placed` left in folder `placed`."""
    session.read.parquet(str(placed)).createOrReplaceTempView("placed")
    pairs = [(number, int(transfer)) for number, transfer in enumerate(ledger.record(slots)[2])]
    session.createDataFrame(pairs, "report bigint, transfer bigint").createOrReplaceTempView("reports")
    return SqlEngine(Spark(session)).lots(ledger, limits, as_of)
