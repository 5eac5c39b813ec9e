"""A report becomes a case: number, first facts, scheme as the classifier named it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from izker.server.actions import Action
from izker.server.clock import now
from izker.server.register.models import Case, Report, Status
from izker.server.register.numbers import case_number
from izker.server.register.record import record

if TYPE_CHECKING:
    from izker.server.accounts.models import User


class OpenCase(Action[Case]):
    act = "case.open"

    def __init__(self, actor: User | None, report: Report, *, scheme: str, ministry_class: str, region: str) -> None:
        super().__init__(actor)
        self.report = report
        self.sets: dict[str, Any] = {
            "status": Status.REPORTED,
            "occurred_at": report.occurred_at,
            "reported_at": report.reported_at,
            "region": region,
            "scheme": scheme,
            "ministry_class": ministry_class,
            "damage": report.amount,
        }

    def execute(self) -> Case:
        case = Case.objects.create(number=case_number(), opened_at=now(), on_desk=True, synthetic=self.report.synthetic)
        record(case, "reported", actor=self.actor.username if self.actor else "system", sets=self.sets, facts={"report": self.report.number})
        self.report.case = case
        self.report.save(update_fields=["case"])
        self.target = case.number
        self.detail = {"report": self.report.number, "scheme": self.sets["scheme"]}
        return case


class AttachReport(Action[Case]):
    """A report of a case that is in the register already: the case comes to the desk, nothing of what is registered changes."""

    act = "case.open"

    def __init__(self, actor: User | None, report: Report, case: Case) -> None:
        super().__init__(actor)
        self.report = report
        self.case = case

    def execute(self) -> Case:
        record(self.case, "report_attached", actor=self.actor.username if self.actor else "system", facts={"report": self.report.number})
        Case.objects.filter(pk=self.case.pk).update(on_desk=True)
        self.case.on_desk = True
        self.report.case = self.case
        self.report.save(update_fields=["case"])
        self.target = self.case.number
        self.detail = {"report": self.report.number}
        return self.case
