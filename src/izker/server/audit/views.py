"""The journal: who did what, newest first, and whether the chain holds."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from izker.server.audit.chain import verify
from izker.server.audit.models import AuditLine


def journal(request: HttpRequest) -> HttpResponse:
    page = Paginator(AuditLine.objects.order_by("-sequence"), 100).get_page(request.GET.get("page"))
    broken = list(verify()) if "verify" in request.GET else None
    return render(request, "audit/journal.html", {"page": page, "broken": broken})
