"""From an extract to the figures of a year, and their machine-readable form."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from izker.figures import printing
from izker.figures.extract import Extract
from izker.figures.indicators import Figure, Indicator, definitions
from izker.figures.measures import Period, count_all
from izker.figures.rounding import at_precision, exact_text, wilson
from izker.jurisdictions import data
from izker.words import N_, Refusal, _

MIXED_COHORTS = N_(
    "the numerator also holds offences registered in earlier periods, so this is no probability of being solved"
)
NOT_KNOWN = N_("the register does not hold what this figure needs for the period")
ZERO_DENOMINATOR = N_("the denominator is zero, so there is no share")


def compute(extract: Extract, year: int, as_of: date | None = None, *, jurisdiction: str = "kz") -> list[Figure]:
    """The figures of `year` as the register knew them on `as_of` (default: the last day it knows, else 31 December).

    Refuses a day before the year begins and an extract without a single case of the year.
    """
    period = Period.of_year(year)
    cut_off = as_of or extract.known_until or period.last
    if cut_off < period.first:
        raise Refusal(
            N_("the cut-off {day} lies before {year}: give a later --as-of or an earlier --year"),
            day=cut_off,
            year=year,
        )
    counted = count_all(extract, period, cut_off)
    if not counted["registered"]:
        raise Refusal(
            N_("no internet fraud is registered in {year} in {source}: give another --year or register"),
            year=year,
            source=extract.source,
        )
    return [_figure(d, counted, extract, period, cut_off) for d in definitions(jurisdiction)]


def official_answer(year: int, jurisdiction: str = "kz") -> dict[str, object] | None:
    """The published answer about `year` that the figures can be held against: its date and source; None if none."""
    known = data(jurisdiction, "figures")["answer"]
    return {"date": known["date"].isoformat(), "source": known["source"]} if known["period"] == year else None


def _figure(
    definition: Indicator, counted: dict[str, int | None], extract: Extract, period: Period, cut_off: date
) -> Figure:
    numerator = counted[definition.measure]
    denominator = counted[definition.over] if definition.over else None
    shown = counted[definition.over_shown] if definition.over_shown else denominator
    value = _value(definition, numerator, denominator)
    interval = None
    if (
        definition.kind == "share"
        and value is not None
        and numerator is not None
        and denominator
        and numerator <= denominator
    ):
        low, high = wilson(numerator, denominator)
        interval = (low * 100, high * 100)
    return Figure(
        code=definition.code,
        name=definition.name,
        kind=definition.kind,
        value=None if value is None else int(value) if definition.over is None else float(value),
        numerator=numerator,
        denominator=shown,
        formula=definition.formula,
        unit=definition.unit,
        rounding=definition.rounding,
        decimals=definition.decimals,
        printed={code: _printed(definition, value, code) for code in printing.LANGUAGES},
        exact="" if value is None else exact_text(value),
        interval=interval,
        period=(period.first, period.last),
        cut_off=cut_off,
        source=extract.source,
        synthetic=extract.synthetic,
        notes=_notes(definition, value, denominator),
        official=definition.official if official_answer(period.first.year) else None,
    )


def _value(definition: Indicator, numerator: int | None, denominator: int | None) -> Fraction | None:
    if numerator is None:
        return None
    if definition.over is None:
        return Fraction(numerator)
    if not denominator:
        return None
    ratio = Fraction(numerator, denominator)
    return {"share": ratio * 100, "growth": (ratio - 1) * 100, "ratio": ratio}[definition.kind]


def _printed(definition: Indicator, value: Fraction | None, language: str) -> str:
    if value is None:
        return "–"
    if definition.kind == "money":
        return printing.money(int(value), language)
    if definition.kind == "days":
        return printing.days(int(value), language)
    if definition.over is None:
        return printing.number(int(value), language)
    mode = definition.rounding
    shown: Decimal = at_precision(value, definition.decimals, mode)
    return printing.number(shown, language) if definition.kind == "ratio" else printing.percent(shown, language)


def _notes(definition: Indicator, value: Fraction | None, denominator: int | None) -> tuple[str, ...]:
    notes = []
    if value is None:
        notes.append(ZERO_DENOMINATOR if denominator == 0 else NOT_KNOWN)
    elif definition.mixed_cohorts:
        notes.append(MIXED_COHORTS)
    return tuple(notes)


def to_json(figures: list[Figure], language: str = "en") -> dict[str, object]:
    """The contract of `izker figures --format json`."""
    first = figures[0]
    return {
        "as_of": first.cut_off.isoformat(),
        "period": [day.isoformat() for day in first.period],
        "synthetic": first.synthetic,
        "source": first.source,
        "official_answer": official_answer(first.period[0].year),
        "figures": [f.as_json(language) | {"notes": [_(note, language) for note in f.notes]} for f in figures],
    }
