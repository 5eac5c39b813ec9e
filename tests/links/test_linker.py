"""Growing series: decisions and their undo restore the exact former state."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.links import Linker
from izker.links.model import MOST_LINKS
from izker.times import US_PER_DAY
from izker.words import Refusal


def report(name: str, day: float, **fields: Any) -> dict[str, Any]:
    return {"report_id": name, "reported_at": int(day * US_PER_DAY), **fields}


def alice_and_bob() -> Linker:
    """Alice's two reports by one telephone, Bob's two by one card."""
    linker = Linker(secret=b"test")
    for row in (
        report("a1", 1, phone="87011112233"), report("a2", 2, phone="87011112233"),
        report("b1", 3, card="4111111111111111"), report("b2", 4, card="4111111111111111"),
    ):  # fmt: skip
        linker.add(row)
    return linker


def test_a_report_names_the_link_and_its_reason() -> None:
    linker = alice_and_bob()
    links = linker.add(report("a3", 5, phone="+7 701 111 22 33"))
    assert [(x.report_a, x.report_b, x.kind, x.value, x.gap_days, x.doubtful) for x in links] == [("a2", "a3", "phone", "+77011112233", 3.0, "")]
    assert linker.series_of("a3") == "S-a1"
    assert linker.members("S-a1") == ["a1", "a2", "a3"]


def test_a_doubled_report_is_refused() -> None:
    with pytest.raises(Refusal):
        alice_and_bob().add(report("a1", 9))


def test_split_is_kept_when_a_new_report_holds_the_same_number() -> None:
    linker = alice_and_bob()
    linker.split("S-a1", ["a2"])
    linker.add(report("a3", 5, phone="87011112233"))
    assert linker.series_of("a1") == "S-a1"
    assert linker.series_of("a3") == "S-a2"


def test_a_report_that_would_bridge_split_series_asks_a_person() -> None:
    linker = Linker(secret=b"test")
    linker.add(report("a", 1, phone="87011112233", iban="KZ86125KZT5004100100"))
    linker.add(report("b", 2, phone="87011112233", card="4111111111111111"))
    linker.split("S-a", ["b"])
    links = linker.add(report("c", 3, iban="KZ86125KZT5004100100", card="4111111111111111"))
    assert sorted(bool(x.doubtful) for x in links) == [False, True]
    assert linker.series_of("a") != linker.series_of("b")
    assert len(linker.doubtful()) == 1


def test_merge_joins_and_its_undo_parts_also_after_a_new_report() -> None:
    linker = alice_and_bob()
    change = linker.merge("S-a1", "S-b1")
    linker.add(report("b3", 6, card="4111111111111111"))
    assert linker.members("S-a1") == ["a1", "a2", "b1", "b2", "b3"]
    linker.undo(change)
    assert linker.members("S-a1") == ["a1", "a2"]
    assert linker.members("S-b1") == ["b1", "b2", "b3"]


def test_a_decision_is_undone_once() -> None:
    linker = alice_and_bob()
    change = linker.merge("S-a1", "S-b1")
    linker.undo(change)
    with pytest.raises(Refusal):
        linker.undo(change)


def test_a_doubtful_link_is_accepted_and_taken_back() -> None:
    linker = Linker(secret=b"test")
    linker.add(report("a", 0, phone="87011112233"))
    linker.add(report("b", 90, phone="87011112233"))
    [(number, waiting)] = linker.doubtful()
    assert "90" in waiting.doubtful
    change = linker.accept(number)
    assert linker.series_of("b") == "S-a"
    linker.undo(change)
    assert linker.series_of("b") == "S-b"
    linker.reject(number)
    assert linker.doubtful() == []


def test_a_number_that_turns_out_a_hub_lets_go_of_its_reports() -> None:
    linker = Linker(secret=b"test")
    for i in range(80):
        linker.add(report(f"r{i}", 5 * i, phone="87011112233"))
    assert linker.series_of("r3") == "S-r3"
    assert linker.add(report("late", 500, phone="87011112233")) == []


def test_links_of_a_report_are_bounded() -> None:
    linker = Linker(secret=b"test")
    many = [f"8701{i:07d}" for i in range(1000, 1060)]
    for i, phone in enumerate(many):
        linker.add(report(f"r{i}", i / 60, phone=phone))
    assert len(linker.add(report("all", 2, phone=many))) == MOST_LINKS


def test_an_unknown_series_is_refused() -> None:
    with pytest.raises(Refusal):
        alice_and_bob().members("S-a2")


def test_a_split_of_the_whole_series_is_refused() -> None:
    with pytest.raises(Refusal):
        alice_and_bob().split("S-a1", ["a1", "a2"])


_REPORTS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.floats(0, 150)), min_size=4, max_size=14)
_DECISIONS = st.lists(st.tuples(st.sampled_from(["split", "merge", "accept", "reject"]), st.integers(0, 30), st.integers(0, 30)), max_size=8)


def _grown(rows: list[tuple[int, int, float]]) -> Linker:
    linker = Linker(secret=b"test")
    for i, (phone, card, day) in enumerate(rows):
        linker.add(report(f"r{i}", day, phone=f"8701111223{phone}", card=f"411111111111{card:04d}" if card else None))
    return linker


def _decide(linker: Linker, decision: tuple[str, int, int]) -> int | None:
    verb, x, y = decision
    ids = linker.ids
    one, two = linker.series_of(ids[x % len(ids)]), linker.series_of(ids[y % len(ids)])
    if verb == "merge" and one != two:
        return linker.merge(one, two)
    members = linker.members(one)
    if verb == "split" and len(members) > 1:
        return linker.split(one, members[: 1 + y % (len(members) - 1)])
    waiting = linker.doubtful()
    if verb in ("accept", "reject") and waiting:
        number = waiting[x % len(waiting)][0]
        return linker.accept(number) if verb == "accept" else linker.reject(number)
    return None


@given(_REPORTS, _DECISIONS)
@settings(max_examples=150, deadline=None)
def test_undo_in_reverse_restores_every_former_state(rows: list[tuple[int, int, float]], decisions: list[tuple[str, int, int]]) -> None:
    linker = _grown(rows)
    states, changes = [linker.state()], []
    for decision in decisions:
        change = _decide(linker, decision)
        if change is not None:
            changes.append(change)
            states.append(linker.state())
    for change in reversed(changes):
        assert linker.state() == states.pop()
        linker.undo(change)
    assert linker.state() == states.pop()


@given(_REPORTS, _DECISIONS, st.randoms())
@settings(max_examples=150, deadline=None)
def test_undo_in_any_order_ends_in_the_state_without_decisions(rows: list[tuple[int, int, float]], decisions: list[tuple[str, int, int]], random: Any) -> None:
    linker = _grown(rows)
    before = linker.state()
    changes = [c for c in (_decide(linker, d) for d in decisions) if c is not None]
    random.shuffle(changes)
    for change in changes:
        linker.undo(change)
    assert linker.state() == before
