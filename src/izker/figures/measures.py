"""What is counted in the register for a period: named integers, from which every indicator is a formula.

Days are local days of the jurisdiction. A case counts as solved in the period in which the deciding act fell, whatever
the year of its registration (so the official disclosure rate mixes cohorts; `solved_same_cohort` does not).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from izker.figures.extract import LOCAL_ZONE, Extract

NAMED_METHODS = ("impersonation", "advance_payment", "investment")
OVER = 60  # «over 60» of the official answer: 60 and more full years, as form 1-M counts its age group "60 and over"
_US_PER_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Period:
    """Whole local days, both ends included."""

    first: date
    last: date

    @classmethod
    def of_year(cls, year: int) -> Period:
        return cls(date(year, 1, 1), date(year, 12, 31))

    def before(self) -> Period:
        """The same days a year earlier (29 February becomes the 28th)."""
        return Period(_year_back(self.first), _year_back(self.last))


def _year_back(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def local_day(column: str) -> pl.Expr:
    return pl.col(column).dt.convert_time_zone(LOCAL_ZONE).dt.date()


def as_known(cases: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The cases as they stood at the end of the local day `as_of`: later registrations gone, later acts undone,
    cases that had been withdrawn by then (joined to another, re-qualified) left out.
    """
    known = cases.filter(local_day("registered_at") <= as_of)
    acts = ("solved_at", "to_court_at", "interrupted_at")
    known = known.filter(~(local_day("withdrawn_at") <= as_of).fill_null(False))
    return known.with_columns([pl.when(local_day(c) <= as_of).then(pl.col(c)).alias(c) for c in acts])


def within(column: str, period: Period) -> pl.Expr:
    return local_day(column).is_between(period.first, period.last)


def count_all(extract: Extract, period: Period, as_of: date) -> dict[str, int | None]:
    """Every measure by name; None where the extract cannot tell (no totals for the period, no home sale, no known
    age).
    """
    cases = as_known(extract.cases, as_of)
    registered = cases.filter(within("registered_at", period))
    solved = cases.filter(within("solved_at", period))
    interrupted = cases.filter(within("interrupted_at", period) & ~within("solved_at", period).fill_null(False))
    before = period.before()
    earlier = cases.filter(within("registered_at", before)).height
    methods = {m: registered.filter(pl.col("ministry_class") == m).height for m in NAMED_METHODS}
    values: dict[str, int | None] = {
        "registered": registered.height,
        "registered_before": earlier or None,
        "solved": solved.height,
        "solved_before": cases.filter(within("solved_at", before)).height or None,
        "solved_grave": solved.filter(pl.col("gravity") == "grave").height,
        "solved_same_cohort": registered.filter(pl.col("solved_at").is_not_null()).height,
        "solved_or_interrupted": solved.height + interrupted.height
        if cases.get_column("interrupted_at").is_not_null().any()
        else None,
        "persons": _persons(extract, period, as_of),
        "method_unnamed": registered.height - sum(methods.values()),
        **{f"method_{m}": n for m, n in methods.items()},
        **_totals(extract, period, as_of),
        **_home_sales(registered.filter(pl.col("home_sale").fill_null(False))),
    }
    return values


def _persons(extract: Extract, period: Period, as_of: date) -> int:
    charged = extract.persons.filter(within("charged_at", period) & (local_day("charged_at") <= as_of))
    return int(charged.get_column("person_id").n_unique())


def _totals(extract: Extract, period: Period, as_of: date) -> dict[str, int | None]:
    """Sums of the monthly totals whose month lies whole in the period and in what is known."""
    last = min(period.last, as_of)
    months = extract.offences.filter((pl.col("month") >= period.first) & (pl.col("month").dt.month_end() <= last))
    wanted = (last.year - period.first.year) * 12 + last.month - period.first.month + 1
    whole = last == _month_end(last) and period.first.day == 1 and months.get_column("month").n_unique() == wanted
    if not whole:
        return {"all_offences": None, "all_fraud": None}
    corrected = pl.when(pl.col("month").dt.year() < as_of.year).then("all_fraud").otherwise("all_fraud_first")
    all_fraud = int(months.select(corrected.sum()).item())
    return {"all_offences": int(months.get_column("all_offences").sum()), "all_fraud": all_fraud}


def _month_end(day: date) -> date:
    return pl.Series([day]).dt.month_end()[0]  # type: ignore[no-any-return]


def _home_sales(sales: pl.DataFrame) -> dict[str, int | None]:
    ages = sales.get_column("victim_age").drop_nulls()
    days = (
        sales.get_column("reported_at").dt.epoch("us") - sales.get_column("occurred_at").dt.epoch("us")
    ).drop_nulls() // _US_PER_DAY
    damage = sales.get_column("damage").drop_nulls()
    return {
        "home_sales": sales.height,
        "home_sales_court": int(sales.get_column("to_court_at").is_not_null().sum()),
        "home_sales_over_60": int((ages >= OVER).sum()),
        "home_sales_age_known": ages.len() or None,
        "home_sales_max_damage": _whole(damage.max()),
        "delay_home_sales_min": _whole(days.min()),
        "delay_home_sales_max": _whole(days.max()),
    }


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
