"""`izker extract FILE`: identifiers in texts."""

from __future__ import annotations

from pathlib import Path

import click

from izker.cli.output import json_option, print_json, progress, report
from izker.words import N_, Problem, Refusal, _


@click.command(name="extract")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--column", default="text", show_default=True, help="Column that holds the text.")
@click.option("--id-column", default="id", show_default=True, help="Column that names each text; without it rows are numbered.")
@click.option("--unmasked", is_flag=True, help="Show values in full; by default people see them masked (JSON is never masked).")
@json_option
def command(file: Path, column: str, id_column: str, unmasked: bool, as_json: bool) -> None:
    """Find telephones, cards, IBANs, IINs, links, handles, wallets, amounts and dates.

    FILE is a table (CSV, XLSX, Parquet, JSON Lines) with a text column, or a plain .txt file with one text a line.
    """
    from izker.identifiers import extract, mask

    rows, problems = _texts(file, column, id_column)
    with progress() as bar:
        for name, text in bar.track(rows, description=_("Reading texts")):
            found = extract(text)
            if as_json:
                print_json(
                    {
                        "id": name,
                        "identifiers": [
                            {
                                "kind": i.kind,
                                "value": i.value,
                                "start": i.start,
                                "end": i.end,
                                "valid": i.valid,
                                "reason": _(i.reason) if i.reason else "",
                            }
                            for i in found
                        ],
                    }
                )
                continue
            for i in found:
                note = "" if i.valid else f"\t{_(i.reason)}"
                click.echo(f"{name}\t{i.kind}\t{i.value if unmasked else mask(i.kind, i.value)}{note}")
    if report(problems):
        raise SystemExit(1)


def _texts(file: Path, column: str, id_column: str) -> tuple[list[tuple[str, str]], list[Problem]]:
    from izker import tables

    if file.suffix.lower() == ".txt" and file.is_file():
        lines = tables.decode(file).splitlines()
        return [(str(number), line) for number, line in enumerate(lines, 1) if line.strip()], []
    frame, problems = tables.read_with_problems(file)
    frame = tables.require(frame, [column], file.name)
    names = frame[id_column].to_list() if id_column in frame.columns else list(range(1, frame.height + 1))
    rows = [(str(name), str(text or "")) for name, text in zip(names, frame[column].to_list(), strict=True)]
    if not rows:
        raise Refusal(N_("the file holds no rows"), file=file.name)
    return rows, problems
