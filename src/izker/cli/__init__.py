"""The command line: one verb a room, one file a verb. Verbs load when called, so `izker --help` is quick.

Exit codes: 0 done; 1 the input was refused in part or whole (what and why on stderr); 2 wrong usage.
"""

from __future__ import annotations

import importlib
from typing import Any

import click

from izker.words import LANGUAGES, N_, Refusal, _, using

# verb -> (module under izker.cli, one line of help); the module holds a click command of the same name
VERBS: dict[str, tuple[str, str]] = {
    "run": ("run", N_("Start everything: demo world, server, worker, simulated banks")),
    "demo": ("demo", N_("The whole chain without a browser; writes documents and a summary")),
    "import": ("import_", N_("Bring reports, transfers or official form 1-M workbooks in")),
    "ledger": ("ledger", N_("Build, append to and compact a ledger of transfers")),
    "trace": ("trace", N_("Follow stolen money through a ledger")),
    "plan": ("plan", N_("Holds to ask for, best first")),
    "figures": ("figures", N_("Indicators of a year and the official answer")),
    "check": ("check", N_("Check the numbers of a text")),
    "classify": ("classify", N_("Name the scheme of each text")),
    "extract": ("extract", N_("Find identifiers in texts")),
    "link": ("link", N_("Join reports of the same hand into series")),
    "train": ("train", N_("Train the scheme classifier from its written corpus")),
    "nowcast": ("nowcast", N_("Counts corrected for late reporting")),
    "forecast": ("forecast", N_("What comes next, with honest intervals")),
    "signals": ("signals", N_("Outbreaks and new schemes")),
    "score": ("score", N_("Score what was published against what came true")),
    "bulletin": ("bulletin", N_("The Monday bulletin of the forecasting centre")),
    "world": ("world", N_("Build the simulated country")),
    "bench": ("bench", N_("Play response policies in the simulated country")),
    "verify": ("verify", N_("Check that register, ledgers, audit chain and holds agree")),
    "manage": ("manage", N_("Django's own administration commands")),
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


def _speak(ctx: click.Context, _parameter: click.Parameter, code: str | None) -> None:
    if code:
        ctx.with_resource(using(code))


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--lang", type=click.Choice(LANGUAGES), is_eager=True, expose_value=False, callback=_speak,
    help="Language of messages (default: IZKER_LANG or the system's).",
)  # fmt: skip
@click.version_option(package_name="izker")
def izker() -> None:
    """Izker follows stolen money, holds it, and gets the figures right."""


def main() -> None:
    """Entry point."""
    izker(prog_name="izker")
