"""`izker demo`: the main job from end to end, without a browser; documents and a summary stay in a folder."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from izker.cli.output import console, json_option, print_json
from izker.cli.run import STEPS
from izker.words import _


@click.command("demo")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for documents, trails, holds and the summary.")
@json_option
def command(out: Path, as_json: bool) -> None:
    """Reports in, money followed, holds asked of six bank processes over HTTP, figures and the answer out. SYNTHETIC."""
    from izker.server.demo import clock, prepare

    out = out.absolute()
    home = out / "home"
    home.mkdir(parents=True, exist_ok=True)

    def say(step: str) -> None:
        console.print(_(STEPS[step]) + " …")

    world = prepare.files(home, say)
    offset = clock.resume(home, world)
    os.environ.update({"IZKER_HOME": str(home), "IZKER_DEMO": "1", "IZKER_CLOCK_OFFSET_US": str(offset)})
    from izker.server.boot import start

    start()
    prepare.state(say, first_port=prepare.free_ports(6))
    from izker.server.demo.chain import play

    try:
        summary = play(out, say)
    finally:
        clock.stop(home, offset)
    (out / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8")
    if as_json:
        print_json(summary)
    else:
        _tell(summary, out)


def _tell(summary: dict[str, object], out: Path) -> None:
    from izker.money import tenge

    stolen, held, exited, stopped = (summary[name] for name in ("stolen", "held", "exited", "stopped"))
    assert isinstance(stolen, int)
    assert isinstance(held, int)
    assert isinstance(exited, int)
    assert isinstance(stopped, int)
    line = _("stolen {stolen} = still in accounts {held} + gone {exited} + not followed {stopped}; difference {error} tiyn")
    click.echo(
        line.format(stolen=tenge(stolen), held=tenge(held), exited=tenge(exited), stopped=tenge(stopped), error=summary["conservation_error"])
    )
    click.echo(_("documents and summary: {folder} (SYNTHETIC)").format(folder=out))
