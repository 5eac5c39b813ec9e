"""Rows sorted into buckets that live on disk: the tool that lets a build use far less memory than the ledger has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from izker.ledger.layout import I32, Rows


class Spill:
    """`count` append-only buckets of rows of one dtype. A single bucket stays in memory; several are files under
    `folder`.

    Rows keep their order inside a bucket.
    """

    def __init__(self, folder: Path, name: str, dtype: npt.DTypeLike, count: int) -> None:
        self.dtype = np.dtype(dtype)
        self.count = count
        self._kept: list[Rows] = []
        self._paths = [folder / f"{name}-{i}.tmp" for i in range(count)] if count > 1 else []
        self._files = [p.open("wb", buffering=0) for p in self._paths]

    def add(self, rows: Rows, bucket: I32 | None = None) -> None:
        """Append `rows`; `bucket` (one number a row) says where, None means they all go to bucket 0."""
        if not self._files:
            self._kept.append(rows)
            return
        if bucket is None:
            self._files[0].write(rows.tobytes())
            return
        arranged, ends = _by_bucket(rows, bucket, self.count)
        start = 0
        for file, end in zip(self._files, ends, strict=True):
            if end > start:
                file.write(memoryview(arranged[start:end]).cast("B"))
            start = int(end)

    def take(self, number: int) -> Rows:
        """All rows of one bucket, which is then gone."""
        if not self._files:
            whole = np.concatenate(self._kept) if self._kept else np.zeros(0, self.dtype)
            self._kept = []
            return whole
        self._files[number].close()
        rows = np.fromfile(self._paths[number], self.dtype)
        self._paths[number].unlink()
        return rows

    def all(self) -> Iterator[Rows]:
        for number in range(self.count):
            yield self.take(number)


@njit(cache=True, nogil=True)
def _by_bucket(rows: Any, bucket: Any, count: int) -> Any:
    """The rows arranged by bucket, in their order inside each, and the end of each bucket in them."""
    ends = np.zeros(count + 1, np.int64)
    for b in bucket:
        ends[b + 1] += 1
    for i in range(count):
        ends[i + 1] += ends[i]
    arranged = np.empty_like(rows)
    for i in range(bucket.size):
        to = ends[bucket[i]]
        ends[bucket[i]] = to + 1
        for c in range(rows.shape[1]):
            arranged[to, c] = rows[i, c]
    return arranged, ends[:count]
