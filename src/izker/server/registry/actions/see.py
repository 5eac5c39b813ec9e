"""What reports and banks tell of identifiers goes into the registry by itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from izker.identifiers import normalise
from izker.server.actions import Action
from izker.server.clock import now
from izker.server.fields import fingerprint
from izker.server.registry import book

if TYPE_CHECKING:
    from izker.server.accounts.models import User
    from izker.server.register.models import Case, Report


class SeeIdentifiers(Action[int]):
    """A report names identifiers: how many entries learnt something. One reporter is one source, however often he reports; what is
    his own telephone or account does not go in."""

    act = "registry.see"

    def __init__(self, actor: User | None, report: Report) -> None:
        super().__init__(actor)
        self.report = report

    def execute(self) -> int:
        report = self.report
        self.target = report.number
        own = {("phone", report.phone), ("iban", report.account_from), ("card", report.account_from)}
        reporter = f"person:{fingerprint('phone', report.phone)}" if report.phone else f"report:{report.number}"
        named = {book.place(i.kind, i.value) for i in report.identifiers.all() if i.valid and (i.kind, i.value) not in own}
        learnt = 0
        for kind, value in sorted(spot for spot in named if spot is not None):
            learnt += _see(self, kind, value, "named_in_report", reporter, at=report.reported_at, report=report, case=report.case, region=report.region)
        self.detail = {"learnt": learnt}
        return learnt


class SeeAccount(Action[int]):
    """A bank's answer says that stolen money reached an account. One case is one source."""

    act = "registry.see"

    def __init__(self, actor: User | None, case: Case, account: str, *, at: datetime, bank: str) -> None:
        super().__init__(actor)
        self.case = case
        self.account = account
        self.at = min(at, now())  # a bank's clock may run ahead of ours
        self.bank = bank

    def execute(self) -> int:
        self.target = self.case.number
        self.detail = {"bank": self.bank}
        for kind in ("iban", "card"):
            value = normalise(kind, self.account)
            if value.valid:
                return _see(
                    self, kind, value.value, "received_stolen_money", f"case:{self.case.number}", at=self.at, report=None, case=self.case,
                    region=self.case.region,
                )  # fmt: skip
        return 0


def _see(
    action: Action[int], kind: str, value: str, reason: str, source: str, *, at: datetime, report: Report | None, case: Case | None, region: str
) -> int:
    """1 if the entry learnt something, 0 if this source had told it before. Costs the same however often it was seen."""
    entry = book.open_entry(kind, value, synthetic=bool((report or case) and (report or case).synthetic))  # type: ignore[union-attr]
    if book.told(entry, source, reason, at):
        return 0
    actor = action.actor.username if action.actor else "system"
    book.see(entry, actor=actor, at=at, reason=reason, source=source, region=region, report=report, case=case)
    return 1
