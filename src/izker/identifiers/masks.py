"""What a person without the right to see an identifier sees instead. A card is masked to its first six and last four
always."""

from __future__ import annotations

from izker.words import N_, _

DOT = "•"
_TAILS = {"iin": N_("IIN {masked}"), "bin": N_("BIN {masked}")}


def mask(kind: str, value: str) -> str:
    """'+7 700 ••• •• 34', 'KZ86 •••• •••• 0100', '4400 43•• •••• 1207', 'ЖСН •••• •••• 4821' (in the language in
    force).

    `value` is the normalised value of `kind`. Amounts and dates are no secrets and come back as they are.
    """
    if kind == "phone":
        return _phone(value)
    if kind == "card":
        return _card(value)
    if kind == "iban":
        return f"{value[:4]} {DOT * 4} {DOT * 4} {value[-4:]}"
    if kind in _TAILS:
        return _(_TAILS[kind]).format(masked=f"{DOT * 4} {DOT * 4} {value[-4:]}")
    if kind == "wallet":
        return f"{value[:6]}{DOT * 4}{value[-4:]}"
    if kind == "email":
        name, _at, host = value.partition("@")
        return f"{name[:1]}{DOT * 3}@{host}"
    if kind == "handle":
        return _handle(value)
    if kind == "url":
        return _url(value)
    if kind == "domain":
        return value
    return value


def stored(kind: str, value: str) -> str:
    """What may be kept: a card only as its first six and last four digits, all else whole."""
    return f"{value[:6]}{'*' * (len(value) - 10)}{value[-4:]}" if kind == "card" and len(value) > 10 else value


def _phone(value: str) -> str:
    if value.startswith("+7") and len(value) == 12:
        return f"+7 {value[2:5]} {DOT * 3} {DOT * 2} {value[-2:]}"
    return f"{value[:4]} {DOT * max(len(value) - 6, 3)} {value[-2:]}"


def _card(value: str) -> str:
    if len(value) <= 10:
        return DOT * len(value)
    shown = value[:6] + DOT * (len(value) - 10) + value[-4:]
    return " ".join(shown[i : i + 4] for i in range(0, len(shown), 4))


def _handle(value: str) -> str:
    place, slash, name = value.rpartition("/")
    if place == "wa.me":
        return f"wa.me/{name[:4]}{DOT * 4}{name[-2:]}"
    at = "@" if name.startswith("@") else ""
    bare = name.removeprefix("@")
    return f"{place}{slash}{at}{bare[:2]}{DOT * 4}"


def _url(value: str) -> str:
    scheme, slashes, rest = value.rpartition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{slashes}{host}{slash}{DOT * 4 if path else ''}"
