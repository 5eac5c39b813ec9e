"""`izker bulletin`: the page the forecasting centre puts out on Mondays."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from izker.cli.output import json_option, print_json, progress
from izker.words import LANGUAGES, _


@click.command("bulletin")
@click.option(
    "--register",
    required=True,
    type=click.Path(path_type=Path),
    help="Extract of the register: cases table, or folder with cases.parquet.",
)
@click.option(
    "--as-of", type=click.DateTime(formats=["%Y-%m-%d"]), help="Day of what was known [default: the last Sunday]."
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the PDFs.")
@click.option(
    "--lang", "languages", multiple=True, type=click.Choice(LANGUAGES), help="Languages [default: all three]."
)
@click.option(
    "--record",
    type=click.Path(path_type=Path),
    help="Record of publications: scored on the page, and this bulletin is published into it.",
)
@json_option
def command(
    register: Path, as_of: datetime | None, out: Path, languages: tuple[str, ...], record: Path | None, as_json: bool
) -> None:
    """Make the one-page bulletin (PDF) from an extract of the register, as known on a day."""
    from izker.files import replacing
    from izker.outlook import bulletin as make
    from izker.outlook.bulletin_record import keep, line, own_record
    from izker.times import LOCAL

    day = as_of.date() if as_of else make.last_monday(datetime.now(LOCAL))
    wanted = languages or LANGUAGES
    with progress() as bar:
        task = bar.add_task(_("bulletin"), total=len(wanted) + 1)
        extract = make.read_extract(register)
        made = make.build(extract, day, record=line(own_record(record, extract, day)) if record else None)
        bar.advance(task)
        files = []
        for code in wanted:
            path = out / f"bulletin-{day.isoformat()}-{code}.pdf"
            with replacing(path) as temporary:
                temporary.write_bytes(make.pdf(made, code))
            files.append(str(path))
            bar.advance(task)
    if record:
        keep(record, made)
    if as_json:
        found = made.forecast
        print_json(
            {
                "as_of": day,
                "synthetic": made.synthetic,
                "files": files,
                "weeks_ahead": list(found.dates),
                "forecast": [float(v) for v in found.median[0]],
                "signals": [s.as_json(made.panel.hierarchy.columns) for s in made.signals],
            }
        )
    else:
        for name in files:
            click.echo(name)
