"""What is asked of a bank and what it answers: pure data that the server, the relay and a bank's own process share.

One request goes to one bank and names many accounts; every line asks for an amount, never for an account. The names map
to ISO 20022: a request is a camt.056 (FIToFIPaymentCancellationRequest) with a cancellation reason, an answer is a
camt.029 (ResolutionOfInvestigation) with a status and rejection reasons (external code sets of ISO 20022, 2024).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeVar

from izker.money import MAX
from izker.words import N_, Problem, Refusal

MAX_ID = 35  # ISO 20022 Max35Text: a UUID fits without its dashes
MAX_LINES = 10_000
E = TypeVar("E", bound=StrEnum)


class Ground(StrEnum):
    """Why the money is asked for; `camt056`: the cancellation reason in ISO 20022 (ExternalCancellationReason1Code)."""

    FRAUD = "fraud"
    CUSTOMER = "customer"
    WRONG_ACCOUNT = "wrong_account"

    @property
    def camt056(self) -> str:
        return {"fraud": "FRAD", "customer": "CUST", "wrong_account": "AC03"}[self.value]


class Outcome(StrEnum):
    """What became of one line. `camt029` is the status of the line (CancellationIndividualStatus1Code)."""

    HELD = "held"
    PARTLY = "partly"
    EMPTY = "empty"
    REFUSED = "refused"

    @property
    def camt029(self) -> str:
        return "ACCR" if self in (Outcome.HELD, Outcome.PARTLY) else "RJCR"


class Reason(StrEnum):
    """Why a bank held less than was asked; `camt029`: the code in ISO 20022 (ExternalPaymentCancellationRejection1Code)."""

    INSUFFICIENT = "insufficient"
    MOVED_ON = "moved_on"
    PROTECTED_INCOME = "protected_income"
    CLOSED = "closed"
    UNKNOWN_ACCOUNT = "unknown_account"
    NO_GROUND = "no_ground"
    ALREADY_RETURNED = "already_returned"
    OWNER_DISPUTES = "owner_disputes"
    BANK_DECISION = "bank_decision"

    @property
    def camt029(self) -> str:
        return _REASON_CODES[self]


_REASON_CODES = {
    Reason.INSUFFICIENT: "AM04",
    Reason.MOVED_ON: "PTNA",
    Reason.PROTECTED_INCOME: "LEGL",
    Reason.CLOSED: "AC04",
    Reason.UNKNOWN_ACCOUNT: "NOOR",
    Reason.NO_GROUND: "LEGL",
    Reason.ALREADY_RETURNED: "ARDT",
    Reason.OWNER_DISPUTES: "CUST",
    Reason.BANK_DECISION: "AGNT",
}


@dataclass(frozen=True, slots=True)
class HoldLine:
    """One account's part of a request. `amount` in tiyn (> 0); `clock` is a code of clocks.toml, `until_us` (UTC µs) its end;
    `reasons` are the planner's reason codes, so that the bank's officer sees why."""

    line: int
    account: str
    amount: int
    report_id: str
    ground: Ground
    clock: str
    until_us: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """What one bank is asked to hold. Refuses wrong values when made, so what exists is valid."""

    request_id: str
    bank: str
    asked_us: int
    lines: tuple[HoldLine, ...]

    def __post_init__(self) -> None:
        problems = [
            *_identifier("request_id", self.request_id),
            *_identifier("bank", self.bank),
            *_moment("asked_us", self.asked_us),
        ]
        if not 0 < len(self.lines) <= MAX_LINES:
            problems.append(
                Problem(
                    N_("a request needs 1 to {most} lines, this one has {have}"),
                    {"most": MAX_LINES, "have": len(self.lines)},
                )
            )
        numbers: set[int] = set()
        pairs: set[tuple[str, str]] = set()
        for line in self.lines:
            problems += _line_problems(line, self.asked_us)
            if line.line in numbers:
                problems.append(Problem(N_("line {line} stands twice: number the lines 1, 2, 3 …"), {"line": line.line}, row=line.line))
            if (line.account, line.report_id) in pairs:
                problems.append(
                    Problem(
                        N_("account and report of line {line} stand twice: add the amounts into one line"),
                        {"line": line.line},
                        row=line.line,
                    )
                )
            numbers.add(line.line)
            pairs.add((line.account, line.report_id))
        if problems:
            raise Refusal(problems=tuple(problems))

    @property
    def asked(self) -> int:
        """Tiyn asked for in all lines."""
        return sum(line.amount for line in self.lines)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> HoldRequest:
        """The request in `text`; refuses what is not JSON, lacks a key or breaks a rule, naming the line."""
        value = _object(text)
        lines = tuple(_hold_line(item, number) for number, item in enumerate(_list(value, "lines"), 1))
        return cls(_text(value, "request_id"), _text(value, "bank"), _whole(value, "asked_us"), lines)


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """A bank's answer to one line: `held` tiyn are blocked now; `reasons` say why it is less than asked."""

    line: int
    outcome: Outcome
    held: int = 0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class HoldAnswer:
    """A bank's answer to a request; `against(request)` checks it line by line."""

    request_id: str
    bank: str
    answered_us: int
    lines: tuple[LineAnswer, ...]

    def __post_init__(self) -> None:
        problems = [
            *_identifier("request_id", self.request_id),
            *_identifier("bank", self.bank),
            *_moment("answered_us", self.answered_us),
        ]
        numbers: set[int] = set()
        for answer in self.lines:
            if answer.line in numbers:
                problems.append(Problem(N_("line {line} is answered twice"), {"line": answer.line}, row=answer.line))
            numbers.add(answer.line)
            if not 0 <= answer.held <= MAX or (answer.held > 0) != (answer.outcome in (Outcome.HELD, Outcome.PARTLY)):
                problems.append(
                    Problem(
                        N_("line {line}: {held} tiyn held do not fit the outcome “{outcome}”"),
                        {"line": answer.line, "held": answer.held, "outcome": answer.outcome.value},
                        row=answer.line,
                    )
                )
            if answer.outcome is not Outcome.HELD and not answer.reasons:
                problems.append(
                    Problem(
                        N_("line {line}: the outcome “{outcome}” needs a reason"),
                        {"line": answer.line, "outcome": answer.outcome.value},
                        row=answer.line,
                    )
                )
        if problems:
            raise Refusal(problems=tuple(problems))

    @property
    def held(self) -> int:
        """Tiyn held in all lines."""
        return sum(answer.held for answer in self.lines)

    @property
    def camt029(self) -> str:
        """Status of the whole answer (GroupCancellationStatus1Code): accepted, partly accepted or rejected."""
        outcomes = {answer.outcome for answer in self.lines}
        if outcomes == {Outcome.HELD}:
            return "ACCR"
        return "PACR" if outcomes & {Outcome.HELD, Outcome.PARTLY} else "RJCR"

    def against(self, request: HoldRequest) -> HoldAnswer:
        """This answer, if it answers every line of `request` and holds no more than was asked; refuses otherwise."""
        problems = []
        if (self.request_id, self.bank) != (request.request_id, request.bank):
            problems.append(
                Problem(
                    N_("the answer is to request {have} of bank {have_bank}, not to {want} of bank {want_bank}"),
                    {
                        "have": self.request_id,
                        "have_bank": self.bank,
                        "want": request.request_id,
                        "want_bank": request.bank,
                    },
                )
            )
        asked = {line.line: line.amount for line in request.lines}
        given = {answer.line: answer for answer in self.lines}
        for number in sorted(asked.keys() - given.keys()):
            problems.append(Problem(N_("line {line} has no answer"), {"line": number}, row=number))
        for number, answer in given.items():
            if number not in asked:
                problems.append(Problem(N_("line {line} was never asked"), {"line": number}, row=number))
            elif not _fits(answer, asked[number]):
                problems.append(
                    Problem(
                        N_("line {line}: “{outcome}” with {held} of {asked} tiyn"),
                        {"line": number, "outcome": answer.outcome.value, "held": answer.held, "asked": asked[number]},
                        row=number,
                    )
                )
        if problems:
            raise Refusal(problems=tuple(problems))
        return self

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> HoldAnswer:
        """The answer in `text`; refuses what is not JSON, lacks a key or breaks a rule, naming the line."""
        value = _object(text)
        lines = []
        for number, item in enumerate(_list(value, "lines"), 1):
            reasons = tuple(_member(Reason, reason, number) for reason in _list(item, "reasons", number, optional=True))
            outcome = _member(Outcome, _text(item, "outcome", number), number)
            lines.append(LineAnswer(_whole(item, "line", number), outcome, _whole(item, "held", number), reasons))
        return cls(_text(value, "request_id"), _text(value, "bank"), _whole(value, "answered_us"), tuple(lines))


def answer_line(line: int, asked: int, available: int, shortfall: Reason = Reason.INSUFFICIENT) -> LineAnswer:
    """The answer a bank owes when `available` tiyn (never negative) may be held of `asked`: held, partly or empty."""
    held = max(0, min(asked, available))
    if held == asked:
        return LineAnswer(line, Outcome.HELD, held)
    return LineAnswer(line, Outcome.PARTLY if held else Outcome.EMPTY, held, (shortfall,))


def _fits(answer: LineAnswer, asked: int) -> bool:
    if answer.outcome is Outcome.HELD:
        return answer.held == asked
    return 0 < answer.held < asked if answer.outcome is Outcome.PARTLY else answer.held == 0


def _identifier(name: str, value: str) -> list[Problem]:
    if value.strip() and len(value) <= MAX_ID and value.isprintable():
        return []
    return [Problem(N_("{name} must be 1 to {most} printable characters"), {"name": name, "most": MAX_ID}, column=name)]


def _moment(name: str, value: int) -> list[Problem]:
    return [] if 0 < value <= MAX else [Problem(N_("{name} must be microseconds since 1970"), {"name": name}, column=name)]


def _line_problems(line: HoldLine, asked_us: int) -> list[Problem]:
    problems = []
    if line.line < 1:
        problems.append(Problem(N_("line numbers start at 1, here stands {line}"), {"line": line.line}, row=line.line))
    if not line.account.strip():
        problems.append(Problem(N_("line {line} names no account"), {"line": line.line}, row=line.line, column="account"))
    if not 0 < line.amount <= MAX:
        problems.append(
            Problem(
                N_("line {line}: the amount must be a positive number of tiyn, here stands {amount}"),
                {"line": line.line, "amount": line.amount},
                row=line.line,
                column="amount",
            )
        )
    if not line.clock.strip() or line.until_us <= asked_us:
        problems.append(
            Problem(
                N_("line {line}: a hold needs a legal clock that ends after the request"),
                {"line": line.line},
                row=line.line,
                column="until_us",
            )
        )
    return problems


def _hold_line(item: Mapping[str, Any], number: int) -> HoldLine:
    reasons = _list(item, "reasons", number, optional=True)
    if not all(isinstance(reason, str) for reason in reasons):
        raise Refusal(N_("{key} must be a list of texts"), key="reasons", row=number)
    return HoldLine(
        _whole(item, "line", number),
        _text(item, "account", number),
        _whole(item, "amount", number),
        _text(item, "report_id", number),
        _member(Ground, _text(item, "ground", number), number),
        _text(item, "clock", number),
        _whole(item, "until_us", number),
        tuple(reasons),
    )


def _object(text: str | bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(N_("this is not JSON: send the message again")) from error
    if not isinstance(value, dict):
        raise Refusal(N_("the message must be a JSON object"))
    return value


def _list(value: Mapping[str, Any], key: str, row: int | None = None, *, optional: bool = False) -> list[Any]:
    if not isinstance(value, Mapping):
        raise Refusal(N_("every line must be a JSON object"), row=row)
    found = value.get(key, [] if optional else None)
    if not isinstance(found, list):
        raise Refusal(N_("{key} must be a list"), row=row, column=key, key=key)
    return found


def _text(value: Mapping[str, Any], key: str, row: int | None = None) -> str:
    found = value.get(key) if isinstance(value, Mapping) else None
    if not isinstance(found, str):
        raise Refusal(N_("{key} is missing or no text"), row=row, column=key, key=key)
    return found


def _whole(value: Mapping[str, Any], key: str, row: int | None = None) -> int:
    found = value.get(key) if isinstance(value, Mapping) else None
    if not isinstance(found, int) or isinstance(found, bool):
        raise Refusal(N_("{key} is missing or no whole number"), row=row, column=key, key=key)
    return found


def _member(kind: type[E], value: object, row: int) -> E:
    try:
        return kind(str(value))
    except ValueError as error:
        known = ", ".join(member.value for member in kind)
        raise Refusal(N_("{value} is not known here; known are: {known}"), row=row, value=str(value)[:40], known=known) from error
