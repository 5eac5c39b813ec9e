"""The ledger: in order, conserved, never overdrawn, and alive like a country's payments."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from izker.world.fraud.cash import withdraw
from tests.world.conftest import World

LIMIT = 500_000 * 100


def balances_over_time(world: World) -> pl.DataFrame:
    """Every account's balance after each of its transfers."""
    transfers, accounts = world.read("transfers"), world.read("accounts")
    moves = pl.concat(
        [
            transfers.select("id", pl.col("src").alias("account"), (-pl.col("amount")).alias("change")),
            transfers.select("id", pl.col("dst").alias("account"), pl.col("amount").alias("change")),
        ]
    ).sort("account", "id")
    known = moves.join(accounts.select("account", "opening_balance", "closing_balance"), on="account", how="inner")
    return known.with_columns(balance=pl.col("opening_balance") + pl.col("change").cum_sum().over("account"))


@pytest.mark.parametrize("name", ["demo", "town"])
def test_no_balance_is_ever_negative_and_the_last_one_is_the_closing_balance(
    name: str, request: pytest.FixtureRequest
) -> None:
    world: World = request.getfixturevalue(name)
    moving = balances_over_time(world)
    assert moving["balance"].min() >= 0  # type: ignore[operator]
    last = moving.group_by("account", maintain_order=True).last()
    assert (last["balance"] == last["closing_balance"]).all()
    still = world.read("accounts").join(moving.select("account").unique(), on="account", how="anti")
    assert (still["opening_balance"] == still["closing_balance"]).all()


def test_what_opened_less_what_left_is_what_closed(demo: World) -> None:
    accounts, transfers = demo.read("accounts"), demo.read("transfers")
    left = transfers.filter(pl.col("kind") != "transfer")["amount"].sum()
    assert accounts["opening_balance"].sum() - left == accounts["closing_balance"].sum()


def test_rows_are_sorted_ids_run_from_one_and_names_are_accounts_or_exits(demo: World) -> None:
    transfers = demo.read("transfers")
    assert transfers["id"].to_list() == list(range(1, transfers.height + 1))
    assert transfers["ts"].is_sorted()
    assert (transfers["amount"] > 0).all()
    assert set(transfers["currency"]) == {"KZT"}
    known = set(demo.read("accounts")["account"])
    assert set(transfers["src"]) <= known
    inside = transfers.filter(pl.col("kind") == "transfer")
    assert set(inside["dst"]) <= known
    assert (inside["src"] != inside["dst"]).all()
    assert inside["bank_dst"].null_count() == 0
    for kind, start in (
        ("cash", "exit:cash:"),
        ("abroad", "exit:abroad:"),
        ("crypto", "exit:crypto:"),
        ("merchant", "merchant:"),
    ):
        rows = transfers.filter(pl.col("kind") == kind)
        assert rows.height > 100
        assert rows["dst"].str.starts_with(start).all()
        assert rows["bank_dst"].null_count() == rows.height


def test_no_account_is_used_before_it_was_opened(demo: World) -> None:
    transfers = demo.read("transfers")
    opened = demo.read("accounts").select("account", "opened_at")
    for side in ("src", "dst"):
        first = transfers.group_by(pl.col(side).alias("account")).agg(pl.col("ts").min())
        both = first.join(opened, on="account")
        assert (both["opened_at"] <= both["ts"]).all(), side


def test_every_file_says_synthetic_with_seed_and_scale(demo: World) -> None:
    for name in demo.manifest.files:
        marks = pq.read_schema(demo.folder / name).metadata
        assert b"SYNTHETIC" in marks[b"notice"]
        assert (marks[b"seed"], marks[b"scale"]) == (b"7", b"demo")


def test_cash_machines_keep_their_daily_limit(town: World) -> None:
    legs = town.read("truth/legs")
    counter = legs.filter(pl.col("role") == "courier_cash").select(pl.col("transfer_id").alias("id"))
    cash = town.read("transfers").filter(pl.col("kind") == "cash").join(counter, on="id", how="anti")
    day = pl.col("ts").dt.convert_time_zone("Asia/Almaty").dt.date()
    daily = cash.group_by("src", day.alias("day")).agg(pl.col("amount").sum())
    assert daily["amount"].max() <= LIMIT  # type: ignore[operator]
    assert daily.filter(pl.col("amount") == LIMIT).height > 20  # the limit binds


def test_withdrawals_conserve_and_wait_for_the_next_day() -> None:
    account = np.array([3, 3, 4, 3])
    amount = np.array([700_000, 400_000, 90_050, 1_000]) * 100
    at = np.array([10, 11, 12, 13]) * 3_600_000_000
    row, taken, when = withdraw(account, amount, at, LIMIT)
    for index, wanted in enumerate(amount):
        assert taken[row == index].sum() == wanted // 100_000 * 100_000
    assert (when >= at[row]).all()
    day = (when + 5 * 3_600_000_000) // 86_400_000_000
    for d in np.unique(day):
        assert taken[(day == d) & (account[row] == 3)].sum() <= LIMIT


def test_degrees_and_amounts_have_heavy_tails(demo: World) -> None:
    between = demo.read("transfers").filter(pl.col("purpose") == "p2p")
    indegree = between.group_by("dst").len().sort("len", descending=True)["len"]
    top = indegree.head(max(len(indegree) // 100, 1)).sum()
    assert top / indegree.sum() > 0.08  # a thousandth of a normal spread would be near 0.02
    amount = between["amount"]
    assert amount.max() > 100 * amount.median()  # type: ignore[operator]
    shops = (
        demo.read("transfers")
        .filter(pl.col("kind") == "merchant")
        .group_by("dst")
        .len()
        .sort("len", descending=True)["len"]
    )
    assert shops[0] > 8 * shops.median()  # type: ignore[operator]


def test_days_have_a_rhythm_and_holidays_are_quieter(demo: World) -> None:
    local = demo.read("transfers").filter(pl.col("purpose") == "purchase")["ts"].dt.convert_time_zone("Asia/Almaty")
    hour = local.dt.hour()
    night, evening = (hour.is_in([2, 3, 4])).sum(), (hour.is_in([17, 18, 19])).sum()
    assert evening > 10 * night
    per_day = local.dt.date().value_counts().rename({"ts": "day"}).filter(pl.col("day") < date(2026, 1, 16))
    festive = pl.col("day").is_between(date(2025, 12, 29), date(2026, 1, 9))
    weekday = per_day.filter(~festive)
    means = dict(weekday.group_by(pl.col("day").dt.weekday()).agg(pl.col("count").mean()).rows())
    assert means[5] > means[7] * 1.1
    holidays = per_day.filter(pl.col("day").is_between(date(2026, 1, 1), date(2026, 1, 2)))["count"].mean()
    assert holidays < 0.93 * weekday["count"].mean()  # type: ignore[operator]


def test_protected_income_is_marked_on_transfers_and_accounts(demo: World) -> None:
    transfers = demo.read("transfers")
    incomes = transfers.filter(pl.col("purpose").is_in(["salary", "pension", "benefit"]))
    accounts = demo.read("accounts")
    receivers = accounts.filter(pl.col("account").is_in(incomes["dst"].unique().implode()))
    assert receivers["protected_income"].all()
    assert incomes.group_by("purpose").len().height == 3
    payers = set(accounts.filter(pl.col("kind").is_in(["employer", "state"]))["account"])
    assert set(incomes["src"]) <= payers
    days = incomes.filter(pl.col("purpose") == "pension")["ts"].dt.convert_time_zone("Asia/Almaty")
    assert (days.dt.weekday() <= 5).all()


def test_accounts_neither_run_dry_nor_swell(town: World) -> None:
    """The ordinary economy is in rough balance: the median balance keeps its size."""
    rows = town.read("accounts").filter(pl.col("kind") == "personal")
    ratio = rows["closing_balance"].median() / rows["opening_balance"].median()  # type: ignore[operator]
    assert 0.4 < ratio < 2.5
