"""What the model sees of a text: hashed n-grams, concepts, who is named first, which rules fired, how long it is."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from izker.schemes import ngrams
from izker.schemes.concepts import Hit, lexicon
from izker.schemes.rules import ACTORS, fired, present, rules
from izker.schemes.text import Tokens, tokens

EXTRA_VALUE = 0.5
"""Value of a concept or rule feature beside an n-gram block of length one (set on held-out parts of our own corpus)."""


LENGTHS = (3, 6, 12, 25)
HEARD = (0, 1, 2, 4)
"""Edges of the steps of two plain features: how many words, how many different concepts. Small talk is short and says
little."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A text as the model sees it. `extra`: numbers of dense features; `extra_token`: the token each came from, or
    -1."""

    tokens: Tokens
    data: ngrams.Bytes
    hits: list[Hit]
    concepts: int
    first: dict[int, int]
    fired: list[int]
    extra: ngrams.Ints
    extra_token: ngrams.Ints


@lru_cache(maxsize=1)
def layout() -> dict[str, int]:
    """Where each block of dense features starts, and `size`: the number of all features."""
    n = len(lexicon().names)
    a = len(ACTORS)
    start = ngrams.BUCKETS
    return {
        "concept": start,
        "first": start + n,
        "order": start + n + a,
        "rule": start + n + a + a * a,
        "length": start + n + a + a * a + len(rules()),
        "heard": start + n + a + a * a + len(rules()) + len(LENGTHS) + 1,
        "size": start + n + a + a * a + len(rules()) + len(LENGTHS) + len(HEARD) + 2,
    }


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
    return Seen(
        read,
        ngrams.encode(read.folded),
        hits,
        concepts,
        first,
        numbers,
        np.array(extra, np.int32),
        np.array(where, np.int32),
    )
