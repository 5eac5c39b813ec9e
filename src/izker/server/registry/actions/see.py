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
        learnt = book.see(
            [spot for spot in named if spot is not None], reason="named_in_report", source=reporter, at=report.reported_at, actor=_who(self.actor),
            synthetic=report.synthetic, report=report, case=report.case, region=report.region,
        )  # fmt: skip
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
        read = [(kind, normalise(kind, self.account)) for kind in ("iban", "card")]
        spots = [(kind, one.value) for kind, one in read if one.valid]
        return book.see(
            spots[:1], reason="received_stolen_money", source=f"case:{self.case.number}", at=self.at, actor=_who(self.actor),
            synthetic=self.case.synthetic, case=self.case, region=self.case.region,
        )  # fmt: skip


def _who(actor: User | None) -> str:
    return actor.username if actor else "system"
