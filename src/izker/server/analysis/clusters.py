"""New schemes in the register's own texts: what is searched, what people decided before, and where the search left its mark."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from izker.config import config
from izker.files import write_text
from izker.outlook.text_clusters import WINDOW, find
from izker.outlook.text_reports import UNSURE_BELOW, Decision, TextReport
from izker.server.analysis.models import ClusterState, SchemeCluster
from izker.server.clock import now
from izker.server.register.extract import end_of
from izker.server.register.models import Report
from izker.times import local

LOOKED_BACK = timedelta(days=365)  # texts older than this are no longer the past against which words are new


def texts(day: date) -> list[TextReport]:
    """Reports with a text of the year up to the end of `day`. Unsure: the classifier abstained or gave less than even odds, and nobody
    has named the scheme since."""
    end = end_of(day)
    rows = Report.objects.filter(reported_at__gt=end - LOOKED_BACK, reported_at__lte=end).select_related("review").order_by("pk")
    found = []
    for report in rows.iterator(2000):
        if report.text:
            review = getattr(report, "review", None)
            unsure = review is not None and not review.chosen and (review.abstained or review.probability < UNSURE_BELOW)
            found.append(TextReport(report.number, local(report.reported_at).replace(tzinfo=None), report.text, unsure))
    return found


def family(cluster: SchemeCluster) -> list[SchemeCluster]:
    """The group and all that were merged into it, directly or through another."""
    found, queue = [], [cluster]
    while queue:
        one = queue.pop()
        found.append(one)
        queue += one.taken_in.filter(state=ClusterState.MERGED)
    return found


def head(cluster: SchemeCluster) -> SchemeCluster:
    """The group a merged one stands in now."""
    while cluster.state == ClusterState.MERGED and cluster.into is not None:
        cluster = cluster.into
    return cluster


def reports_of(clusters: Iterable[SchemeCluster]) -> frozenset[str]:
    return frozenset(Report.objects.filter(clusters__in=list(clusters)).values_list("number", flat=True))


def decisions() -> list[Decision]:
    """What people said, as the search takes it: a group speaks for all that were merged into it."""
    said = []
    for cluster in SchemeCluster.objects.exclude(state=ClusterState.OPEN):
        if cluster.state == ClusterState.MERGED:
            into = head(cluster)
            said.append(Decision("merged", cluster.number, reports_of([cluster, into]), frozenset(cluster.terms), into=into.number))
        else:
            together = family(cluster)
            words = frozenset(term for one in together for term in one.terms)
            said.append(Decision(cluster.state, cluster.number, reports_of(together), words))
    return said


def search(day: date) -> None:
    """Look for new schemes as of `day`, keep what is found, and leave the mark that the day was searched."""
    from izker.server.analysis.actions.keep_clusters import KeepClusters

    reports = texts(day)
    found = find(reports, now=end_of(day).astimezone(local(now()).tzinfo).replace(tzinfo=None), decisions=decisions())
    KeepClusters(None, day, found).perform()
    start = local(end_of(day)).replace(tzinfo=None) - WINDOW
    recent = sum(r.reported_at > start for r in reports)
    mark = {"day": day.isoformat(), "recent": recent, "past": len(reports) - recent, "unsure": sum(r.unsure for r in reports if r.reported_at > start)}
    write_text(_mark(), json.dumps(mark))


def searched() -> dict[str, Any] | None:
    """day (ISO), recent, past and unsure reports of the last search; None before the first."""
    path = _mark()
    found: dict[str, Any] | None = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    return found


def due() -> date | None:
    """Yesterday, unless it was searched: the desk is told of a new scheme the morning after the reports that show it."""
    day = local(now()).date() - timedelta(days=1)
    last = searched()
    return day if last is None or last["day"] < day.isoformat() else None


def _mark() -> Path:
    return config().home / "outlook" / "searched.json"
