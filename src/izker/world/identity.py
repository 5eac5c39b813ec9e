"""Invented identities: names, IINs, phones, IBANs and cards that pass their checks and belong to nobody.

* IIN: YYMMDD of an invented birthday, then 9 (the seventh digit of issued numbers is 0 to 6), four serial digits, the
official check digit.
* Phone: +7 700 0xx xx xx (from +7 700 1xx xx xx in a world of over a million people); numbers are drawn, not known to
be free.
* IBAN: KZ, two check digits (ISO 13616, mod 97), the three-digit code of an invented bank (901 to 906, unassigned),
13 digits.
* Card: 9 first (no payment system issues it), 15 more digits, Luhn-valid.
* Names are put together from syllables of no language.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from izker.jurisdictions import data
from izker.world.streams import IntArray

_FIRST = ("Ай", "Бе", "Ве", "Да", "Зо", "Ке", "Ла", "Ме", "Но", "Ори", "Ра", "Се", "Та", "Эли", "Ю", "Яро")
_MIDDLE = ("ри", "ле", "ма", "не", "ско", "тве", "лу", "ви", "дра", "жи", "сте", "мо")
_LAST = ("н", "с", "р", "лта", "мир", "нис", "вей", "тан", "лит", "дор")
_HOUSE = (
    "Толм",
    "Верн",
    "Каст",
    "Сарм",
    "Бальт",
    "Норд",
    "Фелд",
    "Гант",
    "Марк",
    "Ольм",
    "Ристан",
    "Седж",
    "Уилм",
    "Хорт",
    "Эстр",
    "Дарв",
)
_ENDING = ("ен", "ор", "ис", "ат", "ум", "эль", "арт", "ин", "ой", "екс")

_W1 = np.arange(1, 12, dtype=np.int64)
_W2 = np.array([3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2], dtype=np.int64)


def banks() -> list[dict[str, object]]:
    found: list[dict[str, object]] = data("kz", "banks")["bank"]
    return found


def names(index: IntArray) -> pl.Series:
    """A name for each number; neighbours differ, sex and ethnicity are not in it."""
    k = (index * 48_271 + 11) % 2_147_483_647
    parts = []
    for words in (_FIRST, _MIDDLE, _LAST, _HOUSE, _ENDING):
        parts.append(pl.Series(words).gather(k % len(words)))
        k = k // len(words)
    first, middle, last, house, ending = parts
    return (first + middle + last + " " + house + ending).alias("name")


def phones(index: IntArray) -> pl.Series:
    """E.164 numbers, different for different indices below ten million."""
    million, rest = np.divmod(index, 1_000_000)
    tail = million * 1_000_000 + (rest * 700_001 + 377_003) % 1_000_000
    return ("+7700" + pl.Series(tail).cast(pl.String).str.zfill(7)).alias("phone")


def iins(birth_year: IntArray, index: IntArray) -> pl.Series:
    """Twelve digits each, different for different (birthday, serial); never in the issued space."""
    month, day = 1 + index % 12, 1 + index // 12 % 28
    head = (birth_year % 100) * 10_000 + month * 100 + day
    serial = index // 336 % 10_000
    check: IntArray = np.full(len(index), 10, dtype=np.int64)
    for attempt in range(20):  # one number in 121 has no check digit: a serial of the next band is tried
        serial = np.where(check == 10, (serial + 3000 * (attempt > 0)) % 10_000, serial)
        check = _iin_check(head * 100_000 + 90_000 + serial)
        if not (check == 10).any():
            break
    whole = (head * 100_000 + 90_000 + serial) * 10 + check
    return pl.Series(whole).cast(pl.String).str.zfill(12).alias("iin")


def _iin_check(eleven: IntArray) -> IntArray:
    """Check digit of the first eleven digits; 10 where the number is not issued."""
    digits = eleven[:, None] // 10 ** np.arange(10, -1, -1, dtype=np.int64) % 10
    first = (digits * _W1).sum(axis=1) % 11
    second = (digits * _W2).sum(axis=1) % 11
    return np.asarray(np.where(first == 10, second, first), dtype=np.int64)


def ibans(bank: IntArray, serial: IntArray) -> pl.Series:
    """IBANs of the invented banks; `bank` indexes `banks()`, `serial` makes the account number (a bijection modulo
    10^13).
    """
    codes = np.array([int(str(b["code"])) for b in banks()], dtype=np.int64)[bank]
    number = ((serial + 1) * 61_803_399 + 2_718_281_828_459) % 10**13
    remainder = (codes * 10**13 + number) % 97 * 10**6 % 97
    check = 98 - (remainder + 203_500) % 97
    return (
        "KZ"
        + pl.Series(check).cast(pl.String).str.zfill(2)
        + pl.Series(codes).cast(pl.String)
        + pl.Series(number).cast(pl.String).str.zfill(13)
    ).alias("account")


def cards(index: IntArray) -> list[str]:
    """Luhn-valid 16-digit numbers that start with 9."""
    out = []
    for value in (index * 7_919_317 + 1_234_567) % 10**14:
        body = f"9{int(value):014d}"
        total = sum(sum(divmod(2 * int(d), 10)) if i % 2 == 0 else int(d) for i, d in enumerate(body))
        out.append(f"{body}{-total % 10}")
    return out
