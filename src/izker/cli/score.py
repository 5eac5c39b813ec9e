"""`izker score`: score what was published against what came true; keep what is published."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from izker.cli.output import json_option, print_json, report
from izker.words import N_, Refusal, _

if TYPE_CHECKING:
    from izker.words import Problem


@click.command("score")
@click.argument("published", type=click.Path(path_type=Path))
@click.argument("truth", type=click.Path(path_type=Path), required=False)
@click.option(
    "--into", type=click.Path(path_type=Path), help="Publish PUBLISHED into this record instead of scoring it."
)
@click.option(
    "--kind",
    type=click.Choice(["nowcast", "forecast", "signals"]),
    default="forecast",
    show_default=True,
    help="What PUBLISHED is.",
)
@click.option(
    "--as-of", type=click.DateTime(formats=["%Y-%m-%d"]), help="Day of what was known, for --into [default: today]."
)
@click.option("--method", default="izker", show_default=True, help="Name of the method, kept with the publication.")
@click.option("--synthetic", is_flag=True, help="The data is synthetic: the record says so.")
@click.option(
    "--step", type=click.Choice(["day", "week", "month"]), help="Period of the truth (default: as the table)."
)
@click.option("--verify", "check", is_flag=True, help="Check that nothing in the record PUBLISHED was changed.")
@json_option
def command(
    published: Path,
    truth: Path | None,
    into: Path | None,
    kind: str,
    as_of: datetime | None,
    method: str,
    synthetic: bool,
    step: str | None,
    check: bool,
    as_json: bool,
) -> None:
    """Score PUBLISHED (rows of --json, or the folder of a record) against TRUTH (date, count, strata; for signals:
    start, end, strata).

    With --into DIR the rows are published: stored as they are, in a chain that shows any later change.
    """
    from izker.outlook import score_record
    from izker.outlook.score import load_rows
    from izker.times import LOCAL

    if check:
        problems = score_record.verify(published)
        if as_json:
            print_json({"whole": not problems, "problems": [p.as_json() for p in problems]})
        elif not problems:
            click.echo(
                _("the record is whole: {count} publications").format(count=len(score_record.publications(published)))
            )
        if report(problems):
            raise SystemExit(1)
        return
    if into is not None:
        day = as_of.date() if as_of else datetime.now(LOCAL).date()
        made = score_record.publish(into, kind, load_rows(published), as_of=day, method=method, synthetic=synthetic)
        value = {
            "number": made.number,
            "kind": made.kind,
            "as_of": made.as_of,
            "rows": made.rows,
            "digest": made.digest,
        }
        if as_json:
            print_json(value)
        else:
            click.echo(_("published as number {number}, {rows} rows").format(number=made.number, rows=made.rows))
        return
    if truth is None:
        raise click.UsageError("give TRUTH to score against, or --into DIR to publish")
    answer, problems = _score(published, truth, kind, step)
    if as_json:
        print_json(answer)
    else:
        _show(answer)
    report(p for p in problems if p.row is None)  # remarks on the whole table: nothing was left out
    if report(p for p in problems if p.row is not None):
        raise SystemExit(1)


def _score(published: Path, truth: Path, kind: str, step: str | None) -> tuple[dict[str, Any], list[Problem]]:
    from izker import tables
    from izker.outlook import score_record
    from izker.outlook.forecast_panel import read_panel
    from izker.outlook.score import load_rows, match, score_signals, summary

    if published.is_dir():
        kept = [p for p in score_record.publications(published) if p.kind == kind]
        if not kept:
            raise Refusal(N_("the record holds no {kind}"), kind=kind, file=str(published))
        rows = [{**row, "as_of": p.as_of} for p in kept for row in score_record.rows_of(published, p)]
    else:
        rows = load_rows(published)
    frame, problems = tables.read_with_problems(truth)
    if kind == "signals" or "alarm" in rows[0]:
        if "start" not in frame.columns:
            have = ", ".join(frame.columns)
            raise Refusal(N_("signals are scored against a table of outbreaks (start, end, strata); it has: {have}"), file=truth.name, have=have)
        columns = [c for c in frame.columns if c not in ("start", "end", "name")]
        return {"kind": "signals", **score_signals(rows, frame.to_dicts(), columns)}, problems
    panel = read_panel(frame, step=step, file=truth.name)
    scored, more = match(rows, panel)
    return {"kind": kind, **summary(scored)}, [*problems, *panel.problems, *more]


def _show(answer: dict[str, Any]) -> None:
    for name in ("scored", "waiting", "no_data", "wis", "wis_raw", "mae", "mase", "alarms", "outbreaks", "detected"):
        if answer.get(name) is not None:
            value = answer[name]
            click.echo(f"{name:12} {value:.4g}" if isinstance(value, float) else f"{name:12} {value}")
    for interval, share in (answer.get("coverage") or {}).items():
        click.echo(f"{'coverage ' + interval:12} {share:.3f}")
    for level, row in (answer.get("levels") or {}).items():
        inside = row["coverage"].get("0.95")
        beside = "".join(f", {name} {found['wis']:.4g}" for name, found in row["benchmarks"].items())
        click.echo(f"  {level}: {row['rows']} rows, WIS {row['wis']:.4g}{beside}" + ("" if inside is None else f"; {inside:.1%} in 95 %"))
    drift = answer.get("drift")
    if drift and drift["alarm"]:
        click.echo(
            _("drift: {coverage} of the last {dates} dates inside the 95 % interval").format(
                coverage=f"{drift['coverage']:.0%}", dates=drift["dates"]
            )
        )
    if answer.get("false_alarms_a_week") is not None:
        click.echo(f"{'false/week':12} {answer['false_alarms_a_week']:.3f}")
