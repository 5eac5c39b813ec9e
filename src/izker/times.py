"""Time: UTC microseconds inside, the jurisdiction's local time at the edges."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

US_PER_SECOND = 1_000_000
US_PER_DAY = 86_400 * US_PER_SECOND
LOCAL = ZoneInfo("Asia/Almaty")  # UTC+6 until 2024-02-29, UTC+5 since 2024-03-01: tzdata knows


def to_us(moment: datetime) -> int:
    """UTC microseconds since 1970 of an aware datetime; a naive one is read as local time."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=LOCAL)
    delta = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * US_PER_SECOND + delta.microseconds


def from_us(us: int) -> datetime:
    """Aware UTC datetime of `us` microseconds since 1970."""
    seconds, micro = divmod(us, US_PER_SECOND)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micro)


def local(moment: datetime | int) -> datetime:
    """The same moment on the wall clock of the jurisdiction."""
    return (from_us(moment) if isinstance(moment, int) else moment).astimezone(LOCAL)
