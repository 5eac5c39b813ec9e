"""Which reports hold a value: sorted arrays for what was loaded in bulk, plain lists for what came since. Values are
kept as keyed 64-bit hashes only, so that the index of a card does not give the card away."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray


def hashed(secret: bytes, kind: str, value: str) -> int:
    """Keyed 64-bit BLAKE2b of a value. Two of a million values collide with a chance below 1e-7."""
    return int.from_bytes(blake2b(f"{kind}:{value}".encode(), digest_size=8, key=secret).digest(), "little")


class Postings:
    """Reports (by index) of each key, in order of time."""

    def __init__(self, keys: NDArray[np.uint64] | None = None, reports: NDArray[np.int32] | None = None) -> None:
        """`keys` and `reports` are parallel; reports are numbered by time."""
        keys = np.zeros(0, np.uint64) if keys is None else keys
        reports = np.zeros(0, np.int32) if reports is None else reports
        order = np.lexsort((reports, keys))
        self.base_keys = keys[order]
        self.base_reports = reports[order]
        self.recent: dict[int, list[int]] = {}

    @classmethod
    def in_order(cls, keys: NDArray[np.uint64], reports: NDArray[np.int32]) -> Postings:
        """From `columns`: the reports of a key keep the order they are given in."""
        self = cls()
        order = np.argsort(keys, kind="stable")
        self.base_keys, self.base_reports = keys[order], reports[order]
        return self

    def get(self, key: int) -> Sequence[int]:
        """Reports that hold `key`, earliest first."""
        found = self.recent.get(key)
        if found is not None:
            return found
        if not len(self.base_keys):
            return ()
        wanted = np.uint64(key)
        start = int(np.searchsorted(self.base_keys, wanted))
        if start == len(self.base_keys) or self.base_keys[start] != wanted:
            return ()
        end = int(np.searchsorted(self.base_keys, wanted, side="right"))
        reports: list[int] = self.base_reports[start:end].tolist()
        return reports

    def add(self, key: int, report: int, times: Sequence[int]) -> int:
        """Put the report among the key's reports by its time; the place it took."""
        held = self.recent.get(key)
        if held is None:
            held = self.recent[key] = list(self.get(key))
        if not held or times[held[-1]] <= times[report]:
            held.append(report)
            return len(held) - 1
        place = bisect_right(held, times[report], key=times.__getitem__)
        held.insert(place, report)
        return place

    def columns(self) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
        """Everything as two parallel arrays."""
        kept = ~np.isin(self.base_keys, np.fromiter(self.recent, np.uint64, len(self.recent)))
        keys = [self.base_keys[kept], np.fromiter((k for k, held in self.recent.items() for _r in held), np.uint64)]
        reports = [self.base_reports[kept], np.fromiter((r for held in self.recent.values() for r in held), np.int32)]
        return np.concatenate(keys), np.concatenate(reports)
