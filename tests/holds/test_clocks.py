"""Legal clocks against calendars as they were known."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from izker.holds.clocks import calendar, codes, deadline, is_business_day
from izker.times import LOCAL, US_PER_DAY, local, to_us
from izker.words import Refusal


def at(*parts: int) -> int:
    return to_us(datetime(*parts, tzinfo=LOCAL))  # type: ignore[misc, arg-type]


def ends(code: str, start: int, known_at: date | None = None) -> datetime:
    return local(deadline(code, start, known_at).until_us).replace(tzinfo=None)


def test_five_business_days_pass_over_a_weekend() -> None:
    assert ends("suspension", at(2025, 11, 3, 15, 30)) == datetime(2025, 11, 10, 15, 30)


def test_a_clock_started_on_a_day_off_begins_on_the_next_working_day() -> None:
    assert ends("suspension", at(2025, 11, 8, 15, 30)) == datetime(2025, 11, 15, 0, 0)


def test_a_clock_started_at_midnight_ends_with_a_working_day_and_not_with_the_weekend_after_it() -> None:
    assert ends("suspension", at(2025, 11, 3)) == datetime(2025, 11, 8, 0, 0)
    assert ends("suspension", at(2025, 11, 4)) == datetime(2025, 11, 11, 0, 0)


def test_holidays_move_the_end() -> None:
    assert ends("suspension", at(2026, 3, 18, 9, 0)) == datetime(2026, 3, 30, 9, 0)


def test_the_same_start_has_two_ends_as_the_calendar_changed_in_march_2026() -> None:
    start = at(2026, 8, 27, 12, 0)
    assert ends("suspension", start, date(2026, 1, 15)) == datetime(2026, 9, 4, 12, 0)
    assert ends("suspension", start, date(2026, 3, 16)) == datetime(2026, 9, 3, 12, 0)
    assert ends("suspension", start) == datetime(2026, 9, 3, 12, 0)


def test_the_amount_follows_the_law_in_force_on_the_day_of_the_start() -> None:
    assert deadline("suspension", at(2025, 8, 30, 23, 59)).amount == 3
    assert deadline("suspension", at(2025, 8, 31, 0, 1)).amount == 5


def test_a_year_whose_holidays_are_not_published_says_so_and_errs_on_the_early_side() -> None:
    found = deadline("suspension", at(2025, 12, 29, 10, 0), known_at=date(2025, 11, 1))
    assert (found.calendar_known, found.verified) == (False, False)
    assert found.until_us < deadline("suspension", at(2025, 12, 29, 10, 0)).until_us


def test_days_hours_and_minutes_are_exact_and_ignore_holidays() -> None:
    start = at(2025, 12, 30, 17, 45)
    assert deadline("restriction", start).until_us == start + 10 * US_PER_DAY
    assert deadline("owner_notice", start).until_us == start + US_PER_DAY
    assert deadline("bank_answer", start).until_us == start + 15 * 60_000_000


def test_days_keep_the_wall_clock_when_the_country_changed_its_offset() -> None:
    found = deadline("restriction", at(2024, 2, 25, 12, 0))
    assert local(found.until_us).replace(tzinfo=None) == datetime(2024, 3, 6, 12, 0)
    assert found.until_us == found.start_us + 10 * US_PER_DAY + 3_600_000_000


def test_a_deadline_carries_its_law_source_and_names() -> None:
    found = deadline("restriction", at(2025, 11, 3, 9, 0))
    assert "161" in found.law
    assert found.source.startswith("https://")
    assert found.verified
    assert {found.label(code) for code in ("kk", "ru", "en")} == set(found.name.values())
    assert not found.passed(found.until_us - 1)
    assert found.passed(found.until_us)


def test_an_assumed_norm_never_looks_verified() -> None:
    assert not deadline("bank_answer", at(2025, 11, 3, 9, 0)).verified


def test_an_unknown_clock_and_a_start_before_the_law_are_refused() -> None:
    with pytest.raises(Refusal, match="no legal clock"):
        deadline("whim", at(2025, 11, 3, 9, 0))
    with pytest.raises(Refusal, match="not in force"):
        deadline("suspension", at(2024, 1, 3, 9, 0))


def test_every_clock_of_the_jurisdiction_can_be_computed_today() -> None:
    start = at(2026, 11, 23, 9, 0)
    assert set(codes()) >= {"suspension", "restriction", "return", "owner_notice", "bank_answer"}
    assert all(deadline(code, start).until_us > start for code in codes())


minutes = st.integers(at(2025, 9, 1, 0, 0) // 60_000_000, at(2026, 11, 30, 0, 0) // 60_000_000)


@given(minutes)
def test_between_start_and_end_lie_exactly_the_business_days_of_the_clock(minute: int) -> None:
    """The slow obvious way: add up minutes of working days, day by day."""
    start = minute * 60_000_000
    end = deadline("suspension", start).until_us
    moment, worked = local(start).replace(tzinfo=None), timedelta()
    finish = local(end).replace(tzinfo=None)
    while moment < finish:
        midnight = datetime.combine(moment.date() + timedelta(days=1), datetime.min.time())
        if is_business_day(moment.date()):
            worked += min(midnight, finish) - moment
        moment = midnight
    assert worked == timedelta(days=5)


def test_a_calendar_of_an_unknown_year_is_empty_and_says_so() -> None:
    assert calendar(2031).known is False
    assert is_business_day(date(2031, 1, 1))
