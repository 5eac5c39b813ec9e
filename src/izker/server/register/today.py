"""The duty officer's page: cases with money that can still be held, the one that loses most first; banks; clocks that run out today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Sum

from izker.links.triage import Rules
from izker.server.clock import now
from izker.server.money.models import Hold, HoldState, Trail
from izker.server.register.models import Case, Event
from izker.server.relay.models import Bank, OutboxMessage, OutboxState
from izker.server.triage import book as triage
from izker.server.triage.page import known
from izker.times import local

ANSWERED = (HoldState.HELD, HoldState.PARTLY, HoldState.EMPTY, HoldState.REFUSED)
QUEUE_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue. Money in tiyn; held + holdable + gone = stolen."""

    case: Case
    elapsed: timedelta | None
    stolen: int
    held: int
    holdable: int
    gone: int
    leaving: int
    suggested: int
    asked: int
    banks: list[str]
    due: datetime | None
    until: datetime | None
    risk: dict[str, Any] | None  # what triage says, see triage.page.known

    @property
    def urgent(self) -> bool:
        """A person must call the victim now."""
        return self.risk is not None and bool(self.risk["urgent"])

    @property
    def bar(self) -> dict[str, float]:
        """Widths of the fate bar, of 152 px."""
        unit = 152 / self.stolen if self.stolen else 0.0
        held, can = self.held * unit, self.holdable * unit
        return {"held": round(held, 1), "can_x": round(held, 1), "can": round(can, 1), "gone_x": round(held + can, 1), "gone": round(self.gone * unit, 1)}


def queue() -> list[Row]:
    """Cases on the desk; first those that wait for a person, by what is expected to leave within the hour."""
    at = now()
    cases = list(Case.objects.filter(on_desk=True).prefetch_related("holds", "trails", "reports").order_by("-opened_at")[:400])
    rules, called = triage.in_force(), triage.calls(cases)
    rows = [_row(case, at, at_risk(case, rules, called.get(case.pk))) for case in cases]
    rows.sort(key=lambda r: (not r.urgent, -r.leaving, -r.holdable, -(r.case.opened_at.timestamp())))
    return rows[:QUEUE_LENGTH]


def _row(case: Case, at: datetime, risk: dict[str, Any] | None) -> Row:
    trail: Trail | None = next(iter(case.trails.all()), None)
    holds = [h for h in case.holds.all() if trail is None or h.trail_id == trail.pk or h.state != HoldState.SUGGESTED]
    held = sum(h.held for h in holds)
    stolen = trail.stolen if trail else case.damage
    gone = trail.exited if trail else 0
    suggested = [h for h in holds if h.state == HoldState.SUGGESTED]
    asked = [h for h in holds if h.state == HoldState.ASKED]
    return Row(
        case=case,
        elapsed=at - case.occurred_at if case.occurred_at else None,
        stolen=stolen,
        held=held,
        holdable=max(0, stolen - held - gone) if trail else 0,
        gone=gone,
        leaving=sum(h.expected_loss for h in suggested),
        suggested=len(suggested),
        asked=len(asked),
        banks=sorted({h.bank for h in (suggested or asked)}),
        due=min((h.answer_due for h in asked if h.answer_due), default=None),
        until=min((h.until for h in holds if h.held and h.until), default=None),
        risk=risk,
    )


def at_risk(case: Case, rules: Rules, call: Event | None) -> dict[str, Any] | None:
    """What the rules in force say of a case, for its row and its page; None where no rule holds."""
    found = triage.assess(case, rules, call)
    return known(found) if found is not None else None


def banks() -> list[dict[str, Any]]:
    """Each bank's answer times (minutes) and how many requests wait."""
    rows = []
    for bank in Bank.objects.order_by("code"):
        answered = OutboxMessage.objects.filter(bank=bank, state=OutboxState.SENT).order_by("-sent_at").values_list("answered_in_ms", flat=True)
        times = sorted(took for took in answered[:200] if took is not None)
        waiting = OutboxMessage.objects.filter(bank=bank, state=OutboxState.WAITING)
        silent = waiting.filter(attempts__gt=1).aggregate(since=Min("created_at"))["since"]
        rows.append(
            {
                "bank": bank.pk,
                "median": times[len(times) // 2] / 1000 if times else None,
                "p90": times[int(len(times) * 0.9)] / 1000 if times else None,
                "waiting": waiting.count(),
                "silent_since": silent,
            }
        )
    return rows


def answers_today() -> dict[str, Any]:
    """Bank answers since local midnight, by outcome, with widths of a 312-px bar."""
    midnight = local(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    found = dict(Hold.objects.filter(answered_at__gte=midnight).values_list("state").annotate(n=Count("id")))
    total = sum(found.values())
    bars, x = [], 0.0
    for state in ANSWERED:
        width = found.get(state, 0) / total * 312 if total else 0.0
        bars.append({"state": state, "label": HoldState(state).label, "n": found.get(state, 0), "x": round(x, 1), "width": round(max(0.0, width - 1.5), 1)})
        x += width
    return {"total": total, "bars": bars}


def deadlines() -> list[dict[str, Any]]:
    """Legal clocks that run out before the end of tomorrow, soonest first."""
    end = now() + timedelta(days=1)
    held = Hold.objects.filter(held__gt=0, until__lte=end, state__in=(HoldState.HELD, HoldState.PARTLY))
    grouped = held.values("until", "ground").annotate(n=Count("id"), amount=Sum("held"), case=Min("case__number")).order_by("until")
    return [dict(row) for row in grouped[:6]]


def summary(rows: list[Row]) -> dict[str, Any]:
    waiting = [r for r in rows if r.suggested]
    oldest = Hold.objects.filter(state=HoldState.SUGGESTED, case__on_desk=True).aggregate(at=Min("suggested_at"))["at"]
    return {
        "holdable": sum(r.holdable for r in rows),
        "leaving": sum(r.leaving for r in rows),
        "held": sum(r.held for r in rows),
        "cases": len(rows),
        "waiting": len(waiting),
        "longest": now() - oldest if oldest else None,
    }
