"""The one place that writes an event and the state it leads to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from izker.server.actions import Changed
from izker.server.clock import now
from izker.server.register.fold import ATTRIBUTES, as_json
from izker.server.register.models import Case, Event


def record(
    case: Case,
    kind: str,
    *,
    actor: str,
    sets: dict[str, Any] | None = None,
    facts: dict[str, Any] | None = None,
    valid_at: datetime | None = None,
    expected: dict[str, Any] | None = None,
) -> Event:
    """Append an event that sets attributes (`sets`) and tells facts that are none, and bring the case's row up to it.

    `expected` is the compare of compare-and-set: attribute values the caller saw; `Changed` if the row holds others by now.
    """
    sets = sets or {}
    unknown = set(sets) - set(ATTRIBUTES)
    if unknown:
        raise ValueError(f"no attributes of a case: {sorted(unknown)}")
    at = now()
    if sets:
        updated = Case.objects.filter(pk=case.pk, **(expected or {})).update(**sets)
        if updated != 1:
            raise Changed(case.number)
        for name, value in sets.items():
            setattr(case, name, value)
    return Event.objects.create(
        case=case,
        kind=kind,
        valid_at=valid_at or at,
        recorded_at=at,
        value={**{a: as_json(a, v) for a, v in sets.items()}, **(facts or {})},
        actor=actor,
    )
