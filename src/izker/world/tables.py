"""Parquet files that say SYNTHETIC, the seed and the scale, and have the same bytes for the same content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from izker.files import replacing, sha256
from izker.words import N_, _

NOTICE = N_("SYNTHETIC data: no person, account, bank or case in it exists")
TS = pa.timestamp("us", tz="UTC")


@dataclass
class Folder:
    """The folder of a world being written; remembers rows and fingerprint of each file."""

    path: Path
    seed: int
    scale: str
    files: dict[str, dict[str, object]] = field(default_factory=dict)

    def marks(self) -> dict[str, str]:
        return {"notice": f"SYNTHETIC: {NOTICE}", "synthetic": "true", "seed": str(self.seed), "scale": self.scale}

    def write(self, name: str, table: pl.DataFrame | pa.Table | Mapping[str, Any]) -> None:
        """Write one whole table; `name` may hold a folder, as in truth/legs.parquet."""
        arrow = plain(table)
        target = self.path / name
        with replacing(target) as temporary:
            pq.write_table(
                arrow.replace_schema_metadata(self.marks()), temporary, compression="zstd", row_group_size=1 << 20
            )
        self.note(name, arrow.num_rows)

    def note(self, name: str, rows: int) -> None:
        self.files[name] = {"rows": rows, "sha256": sha256(self.path / name)}


def plain(table: pl.DataFrame | pa.Table | Mapping[str, Any]) -> pa.Table:
    """An Arrow table with ordinary strings and lists, whatever it came as."""
    arrow = table.to_arrow() if isinstance(table, pl.DataFrame) else table
    if not isinstance(arrow, pa.Table):
        arrow = pa.table(dict(arrow))
    fields = [f.with_type(_plain_type(f.type)).remove_metadata() for f in arrow.schema]
    return arrow.cast(pa.schema(fields)).combine_chunks()


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_dictionary(kind):
        return pa.string()
    if pa.types.is_large_list(kind):
        return pa.list_(_plain_type(kind.value_type))
    return kind


def moments(us: np.ndarray[Any, Any], missing: np.ndarray[Any, Any] | None = None) -> pa.Array:
    """int64 UTC microseconds as a timestamp column; null where `missing`."""
    return pa.array(np.ascontiguousarray(us, dtype=np.int64), mask=missing).cast(TS)


def notice() -> dict[str, str]:
    return {code: _(NOTICE, code) for code in ("kk", "ru", "en")}


def dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=False, default=str, indent=1)
