"""`izker forecast`: what comes next, from a table of counts or damage, or from a line list through the nowcast."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from izker.cli.output import json_option, print_json, progress, report
from izker.words import N_, Refusal, _

if TYPE_CHECKING:
    from izker.outlook.forecast import Forecast
    from izker.outlook.forecast_panel import Panel
    from izker.outlook.forecast_regressors import Intervention

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("forecast")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--horizon", default=4, show_default=True, help="How many periods ahead (1 to 60).")
@click.option(
    "--step", type=click.Choice(["day", "week", "month"]), help="Cut by this (default: as the table; days to weeks)."
)
@click.option("--strata", help="Columns to split by, coarse to fine, with commas (default: every other column).")
@click.option("--as-of", type=DAY, help="Use only what was known on this day.")
@click.option(
    "--intervention",
    "interventions",
    multiple=True,
    metavar="NAME:FROM[:TO[:FACTOR]]",
    help="A stated break of the series, e.g. 'stricter classification:2025-01-01'. May be given again.",
)
@click.option(
    "--stricter-2025", is_flag=True, help="State the stricter classification of Kazakhstan from 1 January 2025."
)
@click.option(
    "--report-share", type=float, help="Add the scenario that everybody reports, at this share (Kazakhstan: 0.207)."
)
@click.option("--svg", type=click.Path(path_type=Path), help="Write the fan chart of the whole as SVG.")
@click.option("--png", type=click.Path(path_type=Path), help="Write the fan chart of the whole as PNG.")
@json_option
def command(
    file: Path,
    horizon: int,
    step: str | None,
    strata: str | None,
    as_of: datetime | None,
    interventions: tuple[str, ...],
    stricter_2025: bool,
    report_share: float | None,
    svg: Path | None,
    png: Path | None,
    as_json: bool,
) -> None:
    """Forecast the periods after the last one of FILE, with intervals; parts add up to the whole.

    FILE: rows of date, count (or damage) and strata; or a line list (occurred, reported) or reporting triangle,
    which is corrected for late reporting first.
    """
    from izker import tables
    from izker.outlook.forecast import forecast
    from izker.outlook.forecast_panel import read_panel
    from izker.outlook.forecast_regressors import STRICTER_2025

    stated = [_intervention(text) for text in interventions] + ([STRICTER_2025] if stricter_2025 else [])
    frame, problems = tables.read_with_problems(file)
    with progress() as bar:
        bar.add_task(_("forecast"), total=None)
        panel = read_panel(
            frame,
            step=step,
            strata=None if strata is None else [c.strip() for c in strata.split(",") if c.strip()],
            as_of=as_of.date() if as_of else None,
            file=file.name,
        )
        found = forecast(
            panel.hierarchy,
            panel.dates,
            panel.values,
            step=panel.step,
            horizon=horizon,
            kind=panel.kind,
            draws=panel.draws,
            interventions=stated,
            report_share=report_share,
        )
    if svg or png:
        _pictures(panel, found, svg, png)
    if as_json:
        print_json(rows(panel, found))
    else:
        _table(panel, found)
    report(p for p in panel.problems if p.row is None)  # remarks on the whole table: nothing was left out
    if report([*problems, *(p for p in panel.problems if p.row is not None)]):
        raise SystemExit(1)


def _intervention(text: str) -> Intervention:
    from izker.outlook.forecast_regressors import Intervention

    name, *parts = (part.strip() for part in text.split(":"))
    try:
        start, *rest = parts
        end = date.fromisoformat(rest[0]) if rest and rest[0] else None
        factor = float(rest[1]) if len(rest) > 1 else None
        return Intervention(name, date.fromisoformat(start), end, factor)
    except ValueError as error:
        raise Refusal(
            N_("{text} is no intervention: write NAME:FROM[:TO[:FACTOR]], dates as 2025-01-01"), text=text
        ) from error


def rows(panel: Panel, found: Forecast) -> list[dict[str, object]]:
    """The machine-readable rows: a row a series and future date, whole first; a null stratum means all."""
    out: list[dict[str, object]] = []
    for i, key in enumerate(found.hierarchy.keys):
        for h, day in enumerate(found.dates):
            values = found.quantiles[i, h]
            row: dict[str, object] = {"date": day, **dict(zip(found.hierarchy.columns, key, strict=True))}
            row["quantiles"] = {f"{q:g}": _number(v) for q, v in zip(found.levels, values, strict=True)}
            row["known"] = None
            row["kind"] = panel.kind
            row["thin"] = bool(found.thin[i])
            row["benchmarks"] = {name: _number(points[i, h]) for name, points in found.benchmarks.items()}
            if found.effects:
                row["interventions"] = [effect.as_json() for effect in found.effects]
            if found.scenario is not None:
                row["if_all_reported"] = {
                    f"{q:g}": _number(v) for q, v in zip(found.levels, found.scenario[i, h], strict=True)
                }
            out.append(row)
    return out


def _number(value: float) -> float | None:
    return float(value) if value == value else None


def _table(panel: Panel, found: Forecast) -> None:
    from rich.console import Console
    from rich.table import Table

    from izker.outlook.pictures import number, short_date

    table = Table(box=None, pad_edge=False)
    for head in (_("date"), *found.hierarchy.columns):
        table.add_column(head)
    for head in ("2.5 %", "25 %", _("median"), "75 %", "97.5 %", *(_(name) for name in found.benchmarks)):
        table.add_column(head, justify="right")
    at = [found.levels.index(q) for q in (0.025, 0.25, 0.5, 0.75, 0.975)]
    for i, key in enumerate(found.hierarchy.keys[:60]):
        for h, day in enumerate(found.dates):
            cells = [short_date(day), *(part if part is not None else _("all") for part in key)]
            cells += [number(found.quantiles[i, h, k]) for k in at]
            cells += [number(points[i, h]) for points in found.benchmarks.values()]
            table.add_row(*cells)
    Console().print(table)
    if found.hierarchy.size > 60:
        click.echo(_("{count} more series: use --json").format(count=found.hierarchy.size - 60), err=True)
    if found.empty.any():
        text = _("{count} series have no count or a part without one: no forecast for them")
        click.echo(text.format(count=int(found.empty.sum())), err=True)
    if found.thin.any():
        click.echo(
            _("{count} series have fewer than 8 periods: their intervals are borrowed").format(
                count=int(found.thin.sum())
            ),
            err=True,
        )


def _pictures(panel: Panel, found: Forecast, svg: Path | None, png: Path | None) -> None:
    from izker.files import replacing, write_text
    from izker.outlook.forecast_picture import fan_of
    from izker.outlook.pictures_map import png as to_png

    if svg:
        write_text(svg, fan_of(panel, found, palette="print"))
    if png:
        with replacing(png) as temporary:
            temporary.write_bytes(to_png(fan_of(panel, found, palette="print")))
