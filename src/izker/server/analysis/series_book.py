"""The linker of this process, brought up to date from the log of steps before every use."""

from __future__ import annotations

from threading import Lock
from typing import Any

from izker.config import config
from izker.links import Link, Linker
from izker.server.analysis import series_snapshot
from izker.server.analysis.models import SeriesStep
from izker.server.register.models import Report

COLUMNS = {"phone": "phone", "card": "card", "iban": "iban", "url": "url", "domain": "url", "handle": "handle", "wallet": "wallet", "email": "email"}


class Book:
    """A linker and the last step it has seen. It starts from the newest snapshot that fits the log, or from the first step."""

    def __init__(self, *, from_snapshot: bool = True) -> None:
        kept = series_snapshot.read() if from_snapshot else None
        self.linker, self.seen = kept if kept is not None else (Linker(secret=config().key("fingerprint")), 0)
        self.lock = Lock()

    def catch_up(self) -> Linker:
        with self.lock:
            steps = SeriesStep.objects.filter(pk__gt=self.seen).select_related("report").prefetch_related("report__identifiers").order_by("pk")
            for step in steps.iterator(500):
                apply(self.linker, step)
                self.seen = step.pk
        return self.linker


_book: list[Book] = []


def linker() -> Linker:
    """The linker as of the last committed (or this transaction's own) step."""
    if not _book:
        _book.append(Book())
    return _book[0].catch_up()


def forget() -> None:
    """Drop this process's linker: after a rolled-back step, and between tests."""
    _book.clear()


def apply(book: Linker, step: SeriesStep) -> None:
    what = step.what
    match step.kind:
        case "add":
            assert step.report is not None
            book.add(row(step.report))
        case "split":
            book.split(what["series"], what["reports"])
        case "merge":
            book.merge(what["series"], what["other"])
        case "accept":
            book.accept(what["link"])
        case "reject":
            book.reject(what["link"])
        case "undo":
            book.undo(what["change"])


def row(report: Report) -> dict[str, Any]:
    """A report in the linker's columns."""
    values: dict[str, Any] = {"report_id": report.number, "reported_at": report.reported_at, "text": report.text}
    for found in report.identifiers.all():
        if found.valid and found.kind in COLUMNS:
            values.setdefault(COLUMNS[found.kind], []).append(found.value)
    return values


def series_of(report: Report) -> dict[str, Any] | None:
    """number, count and rows (report, mine, kinds of links to it; newest first) of the series a report stands in; None if alone."""
    book = linker()
    if report.number not in book.index:
        return None
    number = book.series_of(report.number)
    names = book.members(number)
    if len(names) < 2:
        return None
    kinds: dict[str, set[str]] = {}
    for _n, link in book.links_of(report.number):
        other = link.report_b if link.report_a == report.number else link.report_a
        kinds.setdefault(other, set()).add(link.kind)
    reports = {r.number: r for r in Report.objects.filter(number__in=names).select_related("case")}
    rows = [{"report": reports[n], "mine": n == report.number, "kinds": sorted(kinds.get(n, ()))} for n in reversed(names) if n in reports]
    return {"number": number, "count": len(names), "rows": rows}


def masked(link: Link) -> str:
    """What the link is, without showing it whole."""
    from izker.identifiers import mask

    return mask(link.kind, link.value) if link.value else ""
