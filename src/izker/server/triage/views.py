"""The rules of triage: seen by every officer, changed by an analyst or administrator; and the call that they lead to."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from izker.links import triage
from izker.server.register.models import Case
from izker.server.triage import page
from izker.server.triage.actions.call_victim import CallVictim
from izker.server.triage.actions.change_rules import ChangeRules
from izker.server.triage.models import TriageRules
from izker.words import Refusal


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    return render(request, "triage/rules.html", page.gather())


def _typed(request: HttpRequest) -> tuple[str, int]:
    """The text of the form, or of the version to be put back; and the version that the person saw."""
    seen = str(request.POST.get("seen", ""))
    back = str(request.POST.get("back", ""))
    if back == "0":
        text = triage.text_of()
    elif back.isascii() and back.isdigit():
        text = get_object_or_404(TriageRules, pk=int(back)).text
    else:
        text = str(request.POST.get("text", "")).replace("\r\n", "\n")
    return text, int(seen) if seen.isascii() and seen.isdigit() else -1


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Read typed rules without putting them in force: every mistake, or what they would do to the desk now."""
    text, _seen = _typed(request)
    context = page.gather() | {"text": text, "editing": True}
    try:
        context["effect"] = page.effect(triage.parse(text, "triage.toml"))
    except Refusal as refusal:
        context["problems"] = refusal.problems
    return render(request, "triage/rules.html", context)


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    text, seen = _typed(request)
    try:
        ChangeRules(request.user, text, seen).perform()  # type: ignore[arg-type]
    except Refusal as refusal:
        return render(request, "triage/rules.html", page.gather() | {"text": text, "editing": True, "problems": refusal.problems}, status=422)
    messages.success(request, _("The rules are in force. The earlier ones can be put back."))
    return HttpResponseRedirect(reverse("triage"))


@require_POST
def called(request: HttpRequest, number: str) -> HttpResponse:
    """An officer called the victim."""
    case = get_object_or_404(Case, number=number)
    try:
        CallVictim(request.user, case, str(request.POST.get("outcome", ""))).perform()  # type: ignore[arg-type]
        messages.success(request, _("The call is written down."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("case", args=[case.number]))
