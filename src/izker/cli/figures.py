"""`izker figures`: indicators of a year and the official answer."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from izker.cli.output import console, print_json, progress
from izker.words import LANGUAGES, N_, Refusal, _, language, using

if TYPE_CHECKING:
    from izker.figures import Extract, Figure

FORMATS = ("table", "json", "docx", "pdf", "xlsx")


def _refresh(folder: Path, as_of: date | None) -> None:
    """Take a new extract from the server's register, as known on `as_of` (default: now)."""
    from izker.server.boot import migrate, start

    start()
    migrate()
    from izker.server.register.extract import known_until, write_extract

    write_extract(folder, as_of or known_until())


def register_folder(register: Path | None, as_of: date | None = None) -> Path:
    """The folder given, else an extract of the server's register under IZKER_HOME; refuses where there is neither."""
    if register is not None:
        return register
    home = Path(os.environ.get("IZKER_HOME", "var")) / "extract"
    if os.environ.get("IZKER_DATABASE") or (home.parent / "izker.sqlite3").is_file():
        _refresh(home, as_of)
    if home.is_dir():
        return home
    raise Refusal(
        N_(
            "no register to count from: give --register DIR (a folder with cases, persons and offences), "
            "or start `izker run` once, which leaves one in {home}"
        ),
        home=str(home),
    )


def _formats(_ctx: click.Context, _param: click.Parameter, value: str) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
    unknown = [w for w in wanted if w not in FORMATS]
    if unknown or not wanted:
        raise click.BadParameter(f"{', '.join(unknown) or value}: choose from {', '.join(FORMATS)}")
    return wanted


def _day(_ctx: click.Context, _param: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value else None


@click.command()
@click.option("--year", type=click.IntRange(1990, 2100), required=True, help="Calendar year of the period.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=_day,
    help="Count what was known at the end of this day (default: all the register knows).",
)
@click.option(
    "--lang", type=click.Choice(LANGUAGES), help="Language of table and documents (default: the language of messages)."
)
@click.option(
    "--format",
    "formats",
    default="table",
    callback=_formats,
    help="One or more of table,json,docx,pdf,xlsx, with commas.",
    show_default=True,
)
@click.option(
    "--register",
    type=click.Path(path_type=Path),
    help="Folder with cases.parquet, persons.parquet, offences.parquet (default: IZKER_HOME/extract).",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for files (default: this one; json alone goes to stdout).",
)
@click.option("--to", "addressee", help="Addressee of the answer (default: by date, from the jurisdiction).")
@click.option("--signatory", default="", help="Who signs the answer: position and name.")
def command(
    year: int,
    as_of: date | None,
    lang: str | None,
    formats: tuple[str, ...],
    register: Path | None,
    out: Path | None,
    addressee: str | None,
    signatory: str,
) -> None:
    """Indicators of a year: numerator, denominator, formula, period, cut-off, source and rounding of each; and the
    answer made of them.
    """
    from izker.figures import Extract, compute

    spoken = lang or language()
    with using(spoken):
        extract = Extract.read(register_folder(register, as_of))
        figures = compute(extract, year, as_of)
        if "table" in formats:
            _table(figures, spoken)
        files = [f for f in formats if f in {"docx", "pdf", "xlsx"} or (f == "json" and out is not None)]
        if "json" in formats and out is None:
            from izker.figures import to_json

            print_json(to_json(figures, spoken))
        if files:
            _write(files, figures, extract, spoken, out or Path(), addressee, signatory)


def _write(
    files: list[str],
    figures: list[Figure],
    extract: Extract,
    spoken: str,
    out: Path,
    addressee: str | None,
    signatory: str,
) -> None:
    import json

    from izker.figures import to_docx, to_json, to_pdf, to_xlsx
    from izker.files import write_text

    out.mkdir(parents=True, exist_ok=True)
    calibrated = bool(extract.manifest.get("calibrated_to"))
    with progress() as bar:
        task = bar.add_task(_("Writing documents"), total=len(files))
        for kind in files:
            path = out / (f"answer.{spoken}.{kind}" if kind in {"docx", "pdf"} else f"figures.{kind}")
            if kind == "json":
                write_text(path, json.dumps(to_json(figures, spoken), ensure_ascii=False, indent=1) + "\n")
            elif kind == "xlsx":
                to_xlsx(figures, spoken, path, extract=extract)
            else:
                writer = to_pdf if kind == "pdf" else to_docx
                writer(figures, spoken, path, to=addressee, signatory=signatory, calibrated=calibrated)
            console.print(_("written: {path}").format(path=path), highlight=False)
            bar.advance(task)


def _table(figures: list[Figure], spoken: str) -> None:
    from rich.console import Console
    from rich.table import Table

    from izker.figures.documents.content import BAND, basis, exact_text, fraction_text, how_printed

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head, side in (
        ("Figure", "left"),
        ("Printed", "right"),
        ("Numerator / denominator", "right"),
        ("Exact value", "right"),
        ("How printed", "left"),
    ):
        table.add_column(_(head), justify="right" if side == "right" else "left", overflow="fold")
    for f in figures:
        table.add_row(
            f.name[spoken], f.printed[spoken], fraction_text(f, spoken), exact_text(f, spoken), how_printed(f, spoken)
        )
    screen = Console()
    if figures[0].synthetic:
        screen.print(f"[reverse] {_(BAND)} [/reverse]")
    screen.print(table)
    screen.print(basis(figures[0], spoken), highlight=False)
