"""Words of the registry on pages: reasons, states, steps."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from izker.links import registry
from izker.server.templatetags.words import _n, lang

register = template.Library()


@register.filter
def registry_reason(code: str) -> str:
    """'bank_confirmed' -> 'Confirmed by a bank' in the page's language."""
    row = registry.reasons().get(code)
    return row["name"][lang()] if row else code


@register.filter
def registry_status(code: str) -> str:
    words = {"listed": _("listed"), "watched": _("watched"), "expired": _("expired"), "withdrawn": _("withdrawn")}
    return words.get(code, code)


@register.filter
def registry_step(kind: str) -> str:
    """What a line of an entry's log says was done."""
    words = {
        "seen": _("Seen"),
        "listed": _("Listed by an officer"),
        "withdrawn": _("Withdrawn"),
        "appealed": _("Appeal filed"),
        "granted": _("Appeal granted"),
        "refused": _("Appeal refused"),
        "undone": _("Taken back"),
    }
    return words.get(kind, kind)


@register.filter
def registry_actor(name: str) -> str:
    """Who took a step; what follows from a report or an answer by itself is the system's."""
    return _("by itself") if name == "system" else name


@register.filter
def sure(value: float) -> SafeString:
    """A certainty with two decimals in the page's notation."""
    text = f"{value:.2f}"
    return _n(text if lang() == "en" else text.replace(".", ","))


@register.filter
def sure_formula(shares: list[float]) -> SafeString:
    """'1 − 0.65 · 0.15': how the certainty follows from the sources; long products end in dots."""
    mark = "." if lang() == "en" else ","
    parts = [f"{1 - share:.2f}".replace(".", mark) for share in shares[:4]]
    return _n("1 − " + " · ".join(parts) + (" · …" if len(shares) > 4 else ""))
