"""IBANs (ISO 13616): Kazakh ones and those of every country in the registry, spaced or not, with Cyrillic
look-alikes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from izker.identifiers.checks import mod97
from izker.identifiers.model import Identifier
from izker.words import N_

CHECK = N_("the check digits of the account number (IBAN) do not fit: read it again")

_CYRILLIC = "АВЕКМНОРСТХУІЈЅавекмнорстхуіјѕЗз"
_LATIN = "ABEKMHOPCTXYIJSABEKMHOPCTXYIJS33"
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_START = re.compile(
    rf"(?:(?<![A-Za-z0-9])|(?<=iban)|(?<=IBAN))[A-Za-z{_CYRILLIC}] ?[A-Za-z{_CYRILLIC}][ \t-]?[0-9OoОо] ?[0-9OoОо]"
    rf"(?=[ \t\-.]{{0,2}}[A-Za-z0-9{_CYRILLIC}])"
)
_NEXT = re.compile(rf"[ \t\-.]{{0,2}}([A-Za-z0-9{_CYRILLIC}])")


@lru_cache
def structures() -> dict[str, tuple[int, re.Pattern[str]]]:
    """IBAN length and layout by country, from the registry that python-stdnum ships (KZ: 3 digits, 13 letters or
    digits)."""
    from stdnum import numdb

    registry = numdb.get("iban")
    sets = {"n": "[0-9]", "a": "[A-Z]", "c": "[A-Z0-9]"}
    found = {}
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for country in (first + second for first in letters for second in letters):
        layout = registry.info(country)[0][1].get("bban")
        if layout:
            parts = re.findall(r"([0-9]+)!([nac])", layout)
            pattern = "".join(f"{sets[kind]}{{{size}}}" for size, kind in parts)
            found[country] = (4 + sum(int(size) for size, _kind in parts), re.compile(f"{country}[0-9]{{2}}{pattern}"))
    return found


def good(iban: str) -> bool:
    """True if the compact capital IBAN has its country's layout and right check digits."""
    known = structures().get(iban[:2])
    return known is not None and known[1].fullmatch(iban) is not None and mod97(iban)


def find(text: str) -> Iterator[Identifier]:
    """IBANs in `text`: valid ones of any country; of Kazakhstan also those that fail, with the reason."""
    busy = 0
    for head in _START.finditer(text):
        if head.start() < busy:
            continue
        found = _read(text, head.start())
        if found is not None:
            busy = found.end
            yield found


def _read(text: str, start: int) -> Identifier | None:
    country = text[start : start + 3].replace(" ", "")[:2].translate(_TO_LATIN).upper()
    if country not in structures():
        return None
    wanted = structures()[country][0]
    characters: list[str] = []
    ends: list[int] = []
    at = start
    while len(characters) < wanted:
        found = _NEXT.match(text, at)
        if found is None:
            break
        characters.append(found.group(1))
        at = found.end()
        ends.append(at)
    value = "".join(characters).translate(_TO_LATIN).upper()
    if len(characters) == wanted:
        value = value[:4].replace("O", "0") + value[4:]
        end = ends[-1]
        closed = not (text[end : end + 1].isascii() and text[end : end + 1].isalnum())
        if closed and good(value):
            return Identifier("iban", value, start, end, True, "", text[start:end])
        repaired = value[:2] + value[2:].replace("O", "0")
        if closed and country == "KZ" and repaired != value and good(repaired):
            return Identifier("iban", repaired, start, end, True, "", text[start:end])
        digits = sum(c.isdigit() for c in value)
        if country == "KZ" and closed and digits >= 9 and value[4:7].isdigit():
            return Identifier("iban", value, start, end, False, CHECK, text[start:end])
    return None


def latin(text: str) -> str:
    """`text` with Cyrillic look-alikes of Latin capitals made Latin."""
    return text.translate(_TO_LATIN)
