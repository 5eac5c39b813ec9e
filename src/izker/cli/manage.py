"""`izker manage`: Django's own commands (migrate, createsuperuser, shell …) with Izker's settings."""

from __future__ import annotations

import click


@click.command("manage", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Django's administration commands."""
    from django.core.management import execute_from_command_line

    from izker.server.boot import start

    start()
    execute_from_command_line(["izker manage", *arguments])
