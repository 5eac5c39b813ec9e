"""The rules against themselves: every version is the text it was saved as and can be read."""

from __future__ import annotations

from collections.abc import Iterator

from izker.links import triage
from izker.server.triage import book
from izker.server.triage.models import TriageRules
from izker.words import N_, Problem, Refusal


def verify() -> Iterator[Problem]:
    for held in TriageRules.objects.order_by("id"):
        if book.digest(held.text) != held.digest:
            yield Problem(N_("triage rules {number}: the text is not the one that was saved"), {"number": held.pk})
            continue
        try:
            triage.parse(held.text, "triage.toml")
        except Refusal as refusal:
            yield Problem(N_("triage rules {number} cannot be read: {why}"), {"number": held.pk, "why": str(refusal)})
