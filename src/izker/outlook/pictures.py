"""Pictures of the outlook as SVG: fan chart, series against a bound, sparkline, tile map, record of hits and misses.

One drawing for the command line, the bulletin and the server's pages. `palette="page"` writes the page's CSS variables
with the light colour as fallback, so that a picture follows the reader's dark mode; `palette="print"` writes plain
colours for documents and PNG. Counts start at zero. Labels stand on the lines; there is no legend. Every picture has
its sentence in `aria-label`; the table behind it is the caller's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from izker.money import NBSP, group
from izker.words import _, language

Floats = npt.NDArray[np.float64]
Scale = Callable[[float], float]

LIGHT = {
    "paper": "#FFFFFF",
    "ink": "#131C22",
    "ink-2": "#47545E",
    "ink-3": "#5F6C76",
    "rule": "#D3DADF",
    "sky": "#006B94",
    "band-95": "#DCEDF5",
    "band-50": "#A9D1E4",
    "gold": "#F4BC1C",
    "hatch": "#9AA7B0",
    "q1": "#EEF6FA",
    "q2": "#CFE5F0",
    "q3": "#9CCAE0",
    "q4": "#56A3C5",
    "q5": "#00587A",
    "on-q1": "#131C22",
    "on-q5": "#FFFFFF",
}
NARROW = 600  # px below which a chart leaves out what would not fit
FONT = "'Noto Sans Izker','Noto Sans',sans-serif"
FONTS = Path(__file__).resolve().parents[1] / "fonts"


@dataclass
class Canvas:
    """An SVG being drawn: elements in order; y grows downwards, units are CSS pixels."""

    width: float
    height: float
    title: str
    palette: str = "page"

    def __post_init__(self) -> None:
        if self.palette not in ("page", "print"):
            raise ValueError(f"palette is page or print, not {self.palette}")
        self.parts: list[str] = []

    def colour(self, name: str) -> str:
        return f"var(--{name}, {LIGHT[name]})" if self.palette == "page" else LIGHT[name]

    def line(
        self, points: Sequence[tuple[float, float]], stroke: str, width: float = 1, dash: str = "", cap: str = ""
    ) -> None:
        if len(points) < 2:
            return
        extra = (f' stroke-dasharray="{dash}"' if dash else "") + (f' stroke-linecap="{cap}"' if cap else "")
        self.parts.append(
            f'<path d="{_path(points)}" fill="none" stroke="{self.colour(stroke)}" stroke-width="{width:g}"{extra}/>'
        )

    def area(self, points: Sequence[tuple[float, float]], fill: str, opacity: float = 1.0) -> None:
        if len(points) > 2:
            faint = f' opacity="{opacity:g}"' if opacity < 1 else ""
            self.parts.append(f'<path d="{_path(points)}Z" fill="{self.colour(fill)}"{faint}/>')

    def dot(self, x: float, y: float, r: float, fill: str, ring: bool = False) -> None:
        edge = f' stroke="{self.colour("paper")}" stroke-width="1.5"' if ring else ""
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:g}" fill="{self.colour(fill)}"{edge}/>')

    def rect(self, x: float, y: float, w: float, h: float, fill: str) -> None:
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" fill="{self.colour(fill)}"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        words: str,
        fill: str = "ink-2",
        size: int = 12,
        anchor: str = "start",
        bold: bool = False,
        halo: bool = False,
    ) -> None:
        """Words at a point; `halo`: with a rim of paper, for words that lines may pass behind."""
        weight = ' font-weight="600"' if bold else ""
        if halo:
            weight += f' stroke="{self.colour("paper")}" stroke-width="3" paint-order="stroke"'
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{self.colour(fill)}" '
            f'text-anchor="{anchor}"{weight}>{escape(words)}</text>'
        )

    def svg(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width:g}" height="{self.height:g}" '
            f'viewBox="0 0 {self.width:g} {self.height:g}" role="img" aria-label="{escape(self.title)}" '
            f'font-family="{FONT}">' + "".join(self.parts) + "</svg>"
        )


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def short_date(day: date) -> str:
    """'5 Jan' in the language in force."""
    from babel.dates import format_skeleton

    return str(format_skeleton("MMMd", day, locale="en_GB" if language() == "en" else language()))


def number(value: float) -> str:
    """A count as a person reads it: whole, thousands apart; a dash where there is none."""
    return "—" if not math.isfinite(value) else group(round(value))


def ticks(top: float, most: int = 5) -> list[float]:
    """Round axis values from 0 that reach at least `top` (at least 1)."""
    top = max(float(top), 1.0) if math.isfinite(top) else 1.0
    rough = top / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = max(next(m for m in (1, 2, 2.5, 5, 10) if m * power >= rough) * power, 1.0)
    return [step * i for i in range(math.ceil(top / step - 1e-9) + 1)]


def _runs(good: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Half-open runs of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], good.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _spread(wanted: list[float], gap: float) -> list[float]:
    """Positions as near to `wanted` (any order) as a gap of `gap` between neighbours allows."""
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    placed = list(wanted)
    for before, after in pairwise(order):
        placed[after] = max(placed[after], placed[before] + gap)
    return placed


def fan_chart(
    dates: Sequence[date],
    quantiles: npt.ArrayLike,
    levels: Sequence[float],
    *,
    known: npt.ArrayLike | None = None,
    forecast_from: int | None = None,
    title: str,
    unit: str = "",
    width: float = 936,
    height: float = 380,
    palette: str = "page",
) -> str:
    """Bands and median over time as SVG.

    dates: T days, ascending; quantiles: (T, L) at `levels` (must hold 0.5; the outermost pair and the 0.25-0.75 pair
    are drawn as bands), NaN where there is no estimate; known: (T,), reported so far, NaN in the future;
    forecast_from: index of the first forecast date (None: everything is nowcast). `unit` follows the top tick.
    """
    q = np.asarray(quantiles, dtype=np.float64)
    count = len(dates)
    if q.shape != (count, len(levels)):
        raise ValueError(f"quantiles are {q.shape}, not ({count}, {len(levels)})")
    seen = np.full(count, np.nan) if known is None else np.asarray(known, dtype=np.float64)
    c = Canvas(width, height, title, palette)
    if count == 0 or not np.isfinite(q).any():
        c.text(0, 24, _("no data"), "ink-2", 14)
        return c.svg()
    place = {round(level, 4): i for i, level in enumerate(levels)}
    mid, low, high = place[0.5], 0, len(levels) - 1
    inner = (place.get(0.25), place.get(0.75))
    left, right, top, bottom = 8.0, width - (72.0 if width >= NARROW else 52.0), 28.0, height - 26.0
    marks = ticks(float(np.nanmax(np.concatenate([q[:, high], seen[np.isfinite(seen)]]))))
    split = count if forecast_from is None else forecast_from

    def x(i: float) -> float:
        return left + (right - left) * (i / max(count - 1, 1))

    def y(v: float) -> float:
        return bottom - (bottom - top) * v / marks[-1]

    for mark in marks:
        c.line([(0, y(mark)), (right + 8, y(mark))], "rule")
    ok: npt.NDArray[np.bool_] = np.asarray(np.isfinite(q[:, (low, mid, high)]).all(axis=1))
    parts = [(a, min(b, split), 1.0) for a, b in _runs(ok) if a < split] + [
        (max(a, split - 1), b, 0.75) for a, b in _runs(ok) if b > split
    ]
    for lower, upper, fill in ((low, high, "band-95"), (*inner, "band-50")):
        if lower is None or upper is None:
            continue
        for a, b, opacity in parts:
            edge = [(x(i), y(q[i, upper])) for i in range(a, b)] + [
                (x(i), y(q[i, lower])) for i in range(b - 1, a - 1, -1)
            ]
            c.area(edge, fill, opacity)
    for a, b, opacity in parts:
        points = [(x(i), y(q[i, mid])) for i in range(a, b)]
        if opacity < 1:
            c.line(points, "sky", 2.5, "2 5", "round")
        else:
            c.line(points, "sky", 2.5)
    for mark in marks[1:]:
        words = number(mark) + (f" {unit}" if unit and mark == marks[-1] else "")
        c.text(0, y(mark) - 5, words, "ink-3", halo=True)
    narrow = width < NARROW
    clear = 6.8 * len(f"{number(marks[-1])} {unit}") + 12  # right of the words on the top tick
    _reported(c, seen, q, mid, split, x, y, None if narrow else clear)
    if narrow and np.isfinite(seen[:split]).any():
        c.text(0, bottom - 8, _("corrected for late reporting"), "sky", 12, bold=True)
    if 0 < split < count:
        middle = (x(split - 1) + x(split)) / 2
        c.line([(middle, 14), (middle, bottom)], "ink", 1, "1 3")
        c.text(middle + 6, 20, _("forecast"))
        if np.isfinite(seen[:split]).any() and not narrow:
            c.text(middle - 6, 20, _("nowcast"), anchor="end")
    last = count - 1
    while last and not ok[last]:
        last -= 1
    spots = [
        (y(q[last, high]), f"{_percent(levels[high] - levels[low])}", False),
        (y(q[last, mid]), number(q[last, mid]), True),
    ]
    if inner[1] is not None and inner[0] is not None:
        spots.append((y(q[last, inner[1]]), f"{_percent(levels[inner[1]] - levels[inner[0]])}", False))
    for (_at, words, bold), at in zip(spots, _spread([s[0] + 4 for s in spots], 15), strict=True):
        c.text(x(last) + 6, at, words, bold=bold)
    _axis(c, dates, x, bottom, most=max(2, min(8, int(width // 100))))
    return c.svg()


def _percent(share: float) -> str:
    return f"{round(share * 100)}{NBSP}%"


def _reported(
    c: Canvas, seen: Floats, q: Floats, mid: int, split: int, x: Scale, y: Scale, clear: float | None
) -> None:
    """The ink line of what is reported so far where it differs from the estimate, with its labels right of `clear` (None: the label of the
    estimate stands elsewhere).
    """
    apart = np.isfinite(seen[:split]) & (np.abs(seen[:split] - q[:split, mid]) > 0.005 * np.maximum(q[:split, mid], 1))
    if not apart.any():
        return
    start = max(int(np.flatnonzero(apart)[0]) - 1, 0)
    points = [(x(i), y(seen[i])) for i in range(start, split) if np.isfinite(seen[i])]
    c.line(points, "ink", 1.5)
    for px, py in points:
        c.dot(px, py, 2.5, "ink")
    i = max(k for k in range(start, split) if np.isfinite(seen[k]))
    c.text(
        x(i) - 12, y(seen[i]) + 4, _("reported so far, {count}").format(count=number(seen[i])), "ink", 14, "end", True
    )
    if np.isfinite(q[i, mid]):
        c.dot(x(i), y(q[i, mid]), 4.5, "sky", ring=True)
        missing = q[i, mid] - seen[i]
        if y(seen[i]) - y(q[i, mid]) > 40 and c.width >= NARROW:
            c.line([(x(i), y(q[i, mid]) + 9), (x(i), y(seen[i]) - 9)], "ink-2")
            c.text(
                x(i) + 20,
                (y(seen[i]) + y(q[i, mid])) / 2 + 24,
                _("{count} still to come").format(count=number(missing)),
            )
    label = max(start - 4, 0)
    if clear is not None and np.isfinite(q[label, mid]):
        words = _("corrected for late reporting")
        half = 3.9 * len(words)  # about half its width, 14 px semibold
        highest = min(y(v) for v in q[max(label - 5, 0) : label + 6, -1] if np.isfinite(v))
        c.text(max(x(label), clear + half), highest - 12, words, "sky", 14, "middle", True)


def _axis(c: Canvas, dates: Sequence[date], x: Scale, bottom: float, most: int = 8) -> None:
    """Dates under the axis, counted back from the last so that the newest is always named."""
    step = max(1, math.ceil((len(dates) - 1) / most))
    for i in range(len(dates) - 1, -1, -step):
        anchor = "start" if x(i) < 24 else "middle"
        c.line([(x(i), bottom), (x(i), bottom + 5)], "ink-3")
        c.text(x(i), bottom + 19, short_date(dates[i]), anchor=anchor)


def sparkline(
    values: npt.ArrayLike,
    bound: float,
    *,
    title: str = "",
    width: float = 96,
    height: float = 28,
    palette: str = "page",
) -> str:
    """A short series with its bound as a dashed line and the last point as a dot. values: (T,), NaN skipped."""
    v = np.asarray(values, dtype=np.float64)
    c = Canvas(width, height, title, palette)
    good = np.flatnonzero(np.isfinite(v))
    if good.size == 0:
        c.text(0, height - 8, _("no data"))
        return c.svg()
    top = max(float(v[good].max()), bound if math.isfinite(bound) else 0.0, 1.0) * 1.05
    step = (width - 8) / max(v.size - 1, 1)
    points = [(2 + step * int(i), height - 3 - (height - 6) * v[i] / top) for i in good]
    if math.isfinite(bound):
        at = height - 3 - (height - 6) * bound / top
        c.line([(0, at), (width, at)], "ink-3", 1, "2 2")
    c.line(points, "sky", 1.5)
    c.dot(*points[-1], 3, "sky")
    return c.svg()


def bound_chart(
    dates: Sequence[date],
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    bound: npt.ArrayLike,
    *,
    title: str,
    unit: str = "",
    width: float = 936,
    height: float = 240,
    palette: str = "page",
) -> str:
    """A series (T,) against its expectation and upper bound (T,; NaN: no history); alarms are ink dots."""
    o, e, b = (np.asarray(a, dtype=np.float64) for a in (observed, expected, bound))
    c = Canvas(width, height, title, palette)
    if not len(dates) or not np.isfinite(o).any():
        c.text(0, 24, _("no data"), "ink-2", 14)
        return c.svg()
    left, right, top, bottom = 8.0, width - 96.0, 20.0, height - 26.0
    marks = ticks(float(np.nanmax(np.concatenate([o, b[np.isfinite(b)]]))), 4)
    count = len(dates)

    def x(i: float) -> float:
        return left + (right - left) * (i / max(count - 1, 1))

    def y(v: float) -> float:
        return bottom - (bottom - top) * v / marks[-1]

    for i, mark in enumerate(marks):
        c.line([(0, y(mark)), (right + 8, y(mark))], "rule")
        if mark:
            c.text(0, y(mark) - 4, number(mark) + (f" {unit}" if unit and i == len(marks) - 1 else ""), "ink-3")
    for values, stroke, wide, dash in ((b, "ink-3", 1, "3 3"), (e, "ink-2", 1, ""), (o, "sky", 2, "")):
        for a, z in _runs(np.isfinite(values)):
            c.line([(x(i), y(values[i])) for i in range(a, z)], stroke, wide, dash)
    for i in np.flatnonzero(np.isfinite(b) & (o > b)).tolist():
        c.dot(x(i), y(o[i]), 4.5, "ink", ring=True)
    last = count - 1
    names = [(o[last], _("observed"), True), (e[last], _("expected"), False), (b[last], _("bound"), False)]
    shown = [(y(v), words, bold) for v, words, bold in names if np.isfinite(v)]
    for (_at, words, bold), at in zip(shown, _spread([s[0] + 4 for s in shown], 15), strict=True):
        c.text(right + 10, at, words, "sky" if bold else "ink-2", bold=bold)
    _axis(c, dates, x, bottom, most=max(2, min(8, int(width // 100))))
    return c.svg()
