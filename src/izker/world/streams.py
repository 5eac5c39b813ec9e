"""Random streams: one independent stream a part, so that a part can change without moving the dice of another."""

from __future__ import annotations

import zlib

import numpy as np

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def stream(seed: int, *part: str | int) -> np.random.Generator:
    """The generator of `part` under `seed`; the same pair gives the same numbers on every machine (PCG64)."""
    key = tuple(zlib.crc32(str(p).encode()) for p in part)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy=seed, spawn_key=key)))


def choose(rng: np.random.Generator, weights: FloatArray | list[float], size: int) -> IntArray:
    """`size` indices drawn with the given weights (not necessarily summing to one)."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    return np.asarray(np.minimum(drawn, len(edges) - 1), dtype=np.int64)


def lognormal(rng: np.random.Generator, median: float | FloatArray, sigma: float | FloatArray, size: int) -> FloatArray:
    return np.asarray(median * np.exp(sigma * rng.standard_normal(size)), dtype=np.float64)


def apportion(total: int, weights: FloatArray | list[float]) -> IntArray:
    """`total` as integers in proportion to `weights`, summing exactly (largest remainder, Hamilton's method)."""
    w = np.asarray(weights, dtype=np.float64)
    if total == 0:
        return np.zeros(len(w), dtype=np.int64)
    exact = total * w / w.sum()
    parts: IntArray = np.floor(exact).astype(np.int64)
    rest = np.argsort(-(exact - parts), kind="stable")[: total - int(parts.sum())]
    parts[rest] += 1
    return parts
