"""The registry of mule accounts, numbers and links: what was seen where, how often, how sure, until when; and the
appeal of who stands in it.

Pure transitions: each takes an entry and returns the next; the server keeps them and writes who did it. Moments are
UTC µs.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    """Where an identifier was seen: a report or a bank's message (`source`, an id), why it counts, in which region."""

    source: str
    reason: str
    seen_at: int
    region: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One identifier of the registry. `value` is what may be stored (a card: first six, last four). `sightings` in
    order of time, one a
    source and reason. `withdrawn_at`: set when an appeal was granted; sightings up to then no longer count."""

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


def see(entry: Entry | None, kind: str, value: str, sighting: Sighting) -> Entry:
    """The entry after one more sighting. The same source and reason again changes nothing, so a message may arrive
    twice."""
    if sighting.reason not in reasons():
        raise Refusal(N_("reason {code} is unknown; there are: {have}"), code=sighting.reason, have=", ".join(reasons()))
    entry = entry or Entry(kind, stored(kind, value))
    if any(s.source == sighting.source and s.reason == sighting.reason for s in entry.sightings):
        return entry
    return replace(entry, sightings=tuple(sorted((*entry.sightings, sighting), key=lambda s: (s.seen_at, s.source, s.reason))))


def certainty(entry: Entry, now: int) -> float:
    """How sure, 0..1: 1 - product(1 - certainty) over the live sightings, the best reason of each source. Sources are
    taken as
    independent, which two reports of one series are not: give the series as the source where it is known."""
    best: dict[str, float] = {}
    for s in entry.counting:
        if s.seen_at <= now < _until(s):
            best[s.source] = max(best.get(s.source, 0.0), float(reasons()[s.reason]["certainty"]))
    return 1 - prod(1 - share for share in best.values())


def expires_at(entry: Entry) -> int | None:
    """When the last live reason ends; None where none counts."""
    return max((_until(s) for s in entry.counting), default=None)


def status(entry: Entry, now: int) -> str:
    """`listed` (look-ups tell it), `watched` (officers see it), `expired`, or `withdrawn`. An open appeal stops the
    listing until it is decided."""
    until = expires_at(entry)
    if until is None:
        return "withdrawn" if entry.withdrawn_at is not None else "expired"
    if now >= until:
        return "expired"
    sure = certainty(entry, now) >= float(data("kz", "identifiers")["registry"]["listed_from"])
    return "listed" if sure and entry.appeal != "open" else "watched"


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


def _until(sighting: Sighting) -> int:
    return sighting.seen_at + int(reasons()[sighting.reason]["days"]) * US_PER_DAY
