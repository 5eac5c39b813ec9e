"""Draw a laid-out trail: SVG with the look's CSS variables, and a page that stands alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from izker import money
from izker.times import local
from izker.trail.rules import STATUS_NAMES
from izker.words import N_, _, language

if TYPE_CHECKING:
    from izker.trail.picture import Picture, Ribbon

AFTER_EXIT = 18.0  # from an exit's arrow to its words
LETTER, CLOCK = 7.4, 46.0  # width of a bold letter of a name, and of the time beside it
# the same values as the tokens of the look, for a page that stands alone
LIGHT = {
    "paper": "#FFFFFF",
    "ink": "#131C22",
    "ink-2": "#47545E",
    "ink-3": "#5F6C76",
    "rule": "#D3DADF",
    "held": "#006B94",
    "held-soft": "#8FC3DB",
    "move": "#006B94",
    "move-soft": "#E6F2F8",
    "left": "#B8261C",
    "left-soft": "#E08E86",
    "gold-text": "#755000",
    "hatch": "#9AA7B0",
}
DARK = {
    "paper": "#0F161B",
    "ink": "#E9EEF1",
    "ink-2": "#AEBBC4",
    "ink-3": "#8F9DA7",
    "rule": "#2C3840",
    "held": "#5FC1E6",
    "held-soft": "#2A6F8D",
    "move": "#5FC1E6",
    "move-soft": "#12303D",
    "left": "#FF8272",
    "left-soft": "#8E3F37",
    "gold-text": "#F0BE3C",
    "hatch": "#55646E",
}


@dataclass(frozen=True)
class Labels:
    """Words of the picture in the reader's language. `hop` has a {number}, `more` a {count} field."""

    stolen: str
    victim: str
    hop: str
    left: str
    fates: Mapping[str, str]  # status -> word beside an end
    summary: str
    more: str


def labels(code: str | None = None, *, summary: str = "") -> Labels:
    """The words in `code` (kk, ru, en; default: the language in force)."""
    return Labels(
        stolen=_(N_("Stolen money"), code),
        victim=_(N_("Victim"), code),
        hop=_(N_("Hop {number}"), code),
        left=_(N_("Left the system"), code),
        fates={status: _(name, code) for status, name in STATUS_NAMES.items()},
        summary=summary or _(N_("The trail of the money"), code),
        more=_(N_("The {count} smallest ends are drawn together."), code),
    )


def svg(picture: Picture, words: Labels, *, pattern: str = "mv", link: str | None = None) -> str:
    """The picture as an SVG element. Colours are the look's CSS variables; `pattern` is the id of the hatch of moving
    money.

    `link` (with a {lot} field) makes every ribbon a link, so that one click walks a tenge back.
    """
    p = picture
    parts = [
        f'<svg class="trail" width="{p.width:g}" height="{p.height:.0f}" viewBox="0 0 {p.width:g} '
        f'{p.height:.0f}" role="img" '
        f'aria-label="{escape(words.summary)}">',
        f'<defs><pattern id="{pattern}" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<path d="M-1 7 7-1" stroke="var(--move)" stroke-width="1" opacity=".55"/></pattern></defs>',
        '<g font-size="12" fill="var(--ink-3)">',
        _text(0, 12, words.stolen),
        *(_text(x, 12, words.hop.format(number=hop)) for x, hop in p.columns),
        _text(p.width, 12, words.left, anchor="end"),
        "</g>",
        f'<path d="M0 20.5H{p.width:g}" stroke="var(--rule)"/>',
    ]
    for ribbon in p.ribbons:
        shape = (
            f'<path d="{_outline(ribbon)}" fill="var(--{ribbon.fate}-soft)" stroke="var(--paper)" stroke-width="1"/>'
        )
        if ribbon.fate == "move":
            shape += f'<path d="{_outline(ribbon)}" fill="url(#{pattern})"/>'
        title = f"<title>{escape(_title(ribbon, words))}</title>"
        open_, close = (f'<a href="{escape(link.format(lot=ribbon.lot))}">', "</a>") if link else ("<g>", "</g>")
        parts.append(f'{open_.replace(">", f""" class="lot" data-lot="{ribbon.lot}">""")}{title}{shape}{close}')
    for ribbon in p.ribbons:
        parts.append(_end_mark(ribbon))
    if p.ribbons:
        top, whole = p.ribbons[0].ys[0], sum(r.height for r in p.ribbons)
        parts.append(f'<rect x="0" y="{top:.1f}" width="3" height="{whole:.1f}" fill="var(--ink)"/>')
        parts.append(_name(0, top - 7, words.victim, p.victim_ts, p.step))
    for node in p.nodes:
        parts.append(
            f'<rect x="{node.x - 1:.1f}" y="{node.y:.1f}" width="3" height="{max(node.height, 1):.1f}" '
            f'fill="var(--ink)"/>'
        )
        parts.append(_name(node.x, node.y - 7, node.name, node.ts, p.step))
    for ribbon in p.ribbons:
        parts.append(_end_label(ribbon, words, p))
    parts.append("</svg>")
    return "".join(parts)


def standalone(
    picture: Picture, words: Labels, *, title: str, lines: tuple[str, ...] = (), table: str = "", synthetic: str = ""
) -> str:
    """A self-contained HTML page with the picture, lines of text above it, and a table (HTML) below it.

    `synthetic`, where given, stands in a hatched band on top: simulated data says so.
    """
    light = ";".join(f"--{k}:{v}" for k, v in LIGHT.items())
    dark = ";".join(f"--{k}:{v}" for k, v in DARK.items())
    band = f'<p class="band" role="note"><b>{escape(synthetic)}</b></p>' if synthetic else ""
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    more = f"<p>{escape(words.more.format(count=picture.folded))}</p>" if picture.folded else ""
    return (
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title><style>'
        f":root{{color-scheme:light dark;{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"
        'body{font:14px/20px "Noto Sans",sans-serif;background:var(--paper);color:var(--ink);margin:32px;'
        "font-variant-numeric:tabular-nums}h1{font-size:22px;line-height:28px}p{margin:4px "
        "0}.trail{display:block;margin:24px 0;"
        "max-width:none}figure{margin:0;overflow-x:auto}table{border-collapse:collapse}th,td{padding:4px 12px 4px 0;text-align:left;"
        "border-bottom:1px solid var(--rule)}th{border-bottom:1px solid "
        "var(--ink)}.r{text-align:right;white-space:nowrap}"
        ".band{border:1px solid var(--hatch);border-width:4px 0;padding:2px 0}"
        f"</style></head><body>{band}<h1>{escape(title)}</h1>{body}<figure>{svg(picture, words)}</figure>{more}{table}</body></html>\n"
    )


def coloured(drawing: str) -> str:
    """An SVG element as a file of its own: variables become the light values, the font is named."""
    for name in sorted(LIGHT, key=len, reverse=True):
        drawing = drawing.replace(f"var(--{name})", LIGHT[name])
    head = '<svg xmlns="http://www.w3.org/2000/svg" font-family="Noto Sans, sans-serif" '
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + drawing.replace("<svg ", head, 1) + "\n"


def _text(x: float, y: float, text: str, *, anchor: str = "") -> str:
    end = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x:g}" y="{y:.1f}"{end}>{escape(text)}</text>'


def _clock(ts: int) -> str:
    return f"{local(ts):%H:%M}"


def _name(x: float, y: float, name: str, ts: int, room: float) -> str:
    """A name and a time within `room` px; a longer name loses its middle, and is whole in the title."""
    most = int((room - CLOCK) / LETTER)
    short = name if len(name) <= most else f"{name[: most // 2]}…{name[-(most - most // 2 - 1) :]}"
    title = "" if short == name else f"<title>{escape(name)}</title>"
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="12" fill="var(--ink)">{title}'
        f'<tspan font-weight="600">{escape(short)}</tspan>'
        f'<tspan dx="6" fill="var(--ink-2)">{_clock(ts)}</tspan></text>'
    )


def _outline(ribbon: Ribbon) -> str:
    """Top edge left to right, the end's shape, bottom edge back; an exit ends in an arrow."""
    xs, ys, h = ribbon.xs, ribbon.ys, ribbon.height
    path = [f"M{xs[0]:.1f} {ys[0]:.2f}"]
    for x0, y0, x1, y1 in zip(xs, ys, xs[1:], ys[1:], strict=False):
        middle = (x0 + x1) / 2
        path.append(f"C{middle:.1f} {y0:.2f} {middle:.1f} {y1:.2f} {x1:.1f} {y1:.2f}")
    path.append(f"l8 {h / 2:.2f}l-8 {h / 2:.2f}" if ribbon.fate == "left" else f"L{xs[-1]:.1f} {ys[-1] + h:.2f}")
    for x0, y0, x1, y1 in zip(xs[::-1], ys[::-1], xs[-2::-1], ys[-2::-1], strict=False):
        middle = (x0 + x1) / 2
        path.append(f"C{middle:.1f} {y0 + h:.2f} {middle:.1f} {y1 + h:.2f} {x1:.1f} {y1 + h:.2f}")
    return "".join(path) + "Z"


def _end_mark(ribbon: Ribbon) -> str:
    """Held money ends at a wall, moving money at a dashed edge; what left carries its arrow already."""
    x, y, h = ribbon.xs[-1], ribbon.ys[-1], max(ribbon.height, 1.5)
    if ribbon.fate == "held":
        return f'<rect x="{x:.1f}" y="{y:.2f}" width="4" height="{h:.2f}" fill="var(--held)"/>'
    if ribbon.fate == "move":
        return f'<path d="M{x + 2:.1f} {y:.2f}v{h:.2f}" stroke="var(--move)" stroke-width="2" stroke-dasharray="3 3"/>'
    return ""


def _end_label(ribbon: Ribbon, words: Labels, picture: Picture) -> str:
    word = ribbon.note or words.fates[ribbon.status]
    amount = money.tenge(ribbon.amount)
    y = ribbon.ys[-1] + ribbon.height / 2
    if ribbon.fate == "left":
        x = picture.exits_x + AFTER_EXIT
        return (
            f'<text x="{x:g}" y="{y:.1f}" font-size="14" font-weight="600" '
            f'fill="var(--ink)">{escape(_upper(word))}</text>'
            f'<text x="{x:g}" y="{y + 15:.1f}" font-size="12" fill="var(--ink-2)">{_clock(ribbon.ts)}</text>'
            f'<text x="{picture.width:g}" y="{y:.1f}" font-size="14" font-weight="600" fill="var(--left)" '
            f'text-anchor="end">{amount}</text>'
        )
    y = y + 5 if ribbon.height >= 12 else ribbon.ys[-1] + ribbon.height + 10
    colour = "held" if ribbon.fate == "held" else "ink"
    beside = ("600", "gold-text") if ribbon.urgent else ("400", "ink-2")
    return (
        f'<text x="{ribbon.xs[-1] + 12:.1f}" y="{y:.1f}" font-size="14" font-weight="600" '
        f'fill="var(--{colour})">{amount}'
        f'<tspan dx="8" font-size="12" font-weight="{beside[0]}" '
        f'fill="var(--{beside[1]})">{escape(word)}</tspan></text>'
    )


def _upper(word: str) -> str:
    return word[:1].upper() + word[1:]


def _title(ribbon: Ribbon, words: Labels) -> str:
    return f"{money.tenge(ribbon.amount, exact=True)}, {ribbon.note or words.fates[ribbon.status]}"
