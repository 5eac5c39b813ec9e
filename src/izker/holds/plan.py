"""What to hold: lines for banks out of trails, ordered by what is about to leave, never more than the trail's own lots.

A line asks for an amount on an account and says why. Its urgency is the money expected to leave within the next hour:
amount x chance of leaving (see `hazard`). A line is left out where a stop rule says so, and the rule is named. Planning again
with the answers received so far (`asked`) gives only what is still to be asked, so re-planning is the same call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from izker import tables
from izker.holds.hazard import EXITED, HOUR, MINUTE, Hazard
from izker.jurisdictions import data
from izker.money import tenge
from izker.words import N_, _

PLAN = {
    "rank": pl.Int64, "request": pl.Int64, "bank": pl.String, "report_id": pl.String, "account": pl.String, "amount": pl.Int64,
    "since": pl.Int64, "hop": pl.Int64, "dwell_us": pl.Int64, "began": pl.Boolean, "chance_hour": pl.Float64,
    "expected_loss_hour": pl.Int64, "chance_stays": pl.Float64, "expected_gain": pl.Int64, "reasons": pl.List(pl.String),
    "skipped": pl.String,
}  # fmt: skip
ROWS = ("report_id", "account", "amount", "status", "hop", "since")
LOTS = ("report_id", "lot", "parent_lot", "account", "amount", "status", "hop", "ts")
REASONS = {
    "leaving_soon": N_("{chance} % chance that it leaves within the hour"),
    "first_account": N_("the account the victim paid into"),
    "began": N_("the account has begun to send this money on"),
    "standing": N_("it has stood there for {dwell}, which few such sums do"),
    "protected_left": N_("protected income of {protected} stays untouched"),
    "balance": N_("no more than the balance of {balance}"),
    "asked_before": N_("{asked} was asked for before"),
    "bank_unknown": N_("the account's bank is not known"),
}
SKIPS = {
    "too_small": N_("smaller than the smallest line"),
    "not_worth": N_("will most likely be gone before the bank answers"),
    "protected": N_("only protected income stands there"),
    "waiting": N_("already asked for, no answer yet"),
    "held": N_("already held"),
    "refused": N_("the bank refused it"),
    "empty": N_("the bank found nothing, and nothing came since"),
}


@dataclass(frozen=True, slots=True)
class Options:
    """Stop rules, in tiyn and minutes. `first_gain`, `later_gain`: what a line must be expected to save in the first round of a
    report and in later ones; `reply_minutes`: median answer time of banks not named in `reply_by_bank`."""

    min_amount: int = 1_000_00
    first_gain: int = 5_000_00
    later_gain: int = 80_000_00
    reply_minutes: float = 15.0
    reply_by_bank: Mapping[str, float] = field(default_factory=dict)


def plan(
    trails: pl.DataFrame,
    accounts: pl.DataFrame | None = None,
    *,
    now_us: int,
    hazard: Hazard | None = None,
    asked: pl.DataFrame | None = None,
    options: Options = Options(),
    with_skipped: bool = False,
    file: str = "",
) -> pl.DataFrame:
    """Lines to ask for at `now_us` (UTC µs), most urgent request first; columns PLAN.

    `trails`: rows of one or many trails (report_id, account, amount, status, hop, since) or, better, their lots (report_id, lot,
    parent_lot, account, amount, status, hop, ts), as `izker.trail.trace` gives them; only money that stands on accounts is planned.
    `accounts`: what an officer may know (account, bank, and where known balance, protected: tiyn). `asked`: earlier
    lines (report_id, account, amount, held, outcome, answered_us; outcome and answered_us null while the bank is silent).
    `request` numbers the banks in the order in which to write to them. With `with_skipped` the lines left out follow with
    the code of their rule in `skipped`. Refuses a table without these columns.
    """
    hazard = hazard or Hazard.default()
    standing = _standing(trails, file).filter(pl.col("since") <= now_us)
    lines = _facts(_lines(standing, now_us, hazard), accounts, file)
    lines = _earlier(lines, asked).with_columns(pl.col("want").clip(lower_bound=0))
    lines = _chances(lines, now_us, hazard, options)
    nothing = pl.col("want") <= 0
    stop_rules = {
        "refused": pl.col("refused"),
        "waiting": nothing & (pl.col("open") > 0),
        "held": nothing & (pl.col("was_held") > 0),
        "empty": pl.col("stale"),
        "protected": nothing & (pl.col("spared") > 0),
        "too_small": pl.col("want") < options.min_amount,
    }
    enough = pl.when(pl.col("round") == 0).then(options.first_gain).otherwise(options.later_gain)
    stop_rules["not_worth"] = pl.col("expected_gain") < enough
    lines = lines.with_columns(skipped=pl.coalesce(*(pl.when(test).then(pl.lit(name)) for name, test in stop_rules.items())))
    return _ordered(lines, with_skipped)


def explain(line: Mapping[str, Any], code: str | None = None) -> list[str]:
    """Sentences for a row of a plan, with its numbers, in `code` or the language in force."""
    numbers = {
        "chance": round(100 * float(line["chance_hour"])), "dwell": duration(int(line["dwell_us"]), code),
        "protected": tenge(int(line.get("protected") or 0)), "balance": tenge(int(line.get("balance") or 0)),
        "asked": tenge(int(line.get("asked") or 0)),
    }  # fmt: skip
    texts = [_(REASONS[reason.split(":")[0]], code).format(**numbers | _own(reason)) for reason in line["reasons"]]
    rule = line["skipped"]
    return texts + ([_(SKIPS[rule], code)] if rule else [])


def duration(us: int, code: str | None = None) -> str:
    """A dwell time in whole minutes, hours or days."""
    if us < HOUR:
        return _("{n} min", code).format(n=us // MINUTE)
    return _("{n} h", code).format(n=us // HOUR) if us < 48 * HOUR else _("{n} d", code).format(n=us // (24 * HOUR))


def _own(reason: str) -> dict[str, str]:
    """The number a reason code carries: 'balance:12300' -> {'balance': '123 ₸'}."""
    name, _colon, number = reason.partition(":")
    return {{"balance": "balance", "protected_left": "protected", "asked_before": "asked"}[name]: tenge(int(number))} if number else {}


def _standing(trails: pl.DataFrame, file: str) -> pl.DataFrame:
    """report_id, account, amount, hop, since, began of money that stands on accounts."""
    if "parent_lot" in trails.columns:
        lots = tables.require(trails, LOTS, file)
        sent = lots.filter(pl.col("parent_lot").is_not_null()).group_by("report_id", lot="parent_lot").agg(sent=pl.col("amount").sum())
        lots = lots.join(sent.cast({"lot": lots.schema["lot"]}), on=["report_id", "lot"], how="left", maintain_order="left")
        lots = lots.filter(~pl.col("status").is_in(EXITED)).with_columns(pl.col("sent").fill_null(0))
        frame = lots.select(
            pl.col("report_id").cast(pl.String), "account", pl.col("hop").cast(pl.Int64),
            amount=(pl.col("amount") - pl.col("sent")).cast(pl.Int64), since=pl.col("ts").cast(pl.Int64), began=pl.col("sent") > 0,
        )  # fmt: skip
    else:
        rows = tables.require(trails, ROWS, file)
        frame = rows.filter(pl.col("status") == "held").select(
            pl.col("report_id").cast(pl.String), "account", pl.col("hop").cast(pl.Int64), pl.col("amount").cast(pl.Int64),
            since=pl.col("since").cast(pl.Int64), began=pl.lit(False),
        )  # fmt: skip
    return frame.filter(pl.col("amount") > 0)


def _lines(standing: pl.DataFrame, now_us: int, hazard: Hazard) -> pl.DataFrame:
    """One line a report and account: lots added up, urgency as the sum of theirs."""
    dwell = now_us - standing["since"].to_numpy()
    hop, began = standing["hop"].to_numpy(), standing["began"].to_numpy()
    soon = hazard.leaving(dwell, HOUR, hop, began)
    return (
        standing.with_columns(soon=pl.Series(soon, dtype=pl.Float64) * pl.col("amount"))
        .group_by("report_id", "account", maintain_order=True)
        .agg(pl.col("amount").sum(), pl.col("hop").min(), pl.col("since").min(), pl.col("since").max().alias("newest"),
             pl.col("began").any(), pl.col("soon").sum())
    )  # fmt: skip


def _facts(lines: pl.DataFrame, accounts: pl.DataFrame | None, file: str) -> pl.DataFrame:
    """Lines with bank, balance and protected; where no table says it, the bank comes from the IBAN."""
    codes = {str(bank["code"]): str(bank["id"]) for bank in data("kz", "banks")["bank"]}
    by_iban = pl.when(pl.col("account").str.starts_with("KZ")).then(
        pl.col("account").str.slice(4, 3).replace_strict(codes, default=None, return_dtype=pl.String)
    )
    if accounts is not None:
        known = tables.require(accounts, ("account", "bank"), file)
        lacking = [pl.lit(None, dtype=pl.Int64).alias(c) for c in ("balance", "protected") if c not in known.columns]
        known = known.with_columns(lacking).select(
            "account", pl.col("bank").cast(pl.String), pl.col("balance").cast(pl.Int64), pl.col("protected").cast(pl.Int64)
        )
        lines = lines.join(known.unique("account", keep="first"), on="account", how="left", maintain_order="left")
        lines = lines.with_columns(pl.coalesce("bank", by_iban).fill_null("").alias("bank"))
    else:
        none = pl.lit(None, dtype=pl.Int64)
        lines = lines.with_columns(bank=by_iban.fill_null(""), balance=none, protected=none)
    may = pl.col("balance") - pl.col("protected").fill_null(0)  # null where the balance is not known: the bank then leaves it out
    cap = pl.when(may.is_null()).then(pl.col("amount")).otherwise(may.clip(lower_bound=0))
    return lines.with_columns(want=pl.min_horizontal("amount", cap), spared=pl.col("protected").fill_null(0))


def _earlier(lines: pl.DataFrame, asked: pl.DataFrame | None) -> pl.DataFrame:
    """Lines less what was asked for before: open and held amounts, refusals, and empty answers that nothing came after."""
    if asked is None or asked.is_empty():
        zero, no = pl.lit(0, dtype=pl.Int64), pl.lit(False)
        return lines.with_columns(open=zero, was_held=zero, refused=no, stale=no, round=zero)
    silent = pl.col("outcome").is_null()
    before = (
        asked.with_columns(pl.col("report_id").cast(pl.String))
        .group_by("report_id", "account")
        .agg(
            open=pl.col("amount").filter(silent).sum(),
            was_held=pl.col("held").filter(~silent).sum(),
            refused=(pl.col("outcome") == "refused").any(),
            emptied=pl.col("answered_us").filter(pl.col("outcome").is_in(["empty", "partly"])).max(),
        )
    )
    rounds = asked.select(pl.col("report_id").cast(pl.String)).unique().with_columns(round=pl.lit(1, dtype=pl.Int64))
    lines = lines.join(before, on=["report_id", "account"], how="left", maintain_order="left")
    lines = lines.join(rounds, on="report_id", how="left", maintain_order="left").with_columns(
        pl.col("open", "was_held", "round").fill_null(0), pl.col("refused").fill_null(False)
    )
    return lines.with_columns(
        want=pl.col("want") - pl.col("open") - pl.col("was_held"), stale=pl.col("emptied").is_not_null() & (pl.col("newest") <= pl.col("emptied"))
    )


def _chances(lines: pl.DataFrame, now_us: int, hazard: Hazard, options: Options) -> pl.DataFrame:
    """Lines with chance_hour, expected_loss_hour, chance_stays (until the bank's answer) and expected_gain."""
    dwell, hop, began = now_us - lines["since"].to_numpy(), lines["hop"].to_numpy(), lines["began"].to_numpy()
    stays = np.ones(lines.height)
    for bank in lines["bank"].unique().to_list():
        rows = (lines["bank"] == bank).to_numpy()
        wait = int(options.reply_by_bank.get(bank, options.reply_minutes) * MINUTE)
        stays[rows] = 1.0 - hazard.leaving(dwell[rows], wait, hop[rows], began[rows])
    chance = (pl.col("soon") / pl.col("amount")).fill_nan(0.0)
    return lines.with_columns(dwell_us=pl.Series(dwell, dtype=pl.Int64), chance_stays=pl.Series(stays), chance_hour=chance).with_columns(
        expected_loss_hour=(pl.col("want") * pl.col("chance_hour")).round().cast(pl.Int64),
        expected_gain=(pl.col("want") * pl.col("chance_stays")).floor().cast(pl.Int64),
    )


def _ordered(lines: pl.DataFrame, with_skipped: bool) -> pl.DataFrame:
    """Requests by their most urgent line, lines by urgency within them; ranks from 1; skipped lines last, without a rank."""
    note = [
        pl.when(pl.col("chance_hour") >= 0.05).then(pl.lit("leaving_soon")).otherwise(pl.lit("standing")),
        pl.when(pl.col("hop") <= 1).then(pl.lit("first_account")),
        pl.when(pl.col("began")).then(pl.lit("began")),
        pl.when(pl.col("spared") > 0).then(pl.format("protected_left:{}", "spared")),
        pl.when(pl.col("balance") < pl.col("amount")).then(pl.format("balance:{}", "balance")),
        pl.when(pl.col("open") + pl.col("was_held") > 0).then(pl.format("asked_before:{}", pl.col("open") + pl.col("was_held"))),
        pl.when(pl.col("bank") == "").then(pl.lit("bank_unknown")),
    ]
    lines = lines.with_columns(reasons=pl.concat_list(note).list.drop_nulls(), amount=pl.col("want"))
    key = ["expected_loss_hour", "amount", "account", "report_id"]
    down = [True, True, False, False]
    asked = lines.filter(pl.col("skipped").is_null()).sort(key, descending=down)
    banks = asked.select("bank").unique(maintain_order=True).with_row_index("request", offset=1).cast({"request": pl.Int64})
    asked = asked.join(banks, on="bank", how="left", maintain_order="left").sort("request", maintain_order=True)
    asked = asked.with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    left = lines.filter(pl.col("skipped").is_not_null()).sort(key, descending=down)
    none = pl.lit(None, dtype=pl.Int64)
    left = left.with_columns(request=none, rank=none) if with_skipped else left.clear().with_columns(request=none, rank=none)
    return pl.concat([asked.select(*PLAN), left.select(*PLAN)]).cast(PLAN)  # type: ignore[arg-type]
