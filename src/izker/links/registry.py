"""The registry of mule accounts, numbers and links: what was seen where, how often, how sure, until when; and the
appeal of who stands in it.

Pure transitions: each takes an entry and returns the next; the server keeps them as steps of an append-only log, whose
`fold` is the entry. Moments are UTC µs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from typing import Any

from izker.identifiers import stored
from izker.jurisdictions import data
from izker.times import US_PER_DAY
from izker.words import N_, Refusal

APPEALS = ("none", "open", "granted", "refused")


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where an identifier was seen: who says so (`source`: a reporter, a case whose money a bank found there, the
    officers), why it counts, in which region."""

    source: str
    reason: str
    seen_at: int
    region: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One identifier of the registry. `value` is what may be stored (a card: first six, last four). `sightings` in
    order of time, one a source and reason; the officers' word may be renewed. `withdrawn_at`: set when an officer
    withdrew it or an appeal was granted; sightings up to then no longer count."""

    kind: str
    value: str
    sightings: tuple[Sighting, ...] = ()
    appeal: str = "none"
    appeal_text: str = ""
    appealed_at: int | None = None
    decided_at: int | None = None
    decision: str = ""
    withdrawn_at: int | None = None

    @property
    def counting(self) -> tuple[Sighting, ...]:
        """Sightings that an appeal has not taken away."""
        after = self.withdrawn_at
        return self.sightings if after is None else tuple(s for s in self.sightings if s.seen_at > after)

    @property
    def sources(self) -> int:
        return len({s.source for s in self.counting})

    @property
    def regions(self) -> tuple[str, ...]:
        return tuple(sorted({s.region for s in self.counting if s.region}))


@lru_cache
def reasons(jurisdiction: str = "kz") -> Mapping[str, Mapping[str, Any]]:
    """Reason codes: certainty (0..1), days an entry lives after it, names."""
    return {row["code"]: row for row in data(jurisdiction, "identifiers")["reason"]}


def listed_from(jurisdiction: str = "kz") -> float:
    """From which certainty on an entry is listed."""
    return float(data(jurisdiction, "identifiers")["registry"]["listed_from"])


def see(entry: Entry | None, kind: str, value: str, sighting: Sighting) -> Entry:
    """The entry after one more sighting. The same source and reason again changes nothing, so a message may arrive
    twice."""
    _known(sighting.reason)
    entry = entry or Entry(kind, stored(kind, value))
    told = any(s.source == sighting.source and s.reason == sighting.reason for s in entry.counting)
    if told or sighting in entry.sightings:
        return entry
    return _with(entry, sighting)


def confirm(entry: Entry | None, kind: str, value: str, sighting: Sighting) -> Entry:
    """The entry after an officer's word: listed anew, or its life extended from now by the reason's days."""
    _known(sighting.reason)
    return _with(entry or Entry(kind, stored(kind, value)), sighting)


def certainty(entry: Entry, now: int) -> float:
    """How sure, 0..1: 1 - product(1 - certainty) over the live sightings, the best reason of each source. Sources are
    taken as independent: two reports by one reporter are one source, and so are all words of the officers."""
    return 1 - prod(1 - share for share in shares(entry, now))


def shares(entry: Entry, now: int) -> list[float]:
    """What each live source makes sure, strongest first: `certainty` = 1 - product(1 - share)."""
    best: dict[str, float] = {}
    for s in entry.counting:
        if s.seen_at <= now < until(s):
            best[s.source] = max(best.get(s.source, 0.0), float(reasons()[s.reason]["certainty"]))
    return sorted(best.values(), reverse=True)


def expires_at(entry: Entry) -> int | None:
    """When the last live reason ends; None where none counts."""
    return max((until(s) for s in entry.counting), default=None)


def status(entry: Entry, now: int) -> str:
    """`listed` (look-ups tell it), `watched` (officers see it), `expired`, or `withdrawn`. An open appeal stops the
    listing until it is decided."""
    end = expires_at(entry)
    if end is None:
        return "withdrawn" if entry.withdrawn_at is not None else "expired"
    if now >= end:
        return "expired"
    return "listed" if certainty(entry, now) >= listed_from() and entry.appeal != "open" else "watched"


def withdraw(entry: Entry, ground: str, now: int) -> Entry:
    """Take an entry off: sightings so far cease to count, a later one starts anew. Refuses one that nothing keeps."""
    if not entry.counting:
        raise Refusal(N_("nothing keeps this entry: there is nothing to withdraw"))
    if not ground.strip():
        raise Refusal(N_("write the ground of the decision"))
    return replace(entry, withdrawn_at=now)


def appeal(entry: Entry, text: str, now: int) -> Entry:
    """Open an appeal; refuses a second one while the first is open, or one without a ground."""
    if entry.appeal == "open":
        raise Refusal(N_("an appeal is open already: wait for its decision"))
    if not text.strip():
        raise Refusal(N_("say why the entry is wrong"))
    return replace(entry, appeal="open", appeal_text=text.strip(), appealed_at=now, decided_at=None, decision="")


def decide(entry: Entry, *, granted: bool, ground: str, now: int) -> Entry:
    """Decide an open appeal, with a ground. Granted: all sightings so far cease to count; a later one starts anew."""
    if entry.appeal != "open":
        raise Refusal(N_("there is no open appeal to decide"))
    if not ground.strip():
        raise Refusal(N_("write the ground of the decision"))
    decided = replace(entry, appeal="granted" if granted else "refused", decided_at=now, decision=ground.strip())
    return replace(decided, withdrawn_at=now) if granted else decided


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an entry's log. `kind`: seen, listed, withdrawn, appealed, granted, refused or undone; `undoes`: the
    number of the step that an undone takes back; the rest as the kind needs it."""

    number: int
    kind: str
    at: int
    reason: str = ""
    source: str = ""
    region: str = ""
    text: str = ""
    undoes: int | None = None


UNDOABLE = ("listed", "withdrawn")
DECISIONS = (*UNDOABLE, "appealed", "granted", "refused")


def fold(kind: str, value: str, steps: Iterable[Step]) -> Entry:
    """The entry that a log leads to. What was taken back was never there; nothing is refused here any more: the log holds what
    `see` and the others let through."""
    steps = tuple(steps)
    gone = {step.undoes for step in steps if step.kind == "undone"}
    entry = Entry(kind, stored(kind, value))
    sightings: list[Sighting] = []
    for step in steps:
        if step.number in gone or step.kind == "undone":
            continue
        match step.kind:
            case "seen" | "listed":
                sightings.append(Sighting(step.source, step.reason, step.at, step.region))
            case "withdrawn":
                entry = replace(entry, withdrawn_at=step.at)
            case "appealed":
                entry = replace(entry, appeal="open", appeal_text=step.text, appealed_at=step.at, decided_at=None, decision="")
            case "granted" | "refused":
                entry = replace(entry, appeal=step.kind, decided_at=step.at, decision=step.text)
                if step.kind == "granted":
                    entry = replace(entry, withdrawn_at=step.at)
            case _:
                raise ValueError(f"no step of the registry: {step.kind!r}")
    return replace(entry, sightings=tuple(sorted(sightings, key=_order)))


def undoable(steps: Iterable[Step]) -> Step | None:
    """The step a person may take back now: the last decision that still stands, if it is a listing or a withdrawal.
    An appeal and its decision stay: a new appeal follows them, nothing unmakes them."""
    steps = tuple(steps)
    gone = {step.undoes for step in steps if step.kind == "undone"}
    standing = [step for step in steps if step.kind in DECISIONS and step.number not in gone]
    return standing[-1] if standing and standing[-1].kind in UNDOABLE else None


def _known(reason: str) -> None:
    if reason not in reasons():
        raise Refusal(N_("reason {code} is unknown; there are: {have}"), code=reason, have=", ".join(reasons()))


def _with(entry: Entry, sighting: Sighting) -> Entry:
    return replace(entry, sightings=tuple(sorted((*entry.sightings, sighting), key=_order)))


def _order(sighting: Sighting) -> tuple[int, str, str]:
    return sighting.seen_at, sighting.source, sighting.reason


def until(sighting: Sighting) -> int:
    """When a sighting ceases to count, by its reason's days."""
    return sighting.seen_at + int(reasons()[sighting.reason]["days"]) * US_PER_DAY
