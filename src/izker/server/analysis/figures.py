"""The indicators of a year from the register, as known on a day. Computed once a day and register state, then remembered."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from izker.figures import Extract as RegisterExtract
from izker.figures import Figure, compute, to_json
from izker.server.register.extract import extract
from izker.server.register.models import Event


@lru_cache(maxsize=8)
def _computed(year: int, as_of: date, stamp: int) -> tuple[RegisterExtract, tuple[Figure, ...]]:
    found = extract(as_of)
    return found, tuple(compute(found, year=year, as_of=as_of))


def computed(year: int, as_of: date) -> tuple[RegisterExtract, tuple[Figure, ...]]:
    """The extract and its figures; a new event in the register makes them anew."""
    stamp = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return _computed(year, as_of, stamp)


def figures_json(year: int, as_of: date) -> dict[str, Any]:
    return to_json(list(computed(year, as_of)[1]))
