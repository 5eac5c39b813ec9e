"""The public form, the API and the importers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from django.test import Client

from izker.server.intake import steps
from izker.server.intake.importing import import_official, import_reports
from izker.server.intake.models import Arrival, ImportedFile, OfficialFigure, QuarantinedRow
from izker.server.register.models import Case, Report
from izker.words import Refusal
from tests.shared_data import shared


def walk(client: Client, fraud: dict[str, str], language: str) -> str:
    """Through all five pages; the address of the last one."""
    client.post("/setlang/", {"language": language})
    packed = steps.pack(steps.fresh())
    pages = (
        {"step": "when", "when": "today"},
        {"step": "what", "text": fraud["texts"][language], "channel": "call"},
        {"step": "found", "amount": fraud["amount"], "date": fraud["date"], "time": fraud["time"], "account_to": fraud["account_to"], "account_from": ""},
        {"step": "you", "name": "Сынақ Адам", "phone": "+7 700 000 55 55", "region": "35", "age": "60-74", "long_calls": "1"},
        {"step": "send"},
    )
    for fields in pages:
        response = client.post("/report/", {**fields, "answers": packed})
        if response.status_code == 302:
            return response.headers["Location"]
        assert response.status_code == 200, response.content.decode()
        packed = response.context["packed"]
    raise AssertionError("the form did not end")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_five_pages_lead_to_a_number_and_a_case(client, fresh_fraud, relay, language):
    done = client.get(walk(client, fresh_fraud, language))
    report = Report.objects.get(source="web")
    assert report.number in done.content.decode()
    assert report.transfer_id == fresh_fraud["transfer_id"]
    assert report.language == language
    assert report.region == "35"
    assert "Сынақ" not in done.content.decode(), "the sender's own page shows no name"


def test_sending_the_last_page_twice_files_one_report(client, fresh_fraud, relay):
    answers = {**steps.fresh(), "text": fresh_fraud["text"], "when": "today"}
    for _ in range(2):
        assert client.post("/report/", {"step": "send", "answers": steps.pack(answers)}).status_code == 302
    assert Report.objects.filter(source="web").count() == 1


def test_each_wrong_field_is_named_on_its_page(client, db):
    answers = steps.pack({**steps.fresh(), "text": "алдады"})
    page = client.post("/report/", {"step": "found", "answers": answers, "amount": "көп", "account_to": "KZ11"})
    assert page.status_code == 422
    page = client.post("/report/", {"step": "found", "answers": answers, "amount": "5000", "date": "", "account_to": "KZ11"})
    assert page.context["bad"] == {"account_to"}


def test_answers_that_were_tampered_with_start_anew(client, db):
    page = client.post("/report/", {"step": "what", "answers": "00" * 40, "text": ""})
    assert page.status_code == 422
    assert "answers" in page.content.decode()


def test_a_foreign_ticket_shows_nothing(client, db):
    assert client.get("/report/done/abc/").status_code == 404


def api(client: Client, body: object, key: str | None = "key-00001"):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/api/v1/reports", json.dumps(body), content_type="application/json", headers=headers)


def test_a_stranger_is_not_told_whether_a_transfer_exists(client, fresh_fraud, relay):
    assert api(client, {"text": fresh_fraud["text"]}).json()["transfer_matched"] is None
    assert Report.objects.get().transfer_id == fresh_fraud["transfer_id"]


def test_an_account_without_its_sum_matches_nothing(client, fresh_fraud, relay):
    api(client, {"text": f"Ақша {fresh_fraud['account_to']} шотына кетті"})
    assert Report.objects.get().transfer_id is None


def test_the_api_files_once_per_key(duty, fresh_fraud, relay):
    client = duty
    first = api(client, {"text": fresh_fraud["text"]})
    again = api(client, {"text": fresh_fraud["text"]})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["transfer_matched"] is True
    assert Report.objects.filter(source="api").count() == Arrival.objects.filter(source="api").count() == 1


def test_another_body_under_a_used_key_is_refused(client, relay):
    api(client, {"text": "бір"})
    response = api(client, {"text": "екі"})
    assert response.status_code == 422
    assert response.json()["problems"][0]["column"] == "Idempotency-Key"


def test_the_api_wants_a_key_and_names_every_wrong_field(client, db):
    assert api(client, {"text": "x"}, key=None).status_code == 422
    response = api(client, {"text": "", "account_to": "KZ12", "occurred_at": "2031-01-01T00:00:00Z"})
    assert {p["column"] for p in response.json()["problems"]} == {"text", "account_to", "occurred_at"}
    assert not Case.objects.exists()


def test_an_officer_reads_cases_over_the_api_without_personal_data(duty, fresh_fraud, relay):
    api(duty, {"text": fresh_fraud["text"], "phone": "+77000005555"})
    cases = duty.get("/api/v1/cases").json()
    assert cases[0]["holds"]
    assert "77000005555" not in json.dumps(cases)
    assert fresh_fraud["account_to"] not in json.dumps(cases)


GOOD = "report_id;reported_at;amount;region;category;text\n1;2025-03-01 10:00;1500,50;35;a;бірінші\n2;2025-03-02;2000;71;b;екінші\n"


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_good_rows_land_and_each_bad_one_is_named(db, tmp_path):
    bad = GOOD + "3;кеше;100;35;a;x\n4;2025-03-03;-5;35;a;x\n5;2025-03-03;мың;35;a;x\n1;2025-03-09;7;35;a;басқа\n2;2025-03-02;2000;71;b;екінші\n;2025-03-03;1;35;a;x\n"
    done = import_reports(write(tmp_path / "r.csv", bad), "plain")
    assert (done.read, done.landed, done.already, done.quarantined) == (8, 2, 0, 6)
    assert [(p.row, p.column) for p in sorted(done.problems, key=lambda p: p.row)] == [
        (4, "reported_at"), (5, "amount"), (6, "amount"), (7, "report_id"), (8, "report_id"), (9, "report_id"),
    ]  # fmt: skip
    assert QuarantinedRow.objects.count() == 6
    assert Report.objects.get(number="import-1").amount == 150_050
    assert Report.objects.get(number="import-1").text == "бірінші"


def test_the_same_file_again_changes_nothing(db, tmp_path):
    import_reports(write(tmp_path / "a.csv", GOOD), "plain")
    again = import_reports(write(tmp_path / "other name.csv", GOOD), "plain")
    assert (again.landed, again.already, again.problems) == (0, 2, [])
    longer = import_reports(write(tmp_path / "b.csv", GOOD + "9;2025-04-01;1;35;a;x\n"), "plain")
    assert (longer.landed, longer.already) == (1, 2)


def test_cp1251_text_is_read(db, tmp_path):
    done = import_reports(write(tmp_path / "r.csv", "report_id,reported_at,text\n1,01.02.2025,Обманули на рынке\n", "cp1251"), "plain")
    assert done.landed == 1
    assert Report.objects.get().text == "Обманули на рынке"


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [("empty.csv", b"", "empty"), ("no.csv", b"a,b\n1,2\n", "missing"), ("bin.csv", b"\x00\x01\x02" * 99, "table"), ("x.xlsx", b"PK\x03\x04broken", "broken"), ("p.parquet", b"PAR1xxxx", "damaged")],
)
def test_what_is_no_table_is_refused_with_its_name(db, tmp_path, name, content, word):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Refusal) as caught:
        import_reports(path, "plain")
    assert word in str(caught.value)
    assert name in str(caught.value)
    assert not ImportedFile.objects.exists()


def test_a_broken_workbook_is_named_and_nothing_of_it_lands(db, tmp_path):
    path = tmp_path / "Astana.XLSX"
    path.write_bytes(b"PK\x03\x04nothing")
    done = import_official([path])
    assert (done.read, done.landed) == (1, 0)
    assert done.problems[0].file == "Astana.XLSX"


@pytest.mark.shared_data
def test_three_hundred_thousand_real_reports_land_with_the_sums_of_the_file(db):
    path = shared("data", "cafc", "cafc.parquet")
    frame = pl.read_parquet(path)
    done = import_reports(path, "cafc")
    assert (done.read, done.landed, done.problems) == (300_171, 300_171, [])
    from django.db.models import Count, Sum
    from django.db.models.functions import ExtractYear

    cents = (pl.col("loss_cad").cast(pl.Decimal(38, 2)) * 100).sum().cast(pl.Int64)
    direct = frame.group_by(pl.col("category").cast(pl.String)).agg(pl.len(), cents).sort("category").rows()
    stored = Report.objects.filter(source="cafc").values_list("category").annotate(n=Count("id"), loss=Sum("amount"))
    assert sorted(stored) == direct
    years = dict(frame.group_by(pl.col("date_received").dt.year()).len().iter_rows())
    assert dict(Report.objects.filter(source="cafc").annotate(y=ExtractYear("reported_at")).values_list("y").annotate(n=Count("id"))) == years
    provinces = dict(frame.group_by(pl.col("province").cast(pl.String)).len().iter_rows())
    assert dict(Report.objects.filter(source="cafc").values_list("region").annotate(n=Count("id"))) == provinces
    assert not Report.objects.filter(source="cafc", scheme="", category="Investments").exists()


@pytest.mark.shared_data
def test_twenty_official_workbooks_give_the_national_sums(db):
    paths = sorted(shared("data", "kz_form_1m").glob("*.XLSX"))
    done = import_official(paths)
    assert (done.read, done.landed, len(done.more["regions"])) == (20, 20, 20)
    national = done.more["national"]
    assert (national["all_offences"], national["fraud"], national["internet_fraud"]) == (155_200, 43_344, 20_534)
    assert OfficialFigure.objects.values("region").distinct().count() == 20
    again = import_official(paths)
    assert (again.landed, again.already) == (0, 20)


def test_a_killed_import_can_be_run_again_and_ends_as_one_clean_run(tmp_path):
    rows = "".join(f"{i},2025-01-01,{i},35,a,мәтін {i}\n" for i in range(60_000))
    file = write(tmp_path / "big.csv", "report_id,reported_at,amount,region,category,text\n" + rows)
    environment = {**os.environ, "IZKER_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "izker.cli", "import", "reports", str(file), "--json"]
    subprocess.run([sys.executable, "-m", "izker.cli", "manage", "migrate", "-v", "0"], env=environment, check=True)
    for after in (0.9, 1.6, 2.2):
        child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
        child.wait()
    done = json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)
    assert done["landed"] + done["already"] == 60_000
    again = json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)
    assert (again["landed"], again["already"]) == (0, 60_000)
