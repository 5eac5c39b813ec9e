"""Concepts: hand-written word patterns for who, how and what about, found in folded text with their places.

Files `lexicon/*.toml` (concepts, from which rules are made) and `lexicon/fields/*.toml` (fields of meaning: words of the
three languages that say the same): a name and its patterns, divided by `;`. A pattern is words in order with at most two other
words between neighbours; `*` stands for any ending. Patterns are folded as texts are, so one list serves Cyrillic,
Latin and letterless spellings of all three languages.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from izker.schemes.text import Tokens, fold

LEXICON = Path(__file__).parent / "lexicon"
_GAP = 3  # the next word of a pattern stands at most this far on
_CACHE_LIMIT = 200_000

NAMES = frozenset(
    [
        *(
            "whatsapp",
            "telegram",
            "instagram",
            "facebook",
            "tiktok",
            "threads",
            "youtube",
            "viber",
            "zoom",
            "imo",
            "gmail",
            "google",
        ),
        *(
            "anydesk",
            "teamviewer",
            "rustdesk",
            "apk",
            "sms",
            "otp",
            "cvv",
            "cvc",
            "pin",
            "vpn",
            "kaspi",
            "halyk",
            "forte",
            "jusan",
        ),
        *(
            "olx",
            "krisha",
            "kolesa",
            "indrive",
            "wildberries",
            "ozon",
            "egov",
            "enbek",
            "damumed",
            "beeline",
            "tele2",
            "kcell",
        ),
        *(
            "altel",
            "activ",
            "kazakhtelecom",
            "bitcoin",
            "usdt",
            "crypto",
            "binance",
            "bybit",
            "tron",
            "swift",
            "iphone",
            "tinder",
        ),
        *(
            "badoo",
            "visa",
            "finiko",
            "kazatomprom",
            "premium",
            "deepfake",
            "freedom",
            "homebank",
            "mlm",
            "knb",
            "linux",
            "python",
        ),
    ]
)
"""Names and abbreviations that stand in Latin letters inside Kazakh and Russian texts."""

Element = tuple[str, bool]  # folded word, True if any ending may follow


@dataclass(frozen=True, slots=True)
class Hit:
    """Concept number `concept` (its place in `Lexicon.names`) found over tokens start..end inclusive."""

    concept: int
    start: int
    end: int


class Lexicon:
    """All concepts with an index by first word. `names[i]` is the name of concept i."""

    def __init__(self, patterns: dict[str, list[str]]) -> None:
        self.names = sorted(patterns)
        self.number = {name: i for i, name in enumerate(self.names)}
        self._exact: dict[str, set[tuple[int, tuple[Element, ...]]]] = {}
        self._prefix: dict[str, set[tuple[int, tuple[Element, ...]]]] = {}
        for name, lines in patterns.items():
            for line in lines:
                for elements in _variants(line):
                    (word, open_end), rest = elements[0], elements[1:]
                    (self._prefix if open_end else self._exact).setdefault(word, set()).add((self.number[name], rest))
        self._lengths = sorted({len(w) for w in self._prefix})
        self._seen: dict[str, tuple[tuple[int, tuple[Element, ...]], ...]] = {}

    def find(self, tokens: Tokens) -> list[Hit]:
        """Every hit, in order of place; a concept may be hit several times."""
        hits = []
        seen = self._seen
        words = tokens.folded
        for i, word in enumerate(words):
            starts = seen.get(word)
            if starts is None:
                starts = self._starts(word)
            for concept, rest in starts:
                end = _follow(words, i, rest) if rest else i
                if end >= 0:
                    hits.append(Hit(concept, i, end))
        return hits

    def _starts(self, word: str) -> tuple[tuple[int, tuple[Element, ...]], ...]:
        found = set(self._exact.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            found |= self._prefix.get(word[:length], set())
        if len(self._seen) >= _CACHE_LIMIT:
            self._seen.clear()
        self._seen[word] = result = tuple(sorted(found))
        return result


def _follow(words: list[str], at: int, rest: tuple[Element, ...]) -> int:
    for wanted, open_end in rest:
        for j in range(at + 1, min(at + 1 + _GAP, len(words))):
            if words[j] == wanted or (open_end and words[j].startswith(wanted)):
                at = j
                break
        else:
            return -1
    return at


def _variants(line: str) -> list[tuple[Element, ...]]:
    """The folded elements of a pattern; names of services also as Kazakh and Russian texts spell them after folding.

    English words are not folded to Cyrillic: "son" would become the Kazakh word for "after".
    """
    variants = []
    words = line.replace("-", " ").replace("'", " ").replace(".", " ").split()
    for keep_latin in (True, False):
        elements: list[Element] = []
        for raw in words:
            word = raw.rstrip("*")
            parts = fold(word, keep_latin=keep_latin or word not in NAMES)
            elements += [(part, raw.endswith("*") and part == parts[-1]) for part in parts]
        if elements and tuple(elements) not in variants:
            variants.append(tuple(elements))
    return variants


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The concepts of this package."""
    return _load(path for path in sorted(LEXICON.glob("*.toml")) if path.stem != "rules")


@lru_cache(maxsize=1)
def fields() -> Lexicon:
    """The fields of meaning: what is learned from one language's word is then known of the others'."""
    return _load(sorted((LEXICON / "fields").glob("*.toml")))


def _load(paths: Iterable[Path]) -> Lexicon:
    patterns: dict[str, list[str]] = {}
    for path in paths:
        with path.open("rb") as file:
            for name, value in tomllib.load(file).items():
                patterns[name] = [p.strip() for p in value.split(";") if p.strip()]
    return Lexicon(patterns)


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Hash of all patterns and rules: a model is good for the lexicon it was trained with."""
    digest = hashlib.sha256()
    for path in sorted(LEXICON.rglob("*.toml")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]
