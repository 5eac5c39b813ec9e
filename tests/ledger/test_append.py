"""Whatever order transfers arrive in, and however often, the ledger says the same."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from izker.ledger import Ledger, verify
from izker.trail import RULES, trace
from izker.trail.reference import Transfer
from izker.words import Refusal
from tests.trail.ledgers import all_reports, built, frame, transfers


def answers(ledger: Ledger, rows: list[Transfer]) -> dict[str, pl.DataFrame]:
    key = ["report_id", "hop", "account", "status"]
    return {rule: trace(ledger, all_reports(rows), rule=rule).rows.sort(key) for rule in RULES}


def assert_same(path: Path, rows: list[Transfer]) -> None:
    ledger = Ledger.open(path)
    assert ledger.transfers == len(rows)
    with built(rows) as whole:
        expected, got = answers(whole, rows), answers(ledger, rows)
        for rule in RULES:
            assert got[rule].equals(expected[rule]), rule
        for name in whole.names.to_list():
            number, there = whole.account(name), ledger.account(name)
            assert number is not None
            assert there is not None
            assert ledger.statement(there).equals(whole.statement(number))
            assert ledger.counters(there) == whole.counters(number)
    assert verify(path) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=transfers(),
    cuts=st.lists(st.integers(1, 39), min_size=1, max_size=3),
    back=st.sets(st.integers(0, 39), max_size=4),
)
def test_appends_in_any_order_with_reversals_equal_one_build(
    rows: list[Transfer], cuts: list[int], back: set[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("append") / "ledger"
    edges = sorted({0, len(rows), *(min(c, len(rows)) for c in cuts)})
    Ledger.build([frame(rows[: edges[1]])], path)
    for begin, end in pairwise(edges[1:]):
        report = Ledger.append(path, frame(rows[begin:end]))
        assert (report.landed, report.already) == (end - begin, 0)
    left = [t for t in rows if t.id not in back]
    gone = [t._replace(kind="reversal") for t in rows if t.id in back]
    if gone and left:
        assert Ledger.append(path, frame(gone)).taken_back == len(gone)
    else:
        left = rows
    assert_same(path, left) if gone else assert_same(path, rows)
    Ledger.compact(path)
    assert not Ledger.open(path).manifest.deltas
    assert_same(path, left)


def test_the_report_of_a_late_arrival_names_what_moved_and_by_how_much(tmp_path: Path) -> None:
    Ledger.build(
        [frame([Transfer(1, 1000, "v", "m", 100), Transfer(2, 3000, "m", "x", 60), Transfer(3, 4000, "m", "y", 40)])],
        tmp_path / "l",
    )
    report = Ledger.append(tmp_path / "l", frame([Transfer(9, 2000, "m", "z", 30)]))
    assert (report.landed, report.late) == (1, 1)
    assert report.changed == ["m"]
    moved = {(r["transfer_id"], r["side"]): (r["before"], r["after"]) for r in report.moved.iter_rows(named=True)}
    assert moved == {(2, "out"): (0, 30), (3, "out"): (60, 90)}
    trails = trace(Ledger.open(tmp_path / "l"), pl.DataFrame({"report_id": ["R"], "transfer_id": [1]}))
    assert dict(trails.rows.select("account", "amount").iter_rows()) == {"z": 30, "x": 60, "y": 10}


def test_a_second_run_of_the_same_file_changes_nothing(tmp_path: Path) -> None:
    rows = [Transfer(i, i, "a", "b", i) for i in range(5)]
    Ledger.build([frame(rows)], tmp_path / "l")
    before = (tmp_path / "l" / "manifest.json").read_bytes()
    report = Ledger.append(tmp_path / "l", frame(rows))
    assert (report.landed, report.already, report.problems) == (0, 5, [])
    assert (tmp_path / "l" / "manifest.json").read_bytes() == before


def test_a_known_id_with_other_content_is_refused_by_name_and_the_rest_lands(tmp_path: Path) -> None:
    Ledger.build([frame([Transfer(1, 1, "a", "b", 10)])], tmp_path / "l")
    report = Ledger.append(tmp_path / "l", frame([Transfer(1, 1, "a", "b", 11), Transfer(2, 2, "b", "c", 3)]))
    assert report.landed == 1
    assert [p.params for p in report.problems] == [{"id": 1}]
    found = Ledger.open(tmp_path / "l").transfer(1)
    assert found is not None
    assert found["amount"] == 10


def test_a_reversal_of_what_is_not_there_is_named_and_what_was_taken_back_stays_away(tmp_path: Path) -> None:
    Ledger.build([frame([Transfer(1, 1, "a", "b", 10), Transfer(2, 2, "a", "b", 1)])], tmp_path / "l")
    report = Ledger.append(
        tmp_path / "l", frame([Transfer(7, 1, "a", "b", 10, "reversal"), Transfer(1, 1, "a", "b", 10, "reversal")])
    )
    assert (report.taken_back, [p.params for p in report.problems]) == (1, [{"id": 7}])
    assert Ledger.open(tmp_path / "l").transfer(1) is None
    again = Ledger.append(tmp_path / "l", frame([Transfer(1, 1, "a", "b", 10)]))
    assert again.landed == 0
    assert len(again.problems) == 1
    assert Ledger.append(tmp_path / "l", frame([Transfer(1, 1, "a", "b", 10, "reversal")])).already == 1


def test_a_sum_above_int64_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="does not fit"):
        Ledger.build([frame([Transfer(i, i, "a", "b", 2**62) for i in range(3)])], tmp_path / "l")
    assert not (tmp_path / "l" / "manifest.json").exists()
    Ledger.build([frame([Transfer(1, 1, "a", "b", 2**62)])], tmp_path / "l")
    before = (tmp_path / "l" / "manifest.json").read_bytes()
    with pytest.raises(Refusal, match="does not fit"):
        Ledger.append(tmp_path / "l", frame([Transfer(2, 2, "a", "b", 2**62)]))
    assert (tmp_path / "l" / "manifest.json").read_bytes() == before
    assert verify(tmp_path / "l") == []
