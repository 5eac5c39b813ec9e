"""Names of banks in three languages; invented banks of the simulated country are named by its data."""

from __future__ import annotations

from functools import lru_cache

from izker.jurisdictions import data


@lru_cache
def _names() -> dict[str, dict[str, str]]:
    return {bank["id"]: bank["name"] for bank in data("kz", "banks")["bank"]}


def bank_label(bank: str, language: str) -> str:
    names = _names().get(bank)
    return names[language] if names else bank
