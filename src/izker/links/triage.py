"""Who must be called now: plain rules over a few facts, each answer with the facts that led to it and the questions
still open.

The rules are data (`triage.toml` of the jurisdiction, or a file of the installation) and only advise: a person calls,
nothing is held.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from izker.jurisdictions import data
from izker.words import LANGUAGES, N_, Problem, Refusal, language

_COMPARE = ("at_least", "at_most", "is")
Fact = float | int | bool | None


@dataclass(frozen=True, slots=True)
class Condition:
    """`fact` compared with `value`: at_least, at_most (numbers) or is (yes or no)."""

    fact: str
    how: str
    value: float | bool

    def holds(self, facts: Mapping[str, Fact]) -> bool | None:
        """True, False, or None where the fact is not known."""
        known = facts.get(self.fact)
        if known is None:
            return None
        if self.how == "is":
            return bool(known) == self.value
        return known >= self.value if self.how == "at_least" else known <= self.value


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    level: str
    every: tuple[Condition, ...]
    some: tuple[Condition, ...]
    name: Mapping[str, str]
    advice: Mapping[str, str]

    def holds(self, facts: Mapping[str, Fact]) -> bool | None:
        """Three-valued: all of `every` and, where there are any, one of `some`."""
        parts = [condition.holds(facts) for condition in self.every]
        if self.some:
            found = [condition.holds(facts) for condition in self.some]
            parts.append(True if True in found else (None if None in found else False))
        return False if False in parts else (None if None in parts else True)


@dataclass(frozen=True, slots=True)
class Rules:
    """`levels`: most urgent first; `facts`: id -> names; `words`: fact -> word beginnings that tell it in a text."""

    levels: tuple[str, ...]
    facts: Mapping[str, Mapping[str, str]]
    words: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Triage:
    """`level`: the most urgent level with a rule that holds, '' for none; `because`: the rules; `facts`: those that
    counted, by id;
    `ask`: facts not known that could make it more urgent."""

    level: str
    because: tuple[Rule, ...]
    facts: Mapping[str, Fact]
    ask: tuple[str, ...]

    def reasons(self, code: str | None = None) -> list[str]:
        """The names of the rules that hold, in a language."""
        return [rule.name[code or language()] for rule in self.because]

    def advice(self, code: str | None = None) -> str:
        """What to do, from the first rule; empty where none holds."""
        return self.because[0].advice[code or language()] if self.because else ""


@lru_cache
def rules(jurisdiction: str = "kz") -> Rules:
    """The jurisdiction's rules."""
    return read(data(jurisdiction, "triage"), "triage.toml")


def load(path: Path) -> Rules:
    """An installation's own rules; refuses what cannot be read, naming the rule."""
    try:
        return read(tomllib.loads(path.read_text(encoding="utf-8")), path.name)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal(N_("the rules are not TOML: {error}"), file=path.name, error=str(error)) from error


def read(raw: Mapping[str, Any], file: str) -> Rules:
    """Rules from parsed TOML; every mistake is told, not only the first."""
    problems: list[Problem] = []
    levels = tuple(raw.get("levels", ()))
    facts = {fact["id"]: fact["name"] for fact in raw.get("fact", ())}
    words = {fact["id"]: tuple(w.lower() for w in fact.get("words", ())) for fact in raw.get("fact", ())}
    numbers = {fact["id"] for fact in raw.get("fact", ()) if fact.get("kind") == "number"}
    found = []
    for at, rule in enumerate(raw.get("rule", ()), 1):
        name = str(rule.get("id", at))
        every = tuple(_condition(c, facts, numbers, name, file, problems) for c in rule.get("all", ()))
        some = tuple(_condition(c, facts, numbers, name, file, problems) for c in rule.get("any", ()))
        if rule.get("level") not in levels:
            problems.append(
                Problem(
                    N_("rule {rule}: level {level} is not among {levels}"),
                    {"rule": name, "level": rule.get("level"), "levels": ", ".join(levels)},
                    file,
                )
            )
        if not every and not some:
            problems.append(Problem(N_("rule {rule} has no condition"), {"rule": name}, file))
        for text in ("name", "advice"):
            if set(rule.get(text, ())) < set(LANGUAGES):
                problems.append(
                    Problem(
                        N_("rule {rule}: {text} is needed in Kazakh, Russian and English"),
                        {"rule": name, "text": text},
                        file,
                    )
                )
        if not problems:
            found.append(Rule(name, rule["level"], every, some, rule["name"], rule["advice"]))
    if problems:
        raise Refusal(problems=tuple(problems))
    if not found:
        raise Refusal(N_("there is no rule in the file"), file=file)
    return Rules(levels, facts, words, tuple(found))


def _condition(
    raw: Mapping[str, Any],
    facts: Mapping[str, object],
    numbers: set[str],
    rule: str,
    file: str,
    problems: list[Problem],
) -> Condition:
    fact = str(raw.get("fact", ""))
    how = next((h for h in _COMPARE if h in raw), "")
    value = raw.get(how, 0)
    if (
        fact not in facts
        or not how
        or (how == "is") == (fact in numbers)
        or (how != "is" and isinstance(value, bool))
        or (how == "is" and not isinstance(value, bool))
    ):
        problems.append(
            Problem(
                N_("rule {rule}: the condition on {fact} cannot be read; use at_least or at_most with a number, is with true or false"),
                {"rule": rule, "fact": fact},
                file,
            )
        )
        return Condition(fact, "is", False)
    return Condition(fact, how, value)


def facts_in(text: str, using: Rules | None = None) -> dict[str, Fact]:
    """Yes-facts that a text tells by its words. What it does not tell stays unknown: silence is no 'no'."""
    lowered = " ".join(text.lower().split())
    return {fact: True for fact, words in (using or rules()).words.items() if any(word in lowered for word in words)}


def triage(facts: Mapping[str, Fact], using: Rules | None = None) -> Triage:
    """Apply the rules to facts (age in years, call_minutes per day, the rest yes or no; None or absent: not known)."""
    held = using or rules()
    states = [(rule, rule.holds(facts)) for rule in held.rules]
    level = next((level for level in held.levels if any(state and rule.level == level for rule, state in states)), "")
    because = tuple(rule for rule, state in states if state and rule.level == level)
    counted = {c.fact: facts[c.fact] for rule in because for c in (*rule.every, *rule.some) if c.holds(facts)}
    rank = held.levels.index(level) if level else len(held.levels)
    open_rules = [rule for rule, state in states if state is None and held.levels.index(rule.level) < rank]
    ask = dict.fromkeys(c.fact for rule in open_rules for c in (*rule.every, *rule.some) if c.holds(facts) is None)
    return Triage(level, because, counted, tuple(ask))
