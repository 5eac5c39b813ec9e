"""Numbers written in words, in Kazakh, Russian and English: 'алты жүз елу', 'двадцать пять', 'two hundred and forty'.

Only values below a thousand and the usual fractions; the scale behind them (thousand, million) is the caller's.
"""

from __future__ import annotations

import re
from decimal import Decimal

_KAZAKH = {
    1: "бір",
    2: "екі",
    3: "үш",
    4: "төрт",
    5: "бес",
    6: "алты",
    7: "жеті",
    8: "сегіз",
    9: "тоғыз",
    20: "жиырма",
    30: "отыз",
    40: "қырық",
    50: "елу",
    60: "алпыс",
    70: "жетпіс",
    80: "сексен",
    90: "тоқсан",
}
# Typed without the Kazakh letters, and in Latin letters.
_LOOSE = {
    1: "бир|bir",
    2: "еки|eki",
    3: "уш|ush|úsh|üsh",
    4: "торт|tort|tórt|tört",
    5: "bes",
    6: "alty",
    7: "жети|jeti",
    8: "сегиз|segiz",
    9: "тогыз|toghyz|togyz|toǵyz|toğyz",
    20: "jiyrma|zhyirma",
    30: "otyz",
    40: "кырык|qyryq",
    50: "elu",
    60: "alpys",
    70: "жетпис|jetpis",
    80: "seksen",
    90: "токсан|toqsan",
}
_RUSSIAN = {
    1: "одну|одна|один|одного",
    2: "два|две|двух",
    3: "три|трех|трёх",
    4: "четыре|четырех|четырёх",
    5: "пять|пяти",
    6: "шесть|шести",
    7: "семь|семи",
    8: "восемь|восьми",
    9: "девять|девяти",
    10: "десять|десяти",
    11: "одиннадцать|одиннадцати",
    12: "двенадцать|двенадцати",
    13: "тринадцать",
    14: "четырнадцать",
    15: "пятнадцать|пятнадцати",
    16: "шестнадцать",
    17: "семнадцать",
    18: "восемнадцать",
    19: "девятнадцать",
    20: "двадцать|двадцати",
    30: "тридцать|тридцати",
    40: "сорок|сорока",
    50: "пятьдесят|пятидесяти",
    60: "шестьдесят",
    70: "семьдесят",
    80: "восемьдесят",
    90: "девяносто",
    100: "сто|ста",
    200: "двести|двухсот",
    300: "триста|трехсот|трёхсот",
    400: "четыреста",
    500: "пятьсот|пятисот",
    600: "шестьсот",
    700: "семьсот",
    800: "восемьсот",
    900: "девятьсот",
}
_ENGLISH = {
    1: "one",
    2: "two",
    3: "three",
    4: "four",
    5: "five",
    6: "six",
    7: "seven",
    8: "eight",
    9: "nine",
    10: "ten",
    11: "eleven",
    12: "twelve",
    13: "thirteen",
    14: "fourteen",
    15: "fifteen",
    16: "sixteen",
    17: "seventeen",
    18: "eighteen",
    19: "nineteen",
    20: "twenty",
    30: "thirty",
    40: "forty",
    50: "fifty",
    60: "sixty",
    70: "seventy",
    80: "eighty",
    90: "ninety",
}
_TABLES = {"kk": (_KAZAKH, _LOOSE), "ru": (_RUSSIAN,), "en": (_ENGLISH,)}
_VALUES = {
    word: (value, language)
    for language, tables in _TABLES.items()
    for table in tables
    for value, words in table.items()
    for word in words.split("|")
}
_HUNDREDS = frozenset({"жүз", "жуз", "hundred", "júz", "jüz", "juz"})
_FRACTIONS = {
    "полтора": "1.5",
    "полторы": "1.5",
    "половина": "0.5",
    "половину": "0.5",
    "половины": "0.5",
    "четверть": "0.25",
    "жарты": "0.5",
    "ширек": "0.25",
    "half a": "0.5",
    "half": "0.5",
}
_TEN = ("он", "on")
_KAZAKH_ON = re.compile(r"(?:он\s(?:мың|мын|теңге|млн|миллион|бір|екі|үш|төрт|бес|алты|жеті|сегіз|тоғыз)|on\s(?:\w{2,7}\s)?m[yi][nńñ])", re.I)
_LEAD = "|".join(sorted((re.escape(w) for w in [*_VALUES, *_TEN, *_HUNDREDS, *_FRACTIONS, "a"]), key=len, reverse=True))
# What can open a spelled number; 'пол' only where the scale's word follows or is run into it.
OPENS = rf"(?:{_LEAD})(?=[\s-])|пол(?=-?\s?(?:миллион|млн|лям|лимон|тысяч))"
_WORD = re.compile(rf"(?:{_LEAD})(?!\w)", re.I)
_HALF_OF = re.compile(r"пол(?=-?\s?(?:миллион|млн|лям|лимон|тысяч))", re.I)
# Letters that a match regardless of case takes for these: the dotless i of Kazakh in Latin letters ("ekı"), and signs.
_SAME = str.maketrans("ıİſ\u212a", "iisk")
_GAP = re.compile(r"\s{1,2}(?:and\s)?|-")
_AND_A_HALF = re.compile(r"\s(?:с\sполовиной|жарым|and\sa\shalf)(?!\w)", re.I)


def spelled(text: str, at: int) -> tuple[Decimal, int] | None:
    """The number that the words of `text` from offset `at` on spell: its value (below 1000) and where they end."""
    half = _HALF_OF.match(text, at)
    if half is not None:
        return Decimal("0.5"), half.end()
    total, room, language, end = 0, 1000, "", at
    while (found := _WORD.match(text, at)) is not None:
        word = found.group().translate(_SAME).lower()
        if word in _FRACTIONS:
            return (Decimal(_FRACTIONS[word]), found.end()) if not total else None
        if word in _HUNDREDS:
            if total > 9:
                break
            total, room = (total or 1) * 100, 100
        elif word == "a":
            if total:
                break
            total, room = 1, 1
        else:
            if word in _TEN and _KAZAKH_ON.match(text, at) is None:
                break
            value, spoken = (10, "kk") if word in _TEN else _VALUES[word]
            if value >= room or (language and spoken != language):
                break
            total, language, room = total + value, spoken, _room(value, spoken)
        end = found.end()
        gap = _GAP.match(text, end)
        if gap is None:
            break
        at = gap.end()
    return (Decimal(total), end) if total else None


def _room(value: int, language: str) -> int:
    """Below what the next word must be: tens behind hundreds, units behind tens, nothing behind a unit."""
    if value >= 100:
        return 100
    return 10 if value >= 20 or (value == 10 and language == "kk") else 1


def half_more(text: str, at: int) -> int | None:
    """Where '... and a half' ('с половиной', 'жарым') ends if it stands at `at`."""
    found = _AND_A_HALF.match(text, at)
    return found.end() if found is not None else None
