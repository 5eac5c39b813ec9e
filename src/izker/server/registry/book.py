"""The one place that writes a step of the registry and the state it leads to; and what the registry knows of identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from izker.identifiers import mask, registered, stored
from izker.links import keys, registry
from izker.server.actions import Changed
from izker.server.clock import now
from izker.server.fields import fingerprint
from izker.server.registry.models import RegistryEntry, RegistryStep
from izker.times import from_us, to_us

KINDS = ("phone", "card", "iban", "domain", "url", "handle", "email", "wallet")
OFFICERS = "officers"  # their words are one source, however many they are


@dataclass(frozen=True, slots=True)
class Known:
    """What the registry knows of one identifier at a moment. `certainty` 0..1; `reasons`: codes of what counts, strongest first;
    `seen`: how many sources; `status`: listed, watched, expired or withdrawn."""

    entry: RegistryEntry
    status: str
    certainty: float
    seen: int
    regions: tuple[str, ...]
    reasons: tuple[str, ...]
    until: datetime | None
    folded: registry.Entry


def place(kind: str, value: str) -> tuple[str, str] | None:
    """Under what an identifier stands in the registry: a link under its host, unless everybody uses the host; None for what is
    public (a bank's hot line, its own site) and for kinds that are kept nowhere."""
    if kind not in KINDS:
        return None
    if kind in ("url", "domain"):
        parts = urlsplit(value if "://" in value else f"https://{value}")
        host = (parts.hostname or "").removeprefix("www.")
        shared = {("domain", host), ("domain", registered(host))} & keys.public()
        if not host or (shared and not parts.path.strip("/")):
            return None
        return ("url", f"{host}{parts.path}"[:400]) if shared else ("domain", host)
    return None if (kind, value) in keys.public() else (kind, value)


def steps_of(entry: RegistryEntry) -> list[registry.Step]:
    return [
        registry.Step(s.pk, s.kind, to_us(s.at), s.reason, s.source, s.region, s.text, s.undoes_id)
        for s in sorted(entry.steps.all(), key=lambda s: s.pk)
    ]


def folded(entry: RegistryEntry) -> registry.Entry:
    return registry.fold(entry.kind, entry.value, steps_of(entry))


def columns(state: registry.Entry) -> dict[str, Any]:
    """The columns of an entry's row that its fold says."""
    until = registry.expires_at(state)
    last = max((s.seen_at for s in state.sightings), default=None)
    return {
        "until": from_us(until) if until is not None else None,
        "last_seen": from_us(last) if last is not None else None,
        "appeal": state.appeal,
        "withdrawn_at": from_us(state.withdrawn_at) if state.withdrawn_at is not None else None,
    }


def find(kind: str, value: str) -> RegistryEntry | None:
    at = place(kind, value)
    return RegistryEntry.objects.filter(fingerprint=fingerprint(*at)).first() if at else None


def open_entry(kind: str, value: str, *, synthetic: bool) -> RegistryEntry:
    """The entry of an identifier as `place` gave it, made where there is none; its row is locked until the transaction ends."""
    RegistryEntry.objects.get_or_create(
        fingerprint=fingerprint(kind, value),
        defaults={"kind": kind, "value": stored(kind, value), "masked": mask(kind, value)[:80], "synthetic": synthetic},
    )
    return RegistryEntry.objects.select_for_update().get(fingerprint=fingerprint(kind, value))


def told(entry: RegistryEntry, source: str, reason: str, at: datetime) -> bool:
    """True if this source gave this reason before, and nothing has taken it away since."""
    before = entry.steps.filter(kind="seen", source=source, reason=reason)
    counting = before if entry.withdrawn_at is None else before.filter(at__gt=entry.withdrawn_at) | before.filter(at=at)
    return counting.exists()


def see(entry: RegistryEntry, *, reason: str, at: datetime, actor: str, **what: Any) -> RegistryStep:
    """Append a sighting and bring the row up to it without reading the log: `verify` holds the two together."""
    step = RegistryStep.objects.create(entry=entry, kind="seen", reason=reason, at=at, actor=actor, **what)
    values: dict[str, Any] = {"last_seen": max(filter(None, (entry.last_seen, at)))}
    if entry.withdrawn_at is None or at > entry.withdrawn_at:
        values["until"] = max(filter(None, (entry.until, at + timedelta(days=int(registry.reasons()[reason]["days"])))))
    _bring(entry, entry.version, values)
    return step


def append(
    entry: RegistryEntry, kind: str, *, actor: str, expected: int, reason: str = "", text: str = "", undoes: int | None = None
) -> RegistryStep:
    """Append a person's decision and bring the entry's row up to it. `expected`: the version the person saw; `Changed` if others
    came first."""
    step = RegistryStep.objects.create(
        entry=entry, kind=kind, reason=reason, source=OFFICERS if kind == "listed" else "", text=text, undoes_id=undoes, at=now(), actor=actor
    )  # fmt: skip
    fresh = RegistryEntry.objects.prefetch_related("steps").get(pk=entry.pk)
    _bring(entry, expected, columns(folded(fresh)))
    return step


def _bring(entry: RegistryEntry, expected: int, values: dict[str, Any]) -> None:
    if RegistryEntry.objects.filter(pk=entry.pk, version=expected).update(version=expected + 1, **values) != 1:
        raise Changed(entry.number)
    entry.refresh_from_db()


def known(entry: RegistryEntry, at: datetime) -> Known:
    state = folded(entry)
    us = to_us(at)
    live = [s for s in state.counting if s.seen_at <= us]
    sure = registry.reasons()
    codes = sorted({s.reason for s in live}, key=lambda code: -float(sure[code]["certainty"]))
    until = registry.expires_at(state)
    return Known(
        entry, registry.status(state, us), registry.certainty(state, us), state.sources, state.regions, tuple(codes),
        from_us(until) if until is not None else None, state,
    )  # fmt: skip


def of_identifiers(found: Sequence[tuple[str, str]], at: datetime) -> dict[tuple[str, str], Known]:
    """What the registry knows of these (kind, value); what it does not know, or what has expired, is absent."""
    places = {one: spot for one in found if (spot := place(*one)) is not None}
    marks = {fingerprint(*spot): one for one, spot in places.items()}
    entries = RegistryEntry.objects.filter(fingerprint__in=list(marks)).prefetch_related("steps")
    by_mark = {entry.fingerprint: known(entry, at) for entry in entries}
    here = {one: by_mark[fingerprint(*spot)] for one, spot in places.items() if fingerprint(*spot) in by_mark}
    return {one: what for one, what in here.items() if what.status != "expired"}


def all_known(entries: Iterable[RegistryEntry], at: datetime) -> list[Known]:
    return [known(entry, at) for entry in entries]
