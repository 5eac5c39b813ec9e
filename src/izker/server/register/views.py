"""The desk: today's queue, the list of cases, one case."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from izker.identifiers import normalise
from izker.jurisdictions import data
from izker.schemes import taxonomy
from izker.server.fields import fingerprint
from izker.server.register import case_page
from izker.server.register import today as desk
from izker.server.register.actions.register_case import RegisterCase
from izker.server.register.actions.reveal import Reveal
from izker.server.register.models import Case, ReportIdentifier
from izker.words import Refusal

PAGE = 50


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    rows = desk.queue()
    context = {
        "rows": rows,
        "summary": desk.summary(rows),
        "banks": desk.banks(),
        "answers": desk.answers_today(),
        "deadlines": desk.deadlines(),
    }
    return render(request, "register/today.html", context)


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """All cases, newest first; `q` finds a case number, or any identifier by its fingerprint."""
    query = request.GET.get("q", "").strip()
    found = Case.objects.order_by("-opened_at", "-id")
    if query:
        found = found.filter(number__icontains=query) | found.filter(pk__in=_by_identifier(query))
        exact = found.distinct()[:2]
        if len(exact) == 1:
            return HttpResponseRedirect(reverse("case", args=[exact[0].number]))
    page = Paginator(found.distinct(), PAGE).get_page(request.GET.get("page"))
    return render(request, "register/cases.html", {"page": page, "query": query})


def _by_identifier(query: str) -> list[int]:
    marks = []
    for kind in ("phone", "iban", "card", "handle", "url", "email", "wallet"):
        value = normalise(kind, query)
        if value.valid:
            marks.append(fingerprint(kind, value.value))
    return list(ReportIdentifier.objects.filter(fingerprint__in=marks, report__case__isnull=False).values_list("report__case_id", flat=True)[:200])


@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    found = get_object_or_404(Case, number=number)
    context = case_page.gather(found) | {"schemes": _schemes(), "articles": data("kz", "law")["article"]}
    return render(request, "register/case.html", context)


@require_GET
def trail(request: HttpRequest, number: str) -> HttpResponse:
    """The money part of the case page alone: asked again every two seconds while a bank's answer is awaited."""
    found = get_object_or_404(Case, number=number)
    return render(request, "register/case_money.html", case_page.gather(found))


@require_POST
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    found = get_object_or_404(Case, number=number)
    report = found.reports.order_by("id").first()
    if report is None:
        return HttpResponseRedirect(reverse("case", args=[number]))
    try:
        values = Reveal(request.user, report, str(request.POST.get("reason", ""))).perform()  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("case", args=[number]))
    shown = [(key.split(":")[0], value) for key, value in values.items()]
    context = case_page.gather(found) | {"revealed": shown, "schemes": _schemes(), "articles": data("kz", "law")["article"]}
    return render(request, "register/case.html", context)


@require_POST
def register(request: HttpRequest, number: str) -> HttpResponse:
    found = get_object_or_404(Case, number=number)
    try:
        RegisterCase(request.user, found, str(request.POST.get("article", ""))).perform()  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("case", args=[number]))


def _schemes() -> list[tuple[str, str]]:
    language = (get_language() or "kk")[:2]
    return [(code, scheme.name[language]) for code, scheme in taxonomy().items()]
