"""Words of the series' pages."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def series_verb(verb: str) -> str:
    """What a decision on a series was."""
    words = {"split": _("Reports split off"), "merge": _("Merged"), "accept": _("Link accepted"), "reject": _("Link rejected")}
    return words.get(verb, verb)
