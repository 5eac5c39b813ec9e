"""What time it is for the register: the machine's clock, or the demo's, which stands still while nothing runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from izker.config import config
from izker.times import to_us


def now() -> datetime:
    return datetime.now(UTC) + timedelta(microseconds=config().clock_offset_us)


def now_us() -> int:
    return to_us(now())
