"""The numbers the simulated country is built from: dated TOML data, each with its source or the word "assumption"."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from izker.words import N_, Refusal

ROOT = Path(__file__).parent
SCALES = ("demo", "year", "national")


@lru_cache
def table(name: str) -> dict[str, Any]:
    """The parsed file `name`.toml."""
    with (ROOT / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@lru_cache
def values(name: str) -> dict[str, Any]:
    """The entries of a file without their sources: `values('economy')['purchase_mean']`."""
    return {key: entry["value"] for key, entry in table(name).items() if isinstance(entry, dict) and "value" in entry}


@lru_cache
def figures() -> dict[str, int]:
    """The published counts that the register is calibrated to, by code."""
    return {code: int(entry["value"]) for code, entry in table("register")["figures"].items()}


def scale(name: str) -> dict[str, Any]:
    """Size of the world: people, panel, payments_per_day, ledger_from (date), linked, fresh_share, organisations."""
    if name not in SCALES:
        raise Refusal(N_("there is no scale {name}: use demo, year or national"), name=name)
    entry: dict[str, Any] = table("scales")[name]
    return entry


def now() -> datetime:
    """The moment at which the simulated country is seen: nothing later exists in it."""
    moment: datetime = table("scales")["now"]
    return moment


def ledger_from(name: str) -> date:
    day: date = scale(name)["ledger_from"]
    return day


def used(scale_name: str) -> dict[str, Any]:
    """Every parameter with its source, as the manifest carries it."""
    return {"scale": {**scale(scale_name), "now": now()}, **{n: table(n) for n in ("economy", "fraud", "register")}}
