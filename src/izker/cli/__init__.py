"""The command line: one verb a room, one file a verb. Verbs load when called, so `izker --help` is quick.

Exit codes: 0 done; 1 the input was refused in part or whole (what and why on stderr); 2 wrong usage.
"""

from __future__ import annotations

import importlib
from typing import Any

import click

from izker.words import LANGUAGES, Refusal, _, language, using

# verb -> (module under izker.cli, one line of help); the module holds a click command of the same name
VERBS: dict[str, tuple[str, str]] = {
    "run": ("run", "Start everything: demo world, server, worker, simulated banks"),
    "demo": ("demo", "The whole chain without a browser; writes documents and a summary"),
    "import": ("import_", "Bring reports, transfers or official form 1-M workbooks in"),
    "ledger": ("ledger", "Build, append to and compact a ledger of transfers"),
    "trace": ("trace", "Follow stolen money through a ledger"),
    "plan": ("plan", "Holds to ask for, best first"),
    "figures": ("figures", "Indicators of a year and the official answer"),
    "check": ("check", "Check the numbers of a text"),
    "classify": ("classify", "Name the scheme of each text"),
    "extract": ("extract", "Find identifiers in texts"),
    "link": ("link", "Join reports of the same hand into series"),
    "train": ("train", "Train the scheme classifier from its written corpus"),
    "nowcast": ("nowcast", "Counts corrected for late reporting"),
    "forecast": ("forecast", "What comes next, with honest intervals"),
    "signals": ("signals", "Outbreaks and new schemes"),
    "score": ("score", "Score what was published against what came true"),
    "bulletin": ("bulletin", "The Monday bulletin of the forecasting centre"),
    "world": ("world", "Build the simulated country"),
    "bench": ("bench", "Play response policies in the simulated country"),
    "verify": ("verify", "Check that register, ledgers, audit chain and holds agree"),
    "manage": ("manage", "Django's own administration commands"),
}


class Verbs(click.Group):
    """A group whose verbs are imported only when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"izker.cli.{VERBS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; a refusal becomes a readable message, in the language asked for, and exit code 1."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            for problem in refusal.problems:
                click.echo(f"izker: {problem.line()}", err=True)
            ctx.exit(1)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl([(name, _(text)) for name, (_module, text) in VERBS.items()])


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of messages (default: IZKER_LANG or the system's).")
@click.version_option(package_name="izker")
@click.pass_context
def izker(ctx: click.Context, lang: str | None) -> None:
    """Izker follows stolen money, holds it, and gets the figures right."""
    ctx.with_resource(using(lang or language()))


def main() -> None:
    """Entry point."""
    izker(prog_name="izker")
