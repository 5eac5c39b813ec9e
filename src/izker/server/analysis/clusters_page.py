"""Pages of new schemes: what waits for a person, and one group with its words, its days, its regions and its reports in context."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from django.shortcuts import get_object_or_404

from izker.outlook.pictures_record import bars
from izker.outlook.text_clusters import PAST_LEAST
from izker.outlook.text_terms import in_context
from izker.server.analysis.clusters import family, head, searched
from izker.server.analysis.models import ClusterState, SchemeCluster
from izker.server.register.models import Report
from izker.times import local
from izker.words import _

DIGITS = re.compile(r"\d[\d \u00a0()-]{5,}\d")  # what may be a number of a phone or card that no finder knew
WORDS = 8


def listing() -> dict[str, Any]:
    """Groups that wait, groups that were decided, and when the last search was."""
    clusters = [facts(c) for c in SchemeCluster.objects.all()]
    return {
        "open": [c for c in clusters if c["cluster"].state == ClusterState.OPEN],
        "decided": [c for c in clusters if c["cluster"].state != ClusterState.OPEN],
        "searched": state_of_search(),
    }


def state_of_search() -> dict[str, Any] | None:
    """The mark of the last search, and whether the past was long enough to call a word new."""
    mark = searched()
    return mark and {**mark, "short": mark["past"] < PAST_LEAST}


def waiting() -> dict[str, Any] | None:
    """The largest group that waits, for the outlook page; how many there are beside."""
    found = sorted((facts(c) for c in SchemeCluster.objects.filter(state=ClusterState.OPEN)), key=lambda c: -int(c["count"]))
    return {**found[0], "more": len(found) - 1} if found else None


def facts(cluster: SchemeCluster) -> dict[str, Any]:
    """The group with all that was merged into it: count, days, regions, words, the nearest known scheme and how sure the classifier was."""
    together = family(cluster)
    reports = list(Report.objects.filter(clusters__in=together).distinct().select_related("case", "review").order_by("reported_at"))
    nearest = Counter(r.scheme for r in reports if r.scheme).most_common(1)
    sure = [r.review.probability for r in reports if nearest and r.scheme == nearest[0][0] and hasattr(r, "review")]
    days = (local(reports[-1].reported_at).date() - local(reports[0].reported_at).date()).days + 1 if reports else 0
    last = cluster.steps.order_by("-id").first()
    top = max((w["per_1000"] for w in cluster.words), default=1.0) or 1.0
    return {
        "cluster": cluster,
        "head": head(cluster),
        "reports": reports,
        "count": len(reports),
        "days": days,
        "regions": Counter(r.region for r in reports if r.region).most_common(),
        "words": [{**w, "width": round(76 * w["per_1000"] / top)} for w in cluster.words[:WORDS]],
        "nearest": nearest[0][0] if nearest else "",
        "probability": sum(sure) / len(sure) if sure else None,
        "last": last,
    }


def gather(number: str) -> dict[str, Any]:
    cluster = get_object_or_404(SchemeCluster, number=number)
    found = facts(cluster)
    terms = {term for one in family(cluster) for term in one.terms}
    counts = Counter(local(r.reported_at).date() for r in found["reports"])
    others = SchemeCluster.objects.filter(state__in=(ClusterState.OPEN, ClusterState.CONFIRMED)).exclude(pk=cluster.pk)
    return {
        **found,
        "c": found,
        "rows": [{"report": r, "context": in_context(masked(r), terms)} for r in reversed(found["reports"])],
        "bars": bars(counts, title=_("reports by day")),
        "steps": list(cluster.steps.all()),
        "seen": found["last"].pk if found["last"] else 0,
        "undoable": found["last"] is not None and found["last"].verb in ("confirm", "dismiss", "merge"),
        "others": list(others),
    }


def masked(report: Report) -> str:
    """The text with every identifier found in it, and every long run of digits, covered."""
    text = report.text
    for found in sorted(report.identifiers.filter(start__gte=0), key=lambda i: -i.start):
        text = text[: found.start] + found.masked + text[found.end :]
    return DIGITS.sub("••••", text)
