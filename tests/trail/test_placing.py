"""Places computed by window functions equal those of the ledger's sweep."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.ledger.intake import KINDS
from izker.trail.placing import places
from izker.trail.reference import Transfer
from izker.trail.sql import placed
from tests.trail.ledgers import ACCOUNTS, built, frame, transfers


def by_windows(rows: list[Transfer], openings: dict[str, int] | None) -> pl.DataFrame:
    with duckdb.connect() as connection:
        numbered = frame(rows).with_columns(kind=pl.col("kind").replace_strict({k: i for i, k in enumerate(KINDS)}))
        connection.register("transfers", numbered.to_arrow())
        if openings:
            table = pl.DataFrame({"account": list(openings), "balance": list(openings.values())})
            connection.register("openings", table.to_arrow())
        found = pl.from_arrow(connection.sql(places(openings=bool(openings))).to_arrow_table())
    assert isinstance(found, pl.DataFrame)
    return found.sort("id")


@settings(max_examples=60, deadline=None)
@given(rows=transfers(), openings=st.dictionaries(st.sampled_from(ACCOUNTS), st.integers(1, 2**40), max_size=4))
def test_window_functions_place_as_the_sweep_does(rows: list[Transfer], openings: dict[str, int]) -> None:
    known = {r.src for r in rows} | {r.dst for r in rows}
    openings = {name: balance for name, balance in openings.items() if name in known}
    with built(rows, openings) as book:
        swept = pl.concat(placed(book)).sort("id")
        names = book.names
    windows = by_windows(rows, openings)
    for column in ("id", "out_cum", "in_pos", "amount"):
        assert windows[column].to_list() == swept[column].to_list(), column
    assert windows["dst"].to_list() == names.gather(swept["dst"]).to_list()


@pytest.mark.parametrize(("openings", "expected"), [(None, [(0, 0), (0, 5), (5, 8)]), ({"a": 9}, [(0, 0), (0, 9), (5, 12)])])
def test_a_shortfall_is_unknown_money_that_enters_when_it_is_sent(
    openings: dict[str, int] | None, expected: list[tuple[int, int]]
) -> None:
    """a sends 5, gets 3 and sends 2 to itself: without an opening balance 5 unknown units enter first, with 9 none do."""
    rows = [Transfer(1, 1, "a", "b", 5, "transfer"), Transfer(2, 2, "c", "a", 3, "transfer"), Transfer(3, 3, "a", "a", 2, "transfer")]
    found = by_windows(rows, openings)
    assert list(zip(found["out_cum"].to_list(), found["in_pos"].to_list(), strict=True)) == expected
