"""From a report to a bank's answer, over real HTTP."""

from __future__ import annotations

from datetime import datetime

import httpx
import pytest
from django.test import Client

from izker.server.actions import Changed
from izker.server.audit.chain import verify as verify_audit
from izker.server.intake.actions.file_report import FileReport
from izker.server.intake.form import ReportForm
from izker.server.money.models import Hold, HoldState, Trail
from izker.server.money.verify import verify as verify_money
from izker.server.register.models import Case, Event
from izker.server.register.verify import verify as verify_register
from izker.server.relay.actions.request_holds import RequestHolds
from izker.server.relay.deliver import drain
from izker.server.relay.models import Bank, OutboxMessage, OutboxState
from izker.times import LOCAL
from izker.words import Refusal


def form_of(fraud: dict[str, str]) -> ReportForm:
    at = datetime.fromisoformat(f"{fraud['date']}T{fraud['time']}").replace(tzinfo=LOCAL)
    return ReportForm(text=fraud["text"], occurred_at=at, amount=int(fraud["amount"]) * 100, account_from=fraud["account_from"], account_to=fraud["account_to"])


@pytest.fixture
def filed(fresh_fraud, relay):
    return FileReport(None, form_of(fresh_fraud), source="web", synthetic=True).perform()


def ask_all(user, case: Case) -> list[OutboxMessage]:
    return RequestHolds(user, case, list(case.holds.filter(state=HoldState.SUGGESTED).values_list("number", flat=True))).perform()


def test_a_report_finds_its_transfer_and_its_money_is_conserved(filed, fresh_fraud):
    assert filed.report.transfer_id == fresh_fraud["transfer_id"]
    trail = filed.case.trails.get()
    assert trail.stolen == int(fresh_fraud["amount"]) * 100
    assert trail.stolen == trail.held + trail.exited + trail.stopped
    assert filed.case.holds.filter(state=HoldState.SUGGESTED).exists()


def test_the_transfer_is_found_from_the_text_alone(fresh_fraud, relay):
    filed = FileReport(None, ReportForm(text=fresh_fraud["text"]), source="web", synthetic=True).perform()
    assert filed.report.transfer_id == fresh_fraud["transfer_id"]


def test_the_amount_on_one_account_is_never_more_than_the_trail_has_there(filed):
    trail = filed.case.trails.get()
    assert sum(h.amount for h in filed.case.holds.all()) <= trail.held + trail.stopped


def test_banks_hold_what_a_person_confirmed_and_every_answer_is_recorded(filed, people):
    messages = ask_all(people["duty"], filed.case)
    assert OutboxMessage.objects.filter(state=OutboxState.WAITING).count() == len(messages) > 0
    with httpx.Client(trust_env=False) as client:
        assert drain(client) == len(messages)
    holds = list(Hold.objects.filter(case=filed.case))
    assert {h.state for h in holds} <= {"held", "partly", "empty", "refused"}
    assert sum(h.held for h in holds) > 0
    assert all(h.until and h.until > h.asked_at for h in holds)
    assert Event.objects.filter(case=filed.case, kind="holds_answered").count() == len(messages)
    assert list(verify_audit()) == list(verify_register()) == list(verify_money()) == []


def test_a_message_that_arrives_twice_is_done_once(filed, people, relay):
    ask_all(people["duty"], filed.case)
    with httpx.Client(trust_env=False) as client:
        drain(client)
        before = {name: server.vault.totals()["held"] for name, server in relay.items()}
        OutboxMessage.objects.update(state=OutboxState.WAITING, next_try_at=filed.report.reported_at)
        drain(client)
    assert {name: server.vault.totals()["held"] for name, server in relay.items()} == before
    assert sum(before.values()) == sum(Hold.objects.values_list("held", flat=True))


def test_the_same_hold_cannot_be_asked_twice(filed, people):
    numbers = list(filed.case.holds.values_list("number", flat=True))
    RequestHolds(people["duty"], filed.case, numbers).perform()
    with pytest.raises(Changed):
        RequestHolds(people["duty"], filed.case, numbers).perform()
    assert OutboxMessage.objects.count() == len({h.bank for h in Hold.objects.all()})


def test_a_silent_bank_is_asked_again_later(filed, people):
    Bank.objects.update(url="http://127.0.0.1:9")
    ask_all(people["duty"], filed.case)
    with httpx.Client(trust_env=False) as client:
        assert drain(client) == 0
        message = OutboxMessage.objects.first()
        assert message.state == OutboxState.WAITING
        assert message.attempts == 1
        assert message.last_error
        assert drain(client) == 0, "the pause is kept"
    assert message.next_try_at < OutboxMessage.objects.first().next_try_at or OutboxMessage.objects.first().attempts == 1


def test_a_bank_refuses_a_message_with_a_wrong_signature(filed, people):
    Bank.objects.all().update(secret="wrong")
    ask_all(people["duty"], filed.case)
    with httpx.Client(trust_env=False) as client:
        assert drain(client) == 0
    assert "401" in OutboxMessage.objects.first().last_error


def test_an_answer_the_bank_did_not_sign_is_not_believed(filed, people):
    ask_all(people["duty"], filed.case)
    with httpx.Client(trust_env=False, event_hooks={"response": [_forge]}) as client:
        assert drain(client) == 0
    assert not Hold.objects.filter(held__gt=0).exists()


def _forge(response: httpx.Response) -> None:
    response.headers["X-Izker-Signature"] = "0" * 64


def test_a_second_report_of_the_same_units_gets_no_more_than_is_free(fresh_fraud, relay, people):
    totals = []
    for _ in range(2):
        filed = FileReport(None, form_of(fresh_fraud), source="web", synthetic=True).perform()
        ask_all(people["duty"], filed.case)
        with httpx.Client(trust_env=False) as client:
            drain(client)
        totals.append(sum(filed.case.holds.values_list("held", flat=True)))
    balance = sum(server.vault.totals()["held"] for server in relay.values())
    assert sum(totals) == balance


def test_a_case_of_two_payments_is_followed_from_both(filed, relay, world):
    import polars as pl

    from izker.server.money.actions.follow_money import FollowMoney
    from izker.server.money.store import read_lots

    other = pl.read_parquet(world / "reports.parquet").filter(pl.col("dst").str.starts_with("KZ")).row(0, named=True)
    second = FileReport(
        None,
        ReportForm(text="тағы аудардым", amount=other["amount"], account_to=other["dst"], account_from=other["src"], occurred_at=other["occurred_at"]),
        source="web",
        synthetic=True,
        case=filed.case,
    ).perform()
    assert second.report.transfer_id == other["transfer_id"]
    trail = FollowMoney(None, filed.case).perform()
    first = filed.case.trails.order_by("id")[0]
    assert trail.stolen == first.stolen + other["amount"]
    lots = read_lots(trail)
    assert lots["lot"].is_unique().all()
    assert lots.filter(pl.col("parent_lot").is_null()).height == 2
    assert list(verify_money()) == []


def test_a_report_without_a_ledger_row_stays_a_case_without_a_trail(relay):
    filed = FileReport(None, ReportForm(text="Маған біреу хабарласты", is_attempt=True), source="web", synthetic=True).perform()
    assert filed.report.transfer_id is None
    assert not Trail.objects.exists()


def test_every_wrong_field_is_told_at_once():
    with pytest.raises(Refusal) as caught:
        ReportForm(text=" ", amount=-5, account_to="KZ00", phone="12", region="99").checked()
    assert {p.column for p in caught.value.problems} == {"text", "amount", "account_to", "phone", "region"}


def test_the_case_page_shows_masked_values_and_the_sum_of_all_fates(filed, duty: Client, fresh_fraud):
    page = duty.get(f"/cases/{filed.case.number}/").content.decode()
    assert fresh_fraud["account_to"] not in page
    assert "+77000001234" not in page
    assert "<svg class=\"trail\"" in page
    shown = duty.post(f"/cases/{filed.case.number}/reveal/", {"reason": "жәбірленушімен сөйлесу үшін"}).content.decode()
    assert fresh_fraud["account_to"] in shown


def test_showing_full_values_needs_a_reason_and_leaves_an_audit_line(filed, duty: Client):
    from izker.server.audit.models import AuditLine

    duty.post(f"/cases/{filed.case.number}/reveal/", {"reason": "жоқ"})
    assert not AuditLine.objects.filter(act="identifier.reveal").exists()
    duty.post(f"/cases/{filed.case.number}/reveal/", {"reason": "проверка перевода"})
    line = AuditLine.objects.get(act="identifier.reveal")
    assert line.detail["reason"] == "проверка перевода"
    assert "KZ" not in str(line.detail)
