"""Which bank on the relay keeps an account."""

from __future__ import annotations

from functools import lru_cache

from izker.jurisdictions import data


@lru_cache
def _codes() -> dict[str, str]:
    return {bank["code"]: bank["id"] for bank in data("kz", "banks")["bank"]}


def bank_id(account: str) -> str:
    """The bank's id by the code inside the IBAN (digits 5 to 7); empty for an exit or a foreign account."""
    return _codes().get(account[4:7], "") if account[:2] == "KZ" else ""
