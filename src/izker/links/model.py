"""Words of linking: a link and its reason, the rules that decide which links hold."""

from __future__ import annotations

import math
from dataclasses import dataclass

KINDS = ("phone", "card", "iban", "url", "domain", "handle", "wallet", "email", "text", "manual")
COLUMNS = ("phone", "card", "iban", "url", "handle", "wallet", "email")
MOST_LINKS = 20  # backward links of one report, by construction


@dataclass(frozen=True, slots=True)
class Rules:
    """When a shared identifier joins reports. Days are whole or part days of 86 400 s.

    The numbers come from the design's prototype (1 000 000 synthetic reports, seed 7); the two bridge rules were set on
    the synthetic benchmark with seed 7, so its figures are to be read on other seeds.
    """

    episode_days: float = 60.0  # a longer silence means that the number has passed to other hands
    doubtful_days: float = 120.0  # between the two a person decides
    bridge_days: float = 14.0  # one value after a silence longer than this does not by itself join two series
    bridge_reports: int = 20  # ... that have so many reports each: a person decides
    hub_spread_days: float = 90.0  # quartile distance of a hub's days ...
    hub_spread_reports: int = 30  # ... once it stands in more reports than this
    hub_reports: int = 200  # more reports than this, and fewer than
    hub_share: float = 0.02  # this share of them otherwise connected: a hub
    typo_days: float = 3.0
    typo_neighbour: int = 3  # a mistyped number needs a neighbour seen at least so often
    text_days: float = 30.0
    text_alike: float = 0.9  # estimated Jaccard similarity of word triples
    text_doubtful: float = 0.8
    text_words: int = 8


@dataclass(frozen=True, slots=True)
class Link:
    """Two reports and why they belong together. `gap_days`: between their filing; `weight`: bits, log2(0.9 N /
    reports with the value)."""

    report_a: str
    report_b: str
    kind: str
    value: str
    gap_days: float
    weight: float
    doubtful: str = ""  # English catalogue message: why a person should look; empty for a link that holds


def weight(reports: int, sharing: int) -> float:
    """Match weight in bits of a shared value (Fellegi and Sunter 1969): m = 0.9 that the same hand reuses it, u =
    sharing / reports."""
    return max(0.0, math.log2(0.9 * max(reports, 2) / max(sharing, 1)))
