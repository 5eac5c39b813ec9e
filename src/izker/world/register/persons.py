"""People prosecuted, apart from offences: one person answers for several cases, a few for many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from izker.world.parameters import figures
from izker.world.register.cases import Cases
from izker.world.register.clock import DAY, HOUR, day_start
from izker.world.register.margins import region_codes
from izker.world.streams import IntArray, apportion, stream
from izker.world.tables import moments


@dataclass
class Prosecuted:
    """One element a link of a person and a solved case: `person` counts from 0, `case` is a row of the cases."""

    person: IntArray
    case: IntArray
    decided: IntArray  # by person, UTC µs
    year: IntArray  # by person


def prosecute(seed: int, cases: Cases) -> Prosecuted:
    """Divide the solved cases of 2024 and 2025 among as many persons as published (1 750 in 2025): sizes are heavy-
    tailed.
    """
    rng = stream(seed, "register", "persons")
    people, rows, decided, years = [], [], [], []
    first = 0
    west = region_codes().index("27")
    for year in (2024, 2025):
        low, high = day_start(date(year, 1, 1)), day_start(date(year + 1, 1, 1))
        solved = np.flatnonzero((cases.solved >= low) & (cases.solved < high))
        solved = solved[np.argsort(cases.solved[solved], kind="stable")]
        count = figures()[f"persons_{year}"]
        parts = [(solved, count)]
        if year == 2025:
            here = cases.region[solved] == west
            at_west = figures()["west_kazakhstan_persons_2025"]
            parts = [(solved[here], at_west), (solved[~here], count - at_west)]
        for members, persons in parts:
            sizes = 1 + apportion(len(members) - persons, np.minimum(rng.pareto(1.15, persons), 60.0) + 1e-9)
            owner = np.repeat(np.arange(persons), sizes)
            last = np.zeros(persons, dtype=np.int64)
            np.maximum.at(last, owner, cases.solved[members])
            at = np.minimum(last + rng.integers(0, 3, persons) * DAY, high - 6 * HOUR)
            people.append(first + owner)
            rows.append(members)
            decided.append(at)
            years.append(np.full(persons, year))
            first += persons
    return Prosecuted(np.concatenate(people), np.concatenate(rows), np.concatenate(decided), np.concatenate(years))


def persons_table(prosecuted: Prosecuted, case_numbers: list[str]) -> pl.DataFrame:
    """person, decided_at, case_nos (list), offences: persons are counted, never offences."""
    numbers = np.array(case_numbers)
    links = pl.DataFrame({"person": prosecuted.person, "case_no": numbers[prosecuted.case]})
    grouped = links.group_by("person", maintain_order=True).agg(pl.col("case_no").alias("case_nos")).sort("person")
    frame = pl.DataFrame({"person": np.arange(len(prosecuted.decided))}).join(
        grouped, on="person", how="left", maintain_order="left"
    )
    decided = pl.from_arrow(moments(prosecuted.decided))
    assert isinstance(decided, pl.Series)
    return frame.with_columns(
        pl.format("D{}", (pl.col("person") + 1).cast(pl.String).str.zfill(6)).alias("person"),
        decided.alias("decided_at"),
        pl.col("case_nos").list.len().cast(pl.Int64).alias("offences"),
    ).select("person", "decided_at", "case_nos", "offences")
