"""What the figures page shows: the table of the official answer, formulas as footnotes, the map by region, the methods."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from izker.figures import Figure
from izker.jurisdictions import regions
from izker.outlook.pictures_map import tile_map
from izker.server.analysis.figures import computed
from izker.times import LOCAL

MAIN = ("share_of_all", "share_of_fraud", "solved", "persons", "home_sales")  # rows that stand alone; the others are indented under them
ROWS = (
    "share_of_all", "share_of_fraud", "solved", "disclosure", "solved_growth", "solved_grave", "persons", "solved_per_person",
    "home_sales", "home_sales_share", "home_sales_over_60", "home_sales_court", "home_sales_max_damage", "delay_home_sales_min",
    "delay_home_sales_max",
)  # fmt: skip
METHODS = ("method_impersonation", "method_advance_payment", "method_investment", "method_unnamed")
SMALLEST_CELL = 3  # regions with fewer cases are not shown: a small number points at people (issue of disclosure, docs/figures.md)


def gather(year: int, as_of: date, language: str) -> dict[str, Any]:
    extract, figures = computed(year, as_of)
    by_code = {f.code: f for f in figures}
    shown = [by_code[code] for code in ROWS if code in by_code]
    registered = by_code["registered"]
    notes = [registered, *shown]
    return {
        "year": year,
        "as_of": as_of,
        "registered": _row(registered, 1, language),
        "rows": [_row(f, n, language) for n, f in enumerate(shown, 2)],
        "notes": [{"n": n, "text": f.formula[language], "exact": f.exact, "notes": [_(note) for note in f.notes]} for n, f in enumerate(notes, 1)],
        "map": _map(extract.cases, year),
        "methods": _methods(by_code, language),
        "source": registered.source,
    }


def _row(figure: Figure, number: int, language: str) -> dict[str, Any]:
    return {
        "code": figure.code,
        "n": number,
        "main": figure.code in MAIN,
        "name": figure.name[language],
        "printed": figure.printed[language],
        "numerator": figure.numerator if figure.denominator is not None else None,
        "denominator": figure.denominator,
        "exact": figure.exact if figure.denominator is not None else "",
        "rounding": figure.rounding,
        "interval": figure.interval,
    }


def _map(cases: pl.DataFrame, year: int) -> str:
    local_year = pl.col("registered_at").dt.convert_time_zone(LOCAL.key).dt.year()
    counts = dict(cases.filter(local_year == year).group_by("region").len().iter_rows())
    places = regions()
    rates = {
        code: counts[code] / region.population * 100_000 for code, region in places.items() if counts.get(code, 0) >= SMALLEST_CELL
    }
    title = _("Internet frauds per 100 000 people by region")
    return tile_map(rates, title=title)


def _methods(by_code: dict[str, Figure], language: str) -> list[dict[str, Any]]:
    found = [by_code[code] for code in METHODS if code in by_code]
    top = max((f.numerator or 0 for f in found), default=0) or 1
    return [
        {
            "name": f.name[language],
            "n": f.numerator or 0,
            "of": by_code["registered"].numerator,
            "width": round((f.numerator or 0) / top * 596, 1),
            "unnamed": f.code == "method_unnamed",
        }
        for f in found
    ]
