"""A published figure with everything a reader needs to recompute it; and the definitions of the jurisdiction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from izker.figures.printing import LANGUAGES
from izker.jurisdictions import data

KINDS = ("count", "share", "growth", "ratio", "money", "days")
_UNITS = {"share": "%", "growth": "%", "ratio": "offences per person", "money": "tiyn", "days": "days"}


@dataclass(frozen=True, slots=True)
class Indicator:
    """One definition of figures.toml. `measure` over `over` (a denominator) with `decimals` places, printed
    `rounding`.
    """

    code: str
    kind: str
    measure: str
    name: dict[str, str]
    formula: dict[str, str]
    rounding: str
    decimals: int = 0
    over: str | None = None
    over_shown: str | None = None
    official: str | None = None
    counted: str = "offence"
    protect: bool = False
    mixed_cohorts: bool = False

    @property
    def unit(self) -> str:
        return _UNITS.get(self.kind, f"{self.counted}s")


@lru_cache
def definitions(jurisdiction: str = "kz") -> tuple[Indicator, ...]:
    """All indicators in the order of publication. Raises ValueError where a definition contradicts itself."""
    found = tuple(_definition(row) for row in data(jurisdiction, "figures")["indicator"])
    if len({d.code for d in found}) != len(found):
        raise ValueError("an indicator stands twice in figures.toml")
    return found


def _definition(row: dict[str, Any]) -> Indicator:
    made = Indicator(**row)
    if made.kind not in KINDS or set(made.name) != set(LANGUAGES) or set(made.formula) != set(LANGUAGES):
        raise ValueError(f"figures.toml: {made.code}: unknown kind or a language is missing")
    if (made.kind in {"share", "growth", "ratio"}) != (made.over is not None):
        raise ValueError(
            f"figures.toml: {made.code}: shares, growths and ratios need a denominator, other kinds have none"
        )
    return made


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one period.

    value: a count, days, tiyn, or (shares and growths) per cent, not rounded; None where the register cannot tell.
    numerator, denominator: the counts it comes from. exact: the value in digits. printed: as it goes into an answer, by
    language. rounding: rounded, truncated or exact. interval: 95 % Wilson interval of a share, per cent. period: first
    and last local day. cut_off: the day the register was asked as of.
    """

    code: str
    name: dict[str, str]
    kind: str
    value: int | float | None
    numerator: int | None
    denominator: int | None
    formula: dict[str, str]
    unit: str
    rounding: str
    decimals: int
    printed: dict[str, str]
    exact: str
    interval: tuple[float, float] | None
    period: tuple[date, date]
    cut_off: date
    source: str
    synthetic: bool
    notes: tuple[str, ...] = ()
    official: str | None = None

    @property
    def fraction(self) -> Fraction | None:
        """The exact value (per cent for shares and growths)."""
        if self.numerator is None:
            return None
        if self.denominator is None:
            return Fraction(self.numerator)
        scale = 1 if self.kind == "ratio" else 100
        value = Fraction(self.numerator, self.denominator) * scale
        return value - 100 if self.kind == "growth" else value

    def as_json(self, language: str = "en") -> dict[str, object]:
        return {
            "code": self.code,
            "name": self.name,
            "kind": self.kind,
            "value": self.value,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "formula": self.formula[language],
            "formulas": self.formula,
            "unit": self.unit,
            "rounding": self.rounding,
            "decimals": self.decimals,
            "printed": self.printed,
            "exact": self.exact,
            "interval_95": list(self.interval) if self.interval else None,
            "period": [d.isoformat() for d in self.period],
            "cut_off": self.cut_off.isoformat(),
            "source": self.source,
            "synthetic": self.synthetic,
            "notes": list(self.notes),
            "official": self.official,
        }
