"""Acts on a case's money: ask for holds, decline a suggestion, follow the money again."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from izker.server.money.actions.decline_hold import DeclineHold
from izker.server.money.actions.follow_money import FollowMoney
from izker.server.register.models import Case
from izker.server.relay.actions.request_holds import RequestHolds
from izker.words import Refusal


def _do(request: HttpRequest, number: str, act: Callable[[Case], object], done: str) -> HttpResponse:
    case = get_object_or_404(Case, number=number)
    try:
        act(case)
        messages.success(request, done)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("case", args=[number]))


@require_POST
def ask(request: HttpRequest, number: str) -> HttpResponse:
    chosen = request.POST.getlist("hold")
    return _do(request, number, lambda case: RequestHolds(request.user, case, chosen).perform(), _("The banks are asked."))  # type: ignore[arg-type]


@require_POST
def decline(request: HttpRequest, number: str) -> HttpResponse:
    hold, reason = str(request.POST.get("hold", "")), str(request.POST.get("reason", ""))
    return _do(request, number, lambda case: DeclineHold(request.user, case, hold, reason).perform(), _("The suggestion is closed."))  # type: ignore[arg-type]


@require_POST
def retrace(request: HttpRequest, number: str) -> HttpResponse:
    return _do(request, number, lambda case: FollowMoney(request.user, case).perform(), _("The money is followed again."))  # type: ignore[arg-type]
