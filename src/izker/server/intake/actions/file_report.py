"""The first step of the chain: a report is filed; its identifiers, scheme and transfer are found, its case opened, its money followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from izker.identifiers import Identifier, extract, mask, normalise
from izker.ledger import Ledger
from izker.server.actions import Action
from izker.server.analysis.actions.link_report import LinkReport
from izker.server.analysis.reading import read_text, remember
from izker.server.clock import now
from izker.server.fields import fingerprint
from izker.server.intake.form import ReportForm, sums
from izker.server.money.actions.follow_money import FollowMoney
from izker.server.money.books import book
from izker.server.register.actions.open_case import AttachReport, OpenCase
from izker.server.register.models import Case, Report, ReportIdentifier
from izker.server.register.numbers import report_number
from izker.server.registry.actions.see import SeeIdentifiers
from izker.times import US_PER_DAY, to_us

if TYPE_CHECKING:
    from datetime import datetime

    from izker.server.accounts.models import User

MATCH_WINDOW_US = 2 * US_PER_DAY  # a person's memory of the moment is this far off at most
PLACES = ("iban", "card", "phone", "url", "domain", "handle", "email", "wallet")


@dataclass(frozen=True, slots=True)
class Filed:
    report: Report
    case: Case


class FileReport(Action[Filed]):
    act = "report.file"

    def __init__(
        self,
        actor: User | None,
        form: ReportForm,
        *,
        source: str,
        synthetic: bool,
        reported_at: datetime | None = None,
        case: Case | None = None,
    ) -> None:
        """`case`: the case this report belongs to, where it was registered before; otherwise a new one is opened."""
        super().__init__(actor)
        self.case = case
        self.form = form.checked()
        self.source = source
        self.synthetic = synthetic
        self.reported_at = reported_at or now()

    def execute(self) -> Filed:
        form = self.form
        found = extract(form.text)
        reading = read_text(form.text)
        report = Report.objects.create(
            number=report_number(),
            source=self.source,
            channel=form.channel if form.channel != "unknown" else reading.channel,
            language=form.language,
            reported_at=self.reported_at,
            occurred_at=form.occurred_at,
            region=form.region,
            scheme=reading.scheme,
            is_attempt=form.is_attempt,
            amount=form.amount,
            text=form.text,
            name=form.name,
            phone=normalise("phone", form.phone).value if form.phone else "",
            iin=form.iin.strip(),
            account_from=normalise("iban", form.account_from).value if form.account_from else "",
            account_to=normalise("iban", form.account_to).value if form.account_to else "",
            facts=form.facts,
            synthetic=self.synthetic,
        )
        self._keep_identifiers(report, found)
        remember(report, reading)
        report.transfer_id = self._match(report, found)
        report.save(update_fields=["transfer_id"])
        if self.case is None:
            case = OpenCase(
                self.actor, report, scheme=reading.scheme, ministry_class=reading.ministry_class, region=form.region
            ).perform()
        else:
            case = AttachReport(self.actor, report, self.case).perform()
        LinkReport(self.actor, report).perform()
        SeeIdentifiers(self.actor, report).perform()
        if report.transfer_id is not None:
            FollowMoney(self.actor, case).perform()
        self.target = case.number
        self.detail = {
            "report": report.number,
            "source": self.source,
            "identifiers": sorted({i.kind for i in found}),
            "matched": report.transfer_id is not None,
        }
        return Filed(report, case)

    def _keep_identifiers(self, report: Report, found: list[Identifier]) -> None:
        kept = [(i.kind, i.value, i.valid, i.start, i.end) for i in found if i.kind in PLACES]
        known = {(kind, value) for kind, value, *_ in kept}
        if report.account_to and ("iban", report.account_to) not in known:
            kept.append(("iban", report.account_to, True, -1, -1))
        ReportIdentifier.objects.bulk_create(
            ReportIdentifier(
                report=report, kind=kind, value=value, fingerprint=fingerprint(kind, value), masked=mask(kind, value),
                valid=valid, start=start, end=end,
            )
            for kind, value, valid, start, end in kept
        )  # fmt: skip

    def _match(self, report: Report, found: list[Identifier]) -> int | None:
        """The transfer the report speaks of: accounts and amount of the form first, then those found in the text."""
        ledger = book()
        if ledger is None:
            return None
        accounts = [a for a in (report.account_to, *(i.value for i in found if i.kind == "iban" and i.valid)) if a]
        amounts = [a for a in (report.amount, *sums(found)) if a]
        about = to_us(report.occurred_at or self.reported_at)
        since = about - MATCH_WINDOW_US if report.occurred_at else None
        for account in dict.fromkeys(accounts):
            for amount in dict.fromkeys(amounts):  # never by account alone: a stranger must not learn what reached an account
                match = best(ledger, src=report.account_from or None, dst=account, amount=amount, since=since, until=about + MATCH_WINDOW_US)
                if match is not None:
                    return match
        if report.account_from and amounts:
            return best(ledger, src=report.account_from, dst=None, amount=amounts[0], since=since, until=about + MATCH_WINDOW_US)
        return None


def best(ledger: Ledger, *, src: str | None, dst: str | None, amount: int, since: int | None, until: int) -> int | None:
    """Id of the best candidate; None where there is none, so that a person decides."""
    rows = ledger.match(src=src, dst=dst, amount=amount, ts_from=since, ts_to=until)
    return int(rows["id"][0]) if rows.height else None
