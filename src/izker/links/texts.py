"""Near-identical texts: MinHash over triples of words (Broder 1997), with banding (Indyk and Motwani 1998) to find
candidates.

Digits are one digit and case is one case, so that a script with another victim's sum or phone stays the same script.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

HASHES = 32
ROWS = 4
BANDS = HASHES // ROWS
SHINGLE = 3
_MOST_WORDS = 2048  # of a longer text the beginning speaks for it

Words = NDArray[np.uint64]


def _seeds() -> Words:
    state, out = 0x9E3779B97F4A7C15, []
    for _i in range(HASHES):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        out.append(state | 1)
    return np.array(out, np.uint64)


SEEDS = _seeds()


def signatures(texts: Sequence[str | None], least_words: int) -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
    """(n, HASHES) MinHash signatures and which texts have `least_words` words to speak of."""
    parts = [(text or "").lower() for text in texts]
    lengths = np.fromiter((len(part) for part in parts), np.int64, len(parts))
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
    points = np.frombuffer("".join(parts).encode("utf-32-le", "surrogatepass"), np.uint32)
    return _signatures(points, starts, SEEDS, least_words)


@njit(cache=True)
def _signatures(points: NDArray[np.uint32], starts: NDArray[np.int64], seeds: Words, least: int) -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
    n = len(starts) - 1
    out = np.full((n, HASHES), np.uint32(0xFFFFFFFF), np.uint32)
    enough = np.zeros(n, np.bool_)
    words = np.empty(_MOST_WORDS, np.uint64)
    for t in range(n):
        count = 0
        inside = False
        state = np.uint64(0)
        for i in range(starts[t], starts[t + 1] + 1):
            point = points[i] if i < starts[t + 1] else np.uint32(32)
            letter = (97 <= point <= 122) or (48 <= point <= 57) or (point >= 0x400 and point <= 0x52F) or (0x5D0 <= point <= 0x6FF) or (0xC0 <= point <= 0x24F)
            if letter:
                if not inside:
                    if count == _MOST_WORDS:
                        break
                    state = np.uint64(0xCBF29CE484222325)
                    inside = True
                value = np.uint64(48) if 48 <= point <= 57 else np.uint64(point)
                state = (state ^ value) * np.uint64(0x100000001B3)
            elif inside:
                words[count] = state
                count += 1
                inside = False
        if count < least:
            continue
        enough[t] = True
        for w in range(count - SHINGLE + 1):
            shingle = words[w] * np.uint64(0x9E3779B97F4A7C15) + words[w + 1] * np.uint64(0xC2B2AE3D27D4EB4F) + words[w + 2]
            shingle ^= shingle >> np.uint64(29)
            for k in range(HASHES):
                mixed = np.uint32((shingle * seeds[k]) >> np.uint64(32))
                if mixed < out[t, k]:
                    out[t, k] = mixed
    return out, enough


def band_keys(found: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """(n, BANDS) bucket keys: texts that share one are candidates."""
    keys = np.empty((len(found), BANDS), np.uint64)
    for band in range(BANDS):
        key = np.full(len(found), band + 1, np.uint64)
        for row in range(band * ROWS, (band + 1) * ROWS):
            key = (key ^ found[:, row].astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
            key ^= key >> np.uint64(31)
        keys[:, band] = key
    return keys


def alike(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Estimated Jaccard similarity of paired signatures: the share of equal minima."""
    same: NDArray[np.float64] = (left == right).mean(axis=-1)
    return same
