"""Import a file into the register: once by content, whole or not at all (a killed import left nothing and is simply run again)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection, transaction

from izker import tables
from izker.figures.form_1m import import_form_1m
from izker.files import sha256
from izker.schemes.concordance import mappings
from izker.server.audit.chain import write
from izker.server.bulk import fix_sequence, insert, lock
from izker.server.clock import now
from izker.server.fields import seal
from izker.server.intake.mapping import Mapping, parse
from izker.server.intake.models import ImportedFile, OfficialFigure, QuarantinedRow
from izker.server.register.models import Report
from izker.words import Problem

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Imported:
    """What became of a file; `as_json` is the contract of `izker import … --json`."""

    read: int = 0
    landed: int = 0
    already: int = 0
    problems: list[Problem] = field(default_factory=list)  # what kept rows out
    remarks: list[Problem] = field(default_factory=list)  # what landed as printed and yet does not add up
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def quarantined(self) -> int:
        return self.read - self.landed - self.already

    def as_json(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "landed": self.landed,
            "already": self.already,
            "quarantined": self.quarantined,
            "problems": [p.as_json() for p in self.problems],
            "remarks": [p.as_json() for p in self.remarks],
            **self.more,
        }


def import_reports(path: Path, mapping_name: str, on_progress: Progress | None = None) -> Imported:
    """Reports of another register, by a mapping (see mapping.py). A second run of the same file changes nothing."""
    mapping = Mapping.load(mapping_name)
    frame, ragged = tables.read_with_problems(path)
    digest = sha256(path)
    done = Imported(read=frame.height)
    good, problems = parse(frame, mapping, path.name)
    done.problems = [*ragged, *problems]
    with transaction.atomic():
        lock(Report)
        if ImportedFile.objects.filter(digest=digest).exists():
            done.already = done.read
            done.problems = []
            return done
        known = _known(mapping.source)
        fresh = good.filter(~pl.concat_str(pl.lit(f"{mapping.source}-"), pl.col("id")).is_in(known)) if known else good
        done.already = good.height - fresh.height
        done.landed = insert(Report, COLUMNS, _rows(fresh, mapping, on_progress))
        _keep(path, digest, "reports", done)
        fix_sequence(Report)
    return done


COLUMNS = (
    "number", "source", "channel", "language", "reported_at", "occurred_at", "jurisdiction", "region", "category", "scheme", "is_attempt",
    "amount", "currency", "text", "name", "phone", "iin", "account_from", "account_to", "facts", "synthetic",
)  # fmt: skip


def _known(source: str) -> list[str]:
    return list(Report.objects.filter(source=source).values_list("number", flat=True))


def _schemes(mapping: Mapping) -> dict[str, str]:
    """Foreign category -> our scheme, where the concordance has one."""
    if not mapping.concordance:
        return {}
    return {category: match.scheme or "" for category, match in mappings(mapping.jurisdiction).items()}


def _rows(frame: pl.DataFrame, mapping: Mapping, on_progress: Progress | None) -> Iterator[tuple[Any, ...]]:
    schemes = _schemes(mapping)
    adapt = connection.ops.adapt_datetimefield_value
    context = f"{Report._meta.db_table}.text"
    facts = json.dumps({})
    columns = ("id", "reported_at", "occurred_at", "region", "category", "channel", "amount", "text", "attempt")
    for done, row in enumerate(frame.select(columns).iter_rows(), 1):
        number, reported, occurred, region, category, channel, amount, text, attempt = row
        if on_progress and done % 10_000 == 0:
            on_progress(done, frame.height)
        yield (
            f"{mapping.source}-{number}"[:40], mapping.source, channel, "", adapt(reported), adapt(occurred) if occurred else None,
            mapping.jurisdiction, region[:32], category[:80], schemes.get(category, ""),
            attempt, amount, mapping.currency, seal(text, context) if text else b"", b"", b"", b"", b"", b"", facts, False,
        )  # fmt: skip


def import_official(paths: list[Path], on_progress: Callable[[int, str], None] | None = None) -> Imported:
    """Form 1-M workbooks: figures by region as printed. The same content again changes nothing; a newer workbook of a region replaces it."""
    known = frozenset(ImportedFile.objects.filter(kind="form-1m").values_list("digest", flat=True))
    result = import_form_1m(paths, on_progress, known=known)
    by_name = {path.name: path for path in paths}
    with transaction.atomic():
        for form in result.forms:
            if form.sha256 in known:
                continue
            file = _keep(by_name[form.file], form.sha256, "form-1m", Imported(read=1, landed=1, problems=list(form.problems)))
            for line, columns in form.counts.items():
                for column, value in columns.items():
                    OfficialFigure.objects.update_or_create(
                        form="1-M", period=UNPRINTED, region=form.region, measure=f"{line}.{column}", defaults={"value": value, "file": file}
                    )
    summary = result.as_json()
    more = {key: value for key, value in summary.items() if key not in ("read", "landed", "already", "quarantined", "problems")}
    return Imported(
        read=result.read,
        landed=result.landed,
        already=result.already,
        problems=list(result.problems),
        remarks=list(result.differences),
        more=more,
    )


UNPRINTED = "period not printed"


def _keep(path: Path, digest: str, kind: str, done: Imported) -> ImportedFile:
    file = ImportedFile.objects.create(
        digest=digest,
        kind=kind,
        name=path.name,
        rows_read=done.read,
        rows_landed=done.landed,
        rows_quarantined=max(0, done.quarantined),
        at=now(),
    )
    QuarantinedRow.objects.bulk_create(
        [QuarantinedRow(file=file, sheet=p.sheet, row=p.row, column=p.column, reason=p.text("en")[:400]) for p in done.problems], batch_size=2000
    )
    write(actor=None, act="register.import", target=path.name[:64], detail={"kind": kind, "landed": done.landed, "digest": digest})
    return file
