"""Money: integers of minor units (tiyn) inside, grouped tenge at the edges. Never a float."""

from __future__ import annotations

import re
from decimal import Decimal

TIYN = 100
THIN = "\u2009"  # thin space: groups digits; U+202F is missing from the font in use
NBSP = "\u00a0"
MAX = 2**63 - 1

_AMOUNT = re.compile(r"^\s*(-?)(\d{1,3}(?:[\s\u00a0\u2009\u202f]\d{3})+|\d+)(?:[.,](\d{1,2}))?\s*(?:₸|тг|теңге|тенге|kzt)?\s*$", re.I)


def group(value: int) -> str:
    """1234567 -> '1 234 567' with thin spaces."""
    return f"{value:,}".replace(",", THIN)


def tenge(tiyn: int, *, exact: bool = False, unit: bool = True) -> str:
    """Tiyn as a person reads them: '1 234 567 ₸'; with `exact`, tiyn after a decimal comma.

    Without `exact` the amount is cut to whole tenge, never rounded up: no page may show more than there is.
    """
    sign = "−" if tiyn < 0 else ""
    whole, part = divmod(abs(tiyn), TIYN)
    text = sign + group(whole) + (f",{part:02d}" if exact else "")
    return text + NBSP + "₸" if unit else text


def parse_tenge(text: str) -> int | None:
    """'1 234 567,50 ₸' -> 123456750 tiyn; None where it is no amount of tenge."""
    found = _AMOUNT.match(text)
    if not found:
        return None
    sign, whole, part = found.groups()
    value = Decimal(re.sub(r"\D", "", whole)) * TIYN + Decimal((part or "0").ljust(2, "0"))
    return -int(value) if sign else int(value)
