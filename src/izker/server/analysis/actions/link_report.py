"""Take a filed report into the series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from izker.server.actions import Action
from izker.server.analysis.models import SeriesStep
from izker.server.bulk import lock
from izker.server.clock import now

if TYPE_CHECKING:
    from izker.server.accounts.models import User
    from izker.server.register.models import Report


class LinkReport(Action[SeriesStep]):
    act = "report.link"

    def __init__(self, actor: User | None, report: Report) -> None:
        super().__init__(actor)
        self.report = report

    def execute(self) -> SeriesStep:
        self.target = self.report.number
        lock(SeriesStep)  # steps become visible in the order of their numbers: the log is replayed in it
        return SeriesStep.objects.create(kind="add", report=self.report, actor=self.actor.username if self.actor else "system", at=now())
