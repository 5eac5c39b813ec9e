"""Triage on the desk: the rules are seen and changed, a rule says why, a call ends the waiting."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from izker.links import triage
from izker.server.actions import Changed, NotAllowed
from izker.server.audit.models import AuditLine
from izker.server.clock import now
from izker.server.intake.actions.file_report import FileReport
from izker.server.intake.form import ReportForm
from izker.server.register import today
from izker.server.triage import book
from izker.server.triage.actions.call_victim import CallVictim
from izker.server.triage.actions.change_rules import ChangeRules
from izker.server.triage.models import TriageRules
from izker.server.triage.verify import verify
from izker.words import Refusal

SALE = "Маме 72 года, «следователь» говорил с ней 2 часа, теперь она продаёт квартиру"


def file(text: str, *, facts: dict[str, object] | None = None, hours: int = 3):
    form = ReportForm(text=text, facts=facts or {})
    return FileReport(None, form, source="web", synthetic=True, reported_at=now() - timedelta(hours=hours)).perform()


def row(case) -> today.Row:
    return next(r for r in today.queue() if r.case.pk == case.pk)


@pytest.fixture
def sale(relay):
    return file(SALE)


def test_the_desk_says_which_rule_fired_and_what_is_known(sale):
    found = row(sale.case)
    assert found.urgent
    assert {r["id"] for r in found.risk["because"]} >= {"elderly_home_or_loan_after_long_calls"}
    assert today.queue()[0].case.pk == sale.case.pk


@pytest.mark.parametrize("answer", ["long_calls", "home_sale"])
def test_what_the_report_page_promises_is_kept(relay, answer):
    filed = file("Мне звонят из банка", facts={answer: True})
    assert row(filed.case).risk["because"][0]["id"] == "victim_still_in_their_hands"


def test_an_ordinary_report_is_not_urgent(relay):
    filed = file("Купила телефон по объявлению, продавец пропал")
    assert row(filed.case).risk is None


def test_a_call_that_reached_somebody_ends_the_waiting_until_the_next_report(sale, people):
    CallVictim(people["duty"], sale.case, "not_reached").perform()
    assert row(sale.case).urgent
    CallVictim(people["duty"], sale.case, "reached").perform()
    found = row(sale.case)
    assert (found.urgent, found.risk["called_by"]) == (False, "duty-person")
    form = ReportForm(text=SALE + " и снова звонят")
    FileReport(None, form, source="web", synthetic=True, reported_at=now() + timedelta(minutes=1), case=sale.case).perform()
    assert row(sale.case).urgent
    with pytest.raises(Refusal):
        CallVictim(people["duty"], sale.case, "later").perform()
    with pytest.raises(NotAllowed):
        CallVictim(people["analyst"], sale.case, "reached").perform()


def test_changed_rules_are_in_force_at_once_and_can_be_put_back(sale, people):
    text = triage.text_of().replace('{ fact = "age", at_least = 60 }, { fact = "call_minutes", at_least = 30 }', '{ fact = "age", at_least = 80 }')
    assert text != triage.text_of()
    text = text.replace('all = [{ fact = "home_sale", is = true }, { fact = "authority_named", is = true }]', 'all = [{ fact = "alone", is = true }]')
    held = ChangeRules(people["analyst"], text, 0).perform()
    assert not row(sale.case).urgent
    with pytest.raises(Changed):
        ChangeRules(people["admin"], triage.text_of(), 0).perform()
    with pytest.raises(Refusal):  # the same again
        ChangeRules(people["admin"], text, held.pk).perform()
    ChangeRules(people["admin"], triage.text_of(), held.pk).perform()
    assert row(sale.case).urgent
    assert list(verify()) == []
    assert AuditLine.objects.filter(act="triage.change").count() == 2


def test_broken_rules_are_refused_with_every_mistake_and_the_old_ones_stay(db, people):
    with pytest.raises(Refusal) as told:
        ChangeRules(people["analyst"], triage.text_of().replace("at_least = 60", 'at_least = "x"'), 0).perform()
    assert len(told.value.problems) >= 2
    assert book.version() is None
    with pytest.raises(NotAllowed):
        ChangeRules(people["duty"], triage.text_of() + "\n", 0).perform()


def test_versions_cannot_be_changed_and_verify_reads_them(db, people):
    held = ChangeRules(people["analyst"], triage.text_of() + "\n# ours\n", 0).perform()
    with pytest.raises(DatabaseError), transaction.atomic():
        TriageRules.objects.filter(pk=held.pk).update(text="")
    TriageRules.objects.create(text="x", digest=book.digest("x"), at=now(), actor="somebody")
    TriageRules.objects.create(text="x", digest="0", at=now(), actor="somebody")
    assert len(list(verify())) == 2


def test_the_page_shows_rules_in_words_and_tries_a_change_before_it_is_in_force(sale, people, client: Client):
    client.force_login(people["analyst"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/triage/").content.decode()
    assert "victim_still_in_their_hands" in page
    tried = client.post("/triage/check/", {"seen": "0", "text": triage.text_of().replace("at_least = 60", "at_least = 90")}).content.decode()
    assert "at_least = 90" in tried
    assert book.version() is None
    broken = client.post("/triage/check/", {"seen": "0", "text": "[[rule"}).content.decode()
    assert 'role="alert"' in broken
    assert client.post("/triage/change/", {"seen": "0", "text": "[[rule"}).status_code == 422
    assert client.post("/triage/change/", {"seen": "0", "text": triage.text_of() + "\n# ours\n"}).status_code == 302
    held = book.version()
    assert held is not None
    client.post("/triage/change/", {"seen": str(held.pk), "back": "0"})
    assert TriageRules.objects.count() == 2
    assert client.post("/triage/change/", {"seen": str(held.pk), "back": "999"}).status_code == 404
    client.force_login(people["duty"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/triage/").status_code == 200
    assert client.post("/triage/change/", {"seen": "0", "text": "x"}).status_code == 403


def test_the_case_page_shows_the_rule_the_facts_and_the_act(sale, duty: Client):
    page = duty.get(f"/cases/{sale.case.number}/").content.decode()
    assert "#rule-elderly_home_or_loan_after_long_calls" in page
    assert "/called/" in page
    duty.post(f"/cases/{sale.case.number}/called/", {"outcome": "relative"})
    assert "/called/" not in duty.get(f"/cases/{sale.case.number}/").content.decode()
