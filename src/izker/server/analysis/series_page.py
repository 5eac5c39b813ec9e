"""Series: the list, one series with its reasons, and the links that wait for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from izker.links import Linker
from izker.links.linker import Change
from izker.server.analysis import series_picture
from izker.server.analysis.models import SeriesStep
from izker.server.analysis.series_book import linker, masked
from izker.server.clock import now
from izker.server.money.models import Hold, HoldState
from izker.server.register.models import Report, ReportIdentifier
from izker.server.registry.book import Known, of_identifiers
from izker.times import local

DECISIONS = ("split", "merge", "accept", "reject")
SHOWN = 200  # newest reports and heaviest links that one page lists


@dataclass(frozen=True, slots=True)
class Listing(Sequence[list[str]]):
    """Series of two reports and more by their newest report; only the page that is shown reads the database."""

    groups: list[list[str]]

    def __len__(self) -> int:
        return len(self.groups)

    def __getitem__(self, at: Any) -> Any:
        return self.groups[at]


def listing() -> Listing:
    book = linker()
    parts = sorted(book.parts.members.values(), key=lambda held: max(book.times[r] for r in held), reverse=True)
    return Listing([[book.ids[r] for r in held] for held in parts if len(held) > 1])


def list_rows(groups: Sequence[list[str]]) -> list[dict[str, Any]]:
    """number, count, first, last, money, regions, main scheme of each of these series."""
    book = linker()
    columns = ("number", "reported_at", "amount", "region", "scheme")
    wanted = [name for names in groups for name in names]
    facts = {row["number"]: row for row in Report.objects.filter(number__in=wanted).values(*columns)}
    midnight = _midnight()
    rows = []
    for names in groups:
        members = [facts[n] for n in names if n in facts]
        rows.append(
            {
                "number": book.series_of(names[0]),
                "count": len(names),
                "today": sum(1 for m in members if m["reported_at"] >= midnight),
                "first": min(m["reported_at"] for m in members),
                "last": max(m["reported_at"] for m in members),
                "amount": sum(m["amount"] for m in members),
                "regions": len({m["region"] for m in members if m["region"]}),
                "schemes": Counter(m["scheme"] for m in members).most_common(1)[0][0],
            }
        )
    return rows


def _midnight() -> datetime:
    return local(now()).replace(hour=0, minute=0, second=0, microsecond=0)


def doubtful(names: set[str] | None = None) -> list[dict[str, Any]]:
    """Links that wait for a person, heaviest first; those that touch one of `names` where it is given."""
    book = linker()
    waiting = [(n, link) for n, link in book.doubtful() if names is None or link.report_a in names or link.report_b in names]
    ends = {end for _n, link in waiting[:30] for end in (link.report_a, link.report_b)}
    cases = dict(Report.objects.filter(number__in=ends, case__isnull=False).values_list("number", "case__number"))
    return [
        {
            "n": n,
            "link": link,
            "masked": masked(link),
            "why": _why(book, n),
            "series": book.series_of(link.report_a),
            "other": book.series_of(link.report_b),
            "case_a": cases.get(link.report_a),
            "case_b": cases.get(link.report_b),
        }
        for n, link in waiting[:30]
    ]


def _why(book: Linker, number: int) -> str:
    """Why a person should look, in the page's language."""
    why = book.why[number]
    return _(why.doubtful).format(**why.params) if why.doubtful else ""


def gather(number: str) -> dict[str, Any]:
    """One series: members by time, every link with its reason, shared identifiers, regions, victims, money, decisions to undo."""
    book = linker()
    names = book.members(number)
    reports = {r.number: r for r in Report.objects.filter(number__in=names).select_related("case")}
    members = [reports[n] for n in names if n in reports]
    links = {n: link for name in names for n, link in book.links_of(name)}
    heaviest = sorted(links.items(), key=lambda one: (-one[1].weight, one[0]))
    cases = {m.case_id for m in members if m.case_id}
    held = Hold.objects.filter(case__in=cases, state__in=(HoldState.HELD, HoldState.PARTLY)).aggregate(sum=Sum("held"))["sum"]
    midnight = _midnight()
    regions = Counter(m.region for m in members if m.region)
    return {
        "number": number,
        "count": len(members),
        "members": members[::-1][:SHOWN],
        "links": [{"n": n, "link": link, "masked": masked(link)} for n, link in heaviest[:SHOWN]],
        "link_count": len(links),
        "shared": _shared(book, set(links), {m.pk for m in members}),
        "regions": regions.most_common(),
        "map": series_picture.region_map(regions) if len(regions) > 1 else "",
        "victims": len({m.iin or m.phone or m.number for m in members}),
        "amount": sum(m.amount for m in members),
        "held": held or 0,
        "first": members[0].reported_at,
        "last": members[-1].reported_at,
        "today": sum(1 for m in members if m.reported_at >= midnight),
        "timeline": series_picture.timeline([m.reported_at for m in members]),
        "narrow": series_picture.timeline([m.reported_at for m in members], series_picture.NARROW),
        "undoable": _undoable(book, names),
        "doubtful": doubtful(set(names)),
    }


def _shared(book: Linker, links: set[int], members: set[int]) -> list[dict[str, Any]]:
    """What the reports share, most first: kind, mask, how many reports, what the registry knows. The full value stays inside."""
    where: dict[tuple[str, str], set[int]] = {}
    example: dict[tuple[str, str], int] = {}
    for n in links:
        why = book.why[n]
        if why.value:
            where.setdefault((why.kind, why.value), set()).update(book.parts.ends[n])
            example[why.kind, why.value] = n
    known = _known([key for key in where if key[0] != "card"])
    known.update(_cards(members))
    rows = []
    for (kind, value), reports in sorted(where.items(), key=lambda one: -len(one[1])):
        link = book.link(example[kind, value])
        rows.append({"kind": link.kind, "masked": masked(link), "count": len(reports), "known": known.get((kind, value))})
    return rows


def _known(values: list[tuple[str, str]]) -> dict[tuple[str, str], Known]:
    return dict(of_identifiers(values, now()))


def _cards(members: set[int]) -> dict[tuple[str, str], Known]:
    """Links keep a card's first six and last four digits only; the reports' own rows have it whole."""
    from izker.identifiers import stored

    rows = ReportIdentifier.objects.filter(report__in=members, kind="card", valid=True)
    found = of_identifiers([("card", row.value) for row in rows], now())
    return {("card", stored("card", value)): what for (_kind, value), what in found.items()}


def _undoable(book: Linker, names: list[str]) -> list[dict[str, Any]]:
    """Decisions on this series that can be taken back, newest first, with who took them. The linker numbers decisions in the order
    of their steps in the log."""
    touching = [c for c in reversed(book.changes) if not c.undone and _touches(book, c, names)][:10]
    if not touching:
        return []
    steps = list(SeriesStep.objects.filter(kind__in=DECISIONS).order_by("id").values_list("actor", "at"))
    return [{"n": c.number, "verb": c.verb, "actor": steps[c.number][0], "at": steps[c.number][1]} for c in touching]


def _touches(book: Linker, change: Change, names: list[str]) -> bool:
    mine = {book.index[n] for n in names}
    ends = {r for n in change.links for r in book.parts.ends[n]}
    apart = set().union(*change.apart) if change.apart else set()
    return bool(mine & (ends | apart))
