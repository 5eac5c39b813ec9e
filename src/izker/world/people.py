"""People of the simulated country: region, age, sex, income, bank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from izker.jurisdictions import regions
from izker.money import TIYN
from izker.world.identity import banks, iins, names, phones
from izker.world.parameters import values
from izker.world.streams import BoolArray, IntArray, apportion, choose, lognormal, stream

NONE, SALARY, PENSION, BENEFIT = range(4)
INCOMES = ("none", "salary", "pension", "benefit")


@dataclass
class People:
    """One element a person; `region` indexes the regions in the order of codes, `bank` indexes banks(), `monthly` is
    tiyn.
    """

    region: IntArray
    birth_year: IntArray
    woman: BoolArray
    bank: IntArray
    income: IntArray
    monthly: IntArray
    payday: IntArray
    employer: IntArray
    panel: BoolArray

    def __len__(self) -> int:
        return len(self.region)

    def ids(self) -> pl.Series:
        return ("P" + pl.Series(np.arange(1, len(self) + 1)).cast(pl.String).str.zfill(7)).alias("person_id")

    def table(self) -> pl.DataFrame:
        """people.parquet."""
        index = np.arange(len(self), dtype=np.int64)
        codes = pl.Series(list(regions("kz")))
        return pl.DataFrame(
            {
                "person_id": self.ids(),
                "name": names(index),
                "iin": iins(self.birth_year, index),
                "phone": phones(index),
                "region": codes.gather(self.region),
                "birth_year": self.birth_year,
                "sex": pl.Series(["m", "f"]).gather(self.woman.astype(np.int64)),
                "income": pl.Series(list(INCOMES)).gather(self.income),
            }
        )


def make_people(seed: int, count: int, panel: int) -> People:
    """`count` people spread as the population of 1 January 2023; every region has some. The first draw of the panel
    is random.
    """
    rng, rule = stream(seed, "people"), values("economy")
    where = regions("kz")
    region = rng.permutation(np.repeat(np.arange(len(where)), apportion(count, [r.population for r in where.values()])))
    old = rng.random(count) < rule["share_over_63"]
    age = np.where(old, 63 + (rng.beta(1.2, 3.0, count) * 28), 16 + rng.beta(1.15, 1.5, count) * 47).astype(np.int64)
    draw = rng.random(count)
    working = np.where(
        draw < rule["share_employed"],
        SALARY,
        np.where(draw < rule["share_employed"] + rule["share_benefit"], BENEFIT, NONE),
    )
    income = np.where(old, PENSION, np.where(age < 18, NONE, working))
    in_panel = np.zeros(count, dtype=np.bool_)
    in_panel[rng.permutation(count)[:panel]] = True
    monthly = np.zeros(count)
    for kind, name in ((SALARY, "salary"), (PENSION, "pension"), (BENEFIT, "benefit")):
        drawn = lognormal(rng, rule[f"{name}_median"], rule[f"{name}_sigma"], count)
        monthly = np.where(income == kind, drawn, monthly)
    days = {SALARY: rule["paydays"], PENSION: rule["pension_days"], BENEFIT: rule["benefit_days"], NONE: [0]}
    payday = np.zeros(count, dtype=np.int64)
    employer = rng.integers(0, max(panel // rule["people_per_employer"], 4), count)
    for kind, options in days.items():
        pick = employer if kind == SALARY else rng.integers(0, 1 << 20, count)
        payday = np.where(income == kind, np.array(options)[pick % len(options)], payday)
    return People(
        region=region,
        birth_year=2025 - age,
        woman=rng.random(count) < rule["women_share"],
        bank=choose(rng, [float(str(b["share"])) for b in banks()], count),
        income=income,
        monthly=np.round(monthly, -1).astype(np.int64) * TIYN,
        payday=payday,
        employer=employer,
        panel=in_panel,
    )
