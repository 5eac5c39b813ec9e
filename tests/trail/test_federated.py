"""A trace relayed bank by bank equals the central one, whatever the split and the order of messages."""

from __future__ import annotations

import random
from collections import Counter

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.trail import Limits, trace
from izker.trail.federated import Bank, Message, Rest
from izker.trail.reference import Transfer
from izker.words import Refusal
from tests.trail.ledgers import ACCOUNTS, all_reports, built, transfers
from tests.trail.test_rules_against_oracle import LIMITS


def relay(banks: list[Bank], rows: list[Transfer], order: random.Random) -> list[Rest]:
    """Hand messages round until none is left; the next one is drawn by chance."""
    keeper = {a: bank for bank in banks for a in bank.accounts}
    receiver = {t.id: keeper[t.dst] for t in rows}
    inbox = [keeper[t.src].report(f"R{t.id}", t.id) for t in rows]
    rests: list[Rest] = []
    while inbox:
        message = inbox.pop(order.randrange(len(inbox)))
        stays, onward = receiver[message.transfer_id].receive(message)
        rests += stays
        inbox += onward
    return rests


@settings(max_examples=80, deadline=None)
@given(
    rows=transfers(most=30),
    split=st.lists(st.integers(0, 2), min_size=5, max_size=5),
    seed=st.integers(0, 2**16),
    limits=LIMITS,
)
def test_any_split_and_any_order_of_messages_give_the_central_trace(
    rows: list[Transfer], split: list[int], seed: int, limits: Limits
) -> None:
    groups = [frozenset(a for a, g in zip(ACCOUNTS, split, strict=True) if g == k) for k in range(3)]
    banks = [Bank(f"B{k}", accounts, rows, limits=limits) for k, accounts in enumerate(groups)]
    relayed: Counter[tuple[str, str, str, int]] = Counter()
    for rest in relay(banks, rows, random.Random(seed)):
        relayed[rest.report_id, rest.account, rest.status, rest.hop] += rest.amount
        assert len(rest.path) == rest.hop
    with built(rows) as ledger:
        central = trace(ledger, all_reports(rows), limits=limits).rows
    expected = {
        (r["report_id"], r["account"], r["status"], r["hop"]): r["amount"] for r in central.iter_rows(named=True)
    }
    assert relayed == expected
    assert isinstance(central, pl.DataFrame)


def test_a_bank_refuses_units_that_the_transfer_does_not_have() -> None:
    bank = Bank("B", frozenset({"b"}), [Transfer(1, 0, "a", "b", 10)])
    with pytest.raises(Refusal, match="does not have"):
        bank.receive(Message("R", 1, 5, 11, (1,)))
    with pytest.raises(Refusal, match="does not know"):
        bank.receive(Message("R", 2, 0, 1, (2,)))


def test_a_bank_sees_only_its_own_rows_and_refuses_the_account_of_another() -> None:
    rows = [Transfer(1, 0, "a", "b", 10), Transfer(2, 1, "c", "d", 10)]
    bank = Bank("B", frozenset({"a"}), rows)
    with pytest.raises(Refusal, match="does not know"):
        bank.report("R", 2)
    with pytest.raises(Refusal, match="not kept"):
        bank.receive(bank.report("R", 1))
