"""Local working moments as UTC microseconds. The register works on the country's one time, UTC+5 since 2024-03-01."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

import numpy as np

from izker.jurisdictions import data
from izker.times import LOCAL, US_PER_DAY, US_PER_SECOND, to_us
from izker.world.streams import FloatArray, IntArray, choose

HOUR = 3600 * US_PER_SECOND
MINUTE = 60 * US_PER_SECOND
DAY = US_PER_DAY


def day_start(day: date) -> int:
    """UTC µs of local midnight."""
    return to_us(datetime(day.year, day.month, day.day, tzinfo=LOCAL))


def days_of_month(year: int, month: int) -> list[date]:
    first = date(year, month, 1)
    last = date(year + month // 12, month % 12 + 1, 1)
    return [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal())]


@lru_cache
def holidays(year: int) -> frozenset[date]:
    """Official non-working days of a year as known before it began."""
    blocks = [b for b in data("kz", "holidays")["year"] if b["year"] == year and b["known_from"] < date(year, 1, 2)]
    return frozenset(blocks[-1]["days"]) if blocks else frozenset()


def is_working(day: date) -> bool:
    return day.weekday() < 5 and day not in holidays(day.year)


def registration_weight(day: date) -> float:
    """How much a duty station registers on a day, relative to a working day (assumption)."""
    return 1.0 if is_working(day) else 0.35


def office_hours(rng: np.random.Generator, midnights: IntArray) -> IntArray:
    """Moments between 08:00 and 20:00 local on the given days, densest around 11:00: the date is the same in UTC."""
    hours: FloatArray = 8.0 + 12.0 * rng.beta(1.7, 2.3, len(midnights))
    return midnights + (hours * 3600).astype(np.int64) * US_PER_SECOND


def spread_over(rng: np.random.Generator, days: list[date], size: int) -> IntArray:
    """`size` registration moments over `days`."""
    starts = np.array([day_start(d) for d in days], dtype=np.int64)
    return office_hours(rng, starts[choose(rng, [registration_weight(d) for d in days], size)])
