"""The observable case files of the simulated country: cases, withdrawn cases and reports, joined to the ledger."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from izker.world.fraud.chains import Legs
from izker.world.fraud.incidents import Frauds
from izker.world.people import People
from izker.world.register.cases import CLASSES, NEVER, SCHEMES, Cases, grave, ministry_class
from izker.world.register.margins import region_codes
from izker.world.register.persons import Prosecuted
from izker.world.streams import BoolArray, IntArray
from izker.world.truth import series

STATUSES = ("investigation", "interrupted", "terminated", "in_court")


@dataclass
class Complaints:
    """One element a report: its fraud, the transfer ids the victim complains of (first one first)."""

    fraud: IntArray
    transfers: list[list[int]]


def complaints(frauds: Frauds, legs: Legs, transfer_ids: IntArray) -> Complaints:
    """Reports of the frauds that were reported, by time of the report. Only a payment made before the report can be
    complained of.
    """
    rows = np.flatnonzero((legs.hop == 0) & (frauds.reported[legs.fraud] != NEVER))
    rows = rows[legs.at[rows] <= frauds.reported[legs.fraud[rows]]]
    grouped = (
        pl.DataFrame({"fraud": legs.fraud[rows], "at": legs.at[rows], "id": transfer_ids[rows]})
        .sort("fraud", "at", "id")
        .group_by("fraud", maintain_order=True)
        .agg(pl.col("id"))
    )
    when = frauds.reported[grouped["fraud"].to_numpy()]
    grouped = grouped[np.argsort(when, kind="stable").tolist()]
    return Complaints(grouped["fraud"].to_numpy(), grouped["id"].to_list())


def report_ids(size: int) -> pl.Series:
    return ("R" + pl.Series(np.arange(1, size + 1)).cast(pl.String).str.zfill(7)).alias("report_id")


def cases_table(
    cases: Cases,
    numbers: list[str],
    which: BoolArray,
    channels: list[str],
    prosecuted: Prosecuted,
    frauds: Frauds,
    filed: Complaints,
    people: People,
) -> pl.DataFrame:
    """cases.parquet (or withdrawn.parquet): one row a registered internet fraud in its present state.

    `report_id`, `victim`, `transfer_id`, `transfer_ids` stand where the case has rows in the ledger; `persons` are
    those prosecuted for it.
    """
    rows = np.flatnonzero(which)
    taken = cases.take(rows)
    solved, court = taken.solved != NEVER, taken.to_court != NEVER
    status = np.where(court, 3, np.where(solved, 2, np.where(taken.interrupted != NEVER, 1, 0)))
    frame = pl.DataFrame(
        {
            "row": rows,
            "case_no": [numbers[r] for r in rows],
            "registered_at": series(taken.registered),
            "occurred_at": series(taken.occurred),
            "reported_at": series(taken.reported),
            "region": pl.Series(region_codes()).gather(taken.region),
            "scheme": pl.Series(list(SCHEMES)).gather(taken.scheme),
            "ministry_class": pl.Series(list(CLASSES)).gather(ministry_class(taken.scheme)),
            "channel": [channels[r] for r in rows],
            "article": pl.Series([f"190-{n}" for n in range(1, 5)]).gather(taken.article - 1),
            "gravity": pl.Series(["medium", "grave"]).gather(grave(taken.article).astype(np.int64)),
            "damage": taken.damage,
            "victim_age": taken.age,
            "victim_sex": pl.Series(["m", "f"]).gather(taken.woman.astype(np.int64)),
            "home_sale": taken.home_sale,
            "solved_at": series(taken.solved, never=True),
            "to_court_at": series(taken.to_court, never=True),
            "interrupted_at": series(taken.interrupted, never=True),
            "withdrawn_at": series(taken.withdrawn, never=True),
            "status": pl.Series(list(STATUSES)).gather(status),
        }
    )
    persons = (
        pl.DataFrame({"row": prosecuted.case, "persons": ["D" + str(p + 1).zfill(6) for p in prosecuted.person]})
        .group_by("row", maintain_order=True)
        .agg(pl.col("persons"))
    )
    links = pl.DataFrame(
        {
            "row": frauds.case[filed.fraud],
            "report_id": report_ids(len(filed.fraud)),
            "victim": people.ids().gather(frauds.victim[filed.fraud]),
            "transfer_id": [ids[0] for ids in filed.transfers],
            "transfer_ids": filed.transfers,
        },
        schema_overrides={"transfer_id": pl.Int64, "transfer_ids": pl.List(pl.Int64)},
    )
    frame = frame.join(persons, on="row", how="left", maintain_order="left").join(
        links, on="row", how="left", maintain_order="left"
    )
    return frame.drop("row")


def reports_table(
    frauds: Frauds,
    filed: Complaints,
    cases: Cases,
    numbers: list[str],
    registered: BoolArray,
    people: People,
    channels: list[str],
    written: pl.DataFrame,
    first: pl.DataFrame,
) -> pl.DataFrame:
    """reports.parquet. `written`: lang, text, identifiers by report; `first`: amount, src, dst of the first transfer
    complained of.

    `case_no` is null while the report is not yet registered.
    """
    case = frauds.case[filed.fraud]
    names = pl.Series([*numbers, None], dtype=pl.String)
    frame = pl.DataFrame(
        {
            "report_id": report_ids(len(filed.fraud)),
            "case_no": names.gather(np.where(registered[case], case, len(numbers))),
            "lang": written["lang"],
            "text": written["text"],
            "reported_at": series(frauds.reported[filed.fraud]),
            "occurred_at": series(frauds.occurred[filed.fraud]),
            "region": pl.Series(region_codes()).gather(cases.region[case]),
            "channel": [channels[c] for c in case],
            "transfer_id": [ids[0] for ids in filed.transfers],
            "transfer_ids": filed.transfers,
        },
        schema_overrides={"transfer_id": pl.Int64, "transfer_ids": pl.List(pl.Int64)},
    )
    return pl.concat(
        [
            frame,
            first.select("amount", "src", "dst"),
            pl.DataFrame(
                {"victim": people.ids().gather(frauds.victim[filed.fraud]), "damage": frauds.stolen[filed.fraud]}
            ),
            written.select("identifiers"),
        ],
        how="horizontal",
    )
