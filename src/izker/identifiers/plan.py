"""Number plans: which telephone numbers and card numbers exist. Facts of the country come from its
`identifiers.toml`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from izker.jurisdictions import data

JURISDICTION = "kz"
_KINDS = ("mobile", "fixed_line", "toll_free", "premium_rate", "personal_number", "shared_cost", "uan", "voip")


@lru_cache
def facts(path: str) -> tuple[str, ...]:
    """A list of the jurisdiction's identifiers.toml by dotted name, e.g. facts('phone.mobile')."""
    section, name = path.split(".")
    values: list[str] = data(JURISDICTION, "identifiers")[section][name]
    return tuple(values)


@lru_cache
def _national() -> re.Pattern[str]:
    """Ten-digit numbers behind +7: the number plans of Kazakhstan and Russia (phonenumbers' metadata) and the mobile
    codes of the toml."""
    import phonenumbers

    shapes = [f"(?:{'|'.join(facts('phone.mobile'))})\\d{{7}}"]
    for region in ("KZ", data(JURISDICTION, "identifiers")["phone"]["shared_with"]):
        plan = phonenumbers.PhoneMetadata.metadata_for_region(region)
        for kind in _KINDS:
            described = getattr(plan, kind)
            if described is not None and described.national_number_pattern:
                shapes.append(described.national_number_pattern)
    return re.compile(f"(?:{'|'.join(shapes)})")


def national(ten: str) -> bool:
    """True if +7 and these ten digits are a number of the Kazakh or Russian plan."""
    return _national().fullmatch(ten) is not None and len(set(ten)) > 1


@lru_cache(maxsize=65536)
def foreign(digits: str) -> str | None:
    """E.164 form of an international number given without its plus, None where no plan has it."""
    import phonenumbers

    if not 8 <= len(digits) <= 15 or digits[0] == "0":
        return None
    if digits[0] == "7":
        return "+" + digits if len(digits) == 11 and national(digits[1:]) else None
    try:
        number = phonenumbers.parse("+" + digits, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    formatted: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return formatted


@lru_cache
def _networks() -> list[dict[str, Any]]:
    networks: list[dict[str, Any]] = data(JURISDICTION, "identifiers")["card"]["networks"]
    return networks


@lru_cache(maxsize=16384)
def cards(first_four: str, length: int) -> str | None:
    """The payment network that issues numbers of this length behind these four digits, or None."""
    for network in _networks():
        width = len(network["from"])
        if network["from"] <= first_four[:width] <= network["to"] and length in network["lengths"]:
            return str(network["name"])
    return None
