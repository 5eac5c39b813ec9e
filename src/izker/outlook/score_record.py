"""The record of what was published: every nowcast, forecast and signal list as it was, in a chain that shows any
later change.

A folder: one JSON Lines file a publication, named by its hash, and `record.jsonl` with a line each (number, kind,
as-of, hash of the file, hash of the line before). Nothing is ever rewritten; bad weeks stay.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from izker.files import sha256, sync, write_text
from izker.words import N_, Problem, Refusal

KINDS = ("nowcast", "forecast", "signals")
INDEX = "record.jsonl"
START = "0" * 64
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Publication:
    """One line of the record; `digest` is the SHA-256 of its file, `line` that of this line (the next one's
    `previous`).
    """

    number: int
    kind: str
    as_of: date
    published_at: datetime
    method: str
    synthetic: bool
    rows: int
    digest: str
    previous: str
    line: str


def publications(folder: Path) -> list[Publication]:
    """The record in order; refuses a folder without one, or a line that is not JSON."""
    path = folder / INDEX
    if not path.is_file():
        raise Refusal(N_("there is no record of publications here: publish something first"), file=str(folder))
    out = []
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            value = json.loads(text)
            out.append(
                Publication(
                    value["number"],
                    value["kind"],
                    date.fromisoformat(value["as_of"]),
                    datetime.fromisoformat(value["published_at"]),
                    value["method"],
                    value["synthetic"],
                    value["rows"],
                    value["digest"],
                    value["previous"],
                    hashlib.sha256(text.encode()).hexdigest(),
                )
            )
        except (ValueError, KeyError, TypeError) as error:
            raise Refusal(N_("the record is damaged: the line is not readable"), file=str(path), row=number) from error
    return out


def publish(
    folder: Path,
    kind: str,
    rows: Sequence[Row],
    *,
    as_of: date,
    published_at: datetime | None = None,
    method: str = "izker",
    synthetic: bool = False,
) -> Publication:
    """Append a publication. The same rows under the same kind and day are published once: a second call returns the
    first.
    """
    if kind not in KINDS:
        raise Refusal(N_("a publication is nowcast, forecast or signals, not {kind}"), kind=kind)
    if not rows:
        raise Refusal(N_("no data: nothing to publish"))
    folder.mkdir(parents=True, exist_ok=True)
    body = "".join(json.dumps(row, ensure_ascii=False, sort_keys=True, default=str) + "\n" for row in rows)
    digest = hashlib.sha256(body.encode()).hexdigest()
    before = publications(folder) if (folder / INDEX).is_file() else []
    for old in before:
        if (old.kind, old.as_of, old.digest) == (kind, as_of, digest):
            return old
    write_text(folder / f"{digest}.jsonl", body)
    when = published_at or datetime.now(UTC)
    value = {
        "number": len(before) + 1,
        "kind": kind,
        "as_of": as_of.isoformat(),
        "published_at": when.isoformat(),
        "method": method,
        "synthetic": synthetic,
        "rows": len(rows),
        "digest": digest,
        "previous": before[-1].line if before else START,
    }
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    with (folder / INDEX).open("a", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    sync(folder)
    return publications(folder)[-1]


def rows_of(folder: Path, publication: Publication) -> list[dict[str, Any]]:
    """The rows as they were published."""
    text = (folder / f"{publication.digest}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def verify(folder: Path) -> list[Problem]:
    """What was changed since it was published: broken chain, missing or altered file. Empty: the record is whole."""
    problems = []
    previous = START
    for number, one in enumerate(publications(folder), 1):
        path = folder / f"{one.digest}.jsonl"
        if one.previous != previous or one.number != number:
            problems.append(
                Problem(
                    N_("the chain of the record breaks here: a line was changed or taken out"),
                    {},
                    file=INDEX,
                    row=number,
                )
            )
        if not path.is_file():
            problems.append(Problem(N_("the published file is missing"), {}, file=path.name, row=number))
        elif sha256(path) != one.digest:
            problems.append(
                Problem(N_("the published file was changed after publication"), {}, file=path.name, row=number)
            )
        previous = one.line
    return problems
