"""`izker trace`: follow stolen money through a ledger; check an evidence file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from izker.cli.output import console, json_option, print_json, progress, report
from izker.words import N_, Refusal, _

if TYPE_CHECKING:
    import polars as pl

    from izker.trail import Trails

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Span(click.ParamType["int"]):
    """30d, 12h, 45m, 90s -> microseconds."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"\s*(\d+)\s*([smhd])\s*", str(value).lower())
        if not found:
            self.fail(_("{value} is no span of time: give 30d, 12h, 45m or 90s").format(value=value), param, ctx)
        return int(found[1]) * UNITS[found[2]] * 1_000_000


class Moment(click.ParamType["int"]):
    """A date, a time (local where it has no offset) or microseconds -> UTC microseconds."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        import polars as pl

        from izker.ledger.intake import moment

        found = moment(pl.Series([str(value)]))[0]
        if found is None:
            self.fail(
                _("{value} is no moment: give 2026-01-16, 2026-01-16T14:46:00+05:00 or microseconds").format(
                    value=value
                ),
                param,
                ctx,
            )
        return int(found)


@click.command("trace")
@click.option("--ledger", type=click.Path(path_type=Path), help="Folder of the ledger.")
@click.option(
    "--reports", type=click.Path(path_type=Path), help="Table: report_id and transfer_id, or src, dst, ts, amount."
)
@click.option("--transfer", type=int, multiple=True, help="Id of a reported transfer, in place of --reports.")
@click.option(
    "--rule", default="fifo", show_default=True, help="fifo, lifo, pro_rata, taint_first; bounds: reach, poison."
)
@click.option("--horizon", type=Span(), help="Follow a lot only this long after the reported transfer: 30d, 12h.")
@click.option(
    "--min-lot",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Follow no lot smaller than this, in minor units (tiyn).",
)
@click.option(
    "--max-hops",
    type=click.IntRange(1),
    help="Follow through at most this many transfers; the reported one is the first.",
)
@click.option("--as-of", type=Moment(), help="Know only transfers up to this moment.")
@click.option("--paths", type=click.Path(path_type=Path), help="Write the lots, with parents, to this file.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write the trails to this file (CSV, Parquet or JSON Lines by its ending).",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "graph"]),
    default="table",
    show_default=True,
    help="graph: a picture of each trail, SVG or HTML by the ending of --out.",
)
@click.option(
    "--evidence",
    type=click.Path(path_type=Path),
    help="Write the evidence: every row of the paths, intervals, file fingerprints.",
)
@click.option(
    "--recheck",
    type=click.Path(path_type=Path),
    help="Compute an evidence file again with the plain-Python reference and compare.",
)
@click.option(
    "--engine",
    type=click.Choice(["native", "reference", "duckdb"]),
    default="native",
    show_default=True,
    help="Who computes (the answers are equal).",
)
@json_option
def command(
    ledger: Path | None,
    reports: Path | None,
    transfer: tuple[int, ...],
    rule: str,
    horizon: int | None,
    min_lot: int,
    max_hops: int | None,
    as_of: int | None,
    paths: Path | None,
    out: Path | None,
    form: str,
    evidence: Path | None,
    recheck: Path | None,
    engine: str,
    as_json: bool,
) -> None:
    """Follow the money of each report: where it rests, what left, what was not followed."""
    if recheck is not None:
        _recheck(recheck, ledger, as_json)
        return
    if ledger is None or (reports is None) == (not transfer):
        raise click.UsageError(_("give --ledger, and either --reports or --transfer"))
    import polars as pl

    from izker import tables
    from izker.ledger import Ledger
    from izker.trail import Limits
    from izker.trail.engines import trace_with

    limits = Limits(horizon, min_lot, max_hops)
    frame = (
        tables.read(reports)
        if reports is not None
        else pl.DataFrame({"report_id": [str(t) for t in transfer], "transfer_id": transfer})
    )
    book = Ledger.open(ledger)
    wants_lots = paths is not None or form == "graph" or evidence is not None
    with progress() as bar:
        bar.add_task(_("Following {reports} reports").format(reports=frame.height), total=None)
        trails = trace_with(
            engine,
            book,
            frame,
            rule=rule,
            limits=limits,
            as_of=as_of,
            paths=wants_lots,
            file=reports.name if reports else "",
        )
    if form == "graph":
        _draw(trails, out)
    elif out is not None:
        write_table(trails.rows, out)
    if paths is not None and trails.lots is not None:
        write_table(trails.lots, paths)
    if evidence is not None:
        from izker.trail.evidence import export

        export(book, trails, evidence)
    if as_json:
        print_json({**trails.summary(), "problem_list": [p.as_json() for p in trails.problems]})
    else:
        _summarise(trails)
    if report(trails.problems):
        raise SystemExit(1)


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame as Parquet, JSON Lines or CSV, by the ending of `path`, replacing it atomically."""
    from izker import files

    with files.replacing(path) as temporary:
        if path.suffix == ".parquet":
            frame.write_parquet(temporary)
        elif path.suffix in {".jsonl", ".ndjson", ".json"}:
            frame.write_ndjson(temporary)
        else:
            frame.write_csv(temporary)


def _summarise(trails: Trails) -> None:
    """A readable summary on stdout: the rule, the sums, what was not followed."""
    from rich.console import Console
    from rich.table import Table

    from izker import money
    from izker.trail.rules import RULE_NAMES, STATUS_NAMES, STATUSES

    sums = trails.summary()
    out = Console()
    opening = _("supplied") if trails.opening == "supplied" else _("unknown")
    head = _("Rule: {rule}. Opening balances: {opening}. Reports: {reports}.")
    out.print(head.format(rule=_(RULE_NAMES[trails.rule]), opening=opening, reports=sums["reports"]), highlight=False)
    if sums["bound"]:
        out.print(_("These amounts are upper bounds and do not add up to what was stolen."), highlight=False)
    table = Table(box=None, show_header=True, pad_edge=False)
    table.add_column(_("What became of the money"))
    table.add_column("₸", justify="right")
    table.add_column("%", justify="right")
    stolen = sums["stolen"]
    table.add_row(_("stolen"), money.tenge(stolen, exact=True, unit=False), "")
    for status in STATUSES:
        amount = sums["by_status"].get(status, 0)
        if amount:
            part = f"{100 * amount / stolen:.1f}" if stolen and not sums["bound"] else ""
            table.add_row(_(STATUS_NAMES[status]), money.tenge(amount, exact=True, unit=False), part)
    out.print(table)
    if sums["conservation_error"] is not None:
        out.print(_("Difference: {error} tiyn").format(error=sums["conservation_error"]), highlight=False)


def _draw(trails: Trails, out: Path | None) -> None:
    """One picture a report; several reports become a folder of pictures."""
    import polars as pl

    from izker import files
    from izker.trail.picture import labels, ribbons, standalone, svg

    if out is None:
        raise click.UsageError(_("--format graph needs --out"))
    if trails.lots is None or trails.rule not in ("fifo", "lifo"):
        raise Refusal(N_("a picture needs lots that keep their parents: use fifo or lifo"))
    ids = trails.stolen["report_id"].to_list()
    for report_id in ids:
        lots = trails.lots.filter(pl.col("report_id") == report_id)
        picture, words = ribbons(lots), labels()
        target = out if len(ids) == 1 else out / f"{report_id}.html"
        title = _("Trail of report {report_id}").format(report_id=report_id)
        if target.suffix == ".svg":
            from izker.trail.drawing import coloured

            files.write_text(target, coloured(svg(picture, words)))
        else:
            rows = trails.rows.filter(pl.col("report_id") == report_id)
            files.write_text(target, standalone(picture, words, title=title, lines=_facts(trails), table=_table(rows)))


def _facts(trails: Trails) -> tuple[str, ...]:
    from izker.trail.rules import RULE_NAMES

    opening = _("supplied") if trails.opening == "supplied" else _("unknown")
    return (_("Rule: {rule}. Opening balances: {opening}.").format(rule=_(RULE_NAMES[trails.rule]), opening=opening),)


def _table(rows: pl.DataFrame) -> str:
    """The rows behind the picture as an HTML table."""
    from html import escape

    from izker import money
    from izker.times import local
    from izker.trail.rules import STATUS_NAMES

    heads = (_("Account"), _("Amount, ₸"), _("What became of it"), _("Hop"), _("Since"))
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    body = "".join(
        f"<tr><td>{escape(r['account'])}</td><td class='r'>{money.tenge(r['amount'], exact=True, unit=False)}</td>"
        f"<td>{escape(_(STATUS_NAMES[r['status']]))}</td><td "
        f"class='r'>{r['hop']}</td><td>{local(r['since']):%Y-%m-%d %H:%M:%S}</td></tr>"
        for r in rows.iter_rows(named=True)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _recheck(path: Path, ledger: Path | None, as_json: bool) -> None:
    """Compute the evidence again and say whether it stands."""
    from izker.trail.evidence import recheck

    result = recheck(path, ledger)
    if as_json:
        print_json(result.as_json())
    elif result.stands:
        text = _(
            "The evidence stands: {reports} reports, {lots} lots, {rows} transfers computed again, every unit equal."
        )
        click.echo(text.format(reports=result.reports, lots=result.lots, rows=result.transfers))
    if report(result.problems):
        console.print(_("The evidence does not stand."), highlight=False)
        raise SystemExit(1)
