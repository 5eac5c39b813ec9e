"""`izker nowcast`: how many of the recent offences will have been reported in the end, from a line list or a
triangle.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from izker.cli.output import json_option, print_json, progress, report
from izker.words import _

if TYPE_CHECKING:
    from izker.outlook.nowcast import Nowcast

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("nowcast")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as-of", type=DAY, help="Use only what was reported by this day (default: the last report in FILE).")
@click.option(
    "--step", type=click.Choice(["day", "week", "month"]), help="Count by this (default: as FILE's dates are)."
)
@click.option(
    "--horizon",
    type=click.IntRange(min=0),
    help="How many steps back are corrected (default: 28 days, 12 weeks, 6 months).",
)
@click.option(
    "--strata", help="Columns to split by, with commas (default: every text column with few values; none: '')."
)
@click.option("--counts", type=click.Choice(["auto", "new", "cumulative"]), default="auto", show_default=True,
              help="Whether a triangle counts new reports of the day or all known so far.")  # fmt: skip
@click.option(
    "--longest",
    type=click.IntRange(min=1),
    help="Longest delay that counts, steps (default: 90 days, 60 weeks, 36 months).",
)
@click.option(
    "--holidays", type=click.Path(path_type=Path), help="Public holidays, a date a line: reports come as on Sundays."
)
@click.option("--occurred", default="occurred", show_default=True, help="Column of the date it happened.")
@click.option("--reported", default="reported", show_default=True, help="Column of the date it was reported.")
@click.option("--svg", type=click.Path(path_type=Path), help="Write the fan chart of the whole as SVG.")
@click.option("--png", type=click.Path(path_type=Path), help="Write the fan chart of the whole as PNG.")
@json_option
def command(
    file: Path,
    as_of: datetime | None,
    step: str | None,
    horizon: int | None,
    strata: str | None,
    counts: str,
    longest: int | None,
    holidays: Path | None,
    occurred: str,
    reported: str,
    svg: Path | None,
    png: Path | None,
    as_json: bool,
) -> None:
    """Correct the recent counts of FILE for late reporting, with intervals; parts add up to the whole.

    FILE: a row a report (occurred, reported, any strata), or a triangle (reference_date, report_date or delay, count,
    any strata); CSV, XLSX, Parquet or JSON Lines.
    """
    from izker import tables
    from izker.outlook.nowcast import nowcast
    from izker.outlook.triangle import guess_step

    frame, problems = tables.read_with_problems(file)
    with progress() as bar:
        bar.add_task(_("nowcast"), total=None)
        found = nowcast(
            frame,
            occurred=occurred,
            reported=reported,
            strata=None if strata is None else [c.strip() for c in strata.split(",") if c.strip()],
            as_of=as_of.date() if as_of else None,
            step=guess_step(frame, step),
            horizon=horizon,
            calendar=_holidays(holidays) if holidays else None,
            counts=counts,  # type: ignore[arg-type]
            longest=longest,
            file=file.name,
        )
    if svg or png:
        _pictures(found, svg, png)
    if as_json:
        print_json(rows(found))
    else:
        _table(found)
    if report([*problems, *found.problems]) and found.refused:
        raise SystemExit(1)


def _holidays(path: Path) -> set[date]:
    from izker import tables
    from izker.words import N_, Refusal

    days = set()
    for number, line in enumerate(tables.decode(path).splitlines(), 1):
        if not line.strip():
            continue
        try:
            days.add(date.fromisoformat(line.strip()[:10]))
        except ValueError as error:
            raise Refusal(
                N_("this is no date: {value}; write 2025-12-16"), file=path.name, row=number, value=line.strip()
            ) from error
    return days


def rows(found: Nowcast) -> list[dict[str, object]]:
    """The machine-readable rows: a row a series and date, the whole first; a null stratum means all."""
    out: list[dict[str, object]] = []
    for row in found.rows.iter_rows(named=True):
        quantiles = {name[1:]: row[name] for name in found.rows.columns if name.startswith("q0.")}
        kept = {"date": row["date"], **{c: row[c] for c in found.strata}}
        out.append({**kept, "known": row["known"], "mean": row["mean"], "quantiles": quantiles})
    return out


def _table(found: Nowcast) -> None:
    from rich.console import Console
    from rich.table import Table

    from izker.outlook.pictures import number, short_date

    table = Table(box=None, pad_edge=False)
    for head in (_("date"), *found.strata):
        table.add_column(head)
    for head in (_("reported so far"), _("share"), _("corrected"), "50 %", "95 %"):
        table.add_column(head, justify="right")
    shown = 0
    for row in found.rows.sort("date", descending=True, maintain_order=True).iter_rows(named=True):
        if shown == 200:
            break
        shown += 1
        cells = [short_date(row["date"]), *(row[c] if row[c] is not None else _("all") for c in found.strata)]
        if row["q0.5"] is None:
            cells += [number(row["known"]), "–", _("no data"), "–", "–"]
        else:
            share = f"{100 * row['known'] / max(row['q0.5'], row['known'], 1):.0f} %"
            cells += [number(row["known"]), share, number(row["q0.5"])]
            cells += [
                f"{number(row['q0.25'])}–{number(row['q0.75'])}",
                f"{number(row['q0.025'])}–{number(row['q0.975'])}",
            ]
        table.add_row(*cells)
    Console().print(table)
    if found.rows.height > shown:
        click.echo(_("{count} more rows: use --json").format(count=found.rows.height - shown), err=True)


def _pictures(found: Nowcast, svg: Path | None, png: Path | None) -> None:
    from izker.files import replacing, write_text
    from izker.outlook.pictures import fan_chart
    from izker.outlook.pictures_map import png as to_png
    from izker.outlook.wis import LEVELS

    whole = found.rows.head(len(found.dates))
    picture = fan_chart(
        found.dates,
        whole.select(f"q{level:g}" for level in LEVELS).fill_null(float("nan")).to_numpy(),
        LEVELS,
        known=whole["known"].to_numpy(),
        title=_("corrected for late reporting, known on {date}").format(date=found.as_of.isoformat()),
        palette="print",
    )
    if svg:
        write_text(svg, picture)
    if png:
        with replacing(png) as temporary:
            temporary.write_bytes(to_png(picture))
