"""A simulated bank's own books: the rows that touch its accounts, and what lies on them at the end of the simulated time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl

PROTECTED = ("salary", "pension", "benefit")  # income that stays with its owner (rules of the National Bank, see the dossier 1.5)
PROTECTED_FOR = timedelta(days=30)


def own_rows(world: Path, bank: str) -> pl.DataFrame:
    """Transfers from or to this bank's accounts, as it sees them."""
    return pl.scan_parquet(world / "transfers.parquet").filter((pl.col("bank_src") == bank) | (pl.col("bank_dst") == bank)).collect()


def balances(world: Path, bank: str, rows: pl.DataFrame) -> pl.DataFrame:
    """account, balance, protected (tiyn): opening + in - out; protected is the income of the last 30 days still on the account."""
    accounts = pl.read_parquet(world / "accounts.parquet").filter(pl.col("bank") == bank).select("account", "opening_balance")
    received = rows.group_by(pl.col("dst").alias("account")).agg(pl.col("amount").sum().alias("received"))
    sent = rows.group_by(pl.col("src").alias("account")).agg(pl.col("amount").sum().alias("sent"))
    end = rows["ts"].max()
    recent = rows.filter(pl.col("purpose").is_in(PROTECTED) & (pl.col("ts") >= pl.lit(end) - PROTECTED_FOR))
    protected = recent.group_by(pl.col("dst").alias("account")).agg(pl.col("amount").sum().alias("income"))
    joined = accounts
    for part in (received, sent, protected):
        joined = joined.join(part, on="account", how="left")
    balance = pl.col("opening_balance") + pl.col("received").fill_null(0) - pl.col("sent").fill_null(0)
    return joined.select(
        "account",
        balance.clip(lower_bound=0).alias("balance"),
        pl.min_horizontal(balance.clip(lower_bound=0), pl.col("income").fill_null(0)).alias("protected"),
    )
