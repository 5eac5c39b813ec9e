"""Numbers that people read aloud: IZ-2026-004127 for cases, R- for reports, H- for holds. Latin in every language."""

from __future__ import annotations

from django.db.models import F

from izker.server.clock import now
from izker.server.register.models import Counter
from izker.times import local


def take(name: str) -> int:
    """The next number of a row; the row stays locked until the transaction ends."""
    if not Counter.objects.filter(name=name).update(value=F("value") + 1):
        Counter.objects.get_or_create(name=name)
        Counter.objects.filter(name=name).update(value=F("value") + 1)
    return Counter.objects.get(name=name).value


def case_number() -> str:
    year = local(now()).year
    return f"IZ-{year}-{take(f'case-{year}'):06d}"


def report_number() -> str:
    year = local(now()).year
    return f"R-{year}-{take(f'report-{year}'):06d}"


def hold_number() -> str:
    return f"H-{take('hold'):05d}"
