"""The page of the rules: each rule in words, its facts, what it would do to the desk now, earlier versions."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from izker.links.triage import Condition, Rules
from izker.money import group
from izker.server.register.models import Case
from izker.server.templatetags.words import lang
from izker.server.triage import book
from izker.server.triage.models import TriageRules

DESK = 400  # newest cases on the desk that a change is tried on


def condition(what: Condition, rules: Rules) -> str:
    """'age: 60 or more' in the page's language."""
    name = rules.facts[what.fact][lang()]
    if what.how == "is":
        return name if what.value else _("not: %(fact)s") % {"fact": name}
    bound = group(int(what.value)) if float(what.value).is_integer() else f"{what.value:g}"
    words = {"at_least": _("%(fact)s: %(bound)s or more"), "at_most": _("%(fact)s: %(bound)s or less")}
    return words[what.how] % {"fact": name, "bound": bound}


def rule_rows(rules: Rules) -> list[dict[str, Any]]:
    """Rules by urgency, each with its conditions in words."""
    order = list(rules.levels)
    code = lang()
    return [
        {
            "id": rule.id,
            "level": rules.levels[rule.level][code],
            "urgent": rule.level == rules.urgent,
            "name": rule.name[code],
            "advice": rule.advice[code],
            "every": [condition(c, rules) for c in rule.every],
            "some": [condition(c, rules) for c in rule.some],
        }
        for rule in sorted(rules.rules, key=lambda rule: order.index(rule.level))
    ]


def fact_rows(rules: Rules) -> list[dict[str, Any]]:
    """Facts: name, the words that tell it, the form's answers that tell it, whether a number is read from the text."""
    told = {fact: [a for a, f in rules.answers.items() if f == fact] for fact in rules.facts}
    answers = {"long_calls": _("They are still calling me"), "home_sale": _("I am selling my home or taking a loan because of them")}
    return [
        {
            "id": fact,
            "name": names[lang()],
            "words": rules.words.get(fact, ()),
            "answers": [answers.get(a, a) for a in told[fact]],
            "read": fact in rules.reads,
            "near": rules.reads[fact][1] if fact in rules.reads else (),
        }
        for fact, names in rules.facts.items()
    ]


def effect(rules: Rules) -> list[dict[str, Any]]:
    """How many cases on the desk each level would have under these rules, beside what it has now."""
    cases = list(Case.objects.filter(on_desk=True).prefetch_related("reports").order_by("-opened_at")[:DESK])
    held = book.in_force()
    would, has = Counter[str](), Counter[str]()
    for case in cases:
        for counted, used in ((would, rules), (has, held)):
            found = book.assess(case, used, None)
            if found is not None:
                counted[found.found.level] += 1
    names = {**{level: n[lang()] for level, n in held.levels.items()}, **{level: n[lang()] for level, n in rules.levels.items()}}
    return [{"level": name, "has": has[level], "would": would[level], "of": len(cases)} for level, name in names.items()]


def gather() -> dict[str, Any]:
    held = book.version()
    rules = book.in_force()
    return {
        "held": held,
        "seen": held.pk if held else 0,
        "text": book.text_in_force(held),
        "digest": book.digest(book.text_in_force(held)),
        "rules": rule_rows(rules),
        "facts": fact_rows(rules),
        "versions": list(TriageRules.objects.all()[:20]),
    }


def known(found: book.AtRisk) -> dict[str, Any]:
    """A case's answer for its page: level, rules with advice, the facts that led to it, what to ask."""
    code = lang()
    facts = found.rules.facts
    said = [
        facts[fact][code] if isinstance(value, bool) else f"{facts[fact][code]}: {group(int(value or 0))}" for fact, value in found.found.facts.items()
    ]
    return {
        "urgent": found.urgent,
        "level": found.rules.levels[found.found.level][code],
        "because": [{"id": rule.id, "name": rule.name[code], "advice": rule.advice[code]} for rule in found.found.because],
        "facts": said,
        "ask": [facts[fact][code] for fact in found.found.ask],
        "called_at": found.called_at,
        "called_by": found.called_by,
    }
