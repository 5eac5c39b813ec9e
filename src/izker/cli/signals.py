"""`izker signals`: which series is above its bound this week, and texts that look like a new scheme."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from izker.cli.output import json_option, print_json, progress, report
from izker.words import _

if TYPE_CHECKING:
    import polars as pl

    from izker.words import Problem


@click.command("signals")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--detector",
    "detectors",
    multiple=True,
    help="farrington, nb, early, changepoint or scan; may be given again [default: farrington, nb, and early where FILE tells when each was reported].",
)
@click.option("--weeks", default=1, show_default=True, help="How many last weeks are judged.")
@click.option("--alpha", default=0.01, show_default=True, help="One-sided level of the bound.")
@click.option(
    "--fdr",
    default=0.1,
    show_default=True,
    help="Largest share of false alarms among a week's alarms; 0 switches this off.",
)
@click.option("--strata", help="Columns to split by, coarse to fine, with commas (default: every other column).")
@click.option("--as-of", type=click.DateTime(formats=["%Y-%m-%d"]), help="Use only what was known on this day.")
@click.option("--alarms-only", is_flag=True, help="Only series that raise an alarm.")
@click.option(
    "--texts", is_flag=True, help="FILE holds reports (report_id, reported_at, text, unsure): look for a new scheme."
)
@click.option(
    "--decisions",
    type=click.Path(path_type=Path),
    help="With --texts: what was said of earlier groups, JSON rows of kind, cluster, reports, terms and (merged) into.",
)
@click.option("--svg", type=click.Path(path_type=Path), help="Write series and bound of the strongest signal as SVG.")
@json_option
def command(
    file: Path,
    detectors: tuple[str, ...],
    weeks: int,
    alpha: float,
    fdr: float,
    strata: str | None,
    as_of: datetime | None,
    alarms_only: bool,
    texts: bool,
    decisions: Path | None,
    svg: Path | None,
    as_json: bool,
) -> None:
    """Judge the last weeks of FILE: counts by week (date, count, strata), or a line list or triangle with late
    reports.

    A signal is a reason to look, not a finding. Series without history have no bound and raise no alarm.
    """
    from izker import tables

    frame, problems = tables.read_with_problems(file)
    if texts:
        more = _texts(frame, file.name, as_of, decisions, as_json)
        if report([*problems, *more]):
            raise SystemExit(1)
        return
    from izker.outlook.forecast_panel import read_panel
    from izker.outlook.signals import detect
    from izker.outlook.signals_regions import as_row, region_clusters

    with progress() as bar:
        bar.add_task(_("signals"), total=None)
        panel = read_panel(
            frame,
            step="week",
            strata=None if strata is None else [c.strip() for c in strata.split(",") if c.strip()],
            as_of=as_of.date() if as_of else None,
            file=file.name,
        )
        usual = ("farrington", "nb", "early") if panel.seen is not None else ("farrington", "nb")
        found = detect(
            panel.hierarchy,
            panel.dates,
            panel.values,
            draws=panel.draws,
            seen=panel.seen,
            detectors=[d for d in detectors if d != "scan"] if detectors else usual,
            weeks=weeks,
            alpha=alpha,
            fdr=fdr,
        )
        scanned = region_clusters(panel, fdr=fdr) if "scan" in detectors else []
    shown = [s for s in found if s.alarm] if alarms_only else found
    groups = [as_row(panel, c) for c in scanned if c.alarm or not alarms_only]
    if svg and found:
        from izker.files import write_text
        from izker.outlook.signals_picture import series_of

        write_text(
            svg,
            series_of(panel, max(found, key=lambda s: (s.alarm, s.score if s.score == s.score else -1.0)), alpha=alpha),
        )
    if as_json:
        print_json([*(s.as_json(panel.hierarchy.columns) for s in shown), *groups])
    else:
        for s in sorted(shown, key=lambda s: (not s.alarm, -(s.score if s.score == s.score else -1.0)))[:40]:
            where = ", ".join(part for part in s.key if part is not None) or _("all")
            click.echo(f"{'!' if s.alarm else ' '} {s.date}  {where}  [{s.detector}]  {s.reason}")
        for row in groups:
            where = ", ".join(row["regions"])
            words = _("{observed} cases in {weeks} weeks, expected {expected}: regions {regions}")
            line = words.format(
                observed=f"{row['observed']:.0f}", weeks=row["weeks"], expected=f"{row['expected']:.0f}", regions=where
            )
            click.echo(f"{'!' if row['alarm'] else ' '} {row['date']}  [scan]  {line}")
        if not shown and not groups:
            click.echo(_("no alarm"))
    report(p for p in panel.problems if p.row is None)  # remarks on the whole table: nothing was left out
    if report([*problems, *(p for p in panel.problems if p.row is not None)]):
        raise SystemExit(1)


def _texts(frame: pl.DataFrame, name: str, as_of: datetime | None, decisions: Path | None, as_json: bool) -> list[Problem]:
    """Print the groups of reports that share new words; rows that could not be read are returned."""
    from izker.outlook.text_clusters import find
    from izker.outlook.text_reports import read_decisions, read_reports

    reports, problems = read_reports(frame, file=name)
    found = find(reports, now=as_of, decisions=read_decisions(decisions) if decisions else ())
    if as_json:
        print_json([cluster.as_json() for cluster in found])
    elif not found:
        click.echo(_("no group of reports shares new words"))
    else:
        for cluster in found:
            click.echo(("! " if cluster.flagged else "  ") + cluster.line() + (f" [{cluster.decision}]" if cluster.decision else ""))
    return problems
