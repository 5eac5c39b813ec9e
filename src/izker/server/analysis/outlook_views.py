"""The outlook and its bulletin, its record, and groups of reports that look like a new scheme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from izker.server.analysis import clusters_page, outlook_page, record_page
from izker.server.analysis.actions.decide_cluster import ConfirmCluster, DismissCluster, MergeCluster, UndoCluster
from izker.server.analysis.models import SchemeCluster
from izker.words import LANGUAGES, N_, Refusal

if TYPE_CHECKING:
    from izker.server.accounts.models import User
    from izker.server.actions import Action


@require_GET
def outlook(request: HttpRequest) -> HttpResponse:
    return render(request, "analysis/outlook.html", outlook_page.gather((get_language() or "kk")[:2]))


@require_GET
def bulletin(request: HttpRequest, language: str) -> HttpResponse:
    if language not in LANGUAGES:
        raise Http404
    response = HttpResponse(outlook_page.bulletin_pdf(language), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="izker-bulletin-{language}.pdf"'
    return response


@require_GET
def calibration(request: HttpRequest) -> HttpResponse:
    """Izker's own record: what it published, scored."""
    return render(request, "analysis/record.html", record_page.gather())


@require_GET
def clusters(request: HttpRequest) -> HttpResponse:
    return render(request, "analysis/clusters.html", clusters_page.listing())


@require_GET
def cluster(request: HttpRequest, number: str) -> HttpResponse:
    return render(request, "analysis/cluster.html", clusters_page.gather(number))


@require_POST
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm with a name, dismiss with a reason, merge with another group, or take the last decision back."""
    found = get_object_or_404(SchemeCluster, number=number)
    try:
        _decision(request.user, found, request).perform()  # type: ignore[arg-type]
        messages.success(request, _("The decision stands and the next search knows it. It can be taken back."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("cluster", args=[number]))


def _decision(actor: User, found: SchemeCluster, request: HttpRequest) -> Action[SchemeCluster]:
    verb, what = request.POST.get("verb", ""), request.POST.get("what", "")
    seen = request.POST.get("seen", "")
    step = int(seen) if seen.isdigit() else 0
    match verb:
        case "confirm":
            return ConfirmCluster(actor, found, step, what)
        case "dismiss":
            return DismissCluster(actor, found, step, what)
        case "merge":
            return MergeCluster(actor, found, step, what)
        case "undo":
            return UndoCluster(actor, found, step)
    raise Refusal(N_("there is no such act: {verb}"), verb=verb)
