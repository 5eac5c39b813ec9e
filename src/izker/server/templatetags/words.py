"""How values look on a page: money, moments, counts, shares and the names of things, in the language of the page."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date as babel_date
from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from izker.jurisdictions import data, regions
from izker.money import NBSP, group
from izker.money import tenge as tenge_text
from izker.schemes import taxonomy
from izker.server import policy
from izker.server.relay.names import bank_label
from izker.times import local

register = template.Library()
NUMBERS = re.compile("\\d{1,3}(?:\u2009\\d{3})+(?:–\\d{1,3}(?:\u2009\\d{3})*)?")


def lang() -> str:
    return (get_language() or "kk")[:2]


def _n(text: str) -> SafeString:
    return format_html('<span class="n">{}</span>', text)


@register.filter
def tenge(tiyn: int | None) -> SafeString:
    """Tiyn as '1 234 567 ₸'."""
    return _n(tenge_text(tiyn or 0))


@register.filter
def sum_(tiyn: int | None) -> SafeString:
    """Tiyn as '1 234 567', for columns that have the unit in their head."""
    return _n(tenge_text(tiyn or 0, unit=False))


@register.filter
def plain(tiyn: int | None) -> str:
    """The same without markup, for attributes."""
    return tenge_text(tiyn or 0)


@register.filter
def count(value: int | None) -> SafeString:
    return _n(group(value or 0))


@register.filter
def percent(part: int | None, whole: int | None) -> SafeString:
    """`part|percent:whole` with one decimal, rounded half up, in the language's notation."""
    if not whole:
        return _n("–")
    tenths = ((part or 0) * 2000 + whole) // (2 * whole)
    mark = "." if lang() == "en" else ","
    return _n(f"{tenths // 10}{mark}{tenths % 10}{'' if lang() == 'en' else NBSP}%")


@register.filter
def moment(value: datetime | None) -> SafeString:
    """Local date and time: 16.01.2026, 14:46."""
    return _n(f"{_date(local(value).date())}, {local(value):%H:%M}") if value else _n("–")


@register.filter
def clock(value: datetime | None) -> SafeString:
    return _n(f"{local(value):%H:%M}") if value else _n("–")


@register.filter
def day(value: date | datetime | None) -> SafeString:
    if value is None:
        return _n("–")
    return _n(_date(local(value).date() if isinstance(value, datetime) else value))


@register.filter
def long_day(value: datetime) -> str:
    """Friday, 16 January 2026 in the page's language."""
    text = babel_date(local(value).date(), "full", locale=lang())
    return text[:1].upper() + text[1:]


def _date(value: date) -> str:
    return f"{value.day} {babel_date(value, 'MMM yyyy', locale='en')}" if lang() == "en" else f"{value:%d.%m.%Y}"


@register.filter
def span(value: timedelta | None) -> str:
    """A length of time in its largest unit: '38 minutes', '5 hours', '12 days'."""
    if value is None:
        return "–"
    minutes = max(0, int(value.total_seconds() // 60))
    if minutes < 120:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}


@register.filter
def region(code: str) -> str:
    found = regions().get(code)
    return found.label(lang()) if found else code


@register.filter
def scheme(code: str) -> str:
    found = taxonomy().get(code)
    return found.name[lang()] if found else _("not named")


@register.filter
def bank(code: str) -> str:
    return bank_label(code, lang())


@register.filter
def article(code: str) -> str:
    found = next((a for a in data("kz", "law")["article"] if a["code"] == code), None)
    return found["name"][lang()] if found else "–"


@register.filter
def gravity(code: str) -> str:
    words = data("kz", "law")["gravity"].get(code)
    return words[lang()] if words else "–"


@register.filter
def identifier_kind(code: str) -> str:
    """'phone' -> 'Phone' in the page's language."""
    names = {
        "phone": _("Phone"),
        "card": _("Card"),
        "iban": _("Account"),
        "url": _("Link"),
        "domain": _("Site"),
        "handle": _("Account name"),
        "email": _("E-mail"),
        "wallet": _("Wallet"),
        "text": _("text"),
        "victim": _("Victim"),
        "victim_phone": _("Victim’s phone"),
    }
    return names.get(code, code)


@register.filter
def below(message: str) -> str:
    """A catalogue message of the library floor in the page's language."""
    return _(message)


@register.filter
def in_language(texts: dict[str, str]) -> str:
    """A text that was kept in all three languages."""
    return texts.get(lang(), "")


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], act: str) -> bool:
    """`{% may 'hold.request' as can_ask %}`: the same table that guards the route decides about the button."""
    request = context.get("request")
    return request is not None and policy.may(request.user, act)


@register.filter
def cluster_verb(verb: str) -> str:
    """A step in the life of a group of reports that looks like a new scheme."""
    return {
        "found": _("found by the search"),
        "confirm": _("confirmed as a new scheme"),
        "dismiss": _("dismissed"),
        "merge": _("merged into another group"),
        "undo": _("decision taken back"),
    }.get(verb, verb)


@register.filter
def unbroken(text: str) -> SafeString:
    """A sentence whose grouped numbers ('1 842–3 303') no line end may cut: thin spaces break, and the font has no narrow ones that do not."""
    return mark_safe(NUMBERS.sub(r'<span class="n">\g<0></span>', conditional_escape(text)))
