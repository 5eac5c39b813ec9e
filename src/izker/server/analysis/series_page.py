"""Series: the list, one series with its reasons, and the links that wait for a person."""

from __future__ import annotations

from collections import Counter
from typing import Any

from izker.server.analysis.models import SeriesStep
from izker.server.analysis.series_book import linker, masked
from izker.server.clock import now
from izker.server.register.models import Report
from izker.times import local


def listing() -> list[dict[str, Any]]:
    """Series of two reports and more: number, count, first, last, money; the one with the newest report first."""
    book = linker()
    groups: dict[int, list[str]] = {}
    for name, at in book.index.items():
        groups.setdefault(book.parts.part[at], []).append(name)
    wanted = {key: names for key, names in groups.items() if len(names) > 1}
    facts = _facts([n for names in wanted.values() for n in names])
    rows = []
    for names in wanted.values():
        members = [facts[n] for n in names if n in facts]
        rows.append(
            {
                "number": book.series_of(names[0]),
                "count": len(names),
                "first": min(m["reported_at"] for m in members),
                "last": max(m["reported_at"] for m in members),
                "amount": sum(m["amount"] for m in members),
                "regions": len({m["region"] for m in members if m["region"]}),
                "schemes": Counter(m["scheme"] for m in members).most_common(1)[0][0],
            }
        )
    return sorted(rows, key=lambda r: r["last"], reverse=True)


def _facts(names: list[str]) -> dict[str, dict[str, Any]]:
    columns = ("number", "reported_at", "amount", "region", "scheme")
    return {row["number"]: row for row in Report.objects.filter(number__in=names).values(*columns)}


def doubtful() -> list[dict[str, Any]]:
    """Links that wait for a person, heaviest first."""
    book = linker()
    return [{"n": n, "link": link, "masked": masked(link), "series": book.series_of(link.report_a)} for n, link in book.doubtful()[:30]]


def gather(number: str) -> dict[str, Any]:
    """One series: members by time, every link with its reason, shared identifiers, regions, today's reports, decisions to undo."""
    book = linker()
    names = book.members(number)
    reports = {r.number: r for r in Report.objects.filter(number__in=names).select_related("case")}
    links = {n: link for name in names for n, link in book.links_of(name)}
    shared: dict[tuple[str, str], set[str]] = {}
    for link in links.values():
        if link.value:
            shared.setdefault((link.kind, masked(link)), set()).update((link.report_a, link.report_b))
    midnight = local(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    members = [reports[n] for n in names if n in reports]
    undoable = [
        {"n": change.number, "verb": change.verb} for change in reversed(book.changes) if not change.undone and _touches(book, change, names)
    ]
    return {
        "number": number,
        "members": members,
        "links": [{"n": n, "link": link, "masked": masked(link)} for n, link in sorted(links.items())],
        "shared": [{"kind": kind, "masked": text, "count": len(where)} for (kind, text), where in sorted(shared.items(), key=lambda x: -len(x[1]))],
        "regions": Counter(m.region for m in members if m.region).most_common(),
        "amount": sum(m.amount for m in members),
        "today": sum(1 for m in members if m.reported_at >= midnight),
        "undoable": undoable[:10],
        "bars": _bars(members),
        "steps": SeriesStep.objects.exclude(kind="add").order_by("-id")[:10],
    }


def _touches(book: Any, change: Any, names: list[str]) -> bool:
    mine = {book.index[n] for n in names}
    ends = {r for n in change.links for r in book.parts.ends[n]}
    apart = set().union(*change.apart) if change.apart else set()
    return bool(mine & (ends | apart))


def _bars(members: list[Report]) -> list[dict[str, Any]]:
    """Reports a day as a small timeline: x in px of 600."""
    if not members:
        return []
    days = Counter(local(m.reported_at).date() for m in members)
    first, last = min(days), max(days)
    width = max((last - first).days, 1)
    top = max(days.values())
    return [{"x": round((d - first).days / width * 588, 1), "height": round(n / top * 40, 1), "n": n, "day": d} for d, n in sorted(days.items())]
