"""Who may do what. Every room's policies.py names its acts and its routes; what is not named is denied.

An act is a verb such as "hold.request". One table serves the gate in the middleware, the check inside every action, and the buttons on
a page.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from izker.server.accounts.models import User

    Someone = User | AnonymousUser

ANYONE = "anyone"  # no login at all
SIGNED_IN = "signed_in"  # any person of the house
SYSTEM = "system"  # the worker and the importers; never a route


@dataclass(frozen=True, slots=True)
class Policy:
    """Roles (see accounts.models.Role) that may do one act; ANYONE opens it to the public, SIGNED_IN to every role."""

    roles: frozenset[str]

    def allows(self, user: Someone) -> bool:
        if ANYONE in self.roles:
            return True
        if not user.is_authenticated or not user.is_active:
            return False
        return SIGNED_IN in self.roles or user.role in self.roles


def allow(*roles: str) -> Policy:
    return Policy(frozenset(roles))


@lru_cache
def acts() -> dict[str, Policy]:
    """Every act of every room."""
    table: dict[str, Policy] = {}
    for room in settings.ROOMS:
        table.update(importlib.import_module(f"izker.server.{room}.policies").ACTS)
    return table


@lru_cache
def routes() -> dict[str, str]:
    """View name -> act, for every room."""
    table: dict[str, str] = {}
    for room in settings.ROOMS:
        table.update(importlib.import_module(f"izker.server.{room}.policies").ROUTES)
    return table


def of_route(view_name: str) -> Policy | None:
    act = routes().get(view_name)
    return acts().get(act) if act else None


def may(user: Someone | None, act: str) -> bool:
    """None is the system itself: it may do what names SYSTEM."""
    rule = acts().get(act)
    if rule is None:
        return False
    if user is None:
        return SYSTEM in rule.roles
    return rule.allows(user)
