"""Every engine says what a queue and a stack of coins would say."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.trail import Limits, trace
from izker.trail.reference import Transfer, follow, mixed, money_line, sums
from tests.trail.ledgers import ACCOUNTS, all_reports, built, transfers
from tests.trail.oracle import simulate

LIMITS = st.builds(
    Limits,
    horizon_us=st.one_of(st.none(), st.integers(0, 40_000)),
    min_lot=st.one_of(st.just(0), st.integers(0, 600)),
    max_hops=st.one_of(st.none(), st.integers(1, 5)),
)
AS_OF = st.one_of(st.none(), st.integers(0, 40_000))
OPENINGS = st.one_of(st.none(), st.dictionaries(st.sampled_from(ACCOUNTS), st.integers(0, 2000), min_size=1))


def as_dict(rows: pl.DataFrame, report: str) -> dict[tuple[str, str, int], tuple[int, int]]:
    mine = rows.filter(pl.col("report_id") == report)
    return {(r["account"], r["status"], r["hop"]): (r["amount"], r["since"]) for r in mine.iter_rows(named=True)}


@pytest.mark.parametrize("rule", ["fifo", "lifo"])
@settings(max_examples=60, deadline=None)
@given(rows=transfers(), limits=LIMITS, as_of=AS_OF, openings=OPENINGS)
def test_the_compiled_rule_equals_the_simulation_for_every_report(
    rule: str, rows: list[Transfer], limits: Limits, as_of: int | None, openings: dict[str, int] | None
) -> None:
    with built(rows, openings) as ledger:
        trails = trace(ledger, all_reports(rows), rule=rule, limits=limits, as_of=as_of)
        assert trails.summary()["conservation_error"] == 0
        for t in rows:
            if as_of is not None and t.ts > as_of:
                continue
            expected = simulate(
                rows,
                t.id,
                rule,
                openings=openings,
                horizon=limits.horizon_us,
                min_lot=limits.min_lot,
                max_hops=limits.max_hops,
                as_of=as_of,
            )
            assert as_dict(trails.rows, f"R{t.id}") == expected


@pytest.mark.parametrize("rule", ["fifo", "lifo"])
@settings(max_examples=40, deadline=None)
@given(rows=transfers(), limits=LIMITS, as_of=AS_OF)
def test_lots_equal_the_plain_python_reference_one_by_one(
    rule: str, rows: list[Transfer], limits: Limits, as_of: int | None
) -> None:
    line = money_line(rows)
    with built(rows) as ledger:
        trails = trace(ledger, all_reports(rows), rule=rule, limits=limits, as_of=as_of, paths=True)
        assert trails.lots is not None
        for t in rows:
            if as_of is not None and t.ts > as_of:
                continue
            lots = follow(line, t.id, rule=rule, limits=limits, as_of=as_of)
            mine = trails.lots.filter(pl.col("report_id") == f"R{t.id}").sort("lot")
            expected = [
                (
                    lot.parent,
                    lot.placed.transfer.id,
                    lot.account,
                    lot.lo,
                    lot.hi,
                    lot.hop,
                    lot.status,
                    lot.rest,
                    lot.stopped,
                )
                for lot in lots
            ]
            columns = ("parent_lot", "transfer_id", "account", "lo", "hi", "hop", "status", "rest", "stopped")
            assert list(mine.select(columns).iter_rows()) == expected
            assert {k: v[0] for k, v in as_dict(trails.rows, f"R{t.id}").items()} == sums(lots)


@pytest.mark.parametrize("rule", ["pro_rata", "taint_first"])
@settings(max_examples=40, deadline=None)
@given(rows=transfers(), limits=LIMITS, as_of=AS_OF)
def test_mixing_rules_equal_the_full_pass_and_conserve_every_unit(
    rule: str, rows: list[Transfer], limits: Limits, as_of: int | None
) -> None:
    line = money_line(rows)
    with built(rows) as ledger:
        trails = trace(ledger, all_reports(rows), rule=rule, limits=limits, as_of=as_of)
        assert trails.summary()["conservation_error"] == 0
        for t in rows:
            if as_of is not None and t.ts > as_of:
                continue
            mine = (
                trails.rows.filter(pl.col("report_id") == f"R{t.id}")
                .group_by("account", "status")
                .agg(pl.col("amount").sum())
            )
            got = {(a, s): x for a, s, x in mine.iter_rows()}
            assert got == mixed(line, t.id, rule=rule, limits=limits, as_of=as_of)


def reachable(rows: list[Transfer], reported: int, limits: Limits, as_of: int | None) -> set[str]:
    """Accounts that any time-respecting chain of at most max_hops transfers leads to, by trying all of them."""
    order = sorted(rows, key=lambda t: (t.ts, t.id))
    start = next(t for t in rows if t.id == reported)
    stop = min(
        float("inf") if limits.horizon_us is None else start.ts + limits.horizon_us,
        float("inf") if as_of is None else as_of,
    )
    most = limits.max_hops or 10**9
    level = {(start.dst, start.ts, start.id)} if start.kind == "transfer" else set()
    seen = set(level)
    found = {start.dst}
    hop = 1
    while level and hop < most:
        hop += 1
        fresh = set()
        for account, ts, number in level:
            for t in order:
                if t.src == account and (t.ts, t.id) > (ts, number) and t.ts <= stop and t.amount:
                    found.add(t.dst)
                    if t.kind == "transfer" and (t.dst, t.ts, t.id) not in seen:
                        fresh.add((t.dst, t.ts, t.id))
        seen |= fresh
        level = fresh
    return found


@settings(max_examples=40, deadline=None)
@given(rows=transfers(most=25), limits=LIMITS, as_of=AS_OF)
def test_reach_finds_exactly_the_accounts_that_chains_lead_to_and_bounds_every_rule(
    rows: list[Transfer], limits: Limits, as_of: int | None
) -> None:
    limits = Limits(limits.horizon_us, 0, limits.max_hops)
    with built(rows) as ledger:
        bound = trace(ledger, all_reports(rows), rule="reach", limits=limits, as_of=as_of)
        assert bound.summary()["conservation_error"] is None
        exact = trace(ledger, all_reports(rows), rule="fifo", limits=limits, as_of=as_of)
        for t in rows:
            if not t.amount or (as_of is not None and t.ts > as_of):
                continue
            mine = bound.rows.filter(pl.col("report_id") == f"R{t.id}")
            assert set(mine["account"]) == reachable(rows, t.id, limits, as_of)
            most = {(a, s): x for a, s, x in _by_place(mine).iter_rows()}
            for account, status, amount in _by_place(exact.rows.filter(pl.col("report_id") == f"R{t.id}")).iter_rows():
                assert amount <= most[account, status]


def _by_place(rows: pl.DataFrame) -> pl.DataFrame:
    inside = pl.col("status").str.starts_with("stopped") | (pl.col("status") == "held")
    place = pl.when(inside).then(pl.lit("inside")).otherwise(pl.lit("exit"))
    return rows.with_columns(status=place).group_by("account", "status").agg(pl.col("amount").sum())
