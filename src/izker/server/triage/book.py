"""The rules in force, and what they say of a case."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from izker.links import triage
from izker.links.triage import Fact, Rules, Triage
from izker.server.register.models import Case, Event, Report
from izker.server.triage.models import TriageRules

FIRST_YEAR = {"60-74": 60, "75+": 75, "45-59": 45, "31-44": 31, "18-30": 18}  # lowest age of the form's bands
CALLED = "victim_called"
OUTCOMES = ("reached", "relative", "not_reached")  # what came of a call; the first two end the waiting


@dataclass(frozen=True, slots=True)
class AtRisk:
    """What the rules say of a case. `urgent`: a person must call now, and nobody has since; `called_at`, `called_by`: the last
    call that reached somebody."""

    found: Triage
    rules: Rules
    urgent: bool
    called_at: datetime | None
    called_by: str


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def version() -> TriageRules | None:
    """The installation's newest rules; None where those of the jurisdiction are in force."""
    return TriageRules.objects.first()


def text_in_force(held: TriageRules | None) -> str:
    return held.text if held is not None else triage.text_of()


@lru_cache(maxsize=8)
def _parsed(text: str) -> Rules:
    return triage.parse(text, "triage.toml")


def in_force() -> Rules:
    return _parsed(text_in_force(version()))


def facts_of(report: Report, case: Case, rules: Rules) -> dict[str, Fact]:
    """What triage may know: the text's words and numbers, the form's answers, the victim's age."""
    facts = triage.facts_in(report.text, rules)
    answers: dict[str, Any] = report.facts
    facts.update(triage.facts_of_answers(answers, rules))
    age = case.victim_age or FIRST_YEAR.get(answers.get("age_band", ""))
    if age is not None and "age" in rules.facts:
        facts["age"] = max(age, facts.get("age") or 0)
    if case.home_sale and "home_sale" in rules.facts:
        facts["home_sale"] = True
    return facts


def calls(cases: Iterable[Case]) -> Mapping[int, Event]:
    """The last call of each case that reached the victim or a relative."""
    events = Event.objects.filter(kind=CALLED, case__in=list(cases)).order_by("recorded_at", "id")
    return {e.case_id: e for e in events if e.value.get("outcome") in OUTCOMES[:2]}


def assess(case: Case, rules: Rules, call: Event | None) -> AtRisk | None:
    """The most urgent answer over the case's reports; None where no rule holds. A call ends the waiting of the reports before it."""
    best: Triage | None = None
    waits = False
    order = list(rules.levels)
    for report in case.reports.all():
        found = triage.triage(facts_of(report, case, rules), rules)
        if not found.level:
            continue
        if best is None or order.index(found.level) < order.index(best.level):
            best = found
        waits = waits or (found.level == rules.urgent and (call is None or report.reported_at > call.recorded_at))
    if best is None:
        return None
    return AtRisk(best, rules, waits, call.recorded_at if call else None, call.actor if call else "")
