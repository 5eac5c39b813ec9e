"""The example in docs/how-money-is-followed.md, computed."""

from __future__ import annotations

import polars as pl
import pytest

from izker.trail import trace
from izker.trail.reference import Transfer, money_line
from tests.trail.ledgers import built

ROWS = [
    Transfer(1, 40, "Dana", "m1", 50),
    Transfer(2, 46, "victim", "m1", 100),
    Transfer(3, 49, "m1", "m2", 80),
    Transfer(4, 52, "m1", "ATM", 40, "cash"),
]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("fifo", {"m1": 30, "m2": 30, "ATM": 40}),
        ("lifo", {"m2": 80, "ATM": 20}),
        ("pro_rata", {"m1": 21, "m2": 53, "ATM": 26}),
        ("taint_first", {"m2": 80, "ATM": 20}),
    ],
)
def test_the_page_says_what_the_rule_says(rule: str, expected: dict[str, int]) -> None:
    with built(ROWS) as ledger:
        rows = trace(ledger, pl.DataFrame({"report_id": ["R"], "transfer_id": [2]}), rule=rule).rows
    assert dict(rows.select("account", "amount").iter_rows()) == expected


def test_the_places_in_the_table_are_the_places_on_the_line() -> None:
    placed = money_line(ROWS).placed
    assert {n: (p.out_cum, p.in_pos) for n, p in placed.items()} == {1: (0, 0), 2: (0, 50), 3: (0, 0), 4: (80, 0)}
