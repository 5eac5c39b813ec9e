"""Does a ledger say what its manifest says, and do its counters add up? Names what does not."""

from __future__ import annotations

from pathlib import Path

from izker import files
from izker.ledger import layout
from izker.ledger.checks import counter_problems
from izker.ledger.ledger import Ledger
from izker.words import N_, Problem, Refusal


def verify(path: Path) -> list[Problem]:
    """Problems of the ledger in folder `path`: missing, truncated or altered files, then positions that do not add up.

    An empty list means that every byte is the one that was written and every counter follows from its rows.
    """
    try:
        manifest = layout.read_manifest(path)
    except Refusal as refusal:
        return list(refusal.problems)
    problems = []
    for part in (manifest.base, *manifest.deltas):
        names = layout.BASE_FILES if part is manifest.base else layout.DELTA_FILES
        for name in names:
            file = path / part.folder / name
            if name not in part.files or not file.is_file():
                problems.append(
                    Problem(N_("the segment file is missing: restore it or build the ledger again"), file=str(file))
                )
                continue
            size, digest = part.files[name]
            actual = file.stat().st_size
            if actual != size:
                problems.extend(layout.refuse_size(file, actual, size).problems)
            elif files.sha256(file) != digest:
                problems.append(
                    Problem(
                        N_("the segment file is not the one that was written (its SHA-256 differs)"), file=str(file)
                    )
                )
    if problems:
        return problems
    return counter_problems(Ledger.open(path))
