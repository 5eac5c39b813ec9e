"""The linker's snapshot: a sealed file under IZKER_HOME, so that a process need not replay every step since the first.

`python -m izker.server.analysis.series_snapshot` writes one; the worker starts it when enough steps have come since the last.
A snapshot is only a shortcut: one that does not fit the log, the rules or the key is passed over, and `izker verify` holds it
against the replay from the start.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

from izker.config import config
from izker.files import replacing
from izker.links import Linker, snapshot
from izker.server.analysis.models import SeriesStep
from izker.server.boot import start
from izker.server.fields import seal_bytes, unseal_bytes
from izker.words import N_, Problem, Refusal

EVERY = 1000  # steps; replaying so many takes a few seconds
CONTEXT = "series.snapshot"
_NAME = re.compile(r"linker-(\d+)\.snapshot")

log = logging.getLogger("izker.series")


def folder() -> Path:
    return config().home / "series"


def newest() -> tuple[int, Path] | None:
    """The last step that the newest snapshot has seen, and its file."""
    found = [(int(named.group(1)), path) for path in folder().glob("linker-*.snapshot") if (named := _NAME.fullmatch(path.name))]
    return max(found, default=None)


def due() -> bool:
    kept = newest()
    return SeriesStep.objects.filter(pk__gt=kept[0] if kept else 0).count() >= EVERY


def write(linker: Linker, seen: int) -> Path:
    """Keep `linker` as of step `seen`; older snapshots go."""
    head = json.dumps({"seen": seen, "steps": SeriesStep.objects.filter(pk__lte=seen).count()}).encode()
    sealed = seal_bytes(len(head).to_bytes(4, "little") + head + snapshot.dump(linker), CONTEXT)
    target = folder() / f"linker-{seen}.snapshot"
    with replacing(target) as temporary:
        temporary.write_bytes(sealed)
        temporary.chmod(0o600)
    for path in folder().glob("linker-*.snapshot"):
        if path != target:
            path.unlink(missing_ok=True)
    return target


def read() -> tuple[Linker, int] | None:
    """The newest snapshot's linker and the last step it has seen; None where there is none that fits."""
    kept = newest()
    if kept is None:
        return None
    try:
        return _open(*kept)
    except (Refusal, OSError, ValueError, KeyError) as error:
        log.warning("series snapshot %s is passed over: %s", kept[1].name, error)
        return None


def _open(seen: int, path: Path) -> tuple[Linker, int]:
    data = unseal_bytes(path.read_bytes(), CONTEXT)
    length = int.from_bytes(data[:4], "little")
    head = json.loads(data[4 : 4 + length])
    if head["seen"] != seen or head["steps"] != SeriesStep.objects.filter(pk__lte=seen).count():
        raise Refusal(N_("the snapshot of the series does not fit the log: the series are built anew"))
    return snapshot.load(data[4 + length :], secret=config().key("fingerprint")), seen


def verify() -> Iterator[Problem]:
    """Replay the log from the first step and from the snapshot: both must give the same linker."""
    from izker.server.analysis.series_book import Book

    kept = newest()
    if kept is None:
        return
    try:
        _open(*kept)
    except (Refusal, OSError, ValueError, KeyError) as error:
        yield Problem(N_("series snapshot {name} cannot be read: {why}"), {"name": kept[1].name, "why": str(error)})
        return
    if snapshot.dump(Book().catch_up()) != snapshot.dump(Book(from_snapshot=False).catch_up()):
        yield Problem(N_("series snapshot {name} gives other series than the log: remove the file"), {"name": kept[1].name})


def main() -> None:
    start()
    from izker.server.analysis.series_book import Book

    book = Book()
    linker = book.catch_up()
    if book.seen:
        write(linker, book.seen)


if __name__ == "__main__":
    main()
