"""The register against itself: every case's row is the fold of its events."""

from __future__ import annotations

from collections.abc import Iterator

from izker.server.register.fold import ATTRIBUTES, default, fold
from izker.server.register.models import Case, Event
from izker.words import N_, Problem


def verify() -> Iterator[Problem]:
    """One problem a case and attribute that is not what its events say."""
    defaults = {a: default(a) for a in ATTRIBUTES}
    folded: dict[int, dict[str, object]] = {}
    for case, value in Event.objects.order_by("recorded_at", "id").values_list("case_id", "value").iterator(5000):
        folded.setdefault(case, {}).update(fold([value]))
    for row in Case.objects.values("id", "number", *ATTRIBUTES).iterator(5000):
        expected = {**defaults, **folded.get(row["id"], {})}
        for name in ATTRIBUTES:
            if row[name] != expected[name]:
                yield Problem(N_("case {number}: {attribute} differs from what its events say"), {"number": row["number"], "attribute": name})
