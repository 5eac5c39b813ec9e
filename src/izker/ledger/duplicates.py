"""Which transfer ids stand more than once in a file of RAW rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from izker.ledger.layout import I64, RAW, read_raw
from izker.ledger.sweep import ID

PASS_ROWS = 64_000_000  # ids sorted in memory at a time (512 MB)
READ_ROWS = 2_000_000


def find_duplicates(path: Path) -> I64:
    """Ids that stand more than once, ascending. Sorts the ids class by class, so memory stays bounded."""
    rows = path.stat().st_size // RAW.itemsize
    passes = max(1, -(-rows // PASS_ROWS))
    found = []
    for k in range(passes):
        ids = []
        with path.open("rb") as file:
            while len(chunk := read_raw(file, READ_ROWS)):
                column: I64 = chunk[:, ID]
                ids.append(column[column % passes == k] if passes > 1 else column.copy())
        whole = np.concatenate(ids) if ids else np.zeros(0, np.int64)
        whole.sort()
        found.append(np.unique(whole[1:][whole[1:] == whole[:-1]]))
    return np.sort(np.concatenate(found))
