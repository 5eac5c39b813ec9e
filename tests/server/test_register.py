"""The register keeps every state it was ever in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from hypothesis import given
from hypothesis import strategies as st

from izker.figures import compute
from izker.server.actions import Changed, NotAllowed
from izker.server.audit import chain
from izker.server.audit.models import AuditLine
from izker.server.clock import now
from izker.server.fields import seal, unseal
from izker.server.register import seed, verify
from izker.server.register.actions.register_case import RegisterCase
from izker.server.register.extract import cases_as_of, extract, write_extract
from izker.server.register.fold import ATTRIBUTES, as_json, fold, parse, state_at
from izker.server.register.models import Case, Event, Report
from izker.server.register.record import record
from izker.words import Refusal


@pytest.fixture
def case(db) -> Case:
    found = Case.objects.create(number="IZ-2026-000001", opened_at=now())
    record(found, "reported", actor="serik", sets={"status": "reported", "region": "35", "damage": 100, "occurred_at": now() - timedelta(days=3)})
    return found


def test_any_past_day_can_be_asked_for(case):
    before = now()
    record(case, "scheme_set", actor="serik", sets={"scheme": "investment", "ministry_class": "investment"})
    middle = now()
    record(case, "scheme_set", actor="dana", sets={"scheme": "pyramid"})
    assert "scheme" not in state_at(case, known_at=before)
    assert state_at(case, known_at=middle)["scheme"] == "investment"
    assert state_at(case, known_at=now())["scheme"] == "pyramid"
    assert state_at(case, known_at=datetime(2020, 1, 1, tzinfo=UTC)) == {}


def test_what_became_true_earlier_but_was_learnt_today_is_not_in_yesterdays_state(case):
    record(case, "solved", actor="aigul", sets={"status": "solved", "solved_at": now() - timedelta(days=30)}, valid_at=now() - timedelta(days=30))
    assert state_at(case, known_at=now() - timedelta(hours=1)).get("status") is None
    assert state_at(case, known_at=now())["status"] == "solved"


def test_the_row_of_a_case_is_the_fold_of_its_events(case):
    record(case, "registered", actor="serik", sets={"status": "registered", "article": "190-3", "gravity": "grave", "registered_at": now()})
    assert list(verify.verify()) == []
    Case.objects.filter(pk=case.pk).update(gravity="medium")
    assert [p.params["attribute"] for p in verify.verify()] == ["gravity"]


def test_the_database_itself_refuses_to_change_or_remove_an_event(case):
    for statement in ("UPDATE register_event SET kind = 'x'", "DELETE FROM register_event"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Event.objects.get().kind == "reported"


def test_two_officers_cannot_both_register_one_case(case, people):
    RegisterCase(people["duty"], case, "190-3").perform()
    with pytest.raises(Changed):
        RegisterCase(people["investigator"], Case.objects.get(pk=case.pk), "190-2").perform()
    assert Case.objects.get(pk=case.pk).article == "190-3"


def test_a_press_officer_cannot_register_a_case(case, people):
    with pytest.raises(NotAllowed):
        RegisterCase(people["press"], case, "190-3").perform()
    assert not AuditLine.objects.exists()


def test_an_attribute_that_does_not_exist_is_a_programming_error(case):
    with pytest.raises(ValueError, match="no attributes"):
        record(case, "x", actor="x", sets={"colour": "blue"})


@given(st.lists(st.dictionaries(st.sampled_from(["status", "region", "scheme", "damage"]), st.integers(0, 9), max_size=4), max_size=8))
def test_the_fold_keeps_the_last_value_of_each_attribute(values):
    state = fold(values)
    for name in ("status", "region", "scheme", "damage"):
        told = [v[name] for v in values if name in v]
        assert state.get(name) == (told[-1] if told else None)


def test_moments_survive_the_way_through_json():
    at = datetime(2026, 1, 16, 7, 0, 0, 123456, tzinfo=UTC)
    assert parse("occurred_at", as_json("occurred_at", at)) == at
    assert set(ATTRIBUTES) <= {f.name for f in Case._meta.get_fields()}


def test_the_audit_chain_tells_which_line_was_changed(case, people):
    for article in ("190-1",):
        RegisterCase(people["duty"], case, article).perform()
    for number in range(3):
        with transaction.atomic():
            chain.write(actor=None, act="test", target=str(number), detail={"n": number})
    assert list(chain.verify()) == []
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_auditline_no_update")
        cursor.execute("UPDATE audit_auditline SET detail = '{\"n\": 99}' WHERE sequence = 3")
    assert [p.params["sequence"] for p in chain.verify()] == [3]


def test_a_removed_audit_line_is_missed(people, db):
    for number in range(3):
        with transaction.atomic():
            chain.write(actor=None, act="test", target=str(number), detail={})
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_auditline_no_delete")
        cursor.execute("DELETE FROM audit_auditline WHERE sequence = 2")
    assert {p.params["expected"] for p in chain.verify() if "expected" in p.params} == {2}


def test_names_phones_and_texts_are_not_in_the_database_file_in_clear(db):
    Report.objects.create(
        number="R-1", source="web", reported_at=now(), text="Мені алдады, құпия сөз", name="Әйгерім Сапарова", phone="+77000001234", iin="791028302728"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, name, phone, iin FROM register_report")
        stored = b"".join(bytes(v) for v in cursor.fetchone())
    for clear in ("құпия", "Әйгерім", "7700000", "791028302728"):
        assert clear.encode() not in stored
    assert Report.objects.get().name == "Әйгерім Сапарова"


@given(st.text(min_size=1))
def test_sealing_and_unsealing_gives_the_text_back(text):
    assert unseal(seal(text, "a.b"), "a.b") == text


def test_a_sealed_value_cannot_be_moved_to_another_column():
    with pytest.raises(Refusal):
        unseal(seal("+77000001234", "register_report.phone"), "register_report.name")


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker, world):
    """The whole register of two years, loaded once and rolled back at the end of the module."""
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        seed.load(world)
        yield world
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


def test_the_seeded_register_gives_the_published_figures_and_its_own_earlier_cut(seeded, django_db_blocker, tmp_path):
    with django_db_blocker.unblock():
        found = {f.code: f.value for f in compute(extract(date(2026, 1, 16)), year=2025, as_of=date(2026, 1, 16))}
        earlier = {f.code: f.value for f in compute(extract(date(2025, 12, 31)), year=2025, as_of=date(2025, 12, 31))}
        assert list(verify.verify()) == []
        write_extract(tmp_path, date(2026, 1, 16))
        with pytest.raises(Refusal):
            seed.load(seeded)
    published = {
        "registered": 27_892, "all_offences": 96_354, "all_fraud": 45_806, "solved": 6_016, "solved_grave": 4_357, "persons": 1_750,
        "method_impersonation": 8_554, "method_advance_payment": 8_357, "method_investment": 3_110, "method_unnamed": 7_871,
        "home_sales": 49, "home_sales_court": 2, "home_sales_max_damage": 6_000_000_000, "delay_home_sales_min": 5, "delay_home_sales_max": 30,
    }  # fmt: skip
    assert {code: found[code] for code in published} == published
    assert earlier["registered"] == 28_851
    assert pl.read_parquet(tmp_path / "cases.parquet").height > 50_000


def test_a_day_before_the_register_began_knows_nothing(seeded, django_db_blocker):
    with django_db_blocker.unblock():
        assert cases_as_of(date(2020, 1, 1)).is_empty()
