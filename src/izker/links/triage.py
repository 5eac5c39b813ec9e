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

from izker.jurisdictions import ROOT
from izker.links.told import READERS
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
    """`levels`: id -> names, most urgent first; `facts`: id -> names; `words`: fact -> word beginnings that tell it in a text;
    `answers`: answer of the report's form -> fact that it tells; `reads`: fact -> what number of a text it is (age, minutes) and
    the word beginnings one of which must stand in the same sentence."""

    levels: Mapping[str, Mapping[str, str]]
    facts: Mapping[str, Mapping[str, str]]
    words: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, str]
    reads: Mapping[str, tuple[str, tuple[str, ...]]]
    rules: tuple[Rule, ...]

    @property
    def urgent(self) -> str:
        """The level at which a person is called now."""
        return next(iter(self.levels))


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


def text_of(jurisdiction: str = "kz") -> str:
    """The jurisdiction's rules as they are written."""
    return (ROOT / jurisdiction / "triage.toml").read_text(encoding="utf-8")


@lru_cache
def rules(jurisdiction: str = "kz") -> Rules:
    """The jurisdiction's rules."""
    return parse(text_of(jurisdiction), "triage.toml")


def load(path: Path) -> Rules:
    """Rules of a file; refuses what cannot be read, naming the rule."""
    try:
        return parse(path.read_text(encoding="utf-8"), path.name)
    except UnicodeDecodeError as error:
        raise Refusal(N_("the rules are not TOML: {error}"), file=path.name, error=str(error)) from error


def parse(text: str, file: str) -> Rules:
    """Rules from their text; refuses what is no TOML with its line, then every mistake of the rules by their names."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refusal(N_("the rules are not TOML: {error}"), file=file, error=str(error)) from error
    return read(raw, file)


def _tables(raw: Mapping[str, Any], name: str, file: str, problems: list[Problem]) -> list[Mapping[str, Any]]:
    """The [[name]] tables; anything else under that name is a problem."""
    tables = raw.get(name, [])
    if isinstance(tables, list) and all(isinstance(table, dict) for table in tables):
        return tables
    problems.append(Problem(N_("{name} must be written as [[{name}]] tables"), {"name": name}, file))
    return []


def _named(table: Mapping[str, Any], what: str, key: str, file: str, problems: list[Problem]) -> Mapping[str, str]:
    """Names in three languages of a level, a fact or a rule."""
    names = table.get(key, {})
    if not isinstance(names, dict) or not all(isinstance(names.get(code), str) and names[code].strip() for code in LANGUAGES):
        problems.append(Problem(N_("{what}: {text} is needed in Kazakh, Russian and English"), {"what": what, "text": key}, file))
        return dict.fromkeys(LANGUAGES, "")
    return names


def _words(table: Mapping[str, Any], key: str, what: str, file: str, problems: list[Problem]) -> tuple[str, ...]:
    words = table.get(key, [])
    if isinstance(words, list) and all(isinstance(word, str) and word.strip() for word in words):
        return tuple(word.lower() for word in words)
    problems.append(Problem(N_("{what}: {text} must be a list of words"), {"what": what, "text": key}, file))
    return ()


def read(raw: Mapping[str, Any], file: str) -> Rules:
    """Rules from parsed TOML; every mistake is told, not only the first."""
    problems: list[Problem] = []
    levels = {str(t.get("id", "")): _named(t, f"level {t.get('id', '')}", "name", file, problems) for t in _tables(raw, "level", file, problems)}
    tables = {str(t.get("id", "")): t for t in _tables(raw, "fact", file, problems)}
    facts = {fact: _named(t, f"fact {fact}", "name", file, problems) for fact, t in tables.items()}
    words = {fact: _words(t, "words", f"fact {fact}", file, problems) for fact, t in tables.items()}
    answers = {answer: fact for fact, t in tables.items() for answer in _words(t, "answers", f"fact {fact}", file, problems)}
    reads = {fact: (str(t["reads"]), _words(t, "near", f"fact {fact}", file, problems)) for fact, t in tables.items() if "reads" in t}
    numbers = {fact for fact, t in tables.items() if t.get("kind") == "number"}
    for fact, (what, _near) in reads.items():
        if what not in READERS or fact not in numbers:
            problems.append(Problem(N_("fact {fact}: reads must be age or minutes, of a fact whose kind is number"), {"fact": fact}, file))
    found: list[Rule] = []
    for at, rule in enumerate(_tables(raw, "rule", file, problems), 1):
        name = str(rule.get("id", at))
        every = tuple(_condition(c, facts, numbers, name, file, problems) for c in _tables(rule, "all", file, problems))
        some = tuple(_condition(c, facts, numbers, name, file, problems) for c in _tables(rule, "any", file, problems))
        level = str(rule.get("level", ""))
        if level not in levels:
            problems.append(
                Problem(
                    N_("rule {rule}: level {level} is not among {levels}"),
                    {"rule": name, "level": level, "levels": ", ".join(levels)},
                    file,
                )
            )
        if not every and not some:
            problems.append(Problem(N_("rule {rule} has no condition"), {"rule": name}, file))
        texts = [_named(rule, f"rule {name}", key, file, problems) for key in ("name", "advice")]
        if name in {other.id for other in found}:
            problems.append(Problem(N_("rule {rule} stands twice"), {"rule": name}, file))
        found.append(Rule(name, level, every, some, *texts))
    if problems:
        raise Refusal(problems=tuple(problems))
    if not found:
        raise Refusal(N_("there is no rule in the file"), file=file)
    return Rules(levels, facts, words, answers, reads, tuple(found))


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
    fits = isinstance(value, bool) if how == "is" else isinstance(value, int | float) and not isinstance(value, bool)
    if fact not in facts or not how or not fits or (how == "is") == (fact in numbers):
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
    """Facts that a text tells: yes by its words, an age or minutes by its numbers. What it does not tell stays unknown: silence
    is no 'no'."""
    held = using or rules()
    lowered = " ".join(text.lower().split())
    facts: dict[str, Fact] = {fact: True for fact, words in held.words.items() if any(word in lowered for word in words)}
    for fact, (what, near) in held.reads.items():
        number = READERS[what](lowered, near)
        if number is not None:
            facts[fact] = number
    return facts


def facts_of_answers(answers: Mapping[str, object], using: Rules | None = None) -> dict[str, Fact]:
    """Facts that the ticked answers of the report's form tell."""
    held = using or rules()
    return {fact: True for answer, fact in held.answers.items() if answers.get(answer)}


def triage(facts: Mapping[str, Fact], using: Rules | None = None) -> Triage:
    """Apply the rules to facts (age in years, call_minutes per day, the rest yes or no; None or absent: not known)."""
    held = using or rules()
    states = [(rule, rule.holds(facts)) for rule in held.rules]
    level = next((level for level in held.levels if any(state and rule.level == level for rule, state in states)), "")
    because = tuple(rule for rule, state in states if state and rule.level == level)
    counted = {c.fact: facts[c.fact] for rule in because for c in (*rule.every, *rule.some) if c.holds(facts)}
    order = list(held.levels)
    rank = order.index(level) if level else len(order)
    open_rules = [rule for rule, state in states if state is None and order.index(rule.level) < rank]
    ask = dict.fromkeys(c.fact for rule in open_rules for c in (*rule.every, *rule.some) if c.holds(facts) is None)
    return Triage(level, because, counted, tuple(ask))
