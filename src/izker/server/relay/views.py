"""What was asked of banks: a bank officer sees his own bank's requests, the duty officer all of them."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from izker.server.accounts.models import Role, User
from izker.server.money.models import Hold, HoldState


def queue(request: HttpRequest) -> HttpResponse:
    holds = Hold.objects.exclude(state__in=(HoldState.SUGGESTED, HoldState.DECLINED)).select_related("case").order_by("-asked_at", "id")
    user = request.user
    if isinstance(user, User) and user.role == Role.BANK:
        holds = holds.filter(bank=user.bank)
    page = Paginator(holds, 60).get_page(request.GET.get("page"))
    return render(request, "relay/queue.html", {"page": page})
