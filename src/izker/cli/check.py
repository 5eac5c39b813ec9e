"""`izker check`: reads a text and recomputes its numbers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from izker.cli.output import json_option, print_json
from izker.words import N_, _

if TYPE_CHECKING:
    from izker.figures.check import Claim

VERDICTS = {
    "holds": N_("it holds"),
    "rounded": N_("rounded"),
    "truncated": N_("truncated"),
    "wrong": N_("wrong"),
    "cannot_tell": N_("cannot tell"),
}
KINDS = {
    "share": N_("a share"),
    "sum": N_("a sum"),
    "growth": N_("growth"),
    "count": N_("a count"),
    "rate": N_("a rate"),
}
_STYLES = {"wrong": "bold red", "truncated": "yellow", "cannot_tell": "dim"}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def command(file: Path, as_json: bool) -> None:
    """Check the numbers of a text in Kazakh, Russian or English: shares, sums, growth, rates, counts.

    FILE is plain text (UTF-8 or cp1251) or DOCX. Each number is recomputed from the text itself and tested as rounded
    and as truncated. Exit code 0 whatever the verdicts; 1 where the file cannot be read.
    """
    from izker.figures.check import check_file

    claims = check_file(file)
    if as_json:
        print_json([c.as_json() for c in claims])
    elif claims:
        _print(claims)
    else:
        click.echo(_("the text states no numbers that could be checked"), file=sys.stderr)


def _print(claims: list[Claim]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in (N_("Statement"), N_("Kind"), N_("Verdict"), N_("Why")):
        table.add_column(_(head), overflow="fold")
    for claim in claims:
        style = _STYLES.get(claim.verdict, "")
        verdict = _(VERDICTS[claim.verdict])
        table.add_row(
            escape(claim.claim),
            _(KINDS[claim.kind]),
            f"[{style}]{verdict}[/]" if style else verdict,
            escape(claim.note_text()),
        )
    screen = Console()
    screen.print(table)
    wrong = sum(c.verdict == "wrong" for c in claims)
    screen.print(_("{count} statements, {wrong} wrong").format(count=len(claims), wrong=wrong), highlight=False)
