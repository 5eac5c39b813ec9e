"""Concepts: hand-written word patterns for who, how and what about, found in folded text with their places.

Files `lexicon/*.toml` (concepts, from which rules are made) and `lexicon/fields/*.toml` (fields of meaning: words of the
three languages that say the same): a name and its patterns, divided by `;`. A pattern is words in order with at most two other
words between neighbours; `*` stands for any ending. Patterns are folded as texts are, so one list serves Cyrillic,
Latin and letterless spellings of all three languages.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from izker.schemes.text import Tokens, fold

LEXICON = Path(__file__).parent / "lexicon"
_GAP = 3  # the next word of a pattern stands at most this far on
_CACHE_LIMIT = 200_000

NAMES = frozenset(
    """
    whatsapp telegram instagram facebook tiktok threads youtube viber zoom imo gmail google anydesk teamviewer
    rustdesk apk sms otp cvv cvc pin vpn kaspi halyk forte jusan olx krisha kolesa indrive wildberries ozon egov
    enbek damumed beeline tele2 kcell altel activ kazakhtelecom bitcoin usdt crypto binance bybit tron swift iphone
    tinder badoo visa finiko kazatomprom premium deepfake freedom homebank mlm knb linux python
    """.split()  # noqa: SIM905
)
"""Names and abbreviations that stand in Latin letters inside Kazakh and Russian texts."""

Element = tuple[str, bool]  # folded word, True if any ending may follow
Phrases = dict[str, list[tuple[int, tuple[Element, ...]]]]
Starts = tuple[list[int], Phrases]
"""What begins with a word: concepts of this one word, and concepts with the words that must follow, by the head of the
next one."""
_HEAD = 2  # letters; a stem with any ending has at least as many


class Hit(NamedTuple):
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
        self._seen: dict[str, Starts] = {}

    def find(self, tokens: Tokens) -> list[Hit]:
        """Every hit, in order of place; a concept may be hit several times."""
        hits = []
        seen = self._seen
        words = tokens.folded
        for i, word in enumerate(words):
            starts = seen.get(word)
            if starts is None:
                starts = self._starts(word)
            alone, phrases = starts
            for concept in alone:
                hits.append(Hit(concept, i, i))
            if phrases:
                for j, following in enumerate(words[i + 1 : i + 1 + _GAP], i + 1):
                    for concept, ((wanted, open_end), *rest) in phrases.get(following[:_HEAD], ()):
                        if following == wanted or (open_end and following.startswith(wanted)):
                            end = _follow(words, j, rest)
                            if end >= 0:
                                hits.append(Hit(concept, i, end))
        return hits

    def _starts(self, word: str) -> Starts:
        found = set(self._exact.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            found |= self._prefix.get(word[:length], set())
        if len(self._seen) >= _CACHE_LIMIT:
            self._seen.clear()
        alone: list[int] = []
        phrases: Phrases = {}
        for concept, rest in sorted(found):
            if rest:
                phrases.setdefault(rest[0][0][:_HEAD], []).append((concept, rest))
            else:
                alone.append(concept)
        self._seen[word] = alone, phrases
        return alone, phrases


def _follow(words: list[str], at: int, rest: Sequence[Element]) -> int:
    """Where the words of `rest` end behind place `at`, or -1."""
    for wanted, open_end in rest:
        for j, word in enumerate(words[at + 1 : at + 1 + _GAP], at + 1):
            if word == wanted or (open_end and word.startswith(wanted)):
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
