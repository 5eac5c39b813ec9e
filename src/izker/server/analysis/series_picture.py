"""Pictures of a series: its reports over time, and where they came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from izker.jurisdictions import regions
from izker.outlook.pictures import Canvas, short_date
from izker.outlook.pictures_map import tile_map
from izker.times import local

WIDE, NARROW = 936.0, 328.0  # px: the page's column, a phone's
HEIGHT, FOOT, HEAD = 132.0, 22.0, 18.0
LEAST_TOP = 4  # reports: fewer do not fill the height
WEEKLY_FROM = 120  # days; a longer series is drawn by weeks


def timeline(moments: Sequence[datetime], width: float = WIDE) -> SafeString:
    """Reports by day (by week where the series is long) as bars from zero, labelled at both ends and at the highest bar."""
    days = sorted(local(m).date() for m in moments)
    step = 7 if (days[-1] - days[0]).days > WEEKLY_FROM else 1
    first = days[0] - timedelta(days=days[0].weekday() if step == 7 else 0)
    counts = Counter((day - first).days // step for day in days)
    slots = max((days[-1] - first).days // step + 1, 14)
    unit = _("week") if step == 7 else _("day")
    words = _("Reports by %(unit)s, %(first)s to %(last)s") % {"unit": unit, "first": short_date(days[0]), "last": short_date(days[-1])}
    c = Canvas(width, HEIGHT, words)
    base, top = HEIGHT - FOOT, max(LEAST_TOP, *counts.values())
    unit_width = width / slots
    numbered = len(counts) * 24 <= width
    highest = max(counts, key=lambda slot: (counts[slot], -slot))
    for slot, n in sorted(counts.items()):
        height = (base - HEAD) * n / top
        c.rect(slot * unit_width + min(unit_width * 0.15, 2), base - height, max(unit_width - min(unit_width * 0.3, 4), 2), height, "sky")
        if slot == highest or numbered:
            middle = (slot + 0.5) * unit_width
            c.text(min(max(middle, 4), width - 4), base - height - 5, str(n), "ink", 12, "middle", bold=True)
    c.line([(0, base), (width, base)], "ink")
    for slot, day in _labels(counts, first, step, days[-1], int(72 / unit_width) + 1):
        x = (slot + 0.5) * unit_width
        anchor = "start" if x < 30 else ("end" if x > width - 30 else "middle")
        c.text(x if anchor == "middle" else (0 if anchor == "start" else width), HEIGHT - 5, short_date(day), "ink-2", 12, anchor)
    return mark_safe(c.svg())


def _labels(counts: Mapping[int, int], first: date, step: int, last: date, room: int) -> list[tuple[int, date]]:
    """The first and the last bar's day, and between them no closer than `room` slots."""
    slots = sorted(counts)
    kept = [slots[0]]
    for slot in slots[1:-1]:
        if slot - kept[-1] >= room and slots[-1] - slot >= room:
            kept.append(slot)
    if slots[-1] - kept[-1] >= room or len(slots) == 1:
        kept.append(slots[-1])
    return [(slot, last if slot == slots[-1] else first + timedelta(days=slot * step)) for slot in dict.fromkeys(kept)]


def region_map(counts: Mapping[str, int]) -> SafeString:
    """Reports of the series on the tile map; a region without any shows its zero."""
    return mark_safe(tile_map({code: float(counts.get(code, 0)) for code in regions()}, title=_("Reports of the series by region")))
