"""Everything the case page shows, gathered once: facts, money, holds with their clocks, identifiers, series, history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from izker.server.analysis.series_book import series_of
from izker.server.audit.models import AuditLine
from izker.server.clock import now
from izker.server.money.accounts import table
from izker.server.money.models import Hold, HoldState, Trail
from izker.server.money.picture import draw
from izker.server.money.store import read_lots
from izker.server.register.models import Case, Event, Report
from izker.server.register.today import at_risk
from izker.server.registry.book import of_identifiers
from izker.server.triage import book as triage

LIVE = (HoldState.HELD, HoldState.PARTLY)


@dataclass(frozen=True, slots=True)
class Money:
    """held + moving + gone = stolen, to the tiyn."""

    stolen: int
    held: int
    moving: int
    gone: int

    @property
    def difference(self) -> int:
        return self.stolen - self.held - self.moving - self.gone


def gather(case: Case) -> dict[str, Any]:
    trail = case.trails.first()
    holds = list(case.holds.all())
    report = case.reports.order_by("id").first()
    lots = read_lots(trail) if trail else None
    return {
        "case": case,
        "report": report,
        "trail": trail,
        "money": money(case, trail, holds),
        "accounts": table(lots, holds) if lots is not None else [],
        "suggested": [h for h in holds if h.state == HoldState.SUGGESTED],
        "waiting": any(h.state == HoldState.ASKED for h in holds),
        "picture": draw(lots, holds) if lots is not None else "",
        "identifiers": identifiers(report) if report else [],
        "review": getattr(report, "review", None) if report else None,
        "series": series(report) if report else None,
        "history": history(case),
        "risk": at_risk(case, triage.in_force(), triage.calls([case]).get(case.pk)),
    }


def money(case: Case, trail: Trail | None, holds: list[Hold]) -> Money:
    if trail is None:
        return Money(case.damage, 0, case.damage, 0)
    held = sum(h.held for h in holds if h.state in LIVE)
    return Money(trail.stolen, held, trail.stolen - held - trail.exited, trail.exited)


def identifiers(report: Report) -> list[dict[str, Any]]:
    """The report's identifiers, masked, each with what the registry knows of it (`known`, absent where it knows nothing)."""
    rows = list(report.identifiers.order_by("id"))
    known = of_identifiers([(i.kind, i.value) for i in rows if i.valid], now())
    found: list[dict[str, Any]] = [{"kind": i.kind, "masked": i.masked, "known": known.get((i.kind, i.value))} for i in rows]
    own: list[dict[str, Any]] = []
    if report.phone:
        own.append({"kind": "victim_phone", "masked": _masked("phone", report.phone)})
    if report.iin:
        own.append({"kind": "victim", "masked": _masked("iin", report.iin)})
    return [*found, *own]


def _masked(kind: str, value: str) -> str:
    from izker.identifiers import mask

    return mask(kind, value)


def series(report: Report) -> dict[str, Any] | None:
    """The series a report stands in, if it is not alone: members newest first, with the kinds of their links to this report."""
    found = series_of(report)
    if found is None:
        return None
    return {**found, "rows": found["rows"][:12]}


def history(case: Case) -> list[dict[str, Any]]:
    """What happened, newest first, in words a person reads; every line is an event of the register or an act in the audit chain."""
    words = WORDS()
    rows = [
        {"at": event.recorded_at, "text": words.get(event.kind, event.kind), "who": event.actor, "facts": event.value}
        for event in Event.objects.filter(case=case).order_by("-recorded_at", "-id")[:40]
    ]
    shown = AuditLine.objects.filter(target=case.number, act="identifier.reveal").order_by("-sequence")[:10]
    rows += [{"at": a.at, "text": _("Full values shown: %(reason)s") % {"reason": a.detail.get("reason", "")}, "who": a.actor, "facts": {}} for a in shown]
    return sorted(rows, key=lambda r: r["at"], reverse=True)


def WORDS() -> dict[str, str]:  # noqa: N802 - a table made anew in the language of the request
    return {
        "reported": _("Report filed"),
        "report_attached": _("Report attached"),
        "registered": _("Registered as an offence"),
        "scheme_set": _("Scheme named"),
        "requalified": _("Requalified"),
        "interrupted": _("Terms interrupted"),
        "resumed": _("Resumed"),
        "solved": _("Solved"),
        "sent_to_court": _("Sent to court"),
        "terminated": _("Terminated"),
        "person_prosecuted": _("Person prosecuted"),
        "joined": _("Joined to another case"),
        "excluded": _("No longer counted as internet fraud"),
        "trail_computed": _("Money followed"),
        "holds_asked": _("Holds asked of the banks"),
        "holds_answered": _("Bank answered"),
        "holds_declined": _("Holds not asked"),
        "victim_called": _("Victim called"),
    }
