"""Requests to banks and their answers as data."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from izker.holds.requests import Ground, HoldAnswer, HoldLine, HoldRequest, LineAnswer, Outcome, Reason, answer_line
from izker.words import Refusal

NOW = 1_760_000_000_000_000
LATER = NOW + 5 * 86_400_000_000


def line(number: int = 1, amount: int = 100_000, account: str = "KZ01", report: str = "R1") -> HoldLine:
    return HoldLine(number, account, amount, report, Ground.FRAUD, "suspension", LATER, ("leaving_soon",))


def request(*lines: HoldLine) -> HoldRequest:
    return HoldRequest("A1", "esil", NOW, lines or (line(),))


text = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20)
lines_strategy = st.lists(st.tuples(text, st.integers(1, 2**62), text), min_size=1, max_size=8, unique_by=lambda x: (x[0], x[2]))


@given(lines_strategy, text)
def test_a_request_survives_the_wire(rows: list[tuple[str, int, str]], bank: str) -> None:
    sent = HoldRequest("r-1", bank, NOW, tuple(line(i, amount, account, report) for i, (account, amount, report) in enumerate(rows, 1)))
    assert HoldRequest.from_json(sent.to_json().encode()) == sent
    assert sent.asked == sum(amount for _, amount, _ in rows)


@given(st.lists(st.tuples(st.integers(1, 10**12), st.integers(0, 2 * 10**12)), min_size=1, max_size=8))
def test_what_a_bank_can_hold_always_makes_a_valid_answer(rows: list[tuple[int, int]]) -> None:
    asked = request(*(line(i, want, f"KZ{i}") for i, (want, _) in enumerate(rows, 1)))
    answer = HoldAnswer("A1", "esil", NOW + 1, tuple(answer_line(i, want, there) for i, (want, there) in enumerate(rows, 1)))
    assert HoldAnswer.from_json(answer.to_json()).against(asked) == answer
    assert answer.held == sum(min(row) for row in rows)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_anything_else_is_refused_in_words(raw: bytes) -> None:
    for kind in (HoldRequest, HoldAnswer):
        with pytest.raises(Refusal):
            kind.from_json(raw)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"amount": 0}, "positive"),
        ({"amount": -5}, "positive"),
        ({"amount": True}, "whole number"),
        ({"amount": 1.5}, "whole number"),
        ({"amount": None}, "whole number"),
        ({"account": " "}, "no account"),
        ({"ground": "whim"}, "not known"),
        ({"until_us": NOW}, "legal clock"),
        ({"reasons": "none"}, "list"),
        ({"reasons": [1]}, "list of texts"),
        ({"line": 0}, "start at 1"),
    ],
)
def test_a_wrong_value_names_what_is_wrong(change: dict[str, object], says: str) -> None:
    value = json.loads(request().to_json())
    value["lines"][0] |= change
    with pytest.raises(Refusal) as refused:
        HoldRequest.from_json(json.dumps(value))
    assert says in str(refused.value)


def test_a_line_or_an_account_may_not_stand_twice() -> None:
    with pytest.raises(Refusal) as refused:
        request(line(1), line(1))
    assert len(refused.value.problems) == 2
    assert request(line(1), line(2, report="R2")).asked == 200_000


def test_a_request_without_lines_is_refused() -> None:
    with pytest.raises(Refusal):
        HoldRequest("A1", "esil", NOW, ())


@pytest.mark.parametrize("bad", ["", " ", "x" * 36, "a\nb"])
def test_an_identifier_must_fit_the_iso_field(bad: str) -> None:
    with pytest.raises(Refusal):
        HoldRequest(bad, "esil", NOW, (line(),))


@pytest.mark.parametrize(
    "answer",
    [
        LineAnswer(1, Outcome.HELD, 99_999),
        LineAnswer(1, Outcome.HELD, 100_001),
        LineAnswer(1, Outcome.PARTLY, 100_000, (Reason.INSUFFICIENT,)),
        LineAnswer(2, Outcome.HELD, 100_000),
    ],
)
def test_an_answer_that_does_not_fit_the_request_is_refused(answer: LineAnswer) -> None:
    with pytest.raises(Refusal):
        HoldAnswer("A1", "esil", NOW, (answer,)).against(request())


def test_an_answer_to_another_request_is_refused() -> None:
    answer = HoldAnswer("B2", "esil", NOW, (LineAnswer(1, Outcome.HELD, 100_000),))
    with pytest.raises(Refusal):
        answer.against(request())


@pytest.mark.parametrize(
    "answer",
    [
        LineAnswer(1, Outcome.EMPTY, 5, (Reason.INSUFFICIENT,)),
        LineAnswer(1, Outcome.HELD, 0),
        LineAnswer(1, Outcome.REFUSED, 0),
        LineAnswer(1, Outcome.PARTLY, 5),
        LineAnswer(1, Outcome.HELD, -5),
    ],
)
def test_an_answer_that_contradicts_itself_is_refused(answer: LineAnswer) -> None:
    with pytest.raises(Refusal):
        HoldAnswer("A1", "esil", NOW, (answer,))


def test_statuses_are_those_of_iso_20022() -> None:
    held, empty = LineAnswer(1, Outcome.HELD, 5), LineAnswer(2, Outcome.EMPTY, 0, (Reason.INSUFFICIENT,))
    assert [HoldAnswer("A", "b", NOW, lines).camt029 for lines in ((held,), (held, empty), (empty,))] == [
        "ACCR",
        "PACR",
        "RJCR",
    ]
    assert Ground.FRAUD.camt056 == "FRAD"
    assert {reason.camt029 for reason in Reason} <= {"AC04", "AGNT", "AM04", "ARDT", "CUST", "LEGL", "NOOR", "PTNA"}
    assert [outcome.camt029 for outcome in Outcome] == ["ACCR", "ACCR", "RJCR", "RJCR"]
