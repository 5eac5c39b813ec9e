"""An officer called the victim: what came of it ends or keeps the waiting on the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from izker.server.actions import Action
from izker.server.register.models import Case, Event
from izker.server.register.record import record
from izker.server.triage import book
from izker.words import N_, Refusal

if TYPE_CHECKING:
    from izker.server.accounts.models import User


class CallVictim(Action[Event]):
    act = "victim.call"

    def __init__(self, actor: User, case: Case, outcome: str) -> None:
        super().__init__(actor)
        self.case = case
        self.outcome = outcome

    def execute(self) -> Event:
        if self.outcome not in book.OUTCOMES:
            raise Refusal(N_("choose what came of the call"))
        found = book.assess(self.case, book.in_force(), None)
        rules = [rule.id for rule in found.found.because] if found else []
        self.target = self.case.number
        self.detail = {"outcome": self.outcome, "rules": rules}
        actor = self.actor.username if self.actor else "system"
        return record(self.case, book.CALLED, actor=actor, facts={"outcome": self.outcome, "rules": rules})
