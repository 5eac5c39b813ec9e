"""Figures, the bench, series, and the queue of schemes to be named."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from izker.figures import to_docx, to_pdf, to_xlsx
from izker.schemes import taxonomy
from izker.server.analysis import bench_page, figures_page, series_page
from izker.server.analysis.actions.change_series import ChangeSeries
from izker.server.analysis.actions.correct_scheme import CorrectScheme
from izker.server.analysis.figures import computed, figures_json
from izker.server.analysis.models import SchemeReview
from izker.server.analysis.review import to_ask
from izker.server.clock import now
from izker.times import local
from izker.words import LANGUAGES, Refusal

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _language() -> str:
    return (get_language() or "kk")[:2]


def _asked(request: HttpRequest) -> tuple[int, date]:
    """Year and day of the query; by default the last full year, as known today."""
    today = local(now()).date()
    as_of = parse_date(request.GET.get("as_of", "")) or today
    year = request.GET.get("year", "")
    return (int(year) if year.isdigit() and 2000 <= int(year) <= 2100 else today.year - 1), as_of


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    year, as_of = _asked(request)
    return render(request, "analysis/figures.html", figures_page.gather(year, as_of, _language()))


@require_GET
def document(request: HttpRequest, year: int, language: str, kind: str) -> HttpResponse:
    """The official answer as PDF or DOCX, its table as XLSX or JSON."""
    as_of = _asked(request)[1]
    if language not in LANGUAGES:
        raise Http404
    if kind == "json":
        return JsonResponse(figures_json(year, as_of), json_dumps_params={"ensure_ascii": False})
    if kind not in TYPES:
        raise Http404
    extract, found = computed(year, as_of)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"answer.{kind}"
        if kind == "xlsx":
            to_xlsx(list(found), language, path, extract=extract)
        else:
            make = to_pdf if kind == "pdf" else to_docx
            make(list(found), language, path, written=local(now()).date(), calibrated=extract.synthetic)
        response = HttpResponse(path.read_bytes(), content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="izker-{year}-{language}.{kind}"'
    return response


@require_GET
def bench(request: HttpRequest) -> HttpResponse:
    """What each response policy saved in the simulated country: the newest league table of `izker bench`."""
    return render(request, "analysis/bench.html", bench_page.gather(_language()))


@require_GET
def series_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(series_page.listing(), 50).get_page(request.GET.get("page"))
    return render(request, "analysis/series_list.html", {"page": page, "rows": series_page.list_rows(list(page)), "doubtful": series_page.doubtful()})


@require_GET
def series(request: HttpRequest, number: str) -> HttpResponse:
    try:
        context = series_page.gather(number)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("series_list"))
    return render(request, "analysis/series.html", context)


@require_POST
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Split a report off, merge with another series, take the last change back, decide a doubtful link."""
    after = number
    try:
        after = ChangeSeries(request.user, number, str(request.POST.get("verb", "")), str(request.POST.get("what", ""))).perform()  # type: ignore[arg-type]
        messages.success(request, _("The series was changed. It can be undone."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("series", args=[after]))


@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """Reports whose scheme a person should name next: the most telling ones first."""
    schemes = [(code, scheme.name[_language()]) for code, scheme in taxonomy().items()]
    return render(request, "analysis/review.html", {"rows": to_ask(), "schemes": schemes})


@require_POST
def correct(request: HttpRequest, number: str) -> HttpResponse:
    found = get_object_or_404(SchemeReview, report__number=number)
    try:
        CorrectScheme(request.user, found, str(request.POST.get("scheme", ""))).perform()  # type: ignore[arg-type]
        messages.success(request, _("The scheme is named; the classifier learns from it."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    if "review" in request.POST or found.report.case is None:
        return HttpResponseRedirect(reverse("review"))
    return HttpResponseRedirect(reverse("case", args=[found.report.case.number]))
