"""`izker world build`: write the simulated country into a folder."""

from __future__ import annotations

from pathlib import Path

import click

from izker.cli.output import json_option, print_json, progress
from izker.words import N_, Refusal, _

SCALES = ("demo", "year", "national")


@click.group(help="The simulated country: banks, people and fraud whose truth is known. Everything in it is invented.")
def command() -> None:
    return


@command.command(
    name="build", help="Write a simulated country: transfers, accounts, people, reports, the register and the truth."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder to write into; made where it is missing.",
)
@click.option(
    "--scale",
    type=click.Choice(SCALES),
    default="demo",
    show_default=True,
    help="demo: seconds; year: 10 million transfers; national: 100 million.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    default=1,
    show_default=True,
    help="The same seed gives the same bytes.",
)
@json_option
def build_world(out: Path, scale: str, seed: int, as_json: bool) -> None:
    from izker.world import build

    try:
        with progress() as bar:
            tasks: dict[str, int] = {}

            def step(part: str, done: int, of: int) -> None:
                if part not in tasks:
                    tasks[part] = bar.add_task(part, total=of)
                bar.update(tasks[part], completed=done)  # type: ignore[arg-type]

            manifest = build(out, scale=scale, seed=seed, on_progress=step)
    except OSError as error:
        raise Refusal(N_("cannot write into {folder}: {why}"), folder=out, why=error.strerror or str(error)) from error
    if as_json:
        print_json({"out": str(out), **{k: v for k, v in manifest.as_json().items() if k != "parameters"}})
        return
    click.echo(
        _("SYNTHETIC country of scale {scale}, seed {seed}, in {folder}").format(scale=scale, seed=seed, folder=out)
    )
    for name, file in sorted(manifest.files.items()):
        click.echo(f"  {name:28} {file['rows']:>12,}")
