"""Lots of computed trails: one Parquet file a computation under IZKER_HOME/trails, never changed."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from izker.config import config
from izker.files import replacing
from izker.server.money.models import Trail


def write_lots(name: str, lots: pl.DataFrame) -> str:
    """Keep the lots under `name`; the file is whole and on disk before the row that names it is committed."""
    with replacing(config().trails / name) as temporary:
        lots.write_parquet(temporary)
    return name


def read_lots(trail: Trail) -> pl.DataFrame:
    """Lot rows of a stored trail (columns: izker.trail.Trails.lots)."""
    return pl.read_parquet(config().trails / Path(trail.file).name)
