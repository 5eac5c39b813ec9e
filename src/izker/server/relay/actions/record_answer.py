"""A bank's answer changes each hold it speaks of, once, however often it arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from izker.holds.requests import HoldAnswer, HoldRequest, Outcome, Reason
from izker.server.actions import Action
from izker.server.clock import now
from izker.server.fields import fingerprint
from izker.server.money.models import Hold, HoldState
from izker.server.money.state import move
from izker.server.register.models import Case
from izker.server.register.record import record
from izker.server.registry.actions.see import SeeAccount
from izker.server.relay.models import Bank, OutboxMessage, OutboxState
from izker.times import from_us

if TYPE_CHECKING:
    from izker.server.accounts.models import User


# How a bank says that the money came to the account, whether or not it still lies there.
HELD = (Outcome.HELD, Outcome.PARTLY)
PASSED = (Reason.MOVED_ON, Reason.INSUFFICIENT)


class RecordAnswer(Action[int]):
    """Tiyn held by this answer; 0 if the message was answered before."""

    act = "hold.answer"

    def __init__(self, message: OutboxMessage, answer: HoldAnswer, *, took_ms: int, actor: User | None = None) -> None:
        super().__init__(actor)
        self.message = message
        self.answer = answer
        self.took_ms = took_ms

    def execute(self) -> int:
        request = HoldRequest.from_json(self.message.body)
        answer = self.answer.against(request)
        self.target = self.message.target
        at = now()
        sent = OutboxMessage.objects.filter(pk=self.message.pk, state=OutboxState.WAITING).update(
            state=OutboxState.SENT, sent_at=at, answered_in_ms=self.took_ms, last_error=""
        )
        if not sent:
            self.detail = {"repeated": True, "bank": answer.bank}
            return 0
        case = Case.objects.get(number=self.message.target)
        lines = {line.line: line for line in request.lines}
        outcomes: dict[str, str] = {}
        for given in answer.lines:
            asked = lines[given.line]
            mark = fingerprint("account", asked.account)
            hold = Hold.objects.filter(case=case, account_fingerprint=mark, state=HoldState.ASKED).first()
            if hold is None:
                continue  # this line was taken from an earlier copy of the same answer
            reason = given.reasons[0].value if given.reasons else ""
            move(
                hold,
                HoldState(given.outcome.value),
                actor=answer.bank,
                note=reason,
                held=given.held,
                answered_at=from_us(answer.answered_us),
                answer_reason=reason,
            )
            outcomes[hold.number] = given.outcome.value
            if given.outcome in HELD or reason in PASSED:
                SeeAccount(self.actor, case, hold.account, at=from_us(answer.answered_us), bank=answer.bank).perform()
        Bank.objects.filter(pk=answer.bank).update(last_answer_at=at)
        record(case, "holds_answered", actor=answer.bank, facts={"bank": answer.bank, "held": answer.held, "outcomes": outcomes})
        self.detail = {"bank": answer.bank, "held": answer.held, "outcomes": outcomes, "took_ms": self.took_ms}
        return answer.held
