"""The ledger the server reads: opened once a process, again when it was replaced."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from izker.config import config
from izker.files import sha256
from izker.ledger import Ledger


@lru_cache(maxsize=2)
def _open(path: Path, stamp: int) -> Ledger:
    return Ledger.open(path)


def book() -> Ledger | None:
    """The ledger under IZKER_HOME, or None where none was built yet."""
    path = config().ledger
    manifest = path / "manifest.json"
    return _open(path, manifest.stat().st_mtime_ns) if manifest.exists() else None


def state() -> str:
    """Which state of the ledger is open: the start of its manifest's SHA-256; part of every trail's answer."""
    return sha256(config().ledger / "manifest.json")[:32]
