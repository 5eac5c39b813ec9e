"""The figures of a period by region: registered, for every 100 000 people, solved, and protected home sales."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import polars as pl

from izker.figures.extract import Extract
from izker.figures.measures import Period, as_known, within
from izker.figures.protection import protect
from izker.figures.rounding import ROUNDED, at_precision, wilson
from izker.jurisdictions import data, regions


@dataclass(frozen=True, slots=True)
class Regional:
    """One region. `home_sales` is None where withheld; `disclosure` per cent with its 95 % interval, None without
    registrations.
    """

    code: str
    name: dict[str, str]
    population: int
    registered: int
    solved: int
    home_sales: int | None

    @property
    def per_100k(self) -> Fraction:
        return Fraction(self.registered * 100_000, self.population)

    @property
    def disclosure(self) -> Fraction | None:
        return Fraction(self.solved * 100, self.registered) if self.registered else None

    def as_json(self) -> dict[str, object]:
        share = self.disclosure
        interval = wilson(self.solved, self.registered) if 0 < self.solved <= self.registered else None
        return {
            "code": self.code,
            "name": self.name,
            "population": self.population,
            "registered": self.registered,
            "per_100k": float(at_precision(self.per_100k, 1, ROUNDED)),
            "solved": self.solved,
            "disclosure": None if share is None else float(at_precision(share, 1, ROUNDED)),
            "disclosure_interval_95": None if interval is None else [round(100 * end, 2) for end in interval],
            "home_sales": self.home_sales,
            "home_sales_withheld": self.home_sales is None,
        }


def by_region(extract: Extract, year: int, as_of: date, *, jurisdiction: str = "kz") -> tuple[Regional, ...]:
    """All regions of the jurisdiction in official order. Home sales of fewer than the threshold are withheld
    (protection.py).
    """
    period = Period.of_year(year)
    cases = as_known(extract.cases, as_of)
    registered = _count(cases.filter(within("registered_at", period)))
    solved = _count(cases.filter(within("solved_at", period)))
    sales = _count(cases.filter(within("registered_at", period) & pl.col("home_sale").fill_null(False)))
    rules = data(jurisdiction, "figures")["protection"]
    known = regions(jurisdiction)
    shown = protect(
        {code: sales.get(code, 0) for code in known}, threshold=rules["threshold"], margin=rules["margin"]
    ).shown
    return tuple(
        Regional(code, region.name, region.population, registered.get(code, 0), solved.get(code, 0), shown[code])
        for code, region in known.items()
    )


def _count(cases: pl.DataFrame) -> dict[str, int]:
    return dict(cases.group_by("region").len().select("region", pl.col("len").cast(pl.Int64)).iter_rows())
