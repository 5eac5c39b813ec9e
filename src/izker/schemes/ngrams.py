"""Hashed n-grams of folded tokens and their scores under a linear model: compiled, no state, one pass.

Features of a text: each distinct 3-, 4- and 5-letter window of a word with its edges, each whole word, and each pair of
word stems that stand next to each other or one apart. A feature is its FNV-1a hash (Fowler, Noll, Vo) modulo
`BUCKETS`. The block has length one: value 1/sqrt(number of distinct features).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

BUCKETS = 1 << 17
_MASK = np.uint32(BUCKETS - 1)
_STEM = 5
_PRIME = np.uint32(16777619)
_BASIS = np.uint32(2166136261)

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


def encode(folded: list[str]) -> Bytes:
    """Tokens as one byte a letter, each between spaces (a token of letters outside cp1251 becomes question marks)."""
    return np.frombuffer((" " + " ".join(folded) + " ").encode("cp1251", "replace"), dtype=np.uint8)


@njit(cache=True)
def hashed(data: Bytes) -> tuple[Ints, Ints]:
    """Distinct feature numbers of an encoded text and, for each, the token it was first seen in."""
    n = data.size
    most = n * 3 + n * 4 + 8
    features = np.empty(most, np.int32)
    places = np.empty(most, np.int32)
    seen = np.zeros(BUCKETS, np.uint8)
    count = 0
    token = -1
    before = np.uint32(0)
    before2 = np.uint32(0)
    i = 0
    while i < n - 1:
        if data[i] == 32 and data[i + 1] != 32:
            token += 1
            end = i + 1
            while data[end] != 32:
                end += 1
            for start in range(i, end):
                h = _BASIS
                for j in range(start, min(start + 5, end + 1)):
                    h = (h ^ np.uint32(data[j])) * _PRIME
                    if j - start >= 2:
                        f = (h ^ (h >> np.uint32(15))) & _MASK
                        if seen[f] == 0:
                            seen[f] = 1
                            features[count] = f
                            places[count] = token
                            count += 1
            h = _BASIS ^ np.uint32(0x5BD1E995)
            stem = h
            for j in range(i + 1, end):
                h = (h ^ np.uint32(data[j])) * _PRIME
                if j - i <= _STEM:
                    stem = h
            for kind in range(3):
                g = h
                if kind == 1:
                    if token < 1:
                        continue
                    g = (before ^ np.uint32(0x9E3779B9)) * _PRIME ^ stem
                elif kind == 2:
                    if token < 2:
                        continue
                    g = (before2 ^ np.uint32(0x7F4A7C15)) * _PRIME ^ stem
                g = g * _PRIME
                f = (g ^ (g >> np.uint32(15))) & _MASK
                if seen[f] == 0:
                    seen[f] = 1
                    features[count] = f
                    places[count] = token
                    count += 1
            before2 = before
            before = stem
            i = end
        else:
            i += 1
    return features[:count].copy(), places[:count].copy()


@njit(cache=True)
def score(
    data: Bytes, extra: Ints, extra_value: Floats, weights: Floats, bias: Floats
) -> tuple[Floats, Ints, Ints]:
    """Raw scores of each class, with the features and their tokens (for `shares`). `extra`: features after the buckets,
    each with its value."""
    features, places = hashed(data)
    classes = bias.size
    out = bias.copy()
    total = np.zeros(classes, np.float32)
    for i in range(features.size):
        f = features[i]
        for k in range(classes):
            total[k] += weights[f, k]
    value = np.float32(1.0 / np.sqrt(max(features.size, 1)))
    for k in range(classes):
        out[k] += total[k] * value
    for i in range(extra.size):
        f = extra[i]
        for k in range(classes):
            out[k] += weights[f, k] * extra_value[i]
    return out, features, places


@njit(cache=True)
def shares(
    features: Ints,
    places: Ints,
    extra: Ints,
    extra_value: Floats,
    extra_token: Ints,
    weights: Floats,
    winner: int,
    n_tokens: int,
) -> Floats:
    """How much each token spoke for class `winner` against the mean of all classes."""
    out = np.zeros(n_tokens, np.float32)
    classes = weights.shape[1]
    value = np.float32(1.0 / np.sqrt(max(features.size, 1)))
    for i in range(features.size):
        mean = np.float32(0)
        for k in range(classes):
            mean += weights[features[i], k]
        out[places[i]] += (weights[features[i], winner] - mean / classes) * value
    for i in range(extra.size):
        if extra_token[i] >= 0:
            mean = np.float32(0)
            for k in range(classes):
                mean += weights[extra[i], k]
            out[extra_token[i]] += (weights[extra[i], winner] - mean / classes) * extra_value[i]
    return out
