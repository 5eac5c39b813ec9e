"""The accounts of a trail as the case page lists them: what came, what the bank holds, what may still move, what left for good.

Over all rows held + moving + gone = stolen, to the tiyn: units rest on exactly one account or left through exactly one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from izker.identifiers import mask
from izker.server.fields import fingerprint
from izker.server.money.models import Hold, HoldState
from izker.server.relay.banks import bank_id
from izker.times import from_us
from izker.trail.rules import EXITS, STATUS_NAMES
from izker.words import _

LIVE = (HoldState.HELD, HoldState.PARTLY)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account of the trail, money in tiyn. `amount`: stolen units that ever came here; of them `held` by the bank, `moving`
    (still here as far as the ledger knows), `gone` straight from here to an exit; the rest went on to other accounts."""

    masked: str
    bank: str
    amount: int
    held: int
    moving: int
    gone: int
    since: datetime
    hop: int
    hold: Hold | None


def table(lots: pl.DataFrame, holds: Sequence[Hold]) -> list[AccountRow]:
    """One row an account, in the order the money reached them; exits are shown on the account the money left from."""
    is_exit = pl.col("status").is_in(EXITS)
    parents = lots.select("report_id", pl.col("lot").alias("parent_lot"), pl.col("account").alias("left_from"))
    exits = lots.filter(is_exit).join(parents, on=["report_id", "parent_lot"], how="left")
    gone = dict(exits.group_by(pl.coalesce("left_from", "account")).agg(pl.col("amount").sum()).iter_rows())
    stays = lots.filter(~is_exit)
    grouped = stays.group_by("account").agg(
        pl.col("amount").sum(),
        (pl.col("rest") + pl.col("stopped")).sum().alias("rests"),
        pl.col("ts").min().alias("since"),
        pl.col("hop").min(),
    )
    direct = exits.filter(pl.col("left_from").is_null()).group_by("account").agg(
        pl.col("amount").sum(), pl.lit(0, dtype=pl.Int64).alias("rests"), pl.col("ts").min().alias("since"), pl.col("hop").min()
    )
    by_mark = {h.account_fingerprint: h for h in holds if h.state != HoldState.DECLINED}
    rows = []
    for account, amount, rests, since, hop in pl.concat([grouped, direct]).sort("since", "account").iter_rows():
        hold = by_mark.get(fingerprint("account", account))
        held = min(rests, hold.held) if hold is not None and hold.state in LIVE else 0
        rows.append(
            AccountRow(
                masked=shown(account),
                bank=bank_id(account),
                amount=amount,
                held=held,
                moving=rests - held,
                gone=gone.get(account, 0),
                since=from_us(since),
                hop=hop,
                hold=hold,
            )
        )
    return rows


def shown(account: str) -> str:
    """An account as a person may see it; an exit by its kind."""
    if account[:2] == "KZ":
        return mask("iban", account)
    kind = next((part for part in account.split(":") if part in EXITS), "")
    return _(STATUS_NAMES[kind]) if kind else mask("iban", account)
