"""The scheme taxonomy: twenty primary codes with names, descriptions and advice, facets, and concordances to other lists.

Data: `jurisdictions/<code>/schemes.toml` and `concordance.toml`. Label conventions (which code is primary in a two-stage
scheme, and so on) are told in docs/schemes.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from izker.jurisdictions import data

MATCHES = ("exact", "broader", "narrower", "none")
"""How a foreign category stands to our code: the same; wider than ours; narrower than ours; nothing fits."""

Text = Mapping[str, str]  # kk, ru, en


@dataclass(frozen=True, slots=True)
class Scheme:
    """One primary code. `fraud` is False for `none` only. `ministry_class`: the Interior Ministry's class by default."""

    code: str
    name: Text
    description: Text
    advice: Text
    ministry_class: str
    fraud: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One value of one facet (channel, technique, money_route, victim_action)."""

    facet: str
    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class Match:
    """`scheme` (or None where nothing fits) for a category of another list, and how close (`MATCHES`)."""

    system: str
    category: str
    scheme: str | None
    match: str
    note: str


@lru_cache
def taxonomy(jurisdiction: str = "kz") -> Mapping[str, Scheme]:
    """Schemes by code, in the order of the list."""
    table = data(jurisdiction, "schemes")
    return MappingProxyType(
        {
            s["code"]: Scheme(s["code"], s["name"], s["description"], s["advice"], s["ministry_class"], s["code"] != "none")
            for s in table["scheme"]
        }
    )


@lru_cache
def facets(jurisdiction: str = "kz") -> Mapping[str, Mapping[str, Facet]]:
    """Facet -> value code -> its names. Facets: channel, technique, money_route, victim_action."""
    return MappingProxyType(
        {
            facet: MappingProxyType({code: Facet(facet, code, name) for code, name in values.items()})
            for facet, values in data(jurisdiction, "schemes")["facet"].items()
        }
    )


def ministry_class(scheme: str, *, prepaid: bool = False, pretext: bool = False, jurisdiction: str = "kz") -> str:
    """The Ministry's class of a case: impersonation, advance_payment, investment, other or none.

    It follows from the code with two exceptions: marketplace fraud on the buyer's side (`prepaid`: paid ahead through a
    link or QR) is advance_payment, and a loan taken quietly under a pretext of impersonation (`pretext`) is impersonation.
    """
    if scheme == "marketplace_phishing" and prepaid:
        return "advance_payment"
    if scheme == "loan_in_name" and pretext:
        return "impersonation"
    return taxonomy(jurisdiction)[scheme].ministry_class


@lru_cache
def concordance(system: str, jurisdiction: str = "kz") -> tuple[Match, ...]:
    """Every category of another list with our code. A category may stand in several rows (it covers several codes)."""
    rows = data(jurisdiction, "concordance")["system"][system]["category"]
    return tuple(Match(system, r["name"], r.get("scheme"), r["match"], r.get("note", "")) for r in rows)


def systems(jurisdiction: str = "kz") -> Mapping[str, Mapping[str, str]]:
    """The other lists: code -> title and source."""
    return {
        code: {"title": s["title"], "source": s["source"], "status": s["status"]}
        for code, s in data(jurisdiction, "concordance")["system"].items()
    }
