"""The live tracer is, at every moment, what the batch would say of the ledger so far."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.trail import LiveTrail, trace
from izker.trail.reference import Transfer
from izker.words import Refusal
from tests.trail.ledgers import all_reports, built, frame, transfers

KEY = ["report_id", "hop", "account", "status"]


def ordered(rows: list[Transfer]) -> list[Transfer]:
    return sorted(rows, key=lambda t: (t.ts, t.id))


@settings(max_examples=60, deadline=None)
@given(rows=transfers(), cuts=st.lists(st.integers(0, 40), max_size=4))
def test_micro_batches_equal_the_batch_trace_with_every_transfer_reported(
    rows: list[Transfer], cuts: list[int]
) -> None:
    stream = ordered(rows)
    live = LiveTrail(None, all_reports(rows))
    edges = sorted({0, len(rows), *(min(c, len(rows)) for c in cuts)})
    for begin, end in pairwise(edges):
        assert live.apply(frame(stream[begin:end])).is_empty()
    with built(rows) as ledger:
        batch = trace(ledger, all_reports(rows)).rows
    assert live.rows().sort(KEY).equals(batch.sort(KEY))
    held = live.held()
    expected = batch.filter(pl.col("status") == "held").group_by("report_id", "account").agg(pl.col("amount").sum())
    assert held.sort("report_id", "account").equals(expected.sort("report_id", "account"))


@settings(max_examples=40, deadline=None)
@given(rows=transfers(), cut=st.integers(1, 39))
def test_a_live_trail_that_starts_from_a_ledger_goes_on_from_there(rows: list[Transfer], cut: int) -> None:
    stream = ordered(rows)
    cut = min(cut, len(stream))
    with built(stream[:cut]) as ledger:
        live = LiveTrail(ledger, all_reports(rows))
        live.apply(frame(stream[cut:]))
    with built(rows) as ledger:
        batch = trace(ledger, all_reports(rows)).rows
    assert live.rows().sort(KEY).equals(batch.sort(KEY))


def test_a_late_transfer_is_set_aside_and_handed_back() -> None:
    live = LiveTrail()
    live.apply(frame([Transfer(1, 1000, "a", "b", 10), Transfer(2, 3000, "b", "c", 10)]))
    aside = live.apply(frame([Transfer(3, 2000, "a", "b", 5), Transfer(4, 4000, "c", "d", 1)]))
    assert aside["id"].to_list() == [3]
    assert isinstance(live.held(), pl.DataFrame)


def test_a_live_trail_does_not_take_transfers_back() -> None:
    with pytest.raises(Refusal, match="reversal"):
        LiveTrail().apply(frame([Transfer(1, 1, "a", "b", 1, "reversal")]))


def test_a_bad_row_in_a_micro_batch_is_named_and_the_others_go_on() -> None:
    live = LiveTrail(None, pl.DataFrame({"report_id": ["R"], "transfer_id": [2]}))
    live.apply(
        pl.DataFrame({"id": ["1", "2"], "ts": ["0", "1"], "src": ["a", "a"], "dst": ["b", "b"], "amount": ["x", "7"]})
    )
    assert len(live.problems) == 1
    assert live.held().row(0) == ("R", "b", 7)
