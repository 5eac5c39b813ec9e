"""The registry on the desk: filled by reports and banks, decided by people, taken back, appealed, expired."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from izker.holds.requests import HoldAnswer, HoldRequest, LineAnswer, Outcome, Reason
from izker.server.actions import Changed, NotAllowed
from izker.server.audit.models import AuditLine
from izker.server.clock import now
from izker.server.intake.actions.file_report import FileReport
from izker.server.intake.form import ReportForm
from izker.server.registry import book, page
from izker.server.registry.actions.decide import Appeal, Confirm, ConfirmValue, Decide, Undo, Withdraw
from izker.server.registry.actions.see import SeeAccount, SeeIdentifiers
from izker.server.registry.models import RegistryEntry, RegistryStep
from izker.server.registry.verify import verify
from izker.words import Refusal

PHONE = "+77001234567"
GROUND = "тексеру актісі № 12"


def file(text: str, *, phone: str = "", hours: int = 5, region: str = "71"):
    form = ReportForm(text=text, phone=phone, region=region)
    return FileReport(None, form, source="web", synthetic=True, reported_at=now() - timedelta(hours=hours)).perform()


@pytest.fixture
def filed(relay):
    return [file(f"Звонили с +7 700 123 45 67, потом прислали ссылку https://evil-bank.top/in {i}", phone=f"+7701555000{i}", hours=5 - i) for i in range(2)]


@pytest.fixture
def entry(filed) -> RegistryEntry:
    found = book.find("phone", PHONE)
    assert found is not None
    return found


def known(entry: RegistryEntry) -> book.Known:
    return book.known(RegistryEntry.objects.get(pk=entry.pk), now())


def test_a_filed_report_puts_what_it_names_into_the_registry_masked_and_sealed(filed, entry):
    assert (entry.masked, entry.kind, entry.synthetic) == ("+7 700 ••• •• 67", "phone", True)
    what = known(entry)
    assert (what.status, what.seen, what.regions, what.reasons) == ("listed" if what.certainty >= 0.7 else "watched", 2, ("71",), ("named_in_report",))
    assert what.certainty == pytest.approx(1 - 0.65 * 0.65)
    site = book.find("url", "https://evil-bank.top/in")
    assert site is not None
    assert (site.kind, site.value) == ("domain", "evil-bank.top")


def test_the_victims_own_number_and_public_numbers_stay_out(relay):
    file("Мой номер +7 701 555 00 01, звонили якобы с +7 727 259 59 59 и kaspi.kz", phone="+77015550001")
    assert RegistryEntry.objects.count() == 0


def test_one_reporter_is_one_source_however_often_he_reports(filed, entry):
    file("Снова +7 700 123 45 67", phone="+77015550000", hours=1)
    assert known(entry).seen == 2
    file("Снова +7 700 123 45 67", phone="+77015550009", hours=1, region="75")
    assert (known(entry).seen, known(entry).regions) == (3, ("71", "75"))


def test_a_report_taken_in_twice_teaches_nothing(filed, entry):
    steps = RegistryStep.objects.count()
    assert SeeIdentifiers(None, filed[0].report).perform() == 0
    assert RegistryStep.objects.count() == steps


def test_a_banks_answer_that_money_came_there_is_kept_and_a_refusal_is_not(filed):
    account = "KZ86125KZT5004100100"
    SeeAccount(None, filed[0].case, account, at=now(), bank="esil").perform()
    SeeAccount(None, filed[0].case, account, at=now(), bank="tobyl").perform()  # the same case is the same source
    found = book.find("iban", account)
    assert found is not None
    assert (known(found).reasons, known(found).seen) == (("received_stolen_money",), 1)


def test_the_banks_outcomes_lead_to_the_registry(relay, fresh_fraud, people):
    from izker.server.relay.actions.record_answer import RecordAnswer
    from izker.server.relay.actions.request_holds import RequestHolds
    from izker.server.relay.models import OutboxMessage

    filed = FileReport(
        None, ReportForm(text=fresh_fraud["text"], account_to=fresh_fraud["account_to"], amount=int(fresh_fraud["amount"])), source="web", synthetic=True
    ).perform()
    holds = [h.number for h in filed.case.holds.filter(state="suggested")]
    assert holds
    RequestHolds(people["duty"], filed.case, holds).perform()
    message = OutboxMessage.objects.order_by("id").first()
    request = HoldRequest.from_json(message.body)
    lines = tuple(
        LineAnswer(line.line, Outcome.HELD, line.amount, ())
        if i == 0
        else LineAnswer(line.line, Outcome.REFUSED, 0, (Reason.UNKNOWN_ACCOUNT,))
        for i, line in enumerate(request.lines)
    )
    RecordAnswer(message, HoldAnswer(request.request_id, request.bank, request.asked_us + 1_000_000, lines), took_ms=5).perform()
    assert "received_stolen_money" in known(book.find("iban", request.lines[0].account)).reasons
    for line in request.lines[1:]:
        other = book.find("iban", line.account)
        assert other is None or "received_stolen_money" not in known(other).reasons


def test_an_officer_lists_and_extends_with_a_reason_and_a_ground(entry, people):
    with pytest.raises(Refusal):
        Confirm(people["analyst"], entry, entry.version, "named_in_report", GROUND).perform()
    with pytest.raises(Refusal):
        Confirm(people["analyst"], entry, entry.version, "phishing_checked", "ok").perform()
    Confirm(people["analyst"], entry, entry.version, "phishing_checked", GROUND).perform()
    what = known(entry)
    assert what.status == "listed"
    assert what.until is not None
    assert what.until > now() + timedelta(days=179)
    line = AuditLine.objects.filter(act="registry.confirm").order_by("-sequence").first()
    assert line is not None
    assert (line.target, line.detail) == (entry.number, {"reason": "phishing_checked"})
    assert list(verify()) == []


def test_a_typed_value_is_listed_once_and_a_public_one_never(db, people):
    step = ConfirmValue(people["duty"], "card", "4400 4312 3456 1207", "court_decision", GROUND, synthetic=True)
    with pytest.raises(Refusal):  # the check digit does not fit
        step.perform()
    made = ConfirmValue(people["duty"], "card", "4111 1111 1111 1111", "court_decision", GROUND, synthetic=True).perform()
    again = ConfirmValue(people["duty"], "card", "4111-1111-1111-1111", "bank_confirmed", GROUND, synthetic=True).perform()
    assert made.entry_id == again.entry_id
    assert RegistryEntry.objects.get().value == "411111******1111"
    with pytest.raises(Refusal):
        ConfirmValue(people["duty"], "domain", "kaspi.kz", "phishing_checked", GROUND, synthetic=True).perform()
    assert list(verify()) == []


def test_taking_back_restores_the_exact_row(entry, people):
    def row() -> dict:
        return RegistryEntry.objects.values("until", "last_seen", "appeal", "withdrawn_at").get(pk=entry.pk)

    before = row()
    Confirm(people["duty"], entry, entry.version, "court_decision", GROUND).perform()
    assert row() != before
    Undo(people["duty"], entry, entry.version).perform()
    assert row() == before
    Withdraw(people["investigator"], entry, entry.version, GROUND).perform()
    assert known(entry).status == "withdrawn"
    with pytest.raises(NotAllowed):
        Undo(people["duty"], entry, entry.version).perform()
    Undo(people["prosecutor"], entry, entry.version).perform()
    assert row() == before
    with pytest.raises(Refusal):
        Undo(people["duty"], entry, entry.version).perform()
    assert list(verify()) == []


def test_two_people_cannot_decide_on_the_same_page(entry, people):
    seen = entry.version
    Confirm(people["duty"], entry, seen, "phishing_checked", GROUND).perform()
    with pytest.raises(Changed):
        Withdraw(people["investigator"], entry, seen, GROUND).perform()
    assert known(entry).status == "listed"


def test_an_appeal_stops_the_listing_and_another_person_decides_it(entry, people):
    Confirm(people["analyst"], entry, entry.version, "bank_confirmed", GROUND).perform()
    Appeal(people["prosecutor"], entry, entry.version, "бұл менің нөмірім, маған қайтарылған").perform()
    assert known(entry).status == "watched"
    with pytest.raises(Refusal):
        Appeal(people["duty"], entry, entry.version, "тағы бір шағым жазамын").perform()
    with pytest.raises(Refusal):  # he wrote it down himself
        Decide(people["prosecutor"], entry, entry.version, granted=True, ground=GROUND).perform()
    other = type(people["prosecutor"]).objects.create(username="second", role="prosecutor")
    with pytest.raises(NotAllowed):
        Decide(people["investigator"], entry, entry.version, granted=True, ground=GROUND).perform()
    Decide(other, entry, entry.version, granted=True, ground=GROUND).perform()
    assert known(entry).status == "withdrawn"
    with pytest.raises(Refusal):  # a decision stays; a new appeal or sighting follows it
        Undo(people["duty"], entry, entry.version).perform()
    file("Опять звонили с +7 700 123 45 67", phone="+77015550000", hours=-1)
    assert (known(entry).status, known(entry).seen) == ("watched", 1)
    assert list(verify()) == []


def test_what_has_expired_drops_out(entry, people, monkeypatch):
    late = now() + timedelta(days=91)
    assert book.of_identifiers([("phone", PHONE)], now())
    assert book.of_identifiers([("phone", PHONE)], late) == {}
    monkeypatch.setattr(page, "now", lambda: late)
    assert not page.search("", "live", "").filter(pk=entry.pk).exists()
    assert page.search("", "over", "").filter(pk=entry.pk).exists()
    assert page.search(PHONE, "live", "").filter(pk=entry.pk).exists()  # who looks for it still finds it


def test_the_log_cannot_be_changed_and_verify_sees_a_changed_row(entry):
    for change in (lambda: RegistryStep.objects.filter(entry=entry).update(reason="x"), lambda: RegistryStep.objects.filter(entry=entry).delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    RegistryEntry.objects.filter(pk=entry.pk).update(until=None, masked="x")
    assert {p.params.get("attribute", "mask") for p in verify()} == {"until", "mask"}


def test_the_pages_show_masks_and_a_full_value_costs_a_reason(filed, entry, duty: Client):
    case = duty.get(f"/cases/{filed[0].case.number}/").content.decode()
    assert f"/registry/{entry.number}/" in case
    listing = duty.get("/registry/").content.decode()
    assert "+7 700 ••• •• 67" in listing
    assert "1234567" not in listing + case
    assert f"/registry/{entry.number}/" in duty.get("/registry/?q=8 700 123 45 67").content.decode()
    assert f"/registry/{entry.number}/" not in duty.get("/registry/?q=8 700 123 45 68").content.decode()
    here = f"/registry/{entry.number}/"
    assert "1234567" not in duty.get(here).content.decode()
    assert "1234567" not in duty.post(f"{here}reveal/", {"reason": "x"}, follow=True).content.decode()
    assert PHONE in duty.post(f"{here}reveal/", {"reason": "сверка с банком"}).content.decode()
    line = AuditLine.objects.filter(act="identifier.reveal").order_by("-sequence").first()
    assert line is not None
    assert (line.target, line.detail) == (entry.number, {"reason": "сверка с банком"})


def test_the_forms_of_the_page_do_what_they_say(entry, duty: Client, people):
    here = f"/registry/{entry.number}/"
    data = {"version": entry.version, "reason": "phishing_checked", "text": GROUND}
    assert duty.post(f"{here}extend/", data).status_code == 302
    assert known(entry).status == "listed"
    entry.refresh_from_db()
    duty.post(f"{here}extend/", data)  # the page was old
    assert entry.steps.filter(kind="listed").count() == 1
    assert duty.post(f"{here}withdraw/", data).status_code == 403
    duty.post(f"{here}appeal/", {"version": entry.version, "text": "бұл менің нөмірім"})
    assert "бұл менің нөмірім" in duty.get(here).content.decode()
    duty.force_login(people["prosecutor"], backend="django.contrib.auth.backends.ModelBackend")
    entry.refresh_from_db()
    duty.post(f"{here}decide/", {"version": entry.version, "text": GROUND, "decision": "refused"})
    assert known(entry).status == "listed"
    assert duty.get("/registry/M-999999/").status_code == 404
    assert duty.get("/registry/x/").status_code == 404
    duty.force_login(people["analyst"], backend="django.contrib.auth.backends.ModelBackend")
    duty.post("/registry/add/", {"kind": "phone", "value": "8 705 765 43 21", "reason": "court_decision", "text": GROUND})
    assert book.find("phone", "+77057654321") is not None
