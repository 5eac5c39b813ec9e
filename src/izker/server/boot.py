"""Start Django for the command line."""

from __future__ import annotations

import os

import django


def start() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "izker.server.settings")
    django.setup()


def migrate() -> None:
    """Bring the database to the present shape."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
