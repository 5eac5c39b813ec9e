"""A jurisdiction is dated, sourced data, not code: regions, law, clocks, holidays, banks, schemes, official figures.

Every table says where each row comes from and whether it was verified. Code asks for what was in force on a day.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Region:
    """`code`: first two KATO digits (ISO 3166-2 numeric); `tile`: (column, row) on the tile map; `population`: people on `population_at`."""

    code: str
    name: dict[str, str]
    kind: str
    tile: tuple[int, int]
    population: int
    population_at: date
    source: str

    def label(self, language: str) -> str:
        return self.name[language]


@lru_cache
def data(jurisdiction: str, name: str) -> dict[str, Any]:
    """The parsed TOML file `name` of a jurisdiction, e.g. data('kz', 'clocks')."""
    with (ROOT / jurisdiction / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@lru_cache
def rows(jurisdiction: str, name: str) -> tuple[dict[str, str], ...]:
    """The rows of a jurisdiction's CSV table, e.g. rows('kz', 'national_series')."""
    with (ROOT / jurisdiction / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@lru_cache
def regions(jurisdiction: str = "kz") -> dict[str, Region]:
    """All regions by code, in the official order of codes."""
    return {
        r["code"]: Region(
            r["code"],
            {"kk": r["kk"], "ru": r["ru"], "en": r["en"]},
            r["kind"],
            (int(r["tile_column"]), int(r["tile_row"])),
            int(r["population"]),
            date.fromisoformat(r["population_at"]),
            r["source"],
        )
        for r in rows(jurisdiction, "regions")
    }
