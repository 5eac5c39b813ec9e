"""An officer registers the case as an offence: article and gravity are his, not the machine's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from izker.jurisdictions import data
from izker.server.actions import Action
from izker.server.clock import now
from izker.server.register.models import Case, Event, Status
from izker.server.register.record import record
from izker.words import N_, Refusal

if TYPE_CHECKING:
    from izker.server.accounts.models import User


class RegisterCase(Action[Event]):
    act = "case.register"

    def __init__(self, actor: User, case: Case, article: str) -> None:
        super().__init__(actor)
        self.case = case
        self.article = article

    def execute(self) -> Event:
        articles = {a["code"]: a for a in data("kz", "law")["article"]}
        if self.article not in articles:
            raise Refusal(N_("there is no article {article}: choose one of the list"), article=self.article)
        at = now()
        self.target = self.case.number
        self.detail = {"article": self.article}
        return record(
            self.case,
            "registered",
            actor=self.actor.username if self.actor else "system",
            sets={
                "status": Status.REGISTERED,
                "registered_at": at,
                "article": self.article,
                "gravity": articles[self.article]["gravity"],
            },
            expected={"status": Status.REPORTED},
            valid_at=at,
        )
