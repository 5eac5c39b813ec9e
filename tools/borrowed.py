"""Strings of Django and allauth that have no Kazakh (or Russian) words of their own: `python tools/borrowed.py` lists them.

Ours stand in locale/<language>/django.po and allauth.po; a test holds the list empty. Only what a person can meet here counts: Django's
core, auth and messages, and allauth's account and second-factor pages.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from tools.catalogue import LANGUAGES, merged

PARTS = ("django/conf", "django/contrib/auth", "django/contrib/contenttypes", "django/contrib/sessions", "allauth")
UNUSED = re.compile(r"socialaccount|usersessions|idp/|headless|mfa/webauthn|mfa/trust|templates/openid")


def site_packages() -> Path:
    import django

    return Path(django.__file__).parents[1]


def source(part: str) -> Catalog:
    """Every English message of a package: from its own English catalogue."""
    folder = site_packages() / part / "locale" / "en" / "LC_MESSAGES"
    with (folder / "django.po").open("rb") as file:
        return read_po(file, locale="en")


def theirs(part: str, language: str) -> Catalog:
    path = site_packages() / part / "locale" / language / "LC_MESSAGES" / "django.mo"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        found = read_mo(file)
    whole = Catalog(locale=language)
    for message in found:  # babel leaves contexts of .mo files as bytes
        context = message.context.decode() if isinstance(message.context, bytes) else message.context
        whole.add(message.id, message.string, context=context)
    return whole


def missing(language: str) -> list[tuple[str, str | tuple[str, ...]]]:
    """(package, message) of everything without words in `language`."""
    ours = merged(language)
    gaps = []
    for part in PARTS:
        have = theirs(part, language)
        for message in source(part):
            if not message.id or (all(UNUSED.search(place) for place, _line in message.locations) and message.locations):
                continue
            single = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
            found = ours.get(single, message.context) or have.get(single, message.context)
            strings = (found.string if isinstance(found.string, (tuple, list)) else (found.string,)) if found else ("",)
            if not all(strings):
                gaps.append((part, tuple(message.id) if isinstance(message.id, (tuple, list)) else message.id))
    return gaps


def main() -> int:
    some = False
    for language in LANGUAGES:
        for part, text in missing(language):
            print(f"{language}: {part}: {text!r}")
            some = True
    return 1 if some else 0


if __name__ == "__main__":
    sys.exit(main())
