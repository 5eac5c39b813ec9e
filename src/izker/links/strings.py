"""Similarity of short strings in compiled code: Jaro-Winkler (Winkler 1990) and one-edit neighbourhood (Damerau
1964)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

Points = NDArray[np.uint32]
Ints = NDArray[np.int64]


def packed(values: Sequence[str]) -> tuple[Points, Ints]:
    """Code points of all values in a row, and where each begins (one more entry than values)."""
    lengths = np.fromiter((len(v) for v in values), np.int64, len(values))
    points = np.frombuffer("".join(values).encode("utf-32-le", "surrogatepass"), np.uint32)
    return points, np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))


@njit(cache=True)
def jaro_winkler(a: Points, b: Points) -> float:
    """Similarity in 0..1; at most 64 characters of each are read."""
    la, lb = min(len(a), 64), min(len(b), 64)
    if la == 0 or lb == 0:
        return 0.0
    window = max(max(la, lb) // 2 - 1, 0)
    one = np.uint64(1)
    used_a, used_b = np.uint64(0), np.uint64(0)  # one bit a character
    matches = 0
    for i in range(la):
        for j in range(max(0, i - window), min(lb, i + window + 1)):
            if a[i] == b[j] and not (used_b >> np.uint64(j)) & one:
                used_a |= one << np.uint64(i)
                used_b |= one << np.uint64(j)
                matches += 1
                break
    if matches == 0:
        return 0.0
    turned, j = 0, 0
    for i in range(la):
        if (used_a >> np.uint64(i)) & one:
            while not (used_b >> np.uint64(j)) & one:
                j += 1
            turned += a[i] != b[j]
            j += 1
    jaro = (matches / la + matches / lb + (matches - turned / 2) / matches) / 3
    prefix = 0
    while prefix < min(4, la, lb) and a[prefix] == b[prefix]:
        prefix += 1
    return jaro + prefix * 0.1 * (1 - jaro)


@njit(cache=True)
def one_edit(a: Points, b: Points) -> bool:
    """True if one insertion, deletion, change or swap of neighbours turns one into the other."""
    la, lb = len(a), len(b)
    if abs(la - lb) > 1:
        return False
    i = 0
    while i < min(la, lb) and a[i] == b[i]:
        i += 1
    k = 0
    while k < min(la, lb) - i and a[la - 1 - k] == b[lb - 1 - k]:
        k += 1
    left_a, left_b = la - i - k, lb - i - k
    if left_a <= 1 and left_b <= 1:
        return True
    return left_a == 2 and left_b == 2 and a[i] == b[i + 1] and a[i + 1] == b[i]


@njit(cache=True)
def prefix_of(a: Points, b: Points) -> int:
    """How many characters agree from the start, a full stop aside."""
    n = 0
    while n < min(len(a), len(b)) and a[n] == b[n] and a[n] != 46:
        n += 1
    return n


@njit(cache=True)
def starts_short(a: Points, b: Points) -> bool:
    """True if the shorter is an initial or a short form of the longer: 'e.s.' and 'eliza', 'tom.' and 'tom', 'sam'
    and 'samuel'."""
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) == 0:
        return False
    n = prefix_of(short, long)
    return n == len(short) or (n >= 1 and n < len(short) and short[n] == 46)
