"""A person says no to a suggested hold, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from izker.server.actions import Action
from izker.server.money.models import Hold, HoldState
from izker.server.money.state import move
from izker.server.register.models import Case
from izker.server.register.record import record
from izker.words import N_, Refusal

if TYPE_CHECKING:
    from izker.server.accounts.models import User


class DeclineHold(Action[Hold]):
    act = "hold.decline"

    def __init__(self, actor: User, case: Case, number: str, reason: str) -> None:
        super().__init__(actor)
        self.case = case
        self.number = number
        self.reason = reason.strip()

    def execute(self) -> Hold:
        if not self.reason:
            raise Refusal(N_("write why this hold is not asked for"))
        hold = Hold.objects.filter(case=self.case, number=self.number).first()
        if hold is None:
            raise Refusal(N_("there is no hold {number} in this case"), number=self.number)
        actor = self.actor.username if self.actor else "system"
        move(hold, HoldState.DECLINED, actor=actor, note=self.reason[:200])
        record(self.case, "holds_declined", actor=actor, facts={"holds": [hold.number], "reason": self.reason[:200]})
        self.target = self.case.number
        self.detail = {"hold": hold.number, "reason": self.reason[:200]}
        return hold
