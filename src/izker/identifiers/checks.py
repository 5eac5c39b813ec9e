"""Check digits: Luhn (ISO/IEC 7812-1), mod 97-10 (ISO 13616), and the control digit of the Kazakh IIN and BIN."""

from __future__ import annotations

import re

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_IIN_SECOND = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_IBAN_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIN_SHAPE = re.compile(r"\d\d(?:0[1-9]|1[0-2])[4-6][0-3]\d{6}")


def luhn(digits: str) -> bool:
    """True if the last digit closes the Luhn sum of `digits` (decimal digits only)."""
    total = 0
    double = False
    for char in reversed(digits):
        value = ord(char) - 48
        total += _DOUBLED[value] if double else value
        double = not double
    return total % 10 == 0


def luhn_digit(digits: str) -> str:
    """The digit that makes `digits` + it pass `luhn`."""
    return next(d for d in "0123456789" if luhn(digits + d))


def mod97(iban: str) -> bool:
    """True if the IBAN (capital letters and digits, no spaces) leaves 1 modulo 97."""
    if not _IBAN_SHAPE.fullmatch(iban):
        return False
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def iban_digits(country: str, account: str) -> str:
    """The two check digits that make country + digits + account a valid IBAN."""
    turned = account + country + "00"
    return f"{98 - int(''.join(str(int(c, 36)) for c in turned)) % 97:02d}"


def iin_digit(first_eleven: str) -> str | None:
    """The control digit of an IIN or BIN; None where the rule gives 10 twice and the number is not issued.

    Rule: sum of d_i * i over i = 1..11, modulo 11; a result of 10 repeats with weights 3 4 5 6 7 8 9 10 11 1 2.
    """
    digits = [ord(c) - 48 for c in first_eleven]
    control = sum(d * w for d, w in zip(digits, range(1, 12), strict=True)) % 11
    if control == 10:
        control = sum(d * w for d, w in zip(digits, _IIN_SECOND, strict=True)) % 11
    return None if control == 10 else str(control)


def iin(digits: str) -> bool:
    """True if the 12 digits close with their control digit. Nothing about a birth date or a sex is asked or told:
    since 26.08.2013 (resolution 853) the digits are not bound to them."""
    return len(digits) == 12 and digits != "000000000000" and iin_digit(digits[:11]) == digits[11]


def looks_like_bin(digits: str) -> bool:
    """True if the digits have a BIN's layout: year, month, kind of body 4-6, branch 0-3."""
    return _BIN_SHAPE.fullmatch(digits) is not None
