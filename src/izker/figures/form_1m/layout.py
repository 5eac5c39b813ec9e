"""The printed form as data: which line and column code means what, what must add up, how regions are spelled in file
names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from izker.jurisdictions import data, regions


@dataclass(frozen=True, slots=True)
class Layout:
    """Parsed [form_1m] of figures.toml. `lines`: measure -> (code, name); `columns`: measure -> column code of sheet
    R1.
    """

    sheets: tuple[str, ...]
    lines: dict[str, tuple[int, str]]
    columns: dict[str, int]
    sums: dict[str, Any]
    source: dict[str, str]


@lru_cache
def layout(jurisdiction: str = "kz") -> Layout:
    form = data(jurisdiction, "figures")["form_1m"]
    lines = {measure: (int(line["code"]), str(line["name"])) for measure, line in form["lines"].items()}
    return Layout(tuple(form["sheets"]), lines, dict(form["columns"]), form["sums"], dict(form["source"]))


@lru_cache
def _spellings(jurisdiction: str) -> dict[tuple[str, str], str]:
    """(bare name, kind) -> region code; kind 'oblast', 'city' or '' where the name says nothing."""
    found: dict[tuple[str, str], str] = {}
    for code, region in regions(jurisdiction).items():
        for name in region.name.values():
            bare, _kind = _bare(name, jurisdiction)
            found[bare, region.kind] = code
    return found


def _bare(name: str, jurisdiction: str) -> tuple[str, str]:
    """The name without the word for its kind, and that kind."""
    words = data(jurisdiction, "figures")["form_1m"]["region_words"]
    parts = [p for p in re.split(r"[\s_.,()]+", name.lower()) if p]
    kind = next((k for k in ("oblast", "city") if any(p in words[k] for p in parts)), "")
    known = {w for group in words.values() for w in group}
    return " ".join(p for p in parts if p not in known), kind


def region_of(stem: str, jurisdiction: str = "kz") -> str | None:
    """The code of the region a file is named after ('Almaty Region', 'г. Алматы', 'Mangistay Region'), or None."""
    bare, kind = _bare(stem, jurisdiction)
    spellings = _spellings(jurisdiction)
    wanted = (kind,) if kind else ("city", "oblast")
    for one in wanted:
        if (bare, one) in spellings:
            return spellings[bare, one]
    aliases: dict[str, str] = data(jurisdiction, "figures")["form_1m"]["aliases"]
    code = aliases.get(bare) or aliases.get(bare.replace(" ", "-"))
    if code is None and (spaced := bare.replace("-", " ")) != bare:
        return region_of(spaced + (f" {kind}" if kind else ""), jurisdiction)
    return code
