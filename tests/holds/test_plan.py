"""The plan of holds: order, amounts, stop rules, planning again, and the command."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.cli.plan import command
from izker.holds import Options, explain, plan
from izker.holds.hazard import MINUTE
from izker.words import LANGUAGES, Refusal

NOW = 1_760_000_000_000_000
K = 1_000_00  # a thousand tenge
ESIL, TOBYL = "KZ65901ABCDEFGHIJKLM", "KZ65902ABCDEFGHIJKLM"
SCHEMA = {"report_id": pl.String, "account": pl.String, "amount": pl.Int64, "status": pl.String, "hop": pl.Int64, "since": pl.Int64}


def rows(*given: tuple[str, int, int, int], report: str = "R1", status: str = "held") -> pl.DataFrame:
    """(account, amount, minutes ago, hop)."""
    return pl.DataFrame([(report, a, x, status, h, NOW - m * MINUTE) for a, x, m, h in given], schema=SCHEMA, orient="row")


def earlier(account: str, amount: int, held: int, outcome: str | None, minutes_ago: int | None = None, report: str = "R1") -> pl.DataFrame:
    at = None if minutes_ago is None else NOW - minutes_ago * MINUTE
    schema = {"report_id": pl.String, "account": pl.String, "amount": pl.Int64, "held": pl.Int64, "outcome": pl.String, "answered_us": pl.Int64}
    return pl.DataFrame([(report, account, amount, held, outcome, at)], schema=schema, orient="row")


def test_what_is_about_to_leave_comes_first() -> None:
    lines = plan(rows((ESIL, 300 * K, 6 * 1440, 1), (TOBYL, 300 * K, 4, 1)), now_us=NOW)
    assert lines["account"].to_list() == [TOBYL, ESIL]
    assert lines["rank"].to_list() == [1, 2]
    assert lines["expected_loss_hour"][0] > lines["expected_loss_hour"][1]


def test_accounts_of_one_bank_share_a_request() -> None:
    second = ESIL[:-1] + "Z"
    lines = plan(rows((ESIL, 500 * K, 4, 1), (TOBYL, 400 * K, 4, 1), (second, 90 * K, 4, 1)), now_us=NOW)
    assert lines.select("request", "bank").rows() == [(1, "esil"), (1, "esil"), (2, "tobyl")]


def test_exits_and_crumbs_are_not_asked_for() -> None:
    lines = plan(pl.concat([rows(("exit:cash", 500 * K, 4, 1), status="cash"), rows((ESIL, K // 2, 4, 1))]), now_us=NOW, with_skipped=True)
    assert lines.select("account", "skipped").rows() == [(ESIL, "too_small")]


def test_protected_income_stays_untouched() -> None:
    known = pl.DataFrame({"account": [ESIL], "bank": ["esil"], "balance": [1000 * K], "protected": [700 * K]})
    lines = plan(rows((ESIL, 800 * K, 4, 1)), known, now_us=NOW)
    assert lines["amount"].to_list() == [300 * K]
    assert f"protected_left:{700 * K}" in lines["reasons"][0].to_list()
    nothing = plan(rows((ESIL, 800 * K, 4, 1)), known.with_columns(protected=pl.lit(1000 * K)), now_us=NOW, with_skipped=True)
    assert nothing["skipped"].to_list() == ["protected"]


def test_planning_again_asks_only_for_what_is_new() -> None:
    trail = rows((ESIL, 500 * K, 30, 1))
    assert plan(trail, now_us=NOW, asked=earlier(ESIL, 500 * K, 0, None)).is_empty()
    assert plan(trail, now_us=NOW, asked=earlier(ESIL, 500 * K, 500 * K, "held", 5)).is_empty()
    assert plan(trail, now_us=NOW, asked=earlier(ESIL, 300 * K, 300 * K, "held", 5))["amount"].to_list() == [200 * K]
    assert plan(trail, now_us=NOW, asked=earlier(ESIL, 500 * K, 0, "refused", 5)).is_empty()
    skipped = plan(trail, now_us=NOW, asked=earlier(ESIL, 500 * K, 0, "empty", 5), with_skipped=True)
    assert skipped["skipped"].to_list() == ["empty"]
    arrived_since = plan(rows((ESIL, 500 * K, 2, 1)), now_us=NOW, asked=earlier(ESIL, 500 * K, 0, "empty", 5))
    assert arrived_since["amount"].to_list() == [500 * K]


def test_a_later_round_must_save_more_than_the_first() -> None:
    options = Options(first_gain=K, later_gain=10**9)
    assert plan(rows((ESIL, 500 * K, 4, 1)), now_us=NOW, options=options).height == 1
    assert plan(rows((ESIL, 500 * K, 4, 1)), now_us=NOW, options=options, asked=earlier(TOBYL, K, K, "held", 5)).is_empty()


def test_lots_tell_what_still_stands_and_that_the_account_has_begun_to_send() -> None:
    lots = pl.DataFrame(
        {
            "report_id": ["R1"] * 3, "lot": [0, 1, 2], "parent_lot": [None, 0, 0], "account": [ESIL, TOBYL, "exit:cash"],
            "amount": [500 * K, 300 * K, 100 * K], "status": ["moved", "held", "cash"], "hop": [1, 2, 2],
            "ts": [NOW - 20 * MINUTE, NOW - 4 * MINUTE, NOW - 3 * MINUTE],
        }
    )  # fmt: skip
    lines = plan(lots, now_us=NOW).sort("account")
    assert lines.select("account", "amount", "began").rows() == [(ESIL, 100 * K, True), (TOBYL, 300 * K, False)]


def test_money_of_the_future_is_not_planned() -> None:
    assert plan(rows((ESIL, 500 * K, -5, 1)), now_us=NOW).is_empty()


def test_every_line_explains_itself_in_each_language_with_its_numbers() -> None:
    line = plan(rows((ESIL, 500 * K, 4, 1)), now_us=NOW).row(0, named=True)
    said = {code: explain(line, code) for code in LANGUAGES}
    assert all(len(texts) == len(line["reasons"]) for texts in said.values())
    assert str(round(100 * line["chance_hour"])) in said["en"][0]


def test_the_order_of_the_input_does_not_matter() -> None:
    trail = rows((ESIL, 500 * K, 4, 1), (TOBYL, 500 * K, 4, 2), ("KZ65903ABCDEFGHIJKLM", 500 * K, 90, 1))
    assert plan(trail, now_us=NOW).equals(plan(trail.reverse(), now_us=NOW))


def test_a_table_that_is_no_trail_is_refused_with_what_is_missing() -> None:
    with pytest.raises(Refusal, match="missing"):
        plan(pl.DataFrame({"a": [1]}), now_us=NOW)


amounts = st.lists(
    st.tuples(st.sampled_from([ESIL, TOBYL, "KZ65903ABCDEFGHIJKLM", "X1"]), st.integers(1, 10**11), st.integers(0, 50_000), st.integers(1, 6)), max_size=12
)


@settings(max_examples=60, deadline=None)
@given(amounts, st.integers(0, 10**11), st.integers(0, 10**11))
def test_no_plan_asks_for_more_than_the_trail_or_touches_protected_income(given_rows: list[tuple[str, int, int, int]], balance: int, protected: int) -> None:
    trail = rows(*given_rows)
    known = pl.DataFrame({"account": [ESIL], "bank": ["esil"], "balance": [balance], "protected": [protected]})
    lines = plan(trail, known, now_us=NOW)
    there: dict[str, int] = dict(trail.group_by("account").agg(pl.col("amount").sum()).iter_rows())
    for line in lines.iter_rows(named=True):
        assert 0 < line["amount"] <= there[line["account"]]
        if line["account"] == ESIL:
            assert line["amount"] <= max(0, balance - protected)
    assert lines["rank"].to_list() == list(range(1, lines.height + 1))


def test_a_single_report_is_planned_in_milliseconds() -> None:
    trail = rows(*[(f"KZ6590{i % 6 + 1}ABCDEFGHIJK{i:02d}", 500 * K, 4 + i, 1 + i % 4) for i in range(20)])
    plan(trail, now_us=NOW)
    started = time.perf_counter()
    for _ in range(10):
        plan(trail, now_us=NOW)
    assert (time.perf_counter() - started) / 10 < 0.1


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(command, [str(a) for a in arguments])


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_the_command_plans_from_a_file(tmp_path: Path, ending: str) -> None:
    trail, out = tmp_path / f"trails.{ending}", tmp_path / f"plan.{ending}"
    frame = rows((ESIL, 500 * K, 4, 1), (TOBYL, 2 * K // 10, 4, 1))
    frame.write_parquet(trail) if ending == "parquet" else frame.write_csv(trail)
    done = run("--trails", trail, "--at", NOW, "--out", out, "--json")
    assert done.exit_code == 0, done.output
    value = json.loads(done.stdout)
    assert (value["lines"], value["amount"], value["holds"][0]["bank"]) == (1, 500 * K, "esil")
    assert out.stat().st_size > 0


def test_the_command_learns_hazards_from_lots_and_plans_with_them(tmp_path: Path) -> None:
    lots = pl.DataFrame(
        {"report_id": ["R1", "R1"], "lot": [0, 1], "parent_lot": [None, 0], "account": [ESIL, "exit:cash"], "amount": [500 * K, 400 * K],
         "status": ["moved", "cash"], "hop": [1, 2], "ts": [NOW - 30 * MINUTE, NOW - 20 * MINUTE]}
    )  # fmt: skip
    lots.write_parquet(tmp_path / "lots.parquet")
    assert run("--learn", "--trails", tmp_path / "lots.parquet", "--out", tmp_path / "h.toml").exit_code == 0
    done = run("--trails", tmp_path / "lots.parquet", "--hazard", tmp_path / "h.toml", "--at", NOW, "--out", tmp_path / "p.json", "--json")
    assert json.loads(done.stdout)["amount"] == 100 * K


def test_a_bad_number_is_named_with_its_row(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("report_id,account,amount,status,hop,since\nR1,A,12x,held,1,5\n", encoding="utf-8")
    done = run("--trails", tmp_path / "t.csv", "--at", NOW, "--out", tmp_path / "p.csv")
    assert isinstance(done.exception, Refusal)
    assert done.exception.problems[0].row == 2
