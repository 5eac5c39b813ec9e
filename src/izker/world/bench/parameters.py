"""Parameters of the bench, read from parameters.toml beside this file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
TENGE = 100
REGIMES = ("mixed", "automatic", "desk", "slow")


@lru_cache
def table() -> dict[str, Any]:
    with (Path(__file__).parent / "parameters.toml").open("rb") as file:
        return tomllib.load(file)


@dataclass(frozen=True, slots=True)
class Reply:
    """A bank's answer time: lognormal with `median` minutes and `sigma`; each further line of a request takes `line_us` more."""

    median: float
    sigma: float
    line_us: int


def replies(banks: list[str], regime: str = "mixed") -> list[Reply]:
    """How each bank answers. `mixed` is the default world; the other regimes give every bank the same way of working."""
    ways = table()["replies"]
    chosen = [table()["banks"].get(bank, "desk") if regime == "mixed" else regime for bank in banks]
    return [Reply(ways[w]["median"], ways[w]["sigma"], int(ways[w]["line_seconds"]) * 1_000_000) for w in chosen]


def delays() -> tuple[int, ...]:
    """Minutes from the first payment to the report."""
    return tuple(int(d) for d in table()["delays"])
