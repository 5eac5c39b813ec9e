"""More pictures of the outlook: the tile map, the strip of hits and misses, and SVG turned into PNG."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from izker.jurisdictions import regions
from izker.outlook.pictures import FONTS, NARROW, Canvas, number
from izker.words import _, language

TILE_WIDTH, TILE_HEIGHT, GAP = 96.0, 68.0, 4.0


def tile_map(
    values: Mapping[str, float],
    *,
    title: str,
    marked: Mapping[str, str] | None = None,
    jurisdiction: str = "kz",
    palette: str = "page",
) -> str:
    """One tile a region (code -> value; a region without a value is dashed "no data"), five steps up to the largest.

    `marked`: region code -> word shown on the tile with an ink edge (a signal). Unknown codes are left out.
    """
    places = regions(jurisdiction)
    marked = marked or {}
    columns = 1 + max(r.tile[0] for r in places.values())
    rows = 1 + max(r.tile[1] for r in places.values())
    c = Canvas(columns * (TILE_WIDTH + GAP) - GAP, rows * (TILE_HEIGHT + GAP) - GAP, title, palette)
    known = [v for k, v in values.items() if k in places and math.isfinite(v)]
    top = max(known, default=0.0)
    for code, region in places.items():
        x, y = region.tile[0] * (TILE_WIDTH + GAP), region.tile[1] * (TILE_HEIGHT + GAP)
        value = values.get(code, math.nan)
        if math.isfinite(value):
            step = min(5, 1 + int(5 * value / top)) if top > 0 else 1
            fill, ink = f"q{step}", "on-q5" if step == 5 else "on-q1"
            words = number(value)
        else:
            fill, ink, words = "paper", "ink-2", _("no data")
        c.rect(x, y, TILE_WIDTH, TILE_HEIGHT, fill)
        if not math.isfinite(value) or code in marked:
            edge = [(x + 1, y + 1), (x + TILE_WIDTH - 1, y + 1), (x + TILE_WIDTH - 1, y + TILE_HEIGHT - 1)]
            edge += [(x + 1, y + TILE_HEIGHT - 1), (x + 1, y)]
            c.line(
                edge, "ink" if code in marked else "hatch", 2 if code in marked else 1, "" if code in marked else "3 3"
            )
        for i, line in enumerate(_lines(region.label(language()))):
            c.text(x + 6, y + 15 + 12 * i, line, ink, 11)
        c.text(x + 6, y + TILE_HEIGHT - 8, words, ink, 16 if math.isfinite(value) else 11, bold=math.isfinite(value))
        if code in marked:
            c.text(x + TILE_WIDTH - 6, y + TILE_HEIGHT - 8, marked[code], ink, 11, "end", bold=True)
    return c.svg()


def _lines(name: str, width: int = 14) -> list[str]:
    """A region's name on up to three lines, broken at spaces and after hyphens."""
    out = [""]
    for part in name.replace("-", "- ").split():
        if out[-1] and len(out[-1]) + len(part) + 1 > width:
            out.append(part)
        else:
            out[-1] = f"{out[-1]} {part}".strip() if not out[-1].endswith("-") else out[-1] + part
    return out


def pit_strip(pit: npt.ArrayLike, *, title: str, width: float = 936, palette: str = "page") -> str:
    """Where each final count fell in what had been published: one tick a PIT value in [0, 1].

    Values outside the 95 % band (bad weeks) are drawn in ink and thicker, never left out.
    """
    u = np.asarray(pit, dtype=np.float64)
    u = u[np.isfinite(u)]
    c = Canvas(width, 60, title, palette)
    if u.size == 0:
        c.text(0, 24, _("no data"), "ink-2", 14)
        return c.svg()
    c.rect(0.025 * width, 16, 0.95 * width, 24, "band-95")
    c.rect(0.25 * width, 16, 0.5 * width, 24, "band-50")
    for value in np.clip(u, 0.0, 1.0):
        x = 1.5 + value * (width - 3)
        inside = 0.025 <= value <= 0.975
        c.line(
            [(x, 16 if inside else 10), (x, 40 if inside else 46)], "sky" if inside else "ink", 1.5 if inside else 2.5
        )
    quarters = ((0.25, "25\u00a0%", "middle"), (0.5, _("median"), "middle"), (0.75, "75\u00a0%", "middle"))
    ends = ((0.0, _("lower than published"), "start"), (1.0, _("higher than published"), "end"))
    for at, words, anchor in (*ends, *(quarters if width >= NARROW else ())):
        c.text(at * width, 57, words, anchor=anchor)
    return c.svg()


def png(svg: str, scale: float = 2.0) -> bytes:
    """The picture as PNG (typst's renderer, Noto Sans from the package); draw it with palette="print"."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "picture.svg").write_text(svg, encoding="utf-8")
        page = Path(folder) / "page.typ"
        page.write_text('#set page(width: auto, height: auto, margin: 8pt)\n#image("picture.svg")\n', encoding="utf-8")
        made = typst.compile(
            str(page), format="png", ppi=72.0 * scale, font_paths=[str(FONTS)], ignore_system_fonts=True
        )
    if not isinstance(made, bytes):
        raise TypeError("typst made several pages of one picture")
    return made
