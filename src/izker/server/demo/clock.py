"""The demo's clock: it starts at the end of the simulated world and stands still while nothing runs."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

from izker.times import to_us


def world_end(world: Path) -> int:
    """UTC microseconds of the last moment the simulated world has."""
    import polars as pl

    last = pl.scan_parquet(world / "transfers.parquet").select(pl.col("ts").max()).collect().item()
    assert isinstance(last, datetime)
    return to_us(last if last.tzinfo else last.replace(tzinfo=UTC))


def resume(home: Path, world: Path) -> int:
    """Offset in microseconds that makes the clock go on where it stood; the first time at the world's end."""
    path = home / "clock.json"
    stood = json.loads(path.read_text())["now_us"] if path.exists() else world_end(world)
    return int(stood) - time.time_ns() // 1000


def stop(home: Path, offset_us: int) -> None:
    """Remember where the clock stands."""
    temporary = home / "clock.json.tmp"
    temporary.write_text(json.dumps({"now_us": time.time_ns() // 1000 + offset_us}))
    temporary.replace(home / "clock.json")
