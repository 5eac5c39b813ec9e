"""One typed value: what a form's field or a table's cell of a known kind holds."""

from __future__ import annotations

import re

from izker.identifiers import amounts, checks, dates, hosts, ibans, numbers, wallets, webs
from izker.identifiers.find import extract
from izker.identifiers.fold import Folded
from izker.identifiers.model import KINDS, Identifier
from izker.identifiers.plan import cards, foreign, national
from izker.words import N_

EMPTY = N_("nothing is written here: type the value")
CARD = N_("a card number has 12 to 19 digits of a known payment network: read it again")
EMAIL = N_("this is no e-mail address: it needs a name, @ and a domain")
HANDLE = N_("this is no user name: it needs letters, digits or _ without spaces")
WALLET = N_("this is no wallet address of Bitcoin, Ethereum, TRON or TON: copy it again")
AMOUNT = N_("this is no amount of money: type a number and the currency")
DATE = N_("this is no date: type it as 16.01.2026")
_NAME = re.compile(r"@?[A-Za-z0-9](?:[A-Za-z0-9_.]{1,62}[A-Za-z0-9_])")


def normalise(kind: str, text: str) -> Identifier:
    """The one identifier of `kind` that `text` is meant to be; never raises on what a person typed: `valid` and
    `reason` tell.

    Raises ValueError for a kind that is not in KINDS.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}")
    plain = Folded(text).text.strip()
    if not plain:
        return Identifier(kind, "", 0, len(text), False, EMPTY, text)
    value, reason = _READERS[kind](plain)
    return Identifier(kind, value, 0, len(text), not reason, reason, text)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _phone(text: str) -> tuple[str, str]:
    digits = _digits(text)
    if text.lstrip("( ").startswith("+") or digits.startswith("00"):
        value = foreign(digits.removeprefix("00"))
        return (value, "") if value else ("+" + digits.removeprefix("00"), numbers.PHONE)
    if len(digits) == 10 and national(digits):
        return "+7" + digits, ""
    if len(digits) == 11 and digits[0] in "78" and national(digits[1:]):
        return "+7" + digits[1:], ""
    value = foreign(digits) if len(digits) >= 11 else None
    return (value, "") if value else ("+" + digits if digits else text, numbers.PHONE)


def _card(text: str) -> tuple[str, str]:
    digits = _digits(text)
    hidden = re.sub(r"[^0-9*]", "", re.sub(r"[•xXхХ]", "*", text))
    if "*" in hidden and 12 <= len(hidden) <= 19:
        return hidden, numbers.HIDDEN
    if cards(digits[:4], len(digits)) is None:
        return digits, CARD
    return digits, "" if checks.luhn(digits) and len(set(digits)) > 1 else numbers.LUHN


def _iban(text: str) -> tuple[str, str]:
    value = re.sub(r"[\s.\-]", "", text).upper()
    if not value.isascii():
        value = ibans.latin(value)
    value = value[:4].replace("O", "0") + value[4:]
    return value, "" if ibans.good(value) else ibans.CHECK


def _person(text: str) -> tuple[str, str]:
    digits = _digits(text)
    return digits, "" if checks.iin(digits) else numbers.IIN


def _link(text: str) -> tuple[str, str]:
    found = [one for one in webs.find_links(text) if one.kind in ("url", "domain")]
    if found:
        return found[0].value, "" if found[0].valid else found[0].reason
    return text.lower(), webs.UNKNOWN_HOST


def _domain(text: str) -> tuple[str, str]:
    value, reason = _link(text)
    if reason:
        read = hosts.read(text)
        return (read.ascii, "") if read is not None else (value, reason)
    return re.split(r"[/?#:]", value.split("://")[-1])[0], ""


def _handle(text: str) -> tuple[str, str]:
    found = [one for one in extract(text) if one.kind == "handle"]
    if found:
        return found[0].value, ""
    if _NAME.fullmatch(text):
        return "@" + text.removeprefix("@").lower(), ""
    return text, HANDLE


def _email(text: str) -> tuple[str, str]:
    found = next(webs.find_emails(text), None)
    return (found.value, "") if found else (text.lower(), EMAIL)


def _wallet(text: str) -> tuple[str, str]:
    shape = wallets.shape(text)
    if shape is None:
        return text, WALLET
    found = wallets.read(text, shape, 0, len(text))
    return found.value, found.reason


def _amount(text: str) -> tuple[str, str]:
    found = next(amounts.find(text), None) or next(amounts.find(text + " ₸"), None)
    return (found.value, "") if found else (text, AMOUNT)


def _date(text: str) -> tuple[str, str]:
    found = next(dates.find(text), None)
    return (found.value, found.reason) if found else (text, DATE)


_READERS = {
    "phone": _phone,
    "card": _card,
    "iban": _iban,
    "iin": _person,
    "bin": _person,
    "url": _link,
    "domain": _domain,
    "handle": _handle,
    "email": _email,
    "wallet": _wallet,
    "amount": _amount,
    "date": _date,
}
