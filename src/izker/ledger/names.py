"""The dictionary of accounts: text <-> int, growing batch by batch; on disk as UTF-8 bytes and offsets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from numba import njit

from izker.ledger.layout import I16, I32, I64
from izker.ledger.prefetch import prefetch
from izker.words import N_, Refusal

U8 = npt.NDArray[np.uint8]
FIRST_TABLE = 1 << 12
_BLOCK = 64  # names looked up together: their reads of the table, the offsets and the bytes overlap


class Dictionary:
    """Account numbers in order of first appearance, and the bank each account was first seen at.

    A hash table of its own over UTF-8 bytes: one pass gives every name its number and takes new names in.
    Joins against a growing table take twice as long.
    """

    def __init__(self, names: pl.Series | None = None, banks: list[str] | None = None, bank: I16 | None = None) -> None:
        self._data: U8 = np.zeros(1 << 14, np.uint8)
        self._offsets: I64 = np.zeros(1 << 10, np.int64)
        self._table: I64 = np.full(FIRST_TABLE, -1, np.int64)
        self._count = 0
        self.bank: I16 = np.full(0, -1, np.int16)
        self.banks = list(banks or [])
        self._bank_index = {b: i for i, b in enumerate(self.banks)}
        if names is not None:
            self.encode(names)
        if bank is not None:
            self.bank = bank.copy()

    def __len__(self) -> int:
        return self._count

    @property
    def names(self) -> pl.Series:
        """All names in order of their numbers."""
        return as_series(self._data[: self._offsets[self._count]], self._offsets[: self._count + 1])

    def encode(self, names: pl.Series) -> I32:
        """The number of each name (none may be null); names not yet known are taken in, in order of appearance."""
        codes = self._run(names, True)
        if self._count > self.bank.size:
            self.bank = np.concatenate([self.bank, np.full(self._count - self.bank.size, -1, np.int16)])
        return codes

    def numbers(self, names: pl.Series) -> I32:
        """The number of each name; -1 for one that is not known."""
        return self._run(names, False)

    def _run(self, names: pl.Series, insert: bool) -> I32:
        data, offsets = _utf8(names)
        codes: I32
        codes, self._data, self._offsets, self._table, self._count = _encode(
            data, offsets, self._data, self._offsets, self._table, self._count, insert
        )
        return codes

    def note_banks(self, accounts: I32, banks: pl.Series) -> None:
        """Remember the bank of each account that has none yet."""
        if banks.null_count() == len(banks):
            return
        pairs = (
            pl.DataFrame({"account": accounts, "bank": banks})
            .drop_nulls()
            .unique("account", keep="first", maintain_order=True)
        )
        numbers = pairs["account"].to_numpy()
        unknown = self.bank[numbers] < 0
        for name in pairs["bank"].unique(maintain_order=True):
            if name not in self._bank_index:
                self._bank_index[name] = len(self.banks)
                self.banks.append(name)
        if len(self.banks) > 32_000:
            raise Refusal(N_("the transfers name more than 32,000 banks: is that column a bank?"))
        index = pairs["bank"].replace_strict(self._bank_index, return_dtype=pl.Int16).to_numpy()
        self.bank[numbers[unknown]] = index[unknown]


@njit(cache=True, nogil=True)
def _hash(data: Any, start: int, end: int) -> int:
    """FNV-1a of the bytes, stirred so that its low bits serve a table of any size."""
    h = np.uint64(14695981039346656037)
    for i in range(start, end):
        h = (h ^ np.uint64(data[i])) * np.uint64(1099511628211)
    h ^= h >> np.uint64(32)
    h *= np.uint64(0x9E3779B97F4A7C15)
    return h >> np.uint64(1)  # type: ignore[return-value]  # compiled: an unsigned word, its sign bit clear


@njit(cache=True, nogil=True)
def _encode(data: Any, offsets: Any, arena: Any, ends: Any, table: Any, count: int, insert: bool) -> Any:
    """(numbers, arena, ends, table, count): look every string up; with `insert`, take the unknown in.

    A table entry is (upper 31 bits of the hash) << 32 | account, so most misses are told without reading a name.
    """
    codes = np.empty(offsets.size - 1, np.int32)
    hashes = np.empty(_BLOCK, np.int64)
    mask = table.size - 1
    for i in range(offsets.size - 1):
        if i % _BLOCK == 0:
            _ask_for(data, offsets[i : i + _BLOCK + 1], arena, ends, table, hashes)
        start, end = offsets[i], offsets[i + 1]
        h = hashes[i % _BLOCK]
        mark = h >> 32
        at = h & mask
        number = -1
        while table[at] >= 0:
            if (table[at] >> 32) == mark:
                k = table[at] & 0xFFFFFFFF
                if ends[k + 1] - ends[k] == end - start:
                    same = True
                    for b in range(end - start):
                        if arena[ends[k] + b] != data[start + b]:
                            same = False
                            break
                    if same:
                        number = k
                        break
            at = (at + 1) & mask
        if number < 0 and insert:
            number = count
            size = end - start
            if ends[count] + size > arena.size:
                wider = np.empty(2 * (arena.size + size), np.uint8)
                wider[: ends[count]] = arena[: ends[count]]
                arena = wider
            if count + 2 > ends.size:
                longer = np.empty(2 * ends.size, np.int64)
                longer[: count + 1] = ends[: count + 1]
                ends = longer
            arena[ends[count] : ends[count] + size] = data[start:end]
            ends[count + 1] = ends[count] + size
            table[at] = (mark << 32) | number
            count += 1
            if 2 * count > table.size:
                table = _wider(table, arena, ends, count)
                mask = table.size - 1
        codes[i] = number
    return codes, arena, ends, table, count


@njit(cache=True, nogil=True)
def _ask_for(data: Any, offsets: Any, arena: Any, ends: Any, table: Any, hashes: Any) -> None:
    """Hash the strings of a block into `hashes` and ask the memory for what looking each of them up will read."""
    mask = table.size - 1
    for j in range(offsets.size - 1):
        hashes[j] = np.int64(_hash(data, offsets[j], offsets[j + 1]))
        prefetch(table, hashes[j] & mask)
    for j in range(offsets.size - 1):
        entry = table[hashes[j] & mask]
        if entry >= 0 and entry >> 32 == hashes[j] >> 32:
            prefetch(ends, entry & 0xFFFFFFFF)
    for j in range(offsets.size - 1):
        entry = table[hashes[j] & mask]
        if entry >= 0 and entry >> 32 == hashes[j] >> 32:
            prefetch(arena, ends[entry & 0xFFFFFFFF])


@njit(cache=True, nogil=True)
def _wider(table: Any, arena: Any, ends: Any, count: int) -> Any:
    """A table of four times the size with the same names."""
    grown = np.full(4 * table.size, -1, np.int64)
    mask = grown.size - 1
    for k in range(count):
        h = np.int64(_hash(arena, ends[k], ends[k + 1]))
        at = h & mask
        while grown[at] >= 0:
            at = (at + 1) & mask
        grown[at] = ((h >> 32) << 32) | k
    return grown


def _utf8(names: pl.Series) -> tuple[U8, I64]:
    """UTF-8 bytes and offsets of a text series without nulls."""
    import pyarrow as pa

    array = names.to_arrow().cast(pa.large_string())
    offsets = np.frombuffer(array.buffers()[1], np.int64)[array.offset : array.offset + len(array) + 1]
    data = array.buffers()[2]
    return np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(0, np.uint8), offsets


def write_names(folder: Path, names: pl.Series) -> None:
    """`names.bin` and `nameoff.bin` of `names`, in their order."""
    data, offsets = _utf8(names)
    (folder / "nameoff.bin").write_bytes((offsets - offsets[0]).astype("<i8").tobytes())
    (folder / "names.bin").write_bytes(data[int(offsets[0]) : int(offsets[-1])].tobytes())


def as_series(data: U8, offsets: I64) -> pl.Series:
    """The names of a ledger as a text series, without copying them one by one."""
    import pyarrow as pa

    array = pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))
    found = pl.from_arrow(array)
    assert isinstance(found, pl.Series)
    return found.rename("name")
