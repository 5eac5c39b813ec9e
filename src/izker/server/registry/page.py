"""What the registry's pages show: the list with its search, one entry with who said what of it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from izker.identifiers import normalise
from izker.links import registry
from izker.server import policy
from izker.server.clock import now, now_us
from izker.server.fields import fingerprint
from izker.server.registry import book
from izker.server.registry.actions.decide import GIVEN, Undo
from izker.server.registry.models import RegistryEntry

VIEWS = ("live", "appeals", "over")


def number_of(text: str) -> int | None:
    """'M-12' -> 12."""
    bare = text.strip().upper().removeprefix("M-")
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 12 else None


def search(query: str, view: str, kind: str) -> QuerySet[RegistryEntry]:
    """Entries that count now (`live`), with an open appeal, or over; found by value (through its fingerprint), by number or by what
    its mask shows."""
    found = RegistryEntry.objects.prefetch_related("steps").order_by("-last_seen", "-id")
    at = now()
    if view == "appeals":
        found = found.filter(appeal="open")
    elif view == "over":
        found = found.filter(Q(until=None) | Q(until__lte=at))
    elif not query:
        found = found.filter(until__gt=at)
    if kind in book.KINDS:
        found = found.filter(kind=kind)
    if query:
        wanted = Q(fingerprint__in=marks(query)) | Q(masked__icontains=query)
        if query.upper().startswith("M-") and (number := number_of(query)) is not None:
            wanted |= Q(pk=number)
        found = found.filter(wanted)
    return found


def marks(query: str) -> list[str]:
    """Fingerprints of everything the query can be read as."""
    read = [(kind, normalise(kind, query)) for kind in book.KINDS]
    spots = [book.place(kind, one.value) for kind, one in read if one.valid]
    return [fingerprint(*spot) for spot in spots if spot is not None]


def listing(rows: list[RegistryEntry]) -> list[book.Known]:
    return book.all_known(rows, now())


def counts() -> dict[str, int]:
    at = now()
    return {
        "live": RegistryEntry.objects.filter(until__gt=at).count(),
        "appeals": RegistryEntry.objects.filter(appeal="open").count(),
        "over": RegistryEntry.objects.filter(Q(until=None) | Q(until__lte=at)).count(),
    }


def gather(entry: RegistryEntry, user: Any) -> dict[str, Any]:
    """One entry: its state, how its certainty comes about, its log newest first, and what this person may do with it."""
    known = book.known(entry, now())
    steps = list(entry.steps.select_related("report", "case", "undoes").order_by("-id"))
    last = registry.undoable(book.steps_of(entry))
    may_undo = last is not None and policy.may(user, Undo.of[last.kind])
    undone = {s.undoes_id for s in steps if s.kind == "undone"}
    return {
        "known": known,
        "entry": entry,
        "shares": registry.shares(known.folded, now_us()),
        "steps": [{"step": s, "gone": s.pk in undone} for s in steps],
        "undo": last if may_undo else None,
        "reasons": reason_rows(GIVEN),
    }


def reason_rows(codes: tuple[str, ...]) -> list[dict[str, Any]]:
    """Reasons to choose from: code, certainty, days of life."""
    table = registry.reasons()
    return [{"code": code, "days": table[code]["days"], "certainty": table[code]["certainty"]} for code in codes]
