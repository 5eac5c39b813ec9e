"""`izker ledger`, `izker trace`: what a person types, what comes back, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from izker.cli import izker
from izker.trail.reference import Transfer
from izker.words import Refusal
from tests.trail.ledgers import frame

US = 1_000_000
DAY = 86_400 * US
CASE = [
    Transfer(1, 0, "victim", "m1", 100_000_00),
    Transfer(2, DAY, "m1", "m2", 70_000_00),
    Transfer(3, 2 * DAY, "m2", "ATM", 50_000_00, "cash"),
    Transfer(4, 40 * DAY, "m1", "m3", 20_000_00),
]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(izker, [str(a) for a in arguments], catch_exceptions=True)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    frame(CASE).write_csv(tmp_path / "transfers.csv")
    pl.DataFrame({"report_id": ["IZ-1"], "transfer_id": [1]}).write_csv(tmp_path / "reports.csv")
    assert run("ledger", "build", tmp_path / "transfers.csv", "--out", tmp_path / "ledger").exit_code == 0
    return tmp_path


def test_the_trail_of_one_report_comes_as_rows_lots_and_a_summary(home: Path) -> None:
    result = run(
        "trace",
        "--ledger",
        home / "ledger",
        "--reports",
        home / "reports.csv",
        "--horizon",
        "30d",
        "--out",
        home / "t.csv",
        "--paths",
        home / "lots.parquet",
        "--json",
    )
    assert result.exit_code == 0
    summary = json.loads(result.stdout)
    assert (summary["stolen"], summary["held"], summary["exited"], summary["stopped"]) == (
        100_000_00,
        30_000_00,
        50_000_00,
        20_000_00,
    )
    assert summary["conservation_error"] == 0
    rows = pl.read_csv(home / "t.csv")
    assert rows.columns == ["report_id", "account", "amount", "status", "hop", "since"]
    assert {(r["account"], r["status"], r["hop"]): r["amount"] for r in rows.iter_rows(named=True)} == {
        ("m1", "held", 1): 10_000_00,
        ("m1", "stopped_horizon", 1): 20_000_00,
        ("m2", "held", 2): 20_000_00,
        ("ATM", "cash", 3): 50_000_00,
    }
    lots = pl.read_parquet(home / "lots.parquet")
    assert {"report_id", "lot", "parent_lot", "transfer_id", "account", "amount", "ts", "hop"} <= set(lots.columns)
    assert lots["parent_lot"].to_list() == [None, 0, 1]


def test_the_summary_for_people_names_the_rule_and_the_difference(home: Path) -> None:
    result = run("trace", "--ledger", home / "ledger", "--transfer", 1)
    assert result.exit_code == 0
    assert "first in, first out" in result.stdout
    assert "Difference: 0 tiyn" in result.stdout


def test_unknown_reports_are_named_on_stderr_and_the_others_go_on(home: Path) -> None:
    pl.DataFrame(
        {
            "report_id": ["A", "B", "C", "D"],
            "transfer_id": [1, 77, None, None],
            "src": [None, None, "m1", "nobody"],
            "dst": [None, None, "m2", "m2"],
            "ts": [None, None, "1970-01-02T12:00:00Z", "1970-01-02"],
            "amount": [None, None, "7001000", "5"],
        }
    ).write_csv(home / "mixed.csv")
    result = run("trace", "--ledger", home / "ledger", "--reports", home / "mixed.csv", "--out", home / "t.csv")
    assert result.exit_code == 1
    assert "mixed.csv, row 3" in result.stderr
    assert "77 is not in the ledger" in result.stderr
    assert "account nobody is not in the ledger" in result.stderr
    assert set(pl.read_csv(home / "t.csv")["report_id"]) == {"A", "C"}


@pytest.mark.parametrize("engine", ["reference", "duckdb"])
def test_other_engines_write_the_same_file(home: Path, engine: str) -> None:
    for name in ("native", engine):
        result = run(
            "trace",
            "--ledger",
            home / "ledger",
            "--transfer",
            1,
            "--engine",
            name,
            "--out",
            home / f"{name}.csv",
            "--min-lot",
            10,
        )
        assert result.exit_code == 0
    assert (home / "native.csv").read_text() == (home / f"{engine}.csv").read_text()


@pytest.mark.parametrize("rule", ["fifo", "lifo", "pro_rata", "taint_first"])
def test_evidence_stands_until_a_single_digit_is_changed(home: Path, rule: str) -> None:
    target = home / "evidence.json"
    assert (
        run("trace", "--ledger", home / "ledger", "--transfer", 1, "--rule", rule, "--evidence", target).exit_code == 0
    )
    result = run("trace", "--recheck", target, "--ledger", home / "ledger", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["stands"] is True
    body = json.loads(target.read_text())
    assert set(body["ledger"]["files"]) >= {
        f"{name}/rows.bin" for name in [next(iter(body["ledger"]["files"])).split("/")[0]]
    }
    body["transfers"][0][4] += 1
    target.write_text(json.dumps(body))
    result = run("trace", "--recheck", target)
    assert result.exit_code == 1
    assert "different" in result.stderr
    assert "changed after it was written" in result.stderr


def test_an_evidence_file_that_is_none_is_refused(home: Path) -> None:
    from izker.trail.evidence import recheck

    for content in ("{}", "[1]", "not json"):
        (home / "e.json").write_text(content)
        with pytest.raises(Refusal, match="no evidence file"):
            recheck(home / "e.json")


def test_a_bound_proves_nothing_about_a_unit_and_gives_no_evidence(home: Path) -> None:
    result = run(
        "trace", "--ledger", home / "ledger", "--transfer", 1, "--rule", "reach", "--evidence", home / "e.json"
    )
    assert result.exit_code == 1
    assert "izker: " in result.stderr
    assert not (home / "e.json").exists()


def test_the_picture_is_a_page_that_needs_nothing_else(home: Path) -> None:
    result = run(
        "--lang",
        "kk",
        "trace",
        "--ledger",
        home / "ledger",
        "--transfer",
        1,
        "--format",
        "graph",
        "--out",
        home / "p.html",
    )
    assert result.exit_code == 0
    page = (home / "p.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert (
        run(
            "trace", "--ledger", home / "ledger", "--transfer", 1, "--format", "graph", "--out", home / "p.svg"
        ).exit_code
        == 0
    )
    drawing = (home / "p.svg").read_text(encoding="utf-8")
    assert drawing.startswith("<?xml")
    assert "var(" not in drawing


def test_wrong_usage_is_told_with_exit_two(home: Path) -> None:
    assert run("trace").exit_code == 2
    assert run("trace", "--ledger", home / "ledger", "--transfer", 1, "--horizon", "long").exit_code == 2
    assert run("trace", "--ledger", home / "ledger", "--transfer", 1, "--as-of", "whenever").exit_code == 2
    refused = run("trace", "--ledger", home / "ledger", "--transfer", 1, "--rule", "luck")
    assert (refused.exit_code, refused.stderr[:7]) == (1, "izker: ")


def test_append_compact_and_show_tell_what_they_did(home: Path) -> None:
    frame([Transfer(9, DAY - 1, "m1", "m9", 5_000_00)]).write_csv(home / "late.csv")
    result = run("ledger", "append", home / "ledger", home / "late.csv", "--json", "--moved", home / "moved.csv")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert (answer["landed"], answer["late"], answer["changed"], answer["moved"]) == (1, 1, ["m1"], 2)
    assert pl.read_csv(home / "moved.csv").height == 2
    assert json.loads(run("ledger", "show", home / "ledger", "--json").stdout)["deltas"] == 1
    before = run("trace", "--ledger", home / "ledger", "--transfer", 1, "--json").stdout
    assert run("ledger", "compact", home / "ledger").exit_code == 0
    assert run("trace", "--ledger", home / "ledger", "--transfer", 1, "--json").stdout == before
    assert json.loads(run("ledger", "show", home / "ledger", "--json").stdout)["deltas"] == 0
    statement = run("ledger", "show", home / "ledger", "--account", "m1")
    assert statement.exit_code == 0
    assert len(statement.stdout.splitlines()) == 4


def test_a_bad_row_makes_exit_one_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,ts,src,dst,amount\n1,0,a,b,5\n2,0,a,b,five\n")
    result = run("ledger", "build", tmp_path / "t.csv", "--out", tmp_path / "l", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["problems"][0]["row"] == 3
    assert "t.csv, row 3, column amount" in result.stderr


@pytest.mark.parametrize(("language", "word"), [("kk", "құрыңыз"), ("ru", "постройте"), ("en", "build one")])
def test_a_refusal_speaks_the_language_that_was_asked_for(language: str, word: str, tmp_path: Path) -> None:
    arguments = ["--lang", language, "trace", "--ledger", str(tmp_path / "absent"), "--transfer", "2"]
    result = CliRunner().invoke(izker, arguments)
    assert result.exit_code == 1
    assert word in result.stderr
