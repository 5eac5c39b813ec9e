"""The scheme taxonomy: twenty primary codes with names, descriptions and advice, and facets.

Data: `jurisdictions/<code>/schemes.toml`. Label conventions (which code is primary in a two-stage
scheme, and so on) are told in docs/schemes.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from izker.jurisdictions import data

Text = Mapping[str, str]  # kk, ru, en


@dataclass(frozen=True, slots=True)
class Scheme:
    """One primary code. `fraud` is False for `none` only. `ministry_class`: the Interior Ministry's class by
    default."""

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


@lru_cache
def taxonomy(jurisdiction: str = "kz") -> Mapping[str, Scheme]:
    """Schemes by code, in the order of the list."""
    table = data(jurisdiction, "schemes")
    return MappingProxyType(
        {
            s["code"]: Scheme(
                s["code"], s["name"], s["description"], s["advice"], s["ministry_class"], s["code"] != "none"
            )
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
    link or QR) is advance_payment, and a loan taken quietly under a pretext of impersonation (`pretext`) is
    impersonation.
    """
    if scheme == "marketplace_phishing" and prepaid:
        return "advance_payment"
    if scheme == "loan_in_name" and pretext:
        return "impersonation"
    return taxonomy(jurisdiction)[scheme].ministry_class
