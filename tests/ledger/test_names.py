"""The dictionary of accounts gives every name one number, however many there are."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.ledger.names import Dictionary


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.text(max_size=6), max_size=30), max_size=4))
def test_numbers_follow_first_appearance_and_names_come_back(batches: list[list[str]]) -> None:
    names, seen = Dictionary(), dict[str, int]()
    for batch in batches:
        expected = [seen.setdefault(n, len(seen)) for n in batch]
        assert names.encode(pl.Series("n", batch, pl.String)).tolist() == expected
    assert names.names.to_list() == list(seen)
    assert names.numbers(pl.Series("n", [*seen, "never seen"], pl.String)).tolist() == [*range(len(seen)), -1]


def test_a_quarter_million_names_keep_one_number_each_through_every_growth() -> None:
    first = pl.Series("n", [f"KZ{i:08d}" for i in range(250_000)])
    names = Dictionary()
    assert names.encode(first).tolist() == list(range(250_000))
    assert names.encode(first.reverse()).tolist() == list(range(249_999, -1, -1))
    assert len(names) == 250_000
    assert names.bank.size == 250_000
