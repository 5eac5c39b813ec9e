"""How verbs talk: progress on anything over a second, JSON on request, problems on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from izker.words import Problem

console = Console(stderr=True)
json_option = click.option("--json", "as_json", is_flag=True, help="Machine-readable output on stdout.")


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress bar on stderr; silent where stderr is no terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        yield bar


def print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


def report(problems: Iterable[Problem]) -> bool:
    """Print each problem on stderr with its place; True if there was any (the caller exits 1)."""
    some = False
    for problem in problems:
        click.echo(f"izker: {problem.line()}", err=True)
        some = True
    return some
