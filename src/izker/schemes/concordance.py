"""Concordance: how the categories of other lists stand to our primary codes.

Data: `jurisdictions/<code>/concordance.toml`. Kazakhstan's file holds the lists that our codes are compared with (many
to many); a foreign register's file (`ca`) holds one row a category, for importing its reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from izker.jurisdictions import data

MATCHES = ("exact", "broader", "narrower", "none")
"""How a foreign category stands to our code: the same; wider than ours; a part of ours; nothing fits."""

REGISTERS = {"cafc": "ca"}
"""Foreign registers whose categories have one row each, and the jurisdiction whose file holds them."""


@dataclass(frozen=True, slots=True)
class Match:
    """`scheme` (None where nothing fits) for a category of another list, and how close (`MATCHES`)."""

    system: str
    category: str
    scheme: str | None
    match: str
    note: str


@lru_cache
def systems(jurisdiction: str = "kz") -> Mapping[str, Mapping[str, Mapping[str, str] | str]]:
    """The other lists: code -> title (kk, ru, en), source, status (printed or background)."""
    table = data(jurisdiction, "concordance")["system"]
    return MappingProxyType({code: {k: s[k] for k in ("title", "source", "status")} for code, s in table.items()})


@lru_cache
def matches(system: str, jurisdiction: str = "kz") -> tuple[Match, ...]:
    """Every category of another list with our codes; a category that covers several codes stands in several rows."""
    rows = data(jurisdiction, "concordance")["system"][system]["category"]
    return tuple(Match(system, r["name"], r.get("scheme"), r["match"], r.get("note", "")) for r in rows)


@lru_cache
def mappings(jurisdiction: str) -> Mapping[str, Match]:
    """Category of a foreign register -> our code, one row a category (e.g. mappings("ca") for CAFC reports)."""
    table = data(jurisdiction, "concordance")["mappings"]
    return MappingProxyType(
        {
            m["category"]: Match(jurisdiction, m["category"], m.get("scheme"), m["match"], m.get("note", ""))
            for m in table
        }
    )


def scheme_of(register: str, category: str) -> str:
    """Our code for a category of a foreign register ("cafc"); "" where nothing fits or the category is not known."""
    found = mappings(REGISTERS[register]).get(category)
    return (found.scheme or "") if found else ""
