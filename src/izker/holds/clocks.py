"""Legal clocks: until when an act holds, from the jurisdiction's dated clocks and the calendar as it was known on a day.

How time is counted (the acts read so far do not say it; where it is open, the reading that ends earlier is taken, so that
no hold outlives its ground):
* minutes, hours and days are exact: a day is 24 hours on the local wall clock;
* a business day is 24 hours of local time on a working day: a clock started at 15:00 on a working day ends at 15:00, one
  started on a day off begins at 00:00 of the next working day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from izker.jurisdictions import data
from izker.times import LOCAL, from_us, to_us
from izker.words import N_, Refusal, language

SATURDAY = 5
UNITS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of a legal clock.

    `until_us`: UTC µs; `name`: kk, ru and en; `verified`: the act was read in its source AND, for business days, every
    calendar used was verified; `calendar_known`: False where a year's holidays were not published on the day asked for
    (weekends alone were counted, so the true end may be later, never earlier).
    """

    code: str
    start_us: int
    until_us: int
    amount: int
    unit: str
    name: Mapping[str, str]
    law: str
    source: str
    verified: bool
    calendar_known: bool = True

    def label(self, code: str | None = None) -> str:
        """The clock's name in `code`, or in the language in force."""
        return self.name[code or language()]

    def passed(self, now_us: int) -> bool:
        return now_us >= self.until_us


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days off of one year as known on a day; `days` is empty and `known` False where nothing was published yet."""

    year: int
    days: frozenset[date]
    known: bool
    verified: bool
    source: str


def deadline(code: str, start_us: int, known_at: date | int | None = None, jurisdiction: str = "kz") -> Deadline:
    """When the clock `code` started at `start_us` (UTC µs) runs out.

    The clock in force on the local day of the start is used. `known_at` (a day, or UTC µs) asks for the calendar as it
    was known then; None takes the newest one. Refuses an unknown code and a start before the clock was in force.
    """
    start = from_us(start_us).astimezone(LOCAL)
    clock = _clock_in_force(code, start.date(), jurisdiction)
    amount, unit = int(clock["amount"]), str(clock["unit"])
    known, calendars_verified = True, True
    if unit == "business_days":
        end, used = _after_business_days(start.replace(tzinfo=None), amount, _day(known_at), jurisdiction)
        known, calendars_verified = all(c.known for c in used), all(c.verified for c in used)
    elif unit == "days":
        end = start.replace(tzinfo=None) + amount * UNITS[unit]
    else:
        end = (start.astimezone(UTC) + amount * UNITS[unit]).astimezone(LOCAL).replace(tzinfo=None)
    return Deadline(
        code,
        start_us,
        to_us(end.replace(tzinfo=LOCAL)),
        amount,
        unit,
        clock["name"],
        str(clock["law"]),
        str(clock["source"]),
        bool(clock["verified"]) and calendars_verified,
        known,
    )


def codes(jurisdiction: str = "kz") -> tuple[str, ...]:
    """Every clock code of a jurisdiction, in the order of its file."""
    return tuple(dict.fromkeys(str(clock["code"]) for clock in data(jurisdiction, "clocks")["clock"]))


def is_business_day(day: date, known_at: date | int | None = None, jurisdiction: str = "kz") -> bool:
    """Whether `day` is a working day, as far as the calendar known on `known_at` says."""
    return _works(day, calendar(day.year, _day(known_at), jurisdiction))


@lru_cache(maxsize=256)
def calendar(year: int, known_at: date | None = None, jurisdiction: str = "kz") -> Calendar:
    """The newest calendar of `year` published on or before `known_at` (None: the newest of all)."""
    blocks = [b for b in data(jurisdiction, "holidays")["year"] if b["year"] == year]
    blocks = [b for b in blocks if known_at is None or b["known_from"] <= known_at]
    if not blocks:
        return Calendar(year, frozenset(), False, False, "")
    newest = max(blocks, key=lambda b: b["known_from"])
    return Calendar(year, frozenset(newest["days"]), True, bool(newest["verified"]), str(newest["source"]))


def _clock_in_force(code: str, day: date, jurisdiction: str) -> Mapping[str, Any]:
    named = [clock for clock in data(jurisdiction, "clocks")["clock"] if clock["code"] == code]
    if not named:
        raise Refusal(N_("there is no legal clock {code}; there are: {known}"), code=code, known=", ".join(codes(jurisdiction)))
    for clock in named:
        if clock["in_force_from"] <= day <= clock.get("in_force_to", date.max):
            found: Mapping[str, Any] = clock
            return found
    raise Refusal(N_("the legal clock {code} was not in force on {day}"), code=code, day=day.isoformat())


def _day(known_at: date | int | None) -> date | None:
    return from_us(known_at).astimezone(LOCAL).date() if isinstance(known_at, int) else known_at


def _works(day: date, year: Calendar) -> bool:
    return day.weekday() < SATURDAY and day not in year.days


def _after_business_days(start: datetime, amount: int, known_at: date | None, jurisdiction: str) -> tuple[datetime, tuple[Calendar, ...]]:
    used: dict[int, Calendar] = {}

    def works(day: date) -> bool:
        year = used.setdefault(day.year, calendar(day.year, known_at, jurisdiction))
        return _works(day, year)

    moment = start
    while not works(moment.date()):
        moment = datetime.combine(moment.date() + timedelta(days=1), time.min)
    for _ in range(amount):
        moment += timedelta(days=1)
        while not works(moment.date()):
            moment += timedelta(days=1)
    if moment.time() == time.min:  # ends with the last working day, not with a day off after it
        moment = datetime.combine(_last_working_day_before(moment.date(), works), time.min) + timedelta(days=1)
    return moment, tuple(used.values())


def _last_working_day_before(day: date, works: Callable[[date], bool]) -> date:
    day -= timedelta(days=1)
    while not works(day):
        day -= timedelta(days=1)
    return day
