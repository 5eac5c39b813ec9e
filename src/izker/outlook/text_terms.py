"""Words of a report as the text detector compares them: folded to one spelling, by their first letters, links by their host.

Kazakh in Cyrillic, in Latin letters and typed without its own letters meets in one spelling (`schemes.text`); six letters
join the cases of Russian and the suffixes of Kazakh without a dictionary; digits are left out, so that numbers and sums are
no words. Pairs of neighbouring words are terms too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import pairwise

from izker.schemes.text import NUMBER, URL, fold, tokens

STEM = 6  # letters by which words are compared
SHORT = 3  # letters below which a word says nothing

_KAZAKH = set("әғқңөұүһі")


def terms(text: str) -> dict[str, str]:
    """Stem or pair of stems -> as written. Links are cut to their host."""
    out: dict[str, str] = {}
    read = tokens(text)
    before: tuple[str, str] | None = None
    for i, folded in enumerate(read.folded):
        word = read.word(i).lower()
        if folded == URL:
            host = re.sub(r"^[a-z]+://|^www\.", "", word).split("/")[0].removeprefix("www.")
            out.setdefault("@" + host, host)
            before = None
        elif folded != NUMBER and len(folded) >= SHORT:
            stem = folded[:STEM]
            out.setdefault(stem, word)
            if before:
                out.setdefault(f"{before[0]} {stem}", f"{before[1]} {word}")
            before = stem, word
    return out


def language_of(word: str, text: str) -> str:
    """kk, ru or en of a word that stands in `text`; link for a host."""
    if "." in word:
        return "link"
    return "kk" if any(letter in _KAZAKH for letter in word) else tongue(text)


@lru_cache
def months() -> frozenset[str]:
    """Stems of the names of months, which are new once a month and mean nothing."""
    from babel.dates import get_month_names

    names = (
        name.lower()
        for code in ("kk", "ru", "en")
        for context in ("format", "stand-alone")
        for name in get_month_names("wide", context, code).values()
    )
    return frozenset(folded[:STEM] for name in names for folded in fold(name))


def tongue(text: str) -> str:
    """Language of a report: Kazakh where its own letters are more than two in a hundred or where it is typed in Latin
    ones, else Russian or English by script.
    """
    letters = [c for c in text.lower() if c.isalpha()]
    if sum(c in _KAZAKH for c in letters) > 0.02 * len(letters):
        return "kk"
    return {"cyrl": "ru", "latn": "kk"}.get(tokens(text).script, "en")


def stems(words: Iterable[str]) -> frozenset[str]:
    """The terms behind shown words: what a `Decision` on them must name."""
    return frozenset(t for word in words for t in (*terms(word), *(["@" + word] if "." in word else [])))


def in_context(text: str, wanted: Collection[str], around: int = 9) -> tuple[str, str, str]:
    """What stands before, at and after the first run of words in `text` that hold a term of `wanted` (stems, pairs, hosts), some
    `around` words either side; three empty strings where none does.
    """
    read = tokens(text)
    stem = ["" if f in (URL, NUMBER) or len(f) < SHORT else f[:STEM] for f in read.folded]
    hosts = [next(iter(terms(read.word(i))), "") if f == URL else "" for i, f in enumerate(read.folded)]
    full = [i for i, s in enumerate(stem) if s]
    hit = {i for i, s in enumerate(stem) if s in wanted} | {i for i, h in enumerate(hosts) if h in wanted}
    for a, b in pairwise(full):
        if f"{stem[a]} {stem[b]}" in wanted:
            hit.update(range(a, b + 1))
    if not hit:
        return "", "", ""
    first = last = min(hit)
    while last + 1 in hit:
        last += 1
    start, end = read.spans[max(first - around, 0)][0], read.spans[min(last + around, len(read.spans) - 1)][1]
    at, after = read.spans[first][0], read.spans[last][1]
    left = ("… " if start > 0 else "") + read.text[start:at]
    return left, read.text[at:after], read.text[after:end] + (" …" if end < len(read.text) else "")
