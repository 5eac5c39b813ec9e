"""A case's state is the fold of its events: the last value of each attribute in the order the register learnt them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.dateparse import parse_datetime

from izker.server.register.models import Case, Event

ATTRIBUTES: tuple[str, ...] = (
    "status", "occurred_at", "reported_at", "registered_at", "region", "scheme", "ministry_class", "article", "gravity", "damage",
    "victim_age", "victim_sex", "home_sale", "counted", "solved_at", "to_court_at", "interrupted_at",
)  # fmt: skip
MOMENTS = tuple(a for a in ATTRIBUTES if isinstance(Case._meta.get_field(a), models.DateTimeField))


def default(attribute: str) -> Any:
    """What a case's row holds before any event set the attribute."""
    field = Case._meta.get_field(attribute)
    assert isinstance(field, models.Field)
    return field.get_default()


def parse(attribute: str, value: Any) -> Any:
    return parse_datetime(value) if attribute in MOMENTS and isinstance(value, str) else value


def as_json(attribute: str, value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def fold(values: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Attributes after these event values, in order; what no event set is absent."""
    state: dict[str, Any] = {}
    for value in values:
        state.update({a: parse(a, v) for a, v in value.items() if a in ATTRIBUTES})
    return state


def state_at(case: Case, *, known_at: datetime) -> dict[str, Any]:
    """What the register knew of the case at `known_at`; empty if it knew nothing."""
    events = Event.objects.filter(case=case, recorded_at__lte=known_at).order_by("recorded_at", "id")
    return fold(events.values_list("value", flat=True))
