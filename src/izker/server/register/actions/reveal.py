"""Show one masked value to a person who says why. The reason stands in the audit chain, the value does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from izker.server.actions import Action
from izker.server.register.models import Report
from izker.words import N_, Refusal

if TYPE_CHECKING:
    from izker.server.accounts.models import User

FIELDS = ("name", "phone", "iin", "account_from", "account_to", "text")
LEAST_REASON = 8  # characters: "проверка" is the shortest reason that says anything


class Reveal(Action[dict[str, str]]):
    """Values of one report by field, and its identifiers by kind."""

    act = "identifier.reveal"

    def __init__(self, actor: User, report: Report, reason: str) -> None:
        super().__init__(actor)
        self.report = report
        self.reason = reason.strip()

    def execute(self) -> dict[str, str]:
        if len(self.reason) < LEAST_REASON:
            raise Refusal(N_("write why you need the full value: at least {least} characters"), least=LEAST_REASON)
        self.target = self.report.case.number if self.report.case else self.report.number
        self.detail = {"report": self.report.number, "reason": self.reason[:200]}
        values = {field: getattr(self.report, field) for field in FIELDS if getattr(self.report, field)}
        for number, found in enumerate(self.report.identifiers.order_by("id")):
            values[f"{found.kind}:{number}"] = found.value
        return values
