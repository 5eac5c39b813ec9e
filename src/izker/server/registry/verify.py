"""The registry against itself: every entry's row is the fold of its steps, and its fingerprint and mask are its value's."""

from __future__ import annotations

from collections.abc import Iterator

from izker.identifiers import mask
from izker.server.fields import fingerprint
from izker.server.registry import book
from izker.server.registry.models import RegistryEntry
from izker.words import N_, Problem


def verify() -> Iterator[Problem]:
    """One problem an entry and what differs."""
    for entry in RegistryEntry.objects.order_by("id").prefetch_related("steps").iterator(500):
        said = {**book.columns(book.folded(entry)), "version": len(entry.steps.all())}
        for name, value in said.items():
            if getattr(entry, name) != value:
                yield Problem(N_("registry {number}: {attribute} differs from what its steps say"), {"number": entry.number, "attribute": name})
        if entry.kind != "card" and fingerprint(entry.kind, entry.value) != entry.fingerprint:  # of a card only ten digits are kept
            yield Problem(N_("registry {number}: the fingerprint is not its value's"), {"number": entry.number})
        if entry.kind != "card" and mask(entry.kind, entry.value)[:80] != entry.masked:
            yield Problem(N_("registry {number}: the mask is not its value's"), {"number": entry.number})
