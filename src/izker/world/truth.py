"""What only the makers of the simulated country know: who did it, through which accounts, and where each stolen tiyn
stands.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from izker.world.fraud.chains import KINDS, NO_LEG, ROLES, TRANSFER, Legs
from izker.world.fraud.incidents import NO_CASE, Frauds
from izker.world.fraud.mules import LAYERS, Mules
from izker.world.people import People
from izker.world.register.cases import CLASSES, NEVER, SCHEMES, ministry_class
from izker.world.register.clock import MINUTE
from izker.world.streams import IntArray
from izker.world.tables import moments

DELAYS = (1, 10, 60, 360, 1_440, 4_320, 7_200, 14_400, 43_200)  # minutes: 1 min, 10 min, 1 h, 6 h, 1, 3, 5, 10, 30 days
_SOURCES = ("opened_for_it", "own_account", "bought_again")


def series(us: IntArray, never: bool = False) -> pl.Series:
    out = pl.from_arrow(moments(us, us == NEVER if never else None))
    assert isinstance(out, pl.Series)
    return out


def fraud_ids(rows: IntArray) -> pl.Series:
    return "F" + pl.Series(rows + 1).cast(pl.String).str.zfill(7)


def organisation_ids(rows: IntArray) -> pl.Series:
    return "O" + pl.Series(rows + 1).cast(pl.String).str.zfill(3)


def frauds_table(frauds: Frauds, people: People, numbers: list[str], channels: list[str]) -> pl.DataFrame:
    """truth/frauds.parquet: one row a fraud, reported or not; `stolen` is what was paid by now."""
    case = pl.Series([*numbers, None], dtype=pl.String)
    cls = ministry_class(frauds.scheme)
    return pl.DataFrame(
        {
            "fraud_id": fraud_ids(np.arange(len(frauds))),
            "organisation": organisation_ids(frauds.organisation),
            "campaign": organisation_ids(frauds.organisation)
            + "-"
            + pl.Series(frauds.campaign).cast(pl.String).str.zfill(2),
            "scheme": pl.Series(list(SCHEMES)).gather(frauds.scheme),
            "ministry_class": pl.Series(list(CLASSES)).gather(cls),
            "channel": channels,
            "victim": people.ids().gather(frauds.victim),
            "occurred_at": series(frauds.occurred),
            "reported_at": series(frauds.reported, never=True),
            "case_no": case.gather(np.where(frauds.case == NO_CASE, len(numbers), frauds.case)),
            "stolen": frauds.stolen,
            "home_sale": frauds.home_sale,
        }
    )


def legs_table(legs: Legs, transfer_ids: IntArray, names: pl.Series) -> pl.DataFrame:
    """truth/legs.parquet: the part of each transfer that belongs to a fraud; `parent_leg` is the leg that brought
    the money.
    """
    return pl.DataFrame(
        {
            "leg": np.arange(len(legs)),
            "parent_leg": pl.Series(legs.parent).replace(NO_LEG, None),
            "transfer_id": transfer_ids,
            "fraud_id": fraud_ids(legs.fraud),
            "ts": series(legs.at),
            "src": names.gather(legs.src),
            "dst": names.gather(legs.dst),
            "amount": legs.amount,
            "hop": legs.hop,
            "role": pl.Series(list(ROLES)).gather(legs.role),
            "kind": pl.Series(list(KINDS)).gather(legs.kind),
        }
    )


def mules_table(mules: Mules, people: People, owner: IntArray, names: pl.Series) -> pl.DataFrame:
    """truth/mules.parquet: one row a stint of an account with an organisation."""
    return pl.DataFrame(
        {
            "account": names.gather(mules.account),
            "person_id": people.ids().gather(owner[mules.account]),
            "organisation": organisation_ids(mules.organisation),
            "layer": pl.Series(list(LAYERS)).gather(mules.layer),
            "from": series(mules.start),
            "to": series(mules.end),
            "source": pl.Series(list(_SOURCES)).gather(mules.source),
        }
    )


def organisations_table(frauds: Frauds, count: int) -> pl.DataFrame:
    """truth/organisations.parquet: size and schemes of each organisation."""
    frame = pl.DataFrame(
        {
            "organisation": organisation_ids(frauds.organisation),
            "scheme": pl.Series(list(SCHEMES)).gather(frauds.scheme),
            "stolen": frauds.stolen,
        }
    )
    grouped = frame.group_by("organisation").agg(
        pl.len().cast(pl.Int64).alias("frauds"),
        pl.col("stolen").sum(),
        pl.col("scheme").unique().sort().alias("schemes"),
    )
    every = pl.DataFrame({"organisation": organisation_ids(np.arange(count))})
    return every.join(grouped, on="organisation", how="left", maintain_order="left").with_columns(
        pl.col("frauds", "stolen").fill_null(0)
    )


def whereabouts(frauds: Frauds, legs: Legs, names: pl.Series, now: int) -> pl.DataFrame:
    """truth/whereabouts.parquet: for each reported fraud and delay after its first payment, where the money paid by
    then stands.

    fraud_id, delay_minutes, account (or exit), status (held, cash, abroad, crypto, merchant), amount. Sums over a fraud
    and delay are what had been paid by then; delays that lie after now are left out.
    """
    wanted = frauds.reported != NEVER
    use = wanted[legs.fraud]
    moved = pl.DataFrame(
        {
            "fraud": legs.fraud[use],
            "src": legs.src[use],
            "dst": legs.dst[use],
            "amount": legs.amount[use],
            "at": legs.at[use],
            "hop": legs.hop[use],
            "kind": legs.kind[use],
        }
    ).with_columns((pl.col("at") - pl.Series(frauds.occurred[legs.fraud[use]])).alias("since"))
    status = pl.Series(["held", "cash", "abroad", "crypto", "merchant"])
    out = []
    for delay in DELAYS:
        known = moved.filter(pl.col("since") <= delay * MINUTE)
        arrived = known.group_by("fraud", "dst", "kind").agg(pl.col("amount").sum()).rename({"dst": "node"})
        left = (
            known.filter(pl.col("hop") > 0)
            .group_by("fraud", "src")
            .agg(pl.col("amount").sum().alias("gone"))
            .rename({"src": "node"})
        )
        both = arrived.join(
            left.with_columns(pl.lit(TRANSFER, dtype=pl.Int64).alias("kind")), on=["fraud", "node", "kind"], how="left"
        )
        stands = both.with_columns((pl.col("amount") - pl.col("gone").fill_null(0)).alias("amount")).filter(
            pl.col("amount") > 0
        )
        out.append(
            stands.select("fraud", "node", "kind", "amount", pl.lit(delay, dtype=pl.Int64).alias("delay_minutes"))
        )
    frame = pl.concat(out)
    past = frauds.occurred[frame["fraud"].to_numpy()] + frame["delay_minutes"].to_numpy() * MINUTE <= now
    frame = frame.filter(pl.Series(past)).sort("fraud", "delay_minutes", "node", "kind")
    return pl.DataFrame(
        {
            "fraud_id": fraud_ids(frame["fraud"].to_numpy()),
            "delay_minutes": frame["delay_minutes"],
            "account": names.gather(frame["node"]),
            "status": status.gather(frame["kind"]),
            "amount": frame["amount"],
        }
    )
