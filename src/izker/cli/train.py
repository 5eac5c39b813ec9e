"""`izker train`: the scheme classifier from its written corpus, and from officers' corrections."""

from __future__ import annotations

from pathlib import Path

import click

from izker.cli.output import json_option, print_json, progress, report
from izker.words import _


@click.command(name="train")
@click.option(
    "--corrections", type=click.Path(path_type=Path), help="Table of officers' corrections: text, scheme, by, at."
)
@click.option("--out", type=click.Path(path_type=Path), help="Where to write the model (default: over the one in use).")
@json_option
@click.pass_context
def command(ctx: click.Context, corrections: Path | None, out: Path | None, as_json: bool) -> None:
    """Train the scheme classifier. The same corpus and corrections give the same model, byte for byte."""
    from izker.schemes import corrections as given
    from izker.schemes import model, training

    rows, problems = given.read(corrections) if corrections else ([], [])
    refused = report(problems)
    with progress() as bar:
        bar.add_task(_("training on the corpus"), total=None)
        content, about = training.train(rows)
    path = out or model.DEFAULT
    model.save(content, path)
    summary = {"model": str(path), "version": model.version_of(content), "bytes": path.stat().st_size, **about}
    if as_json:
        print_json(summary)
    else:
        click.echo(
            _(
                "model {version} written to {path}: {samples} samples, right on {accuracy:.1%} of held-out statements"
            ).format(
                version=summary["version"][:12],
                path=path,
                samples=about["samples"],
                accuracy=about["held_out_accuracy"],
            )
        )
    if refused:
        ctx.exit(1)
