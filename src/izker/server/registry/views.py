"""The registry's pages: list and search, one entry, and what people decide of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from izker.config import config
from izker.links import registry
from izker.server.actions import Action
from izker.server.registry import book, page
from izker.server.registry.actions.decide import GIVEN, Appeal, Confirm, ConfirmValue, Decide, Undo, Withdraw
from izker.server.registry.actions.reveal import RevealEntry
from izker.server.registry.models import RegistryEntry
from izker.words import Refusal

PAGE = 50


@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """Entries that count now; `q` finds a value by its fingerprint, `view` shows open appeals or what is over."""
    query, view, kind = (request.GET.get(name, "").strip() for name in ("q", "view", "kind"))
    view = view if view in page.VIEWS else "live"
    found = Paginator(page.search(query, view, kind), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": found,
        "rows": page.listing(list(found)),
        "asked": query,
        "view": view,
        "kind": kind,
        "kinds": book.KINDS,
        "keep": urlencode({name: value for name, value in (("q", query), ("view", view), ("kind", kind)) if value}),
        "counts": page.counts(),
        "reasons": page.reason_rows(GIVEN),
        "listed_from": registry.listed_from(),
    }
    return render(request, "registry/registry.html", context)


def _entry(number: str) -> RegistryEntry:
    wanted = page.number_of(number)
    found = RegistryEntry.objects.prefetch_related("steps").filter(pk=wanted).first() if wanted is not None else None
    if found is None:
        raise Http404
    return found


@require_GET
def entry(request: HttpRequest, number: str) -> HttpResponse:
    return render(request, "registry/entry.html", page.gather(_entry(number), request.user))


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """List a value that an officer types."""
    try:
        step = ConfirmValue(
            request.user,  # type: ignore[arg-type]
            str(request.POST.get("kind", "")),
            str(request.POST.get("value", "")),
            str(request.POST.get("reason", "")),
            str(request.POST.get("text", "")),
            synthetic=config().demo,
        ).perform()
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("registry"))
    messages.success(request, _("The entry is listed. It can be taken back."))
    return HttpResponseRedirect(reverse("registry_entry", args=[step.entry.number]))


def _decide(request: HttpRequest, number: str, make: Callable[[Any, RegistryEntry, int], Action[Any]], done: str) -> HttpResponse:
    found = _entry(number)
    version = str(request.POST.get("version", ""))
    try:
        make(request.user, found, int(version) if version.isascii() and version.isdigit() else -1).perform()
        messages.success(request, done)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("registry_entry", args=[found.number]))


def _text(request: HttpRequest, name: str = "text") -> str:
    return str(request.POST.get(name, ""))


@require_POST
def extend(request: HttpRequest, number: str) -> HttpResponse:
    reason, text = _text(request, "reason"), _text(request)
    return _decide(request, number, lambda who, what, seen: Confirm(who, what, seen, reason, text), _("The entry is listed. It can be taken back."))


@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    return _decide(
        request, number, lambda who, what, seen: Withdraw(who, what, seen, _text(request)), _("The entry is withdrawn. It can be taken back.")
    )  # fmt: skip


@require_POST
def appeal(request: HttpRequest, number: str) -> HttpResponse:
    return _decide(
        request,
        number,
        lambda who, what, seen: Appeal(who, what, seen, _text(request)),
        _("The appeal is written down; the entry is not listed until it is decided."),
    )


@require_POST
def decide(request: HttpRequest, number: str) -> HttpResponse:
    granted = _text(request, "decision") == "granted"
    return _decide(
        request, number, lambda who, what, seen: Decide(who, what, seen, granted=granted, ground=_text(request)), _("The appeal is decided.")
    )  # fmt: skip


@require_POST
def undo(request: HttpRequest, number: str) -> HttpResponse:
    return _decide(request, number, Undo, _("The last decision is taken back."))


@require_POST
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """The full value, once, on the page that answers; the reason stands in the audit journal."""
    found = _entry(number)
    try:
        value = RevealEntry(request.user, found, _text(request, "reason")).perform()  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("registry_entry", args=[found.number]))
    return render(request, "registry/entry.html", page.gather(found, request.user) | {"revealed": value})
