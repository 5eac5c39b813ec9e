"""Which bank on the relay keeps an account."""

from __future__ import annotations

from izker.server.relay.models import Bank

def bank_of(account: str) -> Bank | None:
    """The bank on the relay that keeps an account, by the bank code inside its IBAN."""
    return Bank.objects.filter(code=account[4:7]).first() if account[:2].upper() == "KZ" else None
