"""What the model sees of a text: hashed n-grams, fields of meaning (all, those of the opening, pairs of neighbours),
concepts, who is named first, which rules fired, how long it is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, groupby
from math import sqrt

import numpy as np

from izker.schemes import ngrams
from izker.schemes.concepts import Hit, fields, lexicon
from izker.schemes.rules import ACTORS, fired, present, rules
from izker.schemes.text import Tokens, tokens

EXTRA_VALUE = 0.5
"""Value of a concept or rule feature beside an n-gram block of length one. This and the next four were set on held-out
parts of our own corpus."""
FIELDS_LENGTH, OPENING_LENGTH, PAIRS_LENGTH = 1.0, 0.5, 0.5
"""Lengths of the blocks of fields, of fields in the opening and of pairs."""
OPENING = 8  # tokens: the pretext that a story enters by is most often told first
PAIRS = 1 << 15  # buckets of pairs

LENGTHS = (3, 6, 12, 25)
HEARD = (0, 1, 2, 4)
"""Edges of the steps of two plain features: how many words, how many different concepts. Small talk is short and says
little."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A text as the model sees it. `extra`: numbers of the features that are no n-grams, with their values;
    `extra_token`: the token each came from, or -1."""

    tokens: Tokens
    data: ngrams.Bytes
    hits: list[Hit]
    concepts: int
    first: dict[int, int]
    fired: list[int]
    extra: ngrams.Ints
    extra_value: ngrams.Floats
    extra_token: ngrams.Ints


@lru_cache(maxsize=1)
def layout() -> dict[str, int]:
    """Where each block of features after the n-grams starts, and `size`: the number of all features."""
    sizes = {
        "concept": len(lexicon().names),
        "first": len(ACTORS),
        "order": len(ACTORS) ** 2,
        "rule": len(rules()),
        "length": len(LENGTHS) + 1,
        "heard": len(HEARD) + 1,
        "field": len(fields().names),
        "opening": len(fields().names),
        "pair": PAIRS,
    }
    starts = list(accumulate(sizes.values(), initial=ngrams.BUCKETS))
    return dict(zip([*sizes, "size"], starts, strict=True))


@lru_cache(maxsize=1)
def _actors() -> tuple[int, ...]:
    return tuple(lexicon().number[name] for name in ACTORS)


def see(text: str) -> Seen:
    """Everything the model and the rules need of one text."""
    read = tokens(text)
    hits = lexicon().find(read)
    first: dict[int, int] = {}
    for hit in hits:
        first.setdefault(hit.concept, hit.start)
    concepts = present(hits)
    numbers = fired(concepts)
    at = layout()
    extra = [at["concept"] + c for c in first]
    where = list(first.values())
    named = sorted((first[c], i) for i, c in enumerate(_actors()) if c in first)
    if named:
        extra.append(at["first"] + named[0][1])
        where.append(named[0][0])
        for _place, i in named[1:]:
            extra.append(at["order"] + named[0][1] * len(ACTORS) + i)
            where.append(-1)
    extra += [at["rule"] + i for i in numbers]
    extra.append(at["length"] + bisect_left(LENGTHS, len(read.folded)))
    extra.append(at["heard"] + bisect_left(HEARD, len(first)))
    where += [-1] * (len(numbers) + 2)
    value = [EXTRA_VALUE] * len(extra)
    for name, length, block in _meaning(read):
        extra += [at[name] + feature for feature in block]
        where += block.values()
        value += [length / sqrt(max(len(block), 1))] * len(block)
    return Seen(
        read,
        ngrams.encode(read.folded),
        hits,
        concepts,
        first,
        numbers,
        np.array(extra, np.int32),
        np.array(value, np.float32),
        np.array(where, np.int32),
    )


def _meaning(read: Tokens) -> Iterator[tuple[str, float, dict[int, int]]]:
    """Blocks of features, each with its name, its length and its features with the token they came from: the fields of
    a text, those of its opening, and pairs of different fields that follow each other (as buckets)."""
    found: dict[int, int] = {}
    pairs: dict[int, int] = {}
    before: list[int] = []
    for place, group in groupby(fields().find(read), key=lambda hit: hit.start):
        here = [hit.concept for hit in group]
        for b in here:
            found.setdefault(b, place)
            for a in before:
                if a != b:
                    pairs.setdefault((a * 1_000_003 + b * 7_919) % PAIRS, place)
        before = here
    yield "field", FIELDS_LENGTH, found
    yield "opening", OPENING_LENGTH, {field: place for field, place in found.items() if place < OPENING}
    yield "pair", PAIRS_LENGTH, pairs
