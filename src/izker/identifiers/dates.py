"""Dates as people write them in Kazakh, Russian and English; value in ISO 8601, '--01-16' where the year is not
said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from izker.identifiers.model import Identifier
from izker.words import N_

NO_DAY = N_("there is no such day in the calendar: check the date")

_MONTHS = {
    1: "январ|қаңтар|jan",
    2: "феврал|ақпан|feb",
    3: "март|наурыз|mar",
    4: "апрел|сәуір|apr",
    5: "мая|май|мамыр|may",
    6: "июн|маусым|jun",
    7: "июл|шілде|jul",
    8: "август|тамыз|aug",
    9: "сентябр|қыркүйек|sep",
    10: "октябр|қазан|oct",
    11: "ноябр|қараша|nov",
    12: "декабр|желтоқсан|dec",
}
_MONTH = "|".join(f"(?P<m{number}>{words})" for number, words in _MONTHS.items())
_ISO = re.compile(r"(?<![\d.,/-])(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?!\d|-\d)")
_NUMERIC = re.compile(r"(?<![\d.,/+-])(?P<d>\d{1,2})(?P<sep>[./-])(?P<m>\d{1,2})(?P=sep)(?P<y>(?:19|20)\d\d|\d\d)(?!\d|[./-]\d)")
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_ENDING = r"[а-яәіңғүұқөһa-z]{0,7}\.?"
_DAY_MONTH = re.compile(
    rf"(?<![\d.,-])(?P<d>\d{{1,2}})(?:\s?-?(?:е|го|ші|шы|інші|ыншы|st|nd|rd|th))?"
    rf"\s(?:of\s)?(?:{_MONTH}){_ENDING}(?:,?\s{_YEAR}(?!\d))?",
    re.I,
)
_MONTH_DAY = re.compile(rf"(?:(?<!\d){_YEAR}\s?ж?\.?(?:жылғы|жылдың|жылы|жыл)?\s(?P<d>\d{{1,2}})\s(?:{_MONTH}){_ENDING})", re.I)
_ENGLISH = re.compile(rf"(?<![\w])(?:{_MONTH})[a-z]{{0,6}}\.?\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s{_YEAR})?(?!\d)", re.I)
_WORDS = re.compile("|".join(words for words in _MONTHS.values()), re.I)


def find(text: str) -> Iterator[Identifier]:
    """Dates in `text`, one for each place."""
    seen: list[tuple[int, int]] = []
    patterns = [_ISO, _NUMERIC] if not _WORDS.search(text) else [_ISO, _NUMERIC, _MONTH_DAY, _DAY_MONTH, _ENGLISH]
    for pattern in patterns:
        here = []
        for found in pattern.finditer(text):
            read = _read(text, found)
            if read is not None and not any(a < read.end and read.start < b for a, b in seen):
                here.append(read)
        # One pattern never overlaps itself: only the earlier patterns' places need a look.
        seen = _merged(seen, here) if pattern is not patterns[-1] else seen
        yield from here


def _merged(seen: list[tuple[int, int]], here: list[Identifier]) -> list[tuple[int, int]]:
    return seen + [(f.start, f.end) for f in here]


def _read(text: str, found: re.Match[str]) -> Identifier | None:
    groups = found.groupdict()
    day = int(groups["d"])
    numeric = groups.get("m")
    month = int(numeric) if numeric else next(n for n in _MONTHS if groups[f"m{n}"])
    written = groups.get("y")
    raw = found.group()
    if written is None:
        if not 1 <= day <= 31:
            return None
        end = found.end() - (len(raw) - len(raw.rstrip(" .")))
        return Identifier("date", f"--{month:02d}-{day:02d}", found.start(), end, True, "", text[found.start() : end])
    year = int(written)
    if len(written) == 2:
        year += 2000 if year < 70 else 1900
    try:
        value = date(year, month, day).isoformat()
    except ValueError:
        if len(written) == 2 or not numeric:
            return None
        return Identifier("date", raw, found.start(), found.end(), False, NO_DAY, raw)
    return Identifier("date", value, found.start(), found.end(), True, "", raw)
