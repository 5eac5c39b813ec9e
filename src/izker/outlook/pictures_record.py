"""Pictures of Izker's own record: intervals against what came true, coverage against its band, scores beside simple benchmarks, PIT."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from izker.outlook.pictures import NARROW, Canvas, number, short_date, ticks
from izker.words import _, language


def percent(share: float, places: int = 0) -> str:
    """'94 %' in the language in force; a dash where there is none."""
    if not math.isfinite(share):
        return "—"
    text = f"{share * 100:.{places}f}"
    return (text if language() == "en" else text.replace(".", ",")) + "\u00a0%"


def intervals(
    weeks: Sequence[date],
    values: Sequence[Sequence[float]],
    final: Sequence[float],
    *,
    title: str,
    unit: str = "",
    width: float = 936,
    height: float = 280,
    palette: str = "page",
) -> str:
    """What was published for each week, five quantiles (2.5, 25, 50, 75, 97.5 %), and the final count: a sky dot inside the 95 % interval,
    a larger ink dot outside it. Bad weeks are drawn last, so that nothing hides them.
    """
    c = Canvas(width, height, title, palette)
    if not weeks:
        c.text(0, 24, _("no data"), "ink-2", 14)
        return c.svg()
    left, right, top, bottom = 34.0, width - 8.0, 28.0, height - 26.0
    marks = ticks(max(max(v[-1] for v in values), max(final)), 4)
    days = [d.toordinal() for d in weeks]
    span = max(days[-1] - days[0], 7)
    half = max(min((right - left) / (span / 7 + 1) / 2 - 1, 7.0), 1.0)

    def x(day: int) -> float:
        return left + half + (right - left - 2 * half) * (day - days[0]) / span

    def y(v: float) -> float:
        return bottom - (bottom - top) * v / marks[-1]

    for i, mark in enumerate(marks):
        c.line([(0, y(mark)), (right, y(mark))], "rule")
        if mark:
            c.text(0, y(mark) - 5, number(mark) + (f" {unit}" if unit and i == len(marks) - 1 else ""), "ink-3")
    for day, (low, first, middle, third, high) in zip(days, values, strict=True):
        for a, b, fill in ((low, high, "band-95"), (first, third, "band-50")):
            c.rect(x(day) - half, y(b), 2 * half, max(y(a) - y(b), 1.0), fill)
        c.line([(x(day) - half, y(middle)), (x(day) + half, y(middle))], "sky", 2)
    outside = [not v[0] <= f <= v[-1] for v, f in zip(values, final, strict=True)]
    for wanted, radius, fill in ((False, 2.5, "sky"), (True, 4.5, "ink")):
        for day, f, out in zip(days, final, outside, strict=True):
            if out == wanted:
                c.dot(x(day), y(f), radius, fill, ring=out)
    shown = max(2, int(width // 130))
    step = max(1, math.ceil(len(set(days)) / shown))
    for day in sorted(set(days))[::-step]:
        at = x(day)
        anchor = "end" if at > width - 40 else "middle"
        c.line([(at, bottom), (at, bottom + 5)], "ink-3")
        c.text(at, bottom + 19, short_date(date.fromordinal(day)), anchor=anchor)
    return c.svg()


def coverage(
    rows: Sequence[tuple[str, float, tuple[float, float], str]],
    *,
    title: str,
    band: tuple[float, float],
    low: float = 0.7,
    width: float = 936,
    palette: str = "page",
) -> str:
    """One line a level: (name, share, Wilson's interval, words at the end), the band it must lie in as an area, the axis from `low` to 1.

    A share whose whole interval lies outside the band is drawn in ink, larger.
    """
    wide = width >= NARROW
    gap, top = (28.0, 20.0) if wide else (44.0, 20.0)
    c = Canvas(width, top + gap * len(rows) + 26, title, palette)
    if not rows:
        c.text(0, 24, _("no data"), "ink-2", 14)
        return c.svg()
    left, right = (250.0, width - 190.0) if wide else (0.0, width - 8.0)
    bottom = top + gap * len(rows)

    def x(share: float) -> float:
        return left + (right - left) * (max(share, low) - low) / (1 - low)

    c.rect(x(band[0]), top, x(band[1]) - x(band[0]), bottom - top, "band-95")
    c.text((x(band[0]) + x(band[1])) / 2, top - 6, f"{percent(band[0])} – {percent(band[1])}", "ink-2", 12, "middle")
    for n, (name, share, (a, b), words) in enumerate(rows):
        line = top + gap * n + (gap / 2 if wide else gap - 12)
        out = b < band[0] or a > band[1]
        c.line([(x(a), line), (x(b), line)], "ink" if out else "sky", 1.5)
        c.dot(x(share), line, 5 if out else 4, "ink" if out else "sky", ring=True)
        if wide:
            c.text(0, line + 4, name, "ink", 13)
            c.text(right + 14, line + 4, words, "ink-2", 12)
        else:
            c.text(0, line - 14, f"{name}: {words}", "ink", 12)
    for share in np.arange(low, 1.001, 0.1):
        anchor = "start" if share == low else "end" if share > 0.99 else "middle"
        c.line([(x(share), bottom), (x(share), bottom + 5)], "ink-3")
        c.text(x(share), bottom + 19, percent(float(share)), anchor=anchor)
    return c.svg()


def beside(
    groups: Sequence[tuple[str, Mapping[str, float]]], *, title: str, ours: str, width: float = 936, palette: str = "page"
) -> str:
    """Bars of mean scores, smaller is better: for each group (name, {method: score}); `ours` in sky, the others hatched grey.

    Each group has its own scale, from zero to its largest: the levels' counts differ by orders of magnitude.
    """
    wide = width >= NARROW
    bar, gap = 16.0, 18.0
    rows = sum(len(scores) + (0 if wide else 1) for _name, scores in groups)
    c = Canvas(width, max(rows * bar + len(groups) * gap, 30.0), title, palette)
    if not groups:
        c.text(0, 24, _("no data"), "ink-2", 14)
        return c.svg()
    left = 370.0 if wide else 0.0
    right = width - 70.0
    y = 0.0
    for name, scores in groups:
        top = max(scores.values()) or 1.0
        c.text(0, y + 13, name, "ink", 13, bold=True)
        if not wide:
            y += bar
        for method, score in scores.items():
            size = (right - left) * score / top * (1.0 if wide else 0.55)
            start = left if wide else 0.0
            c.rect(start, y + 3, max(size, 1.0), bar - 5, "sky" if method == ours else "q2")
            figure = f"{score:.3g}" if language() == "en" else f"{score:.3g}".replace(".", ",")
            if wide:
                c.text(left - 10, y + 13, method, "sky" if method == ours else "ink-2", 12, "end", bold=method == ours)
                c.text(start + size + 8, y + 13, figure, "ink", 12, bold=method == ours)
            else:
                c.text(start + size + 6, y + 13, f"{figure} {method}", "sky" if method == ours else "ink-2", 12, bold=method == ours)
            y += bar
        y += gap
    return c.svg()


def histogram(counts: Sequence[int], *, title: str, width: float = 456, height: float = 150, palette: str = "page") -> str:
    """Where final counts fell in what was published, in tenths of probability; the dotted line is where honest forecasts lie evenly."""
    c = Canvas(width, height, title, palette)
    total = sum(counts)
    if not total:
        c.text(0, 24, _("no data"), "ink-2", 14)
        return c.svg()
    top, bottom = 18.0, height - 24.0
    most = max(*counts, 1)
    step = width / len(counts)
    for i, n in enumerate(counts):
        size = (bottom - top) * n / most
        c.rect(i * step + 1, bottom - size, step - 2, size, "band-50")
        c.text((i + 0.5) * step, bottom - size - 4, number(n), "ink-2", 11, "middle")
    even = bottom - (bottom - top) * total / len(counts) / most
    c.line([(0, even), (width, even)], "ink", 1, "1 3")
    c.line([(0, bottom), (width, bottom)], "ink-3")
    c.text(0, height - 6, _("lower than published"), "ink-2", 12)
    c.text(width, height - 6, _("higher than published"), "ink-2", 12, "end")
    return c.svg()


def bars(counts: Mapping[date, int], *, title: str, width: float = 600, height: float = 90, palette: str = "page") -> str:
    """A count a day as bars from zero, the first, the last and the highest day named."""
    c = Canvas(width, height, title, palette)
    if not counts:
        c.text(0, 24, _("no data"), "ink-2", 14)
        return c.svg()
    first, last = min(counts), max(counts)
    span = max((last - first).days, 1)
    top, bottom = 16.0, height - 22.0
    most = max(counts.values())
    thick = max(min((width - 8) / (span + 1) - 2, 24.0), 2.0)
    highest = max(counts, key=lambda d: (counts[d], d))
    for day, n in counts.items():
        at = (width - thick) * (day - first).days / span if last > first else 0.0
        size = (bottom - top) * n / most
        c.rect(at, bottom - size, thick, size, "sky")
        if day == highest:
            c.text(at + thick / 2, bottom - size - 4, number(n), "ink", 12, "end" if at > width - 30 else "start" if at < 30 else "middle", bold=True)
    c.line([(0, bottom), (width, bottom)], "ink-3")
    c.text(0, height - 6, short_date(first), "ink-2", 12)
    if last > first:
        c.text(width, height - 6, short_date(last), "ink-2", 12, "end")
    return c.svg()
