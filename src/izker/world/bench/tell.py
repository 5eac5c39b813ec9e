"""The league table as Markdown and as a picture of curves (self-contained SVG) that documents and pages show."""

from __future__ import annotations

from html import escape
from pathlib import Path

from izker.files import write_text
from izker.words import LANGUAGES, N_, _
from izker.world.bench.league import League, Row, Target
from izker.world.bench.parameters import delays
from izker.world.bench.policies import POLICIES, VARIANTS

DELAY_NAMES = {
    1: N_("1 min"), 10: N_("10 min"), 60: N_("1 hour"), 360: N_("6 hours"), 1440: N_("1 day"), 4320: N_("3 days"), 7200: N_("5 days"),
    14400: N_("10 days"), 43200: N_("30 days"),
}  # fmt: skip
TARGETS = {
    "value held over med2": N_("value held over the MED-like tracer"),
    "wrongly held value as a share of med2's": N_("wrongly held value as a share of the MED-like tracer's"),
    "wrongly held value as a share of what is held": N_("wrongly held value as a share of what is held"),
    "requests over med2": N_("requests over the MED-like tracer"),
    "value held as a share of the all-knowing bound": N_("value held as a share of the all-knowing bound"),
}
AT_LEAST = ("value held over med2", "value held as a share of the all-knowing bound")
WIDTH, HEIGHT, LEFT, TOP, RIGHT, FOOT = 1040, 480, 56, 96, 352, 64
STYLE = """
  .paper{fill:#FFFFFF} text{font-family:"Noto Sans Izker","Noto Sans",sans-serif;font-size:14px;fill:#131C22;font-feature-settings:"tnum"}
  .soft{fill:#5F6C76;font-size:12px} .head{font-size:18px;font-weight:600} .rule{stroke:#D3DADF}
  .izker{stroke:#006B94;stroke-width:4} .bound{stroke:#47545E;stroke-dasharray:2 4} .other{stroke:#7A8791} .line{fill:none;stroke-width:2}
  .izker.line{stroke-width:4} .band{fill:#CFE5F0} .label-izker{font-weight:600;fill:#006B94}
  @media (prefers-color-scheme:dark){.paper{fill:#0F161B} text{fill:#E9EEF1} .soft{fill:#8F9DA7} .rule{stroke:#2C3840} .izker{stroke:#5FC1E6}
  .bound{stroke:#AEBBC4} .other{stroke:#71818C} .band{fill:#173442} .label-izker{fill:#5FC1E6}}
"""


def write(league: League, folder: Path) -> list[Path]:
    """league.json, league.md and one picture a language in `folder`; returns what was written."""
    import json

    paths = [folder / "league.json", folder / "league.md"]
    write_text(paths[0], json.dumps(league.as_json(), ensure_ascii=False, indent=1, default=str))
    write_text(paths[1], markdown(league))
    for code in LANGUAGES:
        paths.append(folder / f"held_by_delay.{code}.svg")
        write_text(paths[-1], curves(league, code))
    return paths


def percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"


def markdown(league: League, code: str = "en") -> str:
    """Three tables: value held, the whole league at 10 minutes and 1 hour, and the targets."""
    say = [_("SYNTHETIC: played in the simulated country; no bank, account or report in it exists.", code), ""]
    seeds = ", ".join(map(str, league.seeds))
    say += [_("World: {scale}, seeds {seeds}; banks: {regime}.", code).format(scale=league.scale, seeds=seeds, regime=league.regime), ""]
    names = [*POLICIES, *(v for v in VARIANTS if any(r.name == v for r in league.variants))]
    head = [_("policy", code), *(_(DELAY_NAMES[d], code) for d in delays())]
    say += ["### " + _("Share of the stolen value held, by delay from the first payment to the report", code), "", *_table(head)]
    say += ["| " + " | ".join([f"`{n}`", *(percent(league.row(n, d).held_share) for d in delays())]) + " |" for n in names]
    for delay in (10, 60):
        say += ["", f"### {_(DELAY_NAMES[delay], code)}", ""]
        say += _table([_(h, code) for h in COLUMNS])
        say += ["| " + " | ".join(_cells(league.row(n, delay))) + " |" for n in names]
    say += ["", "### " + _("Targets", code), ""]
    say += _table([_(h, code) for h in HEADS])
    say += ["| " + " | ".join(_target(t, code)) + " |" for t in league.targets]
    return "\n".join(say) + "\n"


COLUMNS = (
    N_("policy"), N_("held"), N_("95 % interval"), N_("returned"), N_("wrongly held, of all held"), N_("wrongly held, of stolen"),
    N_("others' stolen money"), N_("protected income"), N_("account-days"), N_("requests"), N_("lines"), N_("requests per million saved"),
    N_("bank minutes per million saved"), N_("first hold, min"), N_("last hold, min"),
)  # fmt: skip
HEADS = (N_("delay"), N_("target"), N_("measured"), N_("wanted"), N_("the all-knowing bound allows"), N_("met"))


def _cells(r: Row) -> list[str]:
    low, high = r.ci.get("held_share", [r.held_share, r.held_share])
    minutes = ["–" if m is None else f"{m:.1f}" for m in (r.first_hold_minutes, r.last_hold_minutes)]
    return [
        f"`{r.name}`", percent(r.held_share), f"{percent(low)} – {percent(high)}", percent(r.returned_share), percent(r.wrongly_held_share, 2),
        percent(r.wrongly_held_of_stolen, 2), percent(r.others_share), percent(r.protected_share, 2), f"{r.account_days:.2f}",
        f"{r.requests:.2f}", f"{r.lines:.2f}", f"{r.requests_per_million:.2f}", f"{r.bank_minutes_per_million:.1f}", *minutes,
    ]  # fmt: skip


def _target(t: Target, code: str) -> list[str]:
    sign = "≥" if t.text in AT_LEAST else "≤"
    best = "" if t.best is None else percent(t.best)
    return [
        _(DELAY_NAMES[t.delay], code),
        _(TARGETS[t.text], code),
        percent(t.value),
        f"{sign} {percent(t.target, 0)}",
        best,
        _("yes", code) if t.met else _("no", code),
    ]


def _table(head: list[str]) -> list[str]:
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]


def curves(league: League, code: str = "en") -> str:
    """Value held by delay, a line a policy, labelled directly; the plan's interval as a band."""
    xs = [LEFT + (WIDTH - LEFT - RIGHT) * i / (len(delays()) - 1) for i in range(len(delays()))]

    def y(share: float) -> float:
        return HEIGHT - FOOT - (HEIGHT - TOP - FOOT) * min(share, 1.0)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><style>{STYLE}</style>']
    parts += [f"<title>{escape(_('Share of the stolen value held, by delay from the first payment to the report', code))}</title>"]
    parts += [f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>']
    parts += [f'<text class="head" x="16" y="32">{escape(_("Share of the stolen value held, by delay from the first payment to the report", code))}</text>']
    parts += [
        f'<text class="soft" x="16" y="56">{escape(_("SYNTHETIC: played in the simulated country; no bank, account or report in it exists.", code))}</text>'
    ]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts += [f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(share):.1f}" y2="{y(share):.1f}"/>']
        parts += [f'<text class="soft" x="{LEFT - 8}" y="{y(share) + 4:.1f}" text-anchor="end">{round(100 * share)} %</text>']
    for x, delay in zip(xs, delays(), strict=True):
        parts += [f'<text class="soft" x="{x:.1f}" y="{HEIGHT - FOOT + 24}" text-anchor="middle">{escape(_(DELAY_NAMES[delay], code))}</text>']
    band = [league.row("izker", d).ci.get("held_share", [0.0, 0.0]) for d in delays()]
    outline = [f"{x:.1f},{y(b[1]):.1f}" for x, b in zip(xs, band, strict=True)] + [f"{x:.1f},{y(b[0]):.1f}" for x, b in zip(xs[::-1], band[::-1], strict=True)]
    parts += [f'<polygon class="band" points="{" ".join(outline)}"/>']
    shown = [name for name in POLICIES if name != "none"]
    place = _spread({n: y(league.row(n, 10).held_share) for n in shown})
    for name in shown:
        kind = name if name in ("izker", "bound") else "other"
        points = " ".join(f"{x:.1f},{y(league.row(name, d).held_share):.1f}" for x, d in zip(xs, delays(), strict=True))
        parts += [f'<polyline class="{kind} line" points="{points}"/>']
        mark = "label-izker" if name == "izker" else "soft"
        at = WIDTH - RIGHT + 24
        printed = percent(league.row(name, 10).held_share).replace(".", "." if code == "en" else ",")
        text = f"{printed} · {_(POLICIES[name].title, code)}"
        parts += [f'<text class="{mark}" x="{at}" y="{place[name] + 4:.1f}"><title>{name}</title>{escape(text)}</text>']
        start = y(league.row(name, 10).held_share)
        parts += [f'<line class="rule" x1="{xs[delays().index(10)]:.1f}" x2="{at - 4}" y1="{start:.1f}" y2="{place[name]:.1f}" stroke-dasharray="1 3"/>']
    parts += [f'<text class="soft" x="{WIDTH - RIGHT + 24}" y="{TOP - 8}">{escape(_("held at 10 minutes", code))}</text>', "</svg>"]
    return "\n".join(parts) + "\n"


def _spread(wanted: dict[str, float], step: float = 24.0) -> dict[str, float]:
    """Heights at least `step` apart, in the order of the wanted ones."""
    out: dict[str, float] = {}
    last = -1e9
    for name in sorted(wanted, key=lambda n: wanted[n]):
        last = max(wanted[name], last + step)
        out[name] = last
    return out
