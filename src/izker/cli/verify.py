"""`izker verify`: the register, the ledger, the audit chain and the holds agree; says what does not."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from izker.cli.output import console, json_option, print_json, report
from izker.words import Problem, _


@click.command("verify")
@click.option("--ledger", type=click.Path(path_type=Path), help="Check only this ledger (by default everything under IZKER_HOME).")
@json_option
def command(ledger: Path | None, as_json: bool) -> None:
    """Check that what is stored agrees with itself. Exit 1 names what does not."""
    problems = _ledger(ledger) if ledger else _everything()
    if as_json:
        print_json({"problems": [p.as_json() for p in problems]})
        sys.exit(1 if problems else 0)
    if report(problems):
        sys.exit(1)
    click.echo(_("everything agrees"))


def _ledger(path: Path) -> list[Problem]:
    from izker.ledger import verify

    return list(verify(path))


def _everything() -> list[Problem]:
    from izker.server.boot import migrate, start

    start()
    migrate()
    from izker.config import config
    from izker.server.analysis.series_snapshot import verify as series
    from izker.server.audit.chain import verify as audit
    from izker.server.money.verify import verify as money
    from izker.server.register.verify import verify as register
    from izker.server.registry.verify import verify as registry
    from izker.server.triage.verify import verify as triage

    problems: list[Problem] = []
    steps = (
        (_("ledger"), _ledger(config().ledger) if (config().ledger / "manifest.json").exists() else ()),
        (_("audit chain"), audit()),
        (_("register"), register()),
        (_("money"), money()),
        (_("series"), series()),
        (_("registry"), registry()),
        (_("triage"), triage()),
    )
    for name, found in steps:
        with console.status(name):
            problems += list(found)
    return problems
