"""Rules over concepts: which schemes the hand-written knowledge suggests, and the facets of a text.

The rules stand beside the trained model. Each is a feature of it, each can be quoted with the words that fired it, and
their own verdict (`suggest`) is kept so that a disagreement with the model can be seen.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from izker.schemes.concepts import LEXICON, Hit, lexicon

ACTORS = ("bank", "police", "state", "service", "contact")
"""Whoever is named first of these is most often the entry pretext of a two-stage scheme."""

CHANNELS = ("call", "sms", "messenger", "social", "marketplace", "website", "email", "in_person")
TECHNIQUES = (
    "otp_code",
    "remote_access",
    "malware_app",
    "linked_device",
    "deepfake",
    "phishing_page",
    "spoofed_number",
)
ROUTES = (
    "card_transfer",
    "own_loan",
    "loan_in_victims_name",
    "cash_courier",
    "crypto",
    "abroad",
    "home_sale",
    "qr_payment",
)


_BY_PHONE = ("impersonation_bank", "impersonation_police", "impersonation_state", "impersonation_service")


@dataclass(frozen=True, slots=True)
class Rule:
    """`all`, `any`, `none` are bit sets of concept numbers."""

    name: str
    scheme: str
    all: int
    any: int
    none: int
    sure: float

    def fires(self, present: int) -> bool:
        return present & self.all == self.all and (not self.any or bool(present & self.any)) and not present & self.none


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    number = lexicon().number

    def bits(names: list[str]) -> int:
        return sum(1 << number[n] for n in names)

    with (LEXICON / "rules.toml").open("rb") as file:
        table = tomllib.load(file)["rule"]
    return tuple(
        Rule(r["name"], r["scheme"], bits(r.get("all", [])), bits(r.get("any", [])), bits(r.get("none", [])), r["sure"])
        for r in table
    )


def present(hits: list[Hit]) -> int:
    """The bit set of concepts in a text."""
    out = 0
    for hit in hits:
        out |= 1 << hit.concept
    return out


def fired(concepts: int) -> list[int]:
    """Numbers (places in `rules()`) of the rules that fire."""
    return [i for i, rule in enumerate(rules()) if rule.fires(concepts)]


def suggest(numbers: list[int]) -> tuple[str, float]:
    """The scheme with the most weight among fired rules and its noisy-or certainty; ("none", 0) where none fired."""
    doubt: dict[str, float] = {}
    for i in numbers:
        rule = rules()[i]
        doubt[rule.scheme] = doubt.get(rule.scheme, 1.0) * (1 - rule.sure)
    if not doubt:
        return "none", 0.0
    best = min(doubt, key=lambda s: (doubt[s], s))
    return best, 1 - doubt[best]


@lru_cache(maxsize=1)
def _facet_numbers() -> Mapping[str, int]:
    return lexicon().number


def facets(concepts: int, first: Mapping[int, int], scheme: str, numbers: bool) -> tuple[str, list[str], str]:
    """Channel, techniques and route of the money, from concepts (`first`: concept -> first token). Rules, not
    trained."""
    number = _facet_numbers()

    def has(*names: str) -> bool:
        return any(concepts >> number[n] & 1 for n in names)

    techniques = [t for t in TECHNIQUES if has("otp" if t == "otp_code" else t)]
    if scheme == "none":
        techniques = []
    return _channel(number, first, scheme), techniques, _route(has, scheme, numbers)


def _channel(number: Mapping[str, int], first: Mapping[int, int], scheme: str) -> str:
    if scheme == "marketplace_phishing" and number["marketplace"] in first:
        return "marketplace"
    at = {c: first[number[c]] for c in CHANNELS if number[c] in first}
    if number["video_call"] in first and "messenger" in at:
        return "call"
    if len(at) > 1:
        at.pop("website", None)  # a link or an app inside another channel
    if at:
        return min(at, key=lambda c: (at[c], CHANNELS.index(c)))
    return "call" if scheme in _BY_PHONE else "unknown"  # nothing is said: these come by phone unless told otherwise


def _route(has: Callable[..., bool], scheme: str, numbers: bool) -> str:
    if scheme == "none":
        return "none"
    if has("nothing_lost"):
        return "none"
    if scheme == "loan_in_name":
        return "loan_in_victims_name"
    for route, concept in (
        ("home_sale", "home_sale"), ("cash_courier", "cash_courier"), ("own_loan", "own_loan"), ("crypto", "crypto"),
        ("qr_payment", "qr_payment"), ("abroad", "abroad"), ("card_transfer", "card_transfer"),
    ):  # fmt: skip
        if has(concept):
            return route
    return "card_transfer" if numbers else "unknown"  # a sum is named and nothing said how it went: by transfer
