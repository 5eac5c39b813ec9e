"""`izker link FILE --out OUT`: join reports of the same hand into series."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from izker.cli.output import json_option, print_json, progress, report
from izker.words import N_, Problem, Refusal, _

if TYPE_CHECKING:
    import polars as pl

_FORMATS = (
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
)
_DATES = ("%Y-%m-%d", "%d.%m.%Y")


@click.command(name="link")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Where to write report_id, series_id (.csv, .parquet or .jsonl).",
)
@click.option(
    "--reasons",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write one row a link: report_a, report_b, kind, value, weight, gap_days.",
)
@click.option(
    "--doubtful",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write links that a person should decide.",
)
@json_option
def command(file: Path, out: Path, reasons: Path | None, doubtful: Path | None, as_json: bool) -> None:
    """Join reports that share an identifier or a nearly identical text.

    FILE has report_id, reported_at and any of phone, card, iban, url, handle, wallet, email, text. Numbers shared by
    everybody (hot lines, marketplaces) join nothing. A table of texts alone is searched for identifiers first.
    """
    import polars as pl

    from izker import tables
    from izker.links import batch
    from izker.links.model import COLUMNS

    with progress() as bar:
        step = bar.add_task(_("Joining reports"), total=3)
        frame, problems = tables.read_with_problems(file)
        frame = tables.require(frame, ["report_id", "reported_at"], file.name)
        frame, more = _moments(frame, file.name)
        problems += more
        bar.advance(step)
        if "text" in frame.columns and not set(COLUMNS) & set(frame.columns):
            frame = _with_identifiers(frame)
        if not set(COLUMNS) & set(frame.columns) and "text" not in frame.columns:
            raise Refusal(
                N_("nothing to link by: the file needs one of {columns}"),
                file=file.name,
                columns=", ".join((*COLUMNS, "text")),
            )
        found = batch.link(frame)
        bar.advance(step)
        shown = ["report_a", "report_b", "kind", "value", "weight", "gap_days"]
        for target, table in (
            (out, found.series),
            (reasons, found.reasons.select(shown)),
            (doubtful, found.doubtful.select(shown)),
        ):
            if target is not None:
                _write(table, target)
        bar.advance(step)
    sizes = found.series.group_by("series_id").len().filter(pl.col("len") > 1)
    summary = {
        "reports": found.series.height,
        "series": sizes.height,
        "joined": int(sizes["len"].sum()),
        "links": found.reasons.height,
        "doubtful": found.doubtful.height,
        "hubs": found.hubs.height,
    }
    if as_json:
        print_json(summary)
    else:
        click.echo(
            _("{joined} of {reports} reports in {series} series; {links} links, {doubtful} doubtful; {hubs} shared values join nothing").format(**summary)
        )
    if report(problems):
        raise SystemExit(1)


def _moments(frame: pl.DataFrame, file: str) -> tuple[pl.DataFrame, list[Problem]]:
    """`reported_at` as µs UTC; rows whose moment cannot be read, or whose id is empty or doubled, are told and left
    out."""
    import polars as pl

    column = pl.col("reported_at")
    frame = frame.with_row_index("_line", offset=2).with_columns(pl.col("report_id").cast(pl.String))
    if frame.schema["reported_at"] == pl.String:
        text = column.str.strip_chars()
        zoned = text.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False).dt.epoch("us")
        local = [text.str.to_datetime(f, time_unit="us", strict=False) for f in _FORMATS] + [
            text.str.to_date(f, strict=False).cast(pl.Datetime("us")) for f in _DATES
        ]
        placed = pl.coalesce(local).dt.replace_time_zone("Asia/Almaty", ambiguous="earliest", non_existent="null").dt.epoch("us")
        frame = frame.with_columns(pl.coalesce(zoned, placed, text.str.extract(r"^(\d{13,17})$").cast(pl.Int64)).alias("reported_at"))
    bad = frame.filter(pl.col("reported_at").is_null() | pl.col("report_id").is_null())
    doubled = frame.filter(pl.col("report_id").is_not_null() & ~pl.col("report_id").is_first_distinct())
    problems = [
        Problem(
            N_("report_id or reported_at is empty or cannot be read: write the moment as 2026-01-16T14:46:00"),
            file=file,
            row=int(line),
        )
        for line in bad["_line"]
    ]
    problems += [
        Problem(N_("report {report} stands twice: keep one row a report"), {"report": name}, file=file, row=int(line))
        for line, name in doubled.select("_line", "report_id").iter_rows()
    ]
    left_out = set(bad["_line"]) | set(doubled["_line"])
    kept = frame.filter(~pl.col("_line").is_in(list(left_out))).drop("_line")
    if not kept.height:
        raise Refusal(problems=tuple(problems)) if problems else Refusal(N_("the file holds no rows"), file=file)
    return kept, problems


def _with_identifiers(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with list columns of the valid identifiers of its texts."""
    import polars as pl

    from izker.identifiers import extract

    columns: dict[str, list[list[str]]] = {kind: [] for kind in ("phone", "card", "iban", "url", "handle", "wallet", "email")}
    for text in frame["text"].to_list():
        found: dict[str, list[str]] = {kind: [] for kind in columns}
        for one in extract(str(text or "")):
            kind = "url" if one.kind == "domain" else one.kind
            if one.valid and kind in found:
                found[kind].append(one.value)
        for kind, values in found.items():
            columns[kind].append(values)
    return frame.with_columns(pl.Series(kind, values, dtype=pl.List(pl.String)) for kind, values in columns.items())


def _write(table: pl.DataFrame, target: Path) -> None:
    from izker.files import replacing

    with replacing(target) as temporary:
        if target.suffix == ".parquet":
            table.write_parquet(temporary)
        elif target.suffix in (".jsonl", ".ndjson"):
            table.write_ndjson(temporary)
        else:
            table.write_csv(temporary)
