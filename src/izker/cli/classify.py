"""`izker classify`: the scheme of each text in a table."""

from __future__ import annotations

from pathlib import Path

import click

from izker.cli.output import json_option, print_json, progress, report
from izker.words import N_, Problem, _, language

_BATCH = 500


@click.command(name="classify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--model", type=click.Path(path_type=Path), help="Another model than the one that came with the program.")
@click.option("--id", "id_column", default="id", show_default=True, help="Column with the id of each text.")
@click.option("--text", "text_column", default="text", show_default=True, help="Column with the texts.")
@json_option
@click.pass_context
def command(
    ctx: click.Context, file: Path, model: Path | None, id_column: str, text_column: str, as_json: bool
) -> None:
    """Name the scheme of each text in FILE (CSV, XLSX, Parquet, JSON Lines with id and text)."""
    from izker import tables
    from izker.schemes import Classifier, taxonomy
    from izker.schemes import model as models

    frame, problems = tables.read_with_problems(file)
    frame = tables.require(frame, (id_column, text_column), file.name)
    classifier = Classifier.load(model or models.DEFAULT)
    ids, texts = frame[id_column].to_list(), frame[text_column].to_list()
    names = taxonomy()
    with progress() as bar:
        task = bar.add_task(_("reading texts"), total=len(texts))
        for at in range(0, len(texts), _BATCH):
            part = ["" if t is None else str(t) for t in texts[at : at + _BATCH]]
            for id_, text, verdict in zip(ids[at : at + _BATCH], part, classifier.classify(part), strict=True):
                if not text.strip():
                    problems.append(
                        Problem(
                            N_("the text of {id} is empty: a person must look"),
                            {"id": id_},
                            file=file.name,
                            column=text_column,
                        )
                    )
                if as_json:
                    print_json({"id": id_, **verdict.as_json(), "reason": _(verdict.reason) if verdict.reason else ""})
                else:
                    mark = "?" if verdict.abstained else " "
                    name = names[verdict.scheme].name[language()] if verdict.probability else "—"
                    why = _(verdict.reason) if verdict.reason else ", ".join(verdict.because)
                    click.echo(f"{id_}\t{mark}{verdict.probability:.0%}\t{name}\t{why}")
            bar.advance(task, len(part))
    if report(problems):
        ctx.exit(1)
