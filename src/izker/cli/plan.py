"""`izker plan`: what to ask the banks to hold, best first."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from izker.cli.output import json_option, print_json
from izker.words import N_, Refusal, _

if TYPE_CHECKING:
    import polars as pl

    from izker.holds import Hazard

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("plan")
@click.option("--trails", type=FILE, help="Trails (izker trace --out) or, better, their lots (izker trace --paths).")
@click.option("--accounts", type=FILE, help="What is known of accounts: account, bank, and optionally balance, protected (tiyn).")
@click.option("--asked", type=FILE, help="What was asked before: report_id, account, amount, held, outcome, answered_us.")
@click.option("--at", "moment", help="Plan as of this moment (ISO time or microseconds); default: now.")
@click.option("--hazard", "hazard_file", type=FILE, help="Hazards of leaving learned with --learn; default: those in the box.")
@click.option("--skipped", is_flag=True, help="Also list the lines left out, each with its rule.")
@click.option("--learn", is_flag=True, help="Learn hazards of leaving from the lots of past trails and write them to --out (TOML).")
@click.option("--out", type=FILE, required=True, help="Where to write the plan (Parquet, CSV or JSON by its ending).")
@json_option
def command(
    trails: Path | None,
    accounts: Path | None,
    asked: Path | None,
    moment: str | None,
    hazard_file: Path | None,
    skipped: bool,
    learn: bool,
    out: Path,
    as_json: bool,
) -> None:
    """Order what to hold by what is about to leave: amounts of the trail's own lots, one request a bank."""
    from izker import tables
    from izker.holds import Hazard, plan

    if trails is None:
        raise click.UsageError(_("give --trails"))
    frame = _typed(tables.read(trails))
    if learn:
        _learn(frame, trails, out, as_json)
        return
    now = _moment(moment)
    known: Hazard | None = Hazard.load(hazard_file) if hazard_file else None
    lines = plan(
        frame,
        _typed(tables.read(accounts)) if accounts else None,
        now_us=now,
        hazard=known,
        asked=_typed(tables.read(asked)) if asked else None,
        with_skipped=skipped,
        file=trails.name,
    )
    _write(lines, out)
    asks = lines.filter(lines["skipped"].is_null())
    summary = {
        "at_us": now,
        "requests": asks["request"].n_unique(),
        "lines": asks.height,
        "amount": int(asks["amount"].sum()),
        "expected_loss_hour": int(asks["expected_loss_hour"].sum()),
        "skipped": lines.height - asks.height,
    }
    if as_json:
        print_json({**summary, "holds": lines.to_dicts()})
    else:
        text = _("{lines} holds in {requests} requests, {amount} in all; {loss} of it is expected to leave within the hour")
        from izker.money import tenge

        click.echo(
            text.format(
                lines=asks.height,
                requests=summary["requests"],
                amount=tenge(int(asks["amount"].sum())),
                loss=tenge(int(asks["expected_loss_hour"].sum())),
            )
        )


def _learn(frame: pl.DataFrame, trails: Path, out: Path, as_json: bool) -> None:
    from izker.holds import Hazard

    if "ts" not in frame.columns:
        raise Refusal(N_("learning needs lots: make them with `izker trace --paths`"), file=trails.name)
    about = {"source": trails.name, "command": f"izker plan --learn --trails {trails.name} --out {out.name}"}
    learned = Hazard.fit(frame, int(frame["ts"].max() or 0), about)  # type: ignore[arg-type]
    learned.save(out)
    if as_json:
        print_json(dict(learned.about))
    else:
        click.echo(_("hazards learned from {lots} lots: {file}").format(lots=frame.height, file=out))


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    """A text table with its numbers as numbers; refuses a cell that is none."""
    import polars as pl

    numbers = ("amount", "hop", "since", "ts", "lot", "parent_lot", "held", "answered_us", "balance", "protected")
    for name in numbers:
        if name in frame.columns and frame.schema[name] == pl.String:
            given = frame[name]
            made = given.str.strip_chars().cast(pl.Int64, strict=False)
            bad = (made.is_null() & given.is_not_null()).arg_max()
            if bad is not None and made[bad] is None and given[bad] is not None:
                raise Refusal(N_("“{value}” is not a whole number"), value=given[bad], row=bad + 2, column=name)
            frame = frame.with_columns(made)
        elif name in frame.columns and frame.schema[name].is_temporal():
            frame = frame.with_columns(pl.col(name).dt.epoch("us"))
    return frame


def _moment(text: str | None) -> int:
    from datetime import datetime

    from izker.times import to_us

    if text is None:
        return time.time_ns() // 1000
    if text.isdigit():
        return int(text)
    try:
        return to_us(datetime.fromisoformat(text))
    except ValueError as error:
        raise Refusal(N_("“{value}” is no moment: write 2026-01-16T12:00+05:00 or microseconds"), value=text) from error


def _write(frame: pl.DataFrame, out: Path) -> None:
    import polars as pl

    from izker.files import replacing

    with replacing(out) as temporary:
        if out.suffix == ".json":
            temporary.write_text(frame.write_json(), encoding="utf-8")
        elif out.suffix == ".csv":
            frame.with_columns(pl.col("reasons").list.join(" ")).write_csv(temporary)
        else:
            frame.write_parquet(temporary)
