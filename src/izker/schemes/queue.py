"""Which texts to ask a person about next: unsure ones, and not the same story twice.

Uncertainty is the margin between the two likeliest schemes (Scheffer et al., 2001). Diversity is a greedy choice: each
next text is the one with the largest uncertainty times its distance (one minus the share of common n-gram features) to
those chosen before, as in maximal marginal relevance (Carbonell and Goldstein, 1998).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from izker.schemes import ngrams
from izker.schemes.classifier import Classifier
from izker.schemes.text import tokens

POOL = 2_000
"""At most this many of the most uncertain texts are compared for diversity, so that the work is bounded."""
_SKETCH = 64


@dataclass(frozen=True, slots=True)
class Question:
    """Ask about text number `index`. `uncertainty` 0..1 (1: two schemes equally likely); `novelty` 0..1 against those
    asked before it."""

    index: int
    uncertainty: float
    novelty: float


def ask(classifier: Classifier, texts: Sequence[str], count: int) -> list[Question]:
    """Up to `count` questions, the most useful first. Texts without words, or in a script that is not read, come
    last."""
    unsure = np.array([_uncertainty(classifier, text) for text in texts])
    pool = np.argsort(-unsure, kind="stable")[:POOL]
    sketches = np.stack([_sketch(texts[i]) for i in pool]) if len(pool) else np.zeros((0, _SKETCH), np.uint32)
    novelty = np.ones(len(pool))
    free = np.ones(len(pool), bool)
    chosen: list[Question] = []
    while len(chosen) < min(count, len(pool)):
        gain = np.where(free, unsure[pool] * novelty, -1.0)
        best = int(gain.argmax())
        free[best] = False
        chosen.append(Question(int(pool[best]), round(float(unsure[pool[best]]), 4), round(float(novelty[best]), 4)))
        novelty = np.minimum(novelty, 1 - (sketches == sketches[best]).mean(axis=1))
    return chosen


def _uncertainty(classifier: Classifier, text: str) -> float:
    if tokens(text).script in ("arab", "none"):
        return 0.0
    top = np.sort(classifier.probabilities(text))[-2:]
    return float(1 - (top[1] - top[0]))


def _sketch(text: str) -> npt.NDArray[np.uint32]:
    """MinHash of the text's features (Broder, 1997): the share of equal places estimates the share of common
    features."""
    features, _places = ngrams.hashed(ngrams.encode(tokens(text).folded))
    if not features.size:
        return np.zeros(_SKETCH, np.uint32)
    rng = np.random.default_rng(190)
    a = rng.integers(1, 2**31, _SKETCH, dtype=np.uint64) | np.uint64(1)
    b = rng.integers(0, 2**31, _SKETCH, dtype=np.uint64)
    hashed = (features.astype(np.uint64)[:, None] * a + b) & np.uint64(0xFFFFFFFF)
    return np.asarray(hashed.min(axis=0), np.uint32)
