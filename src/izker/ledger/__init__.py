"""Transfers on disk: build out of core, append, read by memory map, verify. `docs/ledger.md` tells how."""

from izker.ledger.append import AppendReport
from izker.ledger.gather import BuildReport
from izker.ledger.ledger import Ledger
from izker.ledger.verify import verify

__all__ = ["AppendReport", "BuildReport", "Ledger", "verify"]
