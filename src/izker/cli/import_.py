"""`izker import`: reports, official workbooks, transfers. Every row lands or is quarantined with its reason."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from izker.cli.output import json_option, print_json, progress, report
from izker.words import _, language

if TYPE_CHECKING:
    from izker.ledger.append import AppendReport
    from izker.ledger.gather import BuildReport
    from izker.server.intake.importing import Imported


@click.group("import")
def command() -> None:
    """Bring data in. A second run of the same file changes nothing."""


@command.command("reports")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mapping", default="plain", show_default=True, help="How the columns are to be read: plain, cafc.")
@json_option
def reports(file: Path, mapping: str, as_json: bool) -> None:
    """Reports of another register (CSV, XLSX, Parquet, JSON Lines) into the register."""
    from izker.server.boot import migrate, start

    start()
    migrate()
    from izker.server.intake.importing import import_reports

    with progress() as bar:
        task = bar.add_task(_("importing reports"), total=None)
        done = import_reports(file, mapping, lambda at, of: bar.update(task, completed=at, total=of))
    _finish(done, as_json)


@command.command("form-1m")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def form_1m(files: tuple[Path, ...], as_json: bool) -> None:
    """Official form 1-M workbooks (XLSX), one a region."""
    from izker.server.boot import migrate, start

    start()
    migrate()
    from izker.server.intake.importing import import_official

    with progress() as bar:
        task = bar.add_task(_("reading workbooks"), total=len(files))
        done = import_official(list(files), lambda at, _name: bar.update(task, completed=at))
    if not as_json:
        _regions(done)
    _finish(done, as_json)


@command.command("transfers")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def transfers(files: tuple[Path, ...], as_json: bool) -> None:
    """Transfers (CSV, Parquet) into the ledger under IZKER_HOME; the first file builds it, later ones are appended."""
    from izker.config import config
    from izker.ledger import Ledger

    path = config().ledger
    with progress() as bar:
        task = bar.add_task(_("reading transfers"), total=None)

        def tell(step: str, at: int, of: int) -> None:
            bar.update(task, description=step, completed=at, total=of)

        reports_of: list[BuildReport | AppendReport] = []
        if (path / "manifest.json").exists():
            reports_of += [Ledger.append(path, file) for file in files]
        else:
            reports_of.append(Ledger.build(list(files), path, on_progress=tell))
    problems = [p for one in reports_of for p in one.problems]
    read, landed, already = (sum(getattr(one, name) for one in reports_of) for name in ("read", "landed", "already"))
    if as_json:
        totals = {"read": read, "landed": landed, "already": already, "quarantined": read - landed - already}
        print_json({**totals, "problems": [p.as_json() for p in problems]})
    else:
        click.echo(_("{read} rows read, {landed} landed, {already} were there already").format(read=read, landed=landed, already=already))
    if report(problems):
        sys.exit(1)


def _finish(done: Imported, as_json: bool) -> None:
    if as_json:
        print_json(done.as_json())
    else:
        text = _("{read} read, {landed} landed, {already} were there already, {quarantined} in quarantine")
        click.echo(text.format(read=done.read, landed=done.landed, already=done.already, quarantined=done.quarantined))
    if report(done.problems):
        sys.exit(1)


def _regions(done: Imported) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=_("Form 1-M by region"))
    for label in (_("region"), _("all offences"), _("fraud"), _("internet fraud"), _("internet fraud per 100 000")):
        table.add_column(label, justify="left" if label == _("region") else "right")
    for row in done.more["regions"]:
        table.add_row(row["name"][language()], *(str(row[k]) for k in ("all_offences", "fraud", "internet_fraud")), f"{row['per_100k']:.1f}")
    national = done.more["national"]
    table.add_row(_("Kazakhstan"), *(str(national[k]) for k in ("all_offences", "fraud", "internet_fraud")), "")
    Console().print(table)
    if done.remarks:
        click.echo(_("totals that are not the sum of their parts: {count}").format(count=len(done.remarks)))
        for remark in done.remarks:
            click.echo(f"  {remark.line()}")
