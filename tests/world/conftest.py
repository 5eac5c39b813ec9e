"""Worlds that several tests look at; each is built once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from izker.world import Manifest, build, parameters


@dataclass(frozen=True)
class World:
    folder: Path
    manifest: Manifest

    def read(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.folder / f"{name}.parquet")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("demo")
    return World(folder, build(folder, scale="demo", seed=7))


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The year's window with a tenth of its reports: enough rows to look at shares."""
    size = {
        "people": 30_000,
        "panel": 2_500,
        "payments_per_day": 0.62,
        "ledger_from": date(2025, 7, 1),
        "linked": 2_500,
        "fresh_share": 0.02,
        "organisations": 24,
        "source": "assumption",
    }
    folder = tmp_path_factory.mktemp("town")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(parameters.table("scales"), "year", size)
        return World(folder, build(folder, scale="year", seed=3))
