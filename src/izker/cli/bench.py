"""`izker bench`: response policies played in the simulated country."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from izker.cli.output import json_option, print_json, progress
from izker.words import N_, Refusal, _

if TYPE_CHECKING:
    from izker.world.bench.scene import Scene

REGIMES = ("mixed", "automatic", "desk", "slow")


@click.command("bench")
@click.option("--world", "world_dir", type=click.Path(file_okay=False, path_type=Path), help="A built world; without it worlds are built and thrown away.")
@click.option("--scale", type=click.Choice(["demo", "year"]), default="demo", show_default=True, help="Size of the worlds to build.")
@click.option("--seeds", type=click.IntRange(1, 50), default=1, show_default=True, help="How many worlds to build (the training seed is left out).")
@click.option("--regime", type=click.Choice(REGIMES), default="mixed", show_default=True, help="How banks answer.")
@click.option("--everyone", is_flag=True, help="Play unreported frauds too (always so at scale demo).")
@click.option("--variants/--no-variants", default=True, show_default=True, help="Also play the plan with one thing changed.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for league.json, league.md and the pictures.")
@json_option
def command(world_dir: Path | None, scale: str, seeds: int, regime: str, everyone: bool, variants: bool, out: Path | None, as_json: bool) -> None:
    """Play response policies over the same frauds, banks and delays, and compare what they held."""
    from izker.world.bench import tell
    from izker.world.bench.league import play_league

    if world_dir is not None and seeds != 1:
        raise Refusal(N_("--seeds builds worlds of its own: leave --world out"))
    with tempfile.TemporaryDirectory(prefix="izker-bench-") as folder, progress() as bar:
        task = bar.add_task(_("playing"), total=None)
        scenes = [partial(_open, world_dir, everyone)] if world_dir else _worlds(Path(folder), scale, seeds, everyone)
        league = play_league(
            scenes, regime=regime, variants=variants, on_progress=lambda name, done, total: bar.update(task, description=name, completed=done, total=total)
        )
    if out is not None:
        written = tell.write(league, out)
        click.echo("\n".join(str(path) for path in written), err=True)
    if as_json:
        print_json(league.as_json())
    elif out is None:
        click.echo(tell.markdown(league))


def _open(world: Path, everyone: bool) -> Scene:
    import json

    from izker.world.bench.scene import load

    manifest = world / "manifest.json"
    demo = manifest.is_file() and json.loads(manifest.read_text(encoding="utf-8")).get("scale") == "demo"
    return load(world, everyone=everyone or demo)


def _worlds(folder: Path, scale: str, seeds: int, everyone: bool) -> list[Callable[[], Scene]]:
    from izker.world.bench.parameters import table

    training = int(table()["izker"]["training_seed"])
    chosen = [seed for seed in range(1, seeds + 2) if seed != training][:seeds]
    return [partial(_built, folder, scale, seed, everyone) for seed in chosen]


def _built(folder: Path, scale: str, seed: int, everyone: bool) -> Scene:
    import shutil

    from izker.world import build

    place = folder / f"world-{seed}"
    build(place, scale=scale, seed=seed)
    try:
        return _open(place, everyone)
    finally:
        shutil.rmtree(place)
