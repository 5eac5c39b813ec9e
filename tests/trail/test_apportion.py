"""Claims overlap, units do not: what is given out is what is held."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.holds.apportion import APPORTION_RULES, Claim, apportion, claims_of
from izker.trail import trace
from izker.trail.reference import Transfer
from izker.words import Refusal
from tests.trail.ledgers import all_reports, built, transfers

A, B = Claim("A", "m", 0, 100, 1), Claim("B", "m", 50, 150, 2)


@pytest.mark.parametrize(
    ("rule", "a", "b"),
    [
        ("first_in_time", 100, 50),
        ("last_in_time", 50, 100),
        ("equal", 75, 75),
        ("pro_rata", 75, 75),
        ("by_loss", 50, 100),
    ],
)
def test_each_rule_divides_the_shared_fifty_units_its_own_way(rule: str, a: int, b: int) -> None:
    given_out = apportion([A, B], rule=rule, losses={"A": 200, "B": 400})
    assert dict(given_out.select("report_id", "given").iter_rows()) == {"A": a, "B": b}
    assert given_out["claimed"].to_list() == [100, 100]


def test_when_less_is_held_than_traced_the_front_of_the_line_is_what_is_missing() -> None:
    given_out = apportion([A, B], rule="first_in_time", held={"m": 60})
    assert dict(given_out.select("report_id", "given").iter_rows()) == {"A": 10, "B": 50}


def test_a_rest_of_one_tiyn_goes_to_the_earlier_report() -> None:
    claims = [Claim("late", "m", 0, 3, 9), Claim("early", "m", 0, 3, 1)]
    assert dict(apportion(claims, rule="equal").select("report_id", "given").iter_rows()) == {"late": 1, "early": 2}


def test_an_unknown_rule_and_a_missing_loss_are_refused() -> None:
    with pytest.raises(Refusal, match="no rule"):
        apportion([A], rule="luck")
    with pytest.raises(Refusal, match="not known"):
        apportion([A], rule="by_loss")


@settings(max_examples=60, deadline=None)
@given(rows=transfers(most=30), cut=st.fractions(0, 1))
def test_over_real_trails_every_rule_gives_out_exactly_what_is_held_and_never_more_than_is_claimed(
    rows: list[Transfer], cut: object
) -> None:
    with built(rows) as ledger:
        trails = trace(ledger, all_reports(rows), paths=True)
        held_units = {
            a: sum(ledger.counters(n)[::-1][0:1]) - ledger.counters(n)[0] for n, a in enumerate(ledger.names.to_list())
        }
    assert trails.lots is not None
    claims = claims_of(trails.lots, trails.stolen)
    assert sum(c.hi - c.lo for c in claims) == trails.summary()["held"]
    losses = {str(r): int(x) for r, x in trails.stolen.select("report_id", "amount").iter_rows()}
    union = {a: _union([c for c in claims if c.account == a]) for a in {c.account for c in claims}}
    assert all(units <= held_units[a] for a, units in union.items())  # held money is never counted twice
    for rule in APPORTION_RULES:
        held = {a: int(units * cut) for a, units in union.items()}  # type: ignore[operator]
        out = apportion(claims, rule=rule, held=held, losses=losses)
        sums = dict(out.group_by("account").agg(pl.col("given").sum()).iter_rows())
        if rule == "by_loss":
            assert all(sums[a] <= held[a] for a in sums)
            assert all(g <= losses[r] for r, g in out.select("report_id", "given").iter_rows())
        else:
            assert sums == held
            assert (out["given"] <= out["claimed"]).all()


def _union(claims: list[Claim]) -> int:
    total, reached = 0, -1
    for c in sorted(claims, key=lambda c: c.lo):
        total += max(0, c.hi - max(c.lo, reached))
        reached = max(reached, c.hi)
    return total
