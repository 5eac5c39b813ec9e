"""Persons and payments: small invented cases, and the public data sets where they are at hand."""

from __future__ import annotations

import polars as pl
import pytest
from benchmarks.links.generator import pair_scores

from izker.links import payments, persons
from izker.words import Refusal
from tests.shared_data import shared

ROLES = {"given": "first_name", "family": "surname", "born": "dob", "post": "postcode_fake", "place": "birth_place", "work": "occupation"}


def test_a_payment_finds_itself_behind_a_fee_and_a_cut_memo() -> None:
    origin = pl.DataFrame(
        {"memo": ["J SMITH rent Mar", "A OMAROV loan", "J SMITH gift"], "amount": [100.0, 50.0, 70.0], "date": ["2026-03-01", "2026-03-01", "2026-03-02"]}
    )
    other = pl.DataFrame(
        {"memo": ["A OMAROV", "J SMITH gif", "J SMITH rent"], "amount": [49.5, 70.0, 98.0], "date": ["2026-03-03", "2026-03-03", "2026-03-02"]}
    )
    day = pl.col("date").str.to_date()
    pairs = payments.match(origin.with_columns(day), other.with_columns(day)).pairs
    assert sorted(zip(pairs["origin"], pairs["destination"], strict=True)) == [(0, 2), (1, 0), (2, 1)]


def test_a_payment_does_not_arrive_before_it_left() -> None:
    frame = pl.DataFrame({"memo": ["x y"], "amount": [1.0], "date": ["2026-03-02"]}).with_columns(pl.col("date").str.to_date())
    assert payments.match(frame, frame.with_columns(pl.col("date").dt.offset_by("-1d"))).pairs.height == 0


def test_missing_columns_are_refused() -> None:
    with pytest.raises(Refusal):
        payments.match(pl.DataFrame({"memo": ["a"]}), pl.DataFrame({"memo": ["a"]}))
    with pytest.raises(Refusal):
        persons.match(pl.DataFrame({"a": ["x"]}), {"given": "a"})


@pytest.mark.shared_data
def test_historical_persons_are_found_better_than_the_anchor() -> None:
    """Splink 5.0.0 with the settings of its own example reaches F1 0.823 here (benchmarks/links)."""
    frame = pl.read_parquet(shared("data", "splink", "historical_figures_with_errors_50k.parquet"))
    found = persons.match(frame, ROLES).people["person"].to_numpy()
    precision, recall, _b3, _largest = pair_scores(frame["cluster"].rank("dense").to_numpy(), found)
    assert 2 * precision * recall / (precision + recall) > 0.86


@pytest.mark.shared_data
def test_payments_are_paired_whatever_the_order_of_rows() -> None:
    left, right = (
        pl.read_parquet(shared("data", "splink", f"transactions_{side}.parquet")).sample(fraction=1.0, shuffle=True, seed=seed)
        for side, seed in (("origin", 1), ("destination", 2))
    )
    pairs = payments.match(left, right, {"date": "transaction_date"}).pairs
    same = left["ground_truth"].gather(pairs["origin"]) == right["ground_truth"].gather(pairs["destination"])
    assert same.sum() / left.height > 0.99
