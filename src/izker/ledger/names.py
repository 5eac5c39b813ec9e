"""The dictionary of accounts: text <-> int, growing batch by batch; on disk as UTF-8 bytes and offsets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from izker.ledger.layout import I16, I32, I64
from izker.words import N_, Refusal

SCHEMA = {"name": pl.String, "account": pl.Int32}


class Dictionary:
    """Account numbers in order of first appearance, and the bank each account was first seen at."""

    def __init__(self, names: pl.Series | None = None, banks: list[str] | None = None, bank: I16 | None = None) -> None:
        names = pl.Series("name", [], pl.String) if names is None else names.rename("name")
        self.frame = pl.DataFrame(
            {"name": names, "account": pl.Series(np.arange(len(names), dtype=np.int32))}, schema=SCHEMA
        )
        self.banks = list(banks or [])
        self._bank_index = {b: i for i, b in enumerate(self.banks)}
        self.bank: I16 = np.full(0, -1, np.int16) if bank is None else bank.copy()

    def __len__(self) -> int:
        return self.frame.height

    def grow(self, names: pl.Series) -> None:
        """Take in the names not yet known, in order of appearance."""
        seen = pl.DataFrame({"name": names.drop_nulls().unique(maintain_order=True)}, schema={"name": pl.String})
        fresh = seen.join(self.frame, on="name", how="anti", maintain_order="left")
        if fresh.height:
            fresh = fresh.with_columns(account=pl.int_range(len(self), len(self) + fresh.height, dtype=pl.Int32))
            self.frame = pl.concat([self.frame, fresh], rechunk=True)
            self.bank = np.concatenate([self.bank, np.full(fresh.height, -1, np.int16)])

    def numbers(self, names: pl.Series) -> I32:
        """The account of each name; -1 for one that is not known."""
        asked = pl.DataFrame({"name": names}, schema={"name": pl.String})
        found = asked.join(self.frame, on="name", how="left", maintain_order="left")["account"]
        return found.fill_null(-1).to_numpy().astype(np.int32, copy=False)

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


def write_names(folder: Path, names: pl.Series) -> None:
    """`names.bin` and `nameoff.bin` of `names`, in their order."""
    import pyarrow as pa

    array = names.to_arrow().cast(pa.large_string())
    offsets = np.frombuffer(array.buffers()[1], np.int64)[array.offset : array.offset + len(array) + 1]
    data = array.buffers()[2]
    (folder / "nameoff.bin").write_bytes((offsets - offsets[0]).astype("<i8").tobytes())
    with (folder / "names.bin").open("wb") as file:
        if data is not None:
            file.write(memoryview(data)[int(offsets[0]) : int(offsets[-1])])


def as_series(data: np.ndarray[tuple[int], np.dtype[np.uint8]], offsets: I64) -> pl.Series:
    """The names of a ledger as a text series, without copying them one by one."""
    import pyarrow as pa

    array = pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))
    found = pl.from_arrow(array)
    assert isinstance(found, pl.Series)
    return found.rename("name")
