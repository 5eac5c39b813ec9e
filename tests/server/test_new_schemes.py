"""New schemes in the register's own texts: found by the worker, decided by a person, remembered by the next search."""

from __future__ import annotations

from datetime import timedelta

import pytest
from benchmarks.outlook.clusters import ordinary, planted
from django.db import DatabaseError, connection, transaction

from izker.server.actions import Changed, NotAllowed
from izker.server.analysis import clusters, clusters_page
from izker.server.analysis.actions.decide_cluster import ConfirmCluster, DismissCluster, MergeCluster, UndoCluster
from izker.server.analysis.actions.keep_clusters import KeepClusters
from izker.server.analysis.models import ClusterState, ClusterStep, SchemeCluster, SchemeReview
from izker.server.audit.models import AuditLine
from izker.server.clock import now
from izker.server.policy import may
from izker.server.register.models import Report
from izker.times import local
from izker.words import Refusal


def write(rows, prefix="R"):
    """Reports with texts as the register keeps them, the classifier's doubt beside."""
    for i, row in enumerate(rows):
        report = Report.objects.create(
            number=f"{prefix}-{row.report_id}", source="test", region=("75", "71", "55")[i % 3], scheme="other", text=row.text,
            reported_at=row.reported_at.replace(tzinfo=local(now()).tzinfo),
        )  # fmt: skip
        SchemeReview.objects.create(report=report, scheme="other", probability=0.31, abstained=row.unsure, model="test")


@pytest.fixture
def today():
    return local(now()).date()


@pytest.fixture
def noon():
    return local(now()).replace(hour=12, minute=0, second=0, microsecond=0, tzinfo=None)


@pytest.fixture
def found(db, noon, today) -> SchemeCluster:
    """A group of a new scheme among two months of ordinary reports."""
    write(ordinary(noon - timedelta(days=60), 59, per_day=4, unsure=0.1, seed=1))
    write(planted(noon - timedelta(days=6), 9, seed=2, days=5.0))
    clusters.search(today)
    return SchemeCluster.objects.get()


def seen(cluster):
    return cluster.steps.order_by("-id").first().pk


def test_the_search_keeps_a_group_with_its_words_and_leaves_its_mark(found, today):
    assert found.state == ClusterState.OPEN
    assert sum(r.number.startswith("R-new") for r in found.reports.all()) >= 7
    assert any("сопряжения" in w["text"] or "байланыстыру" in w["text"] for w in found.words)
    assert [s.verb for s in found.steps.all()] == ["found"]
    assert AuditLine.objects.filter(act="cluster.find", actor="system").count() == 1
    assert clusters.searched()["day"] == today.isoformat()
    assert clusters.searched()["past"] > 50


def test_the_same_search_twice_keeps_one_group(found, today):
    clusters.search(today)
    assert SchemeCluster.objects.count() == 1
    assert found.steps.count() == 1


def test_a_day_is_searched_once(found, today):
    assert clusters.due() is None


def test_confirming_names_the_scheme_and_its_later_reports_are_no_news(found, people, noon, today):
    ConfirmCluster(people["analyst"], found, seen(found), "  Байланыстыру   коды ").perform()
    found.refresh_from_db()
    assert (found.state, found.name) == (ClusterState.CONFIRMED, "Байланыстыру коды")
    count = found.reports.count()
    write(planted(noon - timedelta(days=1), 5, seed=9, days=0.9), "later")
    clusters.search(today)
    assert SchemeCluster.objects.count() == 1
    assert found.reports.count() > count, "a confirmed scheme grows"
    line = AuditLine.objects.filter(act="cluster.decide").get()
    assert (line.actor, line.target, line.detail["name"]) == ("analyst-person", found.number, "Байланыстыру коды")


def test_dismissed_words_stay_known(found, people, noon, today):
    DismissCluster(people["duty"], found, seen(found), "это учебная рассылка").perform()
    write(planted(noon - timedelta(days=1), 6, seed=9, days=0.9), "later")
    clusters.search(today)
    assert not SchemeCluster.objects.filter(state=ClusterState.OPEN).exists()


def test_a_dismissal_taken_back_makes_the_words_news_again(found, people, noon, today):
    DismissCluster(people["duty"], found, seen(found), "это учебная рассылка").perform()
    found.refresh_from_db()
    UndoCluster(people["analyst"], found, seen(found)).perform()
    assert found.state == ClusterState.OPEN
    assert clusters.decisions() == []
    assert [s.verb for s in found.steps.all()] == ["found", "dismiss", "undo"]


def two_groups(today, noon) -> tuple[SchemeCluster, SchemeCluster]:
    moment = now()
    made = []
    for name in ("A", "B"):
        cluster = SchemeCluster.objects.create(number=f"N{name}", found_at=moment, seen_at=moment, terms=[name.lower()])
        ClusterStep.objects.create(cluster=cluster, verb="found", actor="system", at=moment)
        made.append(cluster)
    return made[0], made[1]


def test_merged_groups_are_one_for_the_next_search_and_for_the_page(db, people, noon, today):
    a, b = two_groups(today, noon)
    write(ordinary(noon - timedelta(days=3), 2, per_day=4, unsure=1, seed=3))
    reports = list(Report.objects.order_by("pk"))
    a.reports.set(reports[:3])
    b.reports.set(reports[3:5])
    MergeCluster(people["analyst"], a, seen(a), "NB").perform()
    said = clusters.decisions()
    assert [(d.kind, d.into) for d in said] == [("merged", "NB")]
    assert said[0].reports == {r.number for r in reports[:5]}
    assert clusters_page.facts(b)["count"] == 5
    ConfirmCluster(people["analyst"], b, seen(b), "Бір схема").perform()
    assert {d.kind: len(d.reports) for d in clusters.decisions()} == {"merged": 5, "confirmed": 5}
    a.refresh_from_db()
    UndoCluster(people["analyst"], a, seen(a)).perform()
    assert (a.state, a.into) == (ClusterState.OPEN, None)
    assert clusters_page.facts(b)["count"] == 2


def test_what_cannot_be_is_refused_and_changes_nothing(db, people, noon, today):
    a, b = two_groups(today, noon)
    me = people["analyst"]
    for action in (
        ConfirmCluster(me, a, seen(a), "  "),
        DismissCluster(me, a, seen(a), "no"),
        MergeCluster(me, a, seen(a), "NA"),
        MergeCluster(me, a, seen(a), "N-none"),
        UndoCluster(me, a, seen(a)),
    ):
        with pytest.raises(Refusal):
            action.perform()
    DismissCluster(me, b, seen(b), "белгілі схема ғой").perform()
    with pytest.raises(Refusal, match="dismissed"):
        MergeCluster(me, a, seen(a), "NB").perform()
    with pytest.raises(Refusal, match="decided already"):
        ConfirmCluster(me, SchemeCluster.objects.get(number="NB"), seen(b), "Жаңа схема").perform()
    assert ClusterStep.objects.count() == 3
    assert SchemeCluster.objects.get(number="NA").state == ClusterState.OPEN


def test_who_was_slower_is_told_so(db, people, noon, today):
    a, _b = two_groups(today, noon)
    stale, step = SchemeCluster.objects.get(pk=a.pk), seen(a)
    ConfirmCluster(people["analyst"], a, step, "Бірінші атау").perform()
    with pytest.raises(Changed):
        DismissCluster(people["duty"], stale, step, "мен басқаша ойлаймын").perform()
    fresh = SchemeCluster.objects.get(pk=a.pk)
    with pytest.raises(Changed):
        UndoCluster(people["duty"], fresh, step).perform()
    fresh.refresh_from_db()
    assert fresh.name == "Бірінші атау"


def test_only_the_desk_decides_and_only_the_house_searches(db, people, noon, today):
    a, _b = two_groups(today, noon)
    for role in ("prosecutor", "press", "bank", "admin"):
        with pytest.raises(NotAllowed):
            ConfirmCluster(people[role], a, seen(a), "Жаңа схема").perform()
    with pytest.raises(NotAllowed):
        KeepClusters(people["analyst"], today, []).perform()
    assert not may(people["press"], "cluster.read"), "new words come from victims' texts"


def test_history_cannot_be_rewritten(found):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE analysis_clusterstep SET verb = 'x'")
    with pytest.raises(DatabaseError), transaction.atomic():
        found.steps.all().delete()


def test_the_pages_show_words_in_their_sentence_and_no_number(found, duty):
    report = found.reports.filter(number__startswith="R-new").first()
    Report.objects.filter(pk=report.pk).update(text=report.text + " +7 700 123 45 67")
    page = duty.get(f"/outlook/new/{found.number}/").content.decode()
    assert "<b>" in page
    assert "123 45 67" not in page
    assert found.number in duty.get("/outlook/new/").content.decode()


def test_a_person_decides_on_the_page_and_takes_it_back(found, duty):
    path = f"/outlook/new/{found.number}/"
    duty.post(f"{path}decide/", {"verb": "confirm", "what": "Код сопряжения", "seen": seen(found)})
    page = duty.get(path).content.decode()
    assert "Код сопряжения" in page
    assert "undo" in page
    assert "Код сопряжения" in duty.get("/outlook/new/").content.decode()
    duty.post(f"{path}decide/", {"verb": "undo", "seen": seen(found)})
    found.refresh_from_db()
    assert found.state == ClusterState.OPEN
    answer = duty.post(f"{path}decide/", {"verb": "dance", "seen": "x"}, follow=True).content.decode()
    assert "dance" in answer
