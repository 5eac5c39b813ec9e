"""Numbers as official texts print them in Kazakh, Russian and English: thin-space thousands, decimal comma (point in
English).
"""

from __future__ import annotations

from decimal import Decimal

from izker.money import NBSP, TIYN, group

LANGUAGES = ("kk", "ru", "en")
MINUS = "−"
_MILLION = 1_000_000
_TENGE = {"kk": "теңге", "ru": "тенге", "en": "tenge"}
_MILLIONS = {"kk": "млн", "ru": "млн", "en": "million"}


def number(value: Decimal | int, language: str) -> str:
    """'27 892', '0,175' (kk, ru), '0.175' (en); as many places as the value has."""
    text = f"{abs(Decimal(value)):f}"
    whole, _point, part = text.partition(".")
    sign = MINUS if value < 0 else ""
    mark = "." if language == "en" else ","
    return sign + group(int(whole)) + (mark + part if part else "")


def percent(value: Decimal, language: str) -> str:
    return number(value, language) + ("%" if language == "en" else f"{NBSP}%")


def money(tiyn: int, language: str) -> str:
    """Whole millions as '60 млн теңге', other sums in full; cut to whole tenge, never rounded up."""
    tenge = tiyn // TIYN
    if tenge >= _MILLION and tenge % _MILLION == 0:
        return NBSP.join((number(tenge // _MILLION, language), _MILLIONS[language], _TENGE[language]))
    return NBSP.join((number(tenge, language), _TENGE[language]))


def days(count: int, language: str) -> str:
    return NBSP.join((number(count, language), day_word(count, language)))


def day_word(count: int, language: str) -> str:
    if language == "kk":
        return "күн"
    if language == "en":
        return "day" if count == 1 else "days"
    return russian(count, "день", "дня", "дней")


def russian(count: int, one: str, few: str, many: str) -> str:
    """The Russian form that agrees with `count`: 1 день, 2 дня, 5 дней, 11 дней, 21 день."""
    tens, ones = count % 100, count % 10
    if 11 <= tens <= 14:
        return many
    return one if ones == 1 else few if 2 <= ones <= 4 else many
