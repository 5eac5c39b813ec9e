"""The Monday bulletin of the forecasting centre: one page in Kazakh, Russian or English, PDF, from an extract of the
register.

A case is known from the day it was registered; weeks are weeks of the offence and end with the as-of day. Everything
on the page is computed from rows registered by then: nowcast, four weeks ahead, signals by region and scheme, and
the record of past bulletins where there is one. Synthetic extracts carry their band.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from izker.jurisdictions import regions
from izker.outlook.forecast import Forecast, forecast
from izker.outlook.forecast_panel import Panel, read_panel
from izker.outlook.forecast_picture import fan_of
from izker.outlook.forecast_regressors import REPORT_SHARE, STRICTER_2025
from izker.outlook.pictures import FONTS, number, short_date, sparkline
from izker.outlook.pictures_map import tile_map
from izker.outlook.signals import Signal, detect
from izker.schemes.taxonomy import taxonomy
from izker.tables import read, require
from izker.times import LOCAL
from izker.words import N_, Refusal, _, language, using

Floats = npt.NDArray[np.float64]
TEMPLATE = Path(__file__).with_name("bulletin.typ")
AHEAD = 4
SHOWN = 6  # weeks in the table, signals in the list
SCHEMES = 8  # schemes in the table
YOUNG = timedelta(weeks=8)  # a register younger than this has no whole weeks to choose from


@dataclass(frozen=True)
class Extract:
    """Rows of the register: occurred, registered (dates), region, scheme, damage (tiyn); whether they are synthetic."""

    rows: pl.DataFrame
    synthetic: bool


@dataclass(frozen=True)
class Bulletin:
    """What stands on the page, before it is set in a language. `signals`: the strongest alarm of each series; `tested`: all that was
    judged, quiet ones too."""

    as_of: date
    synthetic: bool
    panel: Panel
    forecast: Forecast
    signals: tuple[Signal, ...]
    tested: tuple[Signal, ...]
    record: Mapping[str, Any] | None


def read_extract(path: Path) -> Extract:
    """The cases table at `path`, or cases.parquet in the folder `path`. Refuses a table without dates, region or
    scheme.
    """
    import pyarrow.parquet as pq

    file = path / "cases.parquet" if path.is_dir() else path
    frame = read(file)
    names = set(frame.columns)
    known = next((c for c in ("registered_at", "reported_at") if c in names), None)
    frame = require(frame, ["occurred_at", known or "registered_at", "region", "scheme"], file.name)
    marks = (pq.read_schema(file).metadata or {}) if file.suffix == ".parquet" else {}
    manifest = file.with_name("manifest.json")
    told = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
    rows = frame.select(
        occurred=_day(frame, "occurred_at"),
        reported=_day(frame, str(known)),
        region=pl.col("region").cast(pl.String),
        scheme=pl.col("scheme").cast(pl.String),
    )
    return Extract(rows, marks.get(b"synthetic") == b"true" or told.get("synthetic") is True)


def whole_weeks(extract: Extract) -> pl.DataFrame:
    """Rows of offences since the register began: of older ones only those reported late are in it, and their weeks would read as a rise."""
    first, last = extract.rows["reported"].min(), extract.rows["reported"].max()
    if not isinstance(first, date) or not isinstance(last, date) or last - first < YOUNG:
        return extract.rows
    return extract.rows.filter(pl.col("occurred") >= first)


def _day(frame: pl.DataFrame, name: str) -> pl.Expr:
    """A register's moment as the local day."""
    kind = frame.schema[name]
    if isinstance(kind, pl.Datetime):
        moment = pl.col(name) if kind.time_zone else pl.col(name).dt.replace_time_zone(str(LOCAL))
        return moment.dt.convert_time_zone(str(LOCAL)).dt.date()
    if kind == pl.Date:
        return pl.col(name)
    return pl.col(name).cast(pl.String).str.slice(0, 10).str.to_date(strict=False)


def build(extract: Extract, as_of: date, *, record: Mapping[str, Any] | None = None) -> Bulletin:
    """Nowcast, forecast and signals from what was registered by `as_of`. Refuses an extract with nothing in it by
    then.
    """
    rows = whole_weeks(extract).filter((pl.col("reported") <= as_of) & (pl.col("occurred") <= as_of))
    if rows.height == 0:
        raise Refusal(N_("no data: nothing was registered by {as_of}"), as_of=as_of.isoformat())
    panel = read_panel(rows, step="week", strata=["region", "scheme"], as_of=as_of)
    found = forecast(
        panel.hierarchy,
        panel.dates,
        panel.values,
        horizon=AHEAD,
        draws=panel.draws,
        interventions=[STRICTER_2025],
        report_share=REPORT_SHARE,
    )
    tested = detect(
        panel.hierarchy,
        panel.dates,
        panel.values,
        draws=panel.draws,
        seen=panel.seen,
        detectors=("nb", "early") if panel.seen is not None else ("nb",),
        weeks=2,
    )
    best: dict[tuple[str | None, ...], Signal] = {}
    for s in tested:  # a case whose region or scheme nobody has named yet is no scheme of its own
        if s.alarm and "" not in s.key and (s.key not in best or s.p < best[s.key].p):
            best[s.key] = s
    signals = tuple(sorted(best.values(), key=lambda s: s.p))
    return Bulletin(as_of, extract.synthetic, panel, found, signals, tuple(tested), record)


def page(bulletin: Bulletin) -> dict[str, Any]:
    """The words and numbers of the page in the language in force, ready for the template."""
    panel, found = bulletin.panel, bulletin.forecast
    known = panel.hierarchy.aggregate(panel.values)[0]
    draws = None if panel.draws is None else panel.hierarchy.aggregate(panel.draws)[:, 0]
    weeks = [
        _week(panel, known, draws, t) for t in range(len(panel.dates) - 1, max(len(panel.dates) - 1 - SHOWN, -1), -1)
    ]
    newest = weeks[0]
    more = len(bulletin.signals) - SHOWN
    ahead = [
        [
            short_date(day),
            number(found.median[0, h]),
            _range(found, h, 0.25, 0.75),
            _range(found, h, 0.025, 0.975),
            number(found.benchmarks["mean of 8"][0, h]),
        ]
        for h, day in enumerate(found.dates)
    ]
    step = next((e for e in found.effects if e.factor is not None), None)
    notes = [
        _(
            "People who never report are not in these numbers: in a 2025 survey {share} of those who met fraudsters "
            "went to the police. Were everybody to report, the coming week would hold {scenario}."
        ).format(share=_percent(REPORT_SHARE), scenario=_scenario(found)),
        _(
            "Stricter registration since January 2025 is carried as a step ({size}), so that growth across it is not "
            "read as crime."
        ).format(size="×\u00a0" + _decimal(step.factor) if step is not None and step.factor else _("size not known")),
        _(
            "Weeks are weeks of the offence and end on the as-of day. Parts add up to the whole. A signal is a reason "
            "to look, not a finding."
        ),
    ]
    return {
        "language": language(),
        "synthetic": _("SYNTHETIC DATA: no person, account or case in it exists") if bulletin.synthetic else "",
        "title": _("Internet fraud: what is happening and what comes next"),
        "centre": _("Bulletin of the forecasting centre"),
        "as_of": _("Registered by {date}").format(date=_long(bulletin.as_of)),
        "hero": newest[3],
        "hero_words": _("internet frauds in the week of {date}, corrected for late reporting").format(date=newest[0]),
        "hero_note": _("{known} registered so far, {share} of the estimate; 95 % interval {interval}").format(
            known=newest[1], share=newest[2], interval=newest[5]
        ),
        "weeks_title": _("Last weeks"),
        "weeks_head": [_("Week of"), _("Registered so far"), _("Share"), _("Corrected"), "50\u00a0%", "95\u00a0%"],
        "weeks": weeks,
        "ahead_title": _("Four weeks ahead"),
        "ahead_head": [_("Week of"), _("Forecast"), "50\u00a0%", "95\u00a0%", _("Mean of 8 weeks")],
        "ahead": ahead,
        "signals_title": _("Above the bound"),
        "signals": [_signal(s, i) for i, s in enumerate(bulletin.signals[:SHOWN])],
        "no_signals": _("No region or scheme is above its bound."),
        "more_signals": _("and {count} more").format(count=more) if more > 0 else "",
        "map_title": _("By region, week of {date}, corrected").format(date=newest[0]),
        "schemes_title": _("By scheme, the next four weeks together"),
        "schemes_head": [_("Scheme"), _("Last week"), _("Forecast"), "95\u00a0%"],
        "schemes": _schemes(bulletin),
        "notes": notes,
        "record": _record(bulletin.record),
    }


def _schemes(bulletin: Bulletin) -> list[list[str]]:
    """The largest schemes: the newest week corrected, the sum of the weeks ahead, and its interval.

    The interval of the sum takes the weeks as moving together (quantiles add): wide rather than confident.
    """
    found = bulletin.forecast
    newest = bulletin.panel.hierarchy.sums @ _newest(bulletin.panel)
    low, high = found.levels.index(0.025), found.levels.index(0.975)
    rows = []
    for i, key in enumerate(found.hierarchy.keys):
        if key[0] is None and key[1] is not None and not found.empty[i]:
            ends = f"{number(found.quantiles[i, :, low].sum())}–{number(found.quantiles[i, :, high].sum())}"
            total = float(found.median[i].sum())
            rows.append((total, [place_name(key), number(newest[i]), number(total), ends]))
    return [row for _total, row in sorted(rows, key=lambda r: -r[0])[:SCHEMES]]


def _newest(panel: Panel) -> Floats:
    """(n,) bottom counts of the last week, corrected where there are draws."""
    return np.asarray(panel.values[:, -1] if panel.draws is None else np.median(panel.draws[:, :, -1], axis=0))


def _week(panel: Panel, known: Any, draws: Any, t: int) -> list[str]:
    ahead = None if draws is None else t - (len(panel.dates) - draws.shape[1])
    if ahead is not None and ahead >= 0:
        low, first, middle, third, high = np.quantile(draws[:, ahead], (0.025, 0.25, 0.5, 0.75, 0.975))
        middle = max(middle, known[t])
        share = f"{known[t] / middle:.0%}".replace("%", "\u00a0%") if middle > 0 else "—"
        return [
            short_date(panel.dates[t]),
            number(known[t]),
            share,
            number(middle),
            f"{number(first)}–{number(third)}",
            f"{number(low)}–{number(high)}",
        ]
    full = "100\u00a0%" if draws is not None else "—"
    return [short_date(panel.dates[t]), number(known[t]), full, number(known[t]), "—", "—"]


def _range(found: Forecast, h: int, low: float, high: float) -> str:
    ends = (found.quantiles[0, h, found.levels.index(q)] for q in (low, high))
    return "–".join(number(v) for v in ends)


def _percent(share: float) -> str:
    text = f"{share * 100:.1f}\u00a0%"
    return text if language() == "en" else text.replace(".", ",")


def _decimal(value: float) -> str:
    return f"{value:.2f}" if language() == "en" else f"{value:.2f}".replace(".", ",")


def _scenario(found: Forecast) -> str:
    if found.scenario is None or not np.isfinite(found.scenario[0, 0]).all():
        return "—"
    return f"{number(found.scenario[0, 0, 0])}–{number(found.scenario[0, 0, -1])}"


def _long(day: date) -> str:
    from babel.dates import format_date

    return str(format_date(day, format="long", locale="en_GB" if language() == "en" else language()))


def place_name(key: Sequence[str | None]) -> str:
    """'Pavlodar, advance payment' for the strata (region, scheme) of a series, in the language in force."""
    names = regions()
    known = {code: s.name for code, s in taxonomy().items()}
    region, scheme = key[0], key[1] if len(key) > 1 else None
    parts = []
    if scheme is not None:
        words = known.get(scheme, scheme) or _("scheme not named")
        parts.append(words if isinstance(words, str) else words[language()])
    if region is not None:
        parts.append(names[region].label(language()) if region in names else region or _("region not named"))
    return ", ".join(parts) or _("whole country")


def _signal(s: Signal, index: int) -> dict[str, str]:
    if s.detector == "early" and s.weeks > 1:
        text = _("last {weeks} weeks: {observed} reported already, usual by now {expected}, bound {bound}")
    elif s.detector == "early":
        text = _("week of {date}: {observed} reported already, usual by now {expected}, bound {bound}")
    else:
        text = _("week of {date}: {observed}, expected {expected}, bound {bound}")
    fields = {"observed": number(s.observed), "expected": number(s.expected), "bound": number(s.bound)}
    return {
        "name": place_name(s.key),
        "words": text.format(date=short_date(s.date), weeks=s.weeks, **fields),
        "spark": f"spark{index}.svg",
        "why": _why(s),
    }


def _why(s: Signal) -> str:
    """How sure it is and how often chance alone gives as much."""
    years = _("over 100") if s.recurrence_years > 100 else f"{s.recurrence_years:.1f}" if s.recurrence_years < 10 else number(s.recurrence_years)
    text = _("corrected count above the expected one in {share} of draws; by chance once in {years} years")
    if s.detector != "early":
        text = _("above the bound in {share} of draws; by chance once in {years} years")
    share = f"{s.probability:.0%}".replace("%", "\u00a0%")
    return text.format(share=share, years=years if language() == "en" else years.replace(".", ","))


def _record(record: Mapping[str, Any] | None) -> str:
    cover = (record or {}).get("coverage") or {}
    if not record or not record.get("scored") or "0.95" not in cover:
        return _("Our own record: no past bulletin has been scored yet.")
    words = _(
        "Our own record: {share} of {count} published figures fell inside their 95 % interval; mean score {wis}, "
        "smaller is better."
    )
    share = f"{cover['0.95']:.0%}"
    text = words.format(share=share, count=number(record["scored"]), wis=f"{record['wis']:.3g}")
    drifting = (record.get("drift") or {}).get("alarm")
    return text + " " + _("The coverage has left its band: read the intervals with care.") if drifting else text


def pictures(bulletin: Bulletin, palette: str = "print") -> dict[str, str]:
    """File name -> SVG of everything drawn on the page, in the language in force."""
    panel = bulletin.panel
    out = {"fan.svg": fan_of(panel, bulletin.forecast, palette=palette, width=760, height=225)}
    column = _column(bulletin)
    found = {code: value for code, value, _low, _high in _regions(bulletin)}
    marked = {str(s.key[column]): _("signal") for s in bulletin.signals if s.key[column] is not None}
    out["map.svg"] = tile_map(found, title=_("tile map of the regions"), marked=marked, palette=palette)
    for i, s in enumerate(bulletin.signals[:SHOWN]):
        out[f"spark{i}.svg"] = sparkline(s.series[-12:], s.bound, palette=palette, title=place_name(s.key))
    return out


def _column(bulletin: Bulletin) -> int:
    columns = bulletin.panel.hierarchy.columns
    return columns.index("region") if "region" in columns else 0


def _regions(bulletin: Bulletin) -> list[tuple[str, float, float, float]]:
    """(code, newest week corrected, 2.5 %, 97.5 %) of every region that has a case; the ends are NaN without draws."""
    panel, column = bulletin.panel, _column(bulletin)
    whole = panel.hierarchy.sums @ _newest(panel)
    ends = np.full((2, whole.size), np.nan)
    if panel.draws is not None:
        ends = np.quantile(panel.hierarchy.aggregate(panel.draws[:, :, -1:])[:, :, 0], (0.025, 0.975), axis=0)
    return [
        (str(key[column]), float(whole[i]), float(ends[0, i]), float(ends[1, i]))
        for i, key in enumerate(panel.hierarchy.keys)
        if key[column] is not None and sum(k is not None for k in key) == 1
    ]


def by_region(bulletin: Bulletin) -> list[list[str]]:
    """The table behind the map in the language in force: region, newest week corrected, 95 % interval; largest first."""
    rows = sorted(_regions(bulletin), key=lambda r: -r[1])
    return [[place_name((code, None)), number(value), f"{number(low)}–{number(high)}"] for code, value, low, high in rows]


def pdf(bulletin: Bulletin, code: str) -> bytes:
    """The page as PDF in `code` (kk, ru or en); the same content gives the same bytes."""
    import typst

    with using(code), tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, svg in pictures(bulletin).items():
            (root / name).write_text(svg, encoding="utf-8")
        (root / "bulletin.typ").write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
        made = typst.compile(
            str(root / "bulletin.typ"),
            root=str(root),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            sys_inputs={"page": json.dumps(page(bulletin), ensure_ascii=False)},
        )
    if not isinstance(made, bytes):
        raise TypeError("typst made no single PDF")
    return made


def last_monday(now: datetime) -> date:
    """The as-of day of the bulletin made at `now`: the Sunday before the week's Monday."""
    day = now.astimezone(LOCAL).date()
    return day - timedelta(days=day.weekday() + 1)
