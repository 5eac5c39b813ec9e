"""Counts by region and month that meet every published point exactly; what lies between is an assumption."""

from __future__ import annotations

from typing import Any

import numpy as np

from izker.jurisdictions import regions
from izker.world.parameters import figures, table, values
from izker.world.streams import IntArray, apportion


def region_codes() -> list[str]:
    return list(regions("kz"))


def _form_1m(column: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Form 1-M counts by region: column 0 all offences, 1 fraud, 2 internet fraud."""
    rows = values("register")["form_1m"]
    return np.array([rows[code][column] for code in region_codes()], dtype=np.float64)


def region_totals(year: int) -> IntArray:
    """Internet frauds of a year by region, in the order of `region_codes`."""
    total = figures()[f"registered_{year}"]
    fixed = {code: int(e["value"]) for code, e in table("register")[f"regions_{year}"]["fixed"].items()}
    codes = region_codes()
    counts = np.array([fixed.get(code, 0) for code in codes], dtype=np.int64)
    free = np.array([code not in fixed for code in codes])
    counts[free] = apportion(total - int(counts.sum()), _form_1m(2)[free])
    return counts


def fit(rows: IntArray, columns: IntArray, pinned: dict[int, IntArray]) -> IntArray:
    """An integer table with the given row and column sums, near the product of its margins; `pinned` rows are kept as
    given.

    Rows are apportioned one by one; then single units move between columns of a row until the column sums fit, which
    keeps the row sums. Both margins must have the same total.
    """
    out = np.zeros((len(rows), len(columns)), dtype=np.int64)
    left = columns.astype(np.float64)
    for index, row in pinned.items():
        out[index] = row
        left = left - row
    free = [i for i in range(len(rows)) if i not in pinned]
    for index in free:
        out[index] = apportion(int(rows[index]), np.maximum(left, 0))
    gap = out.sum(axis=0) - columns
    turn = 0
    while gap.any():
        surplus, deficit = int(np.argmax(gap)), int(np.argmin(gap))
        for step in range(len(free)):
            index = free[(turn + step) % len(free)]
            if out[index, surplus] > 0:
                out[index, surplus] -= 1
                out[index, deficit] += 1
                turn += step + 1
                break
        gap[surplus] -= 1
        gap[deficit] += 1
    return out


def internet_fraud(year: int) -> IntArray:
    """Internet frauds registered in a year: (20 regions, months)."""
    months = np.array(table("register")["months"][f"internet_{year}"]["value"], dtype=np.int64)
    if year == 2026:
        weights = internet_fraud(2025).sum(axis=1).astype(np.float64)
        return apportion(int(months.sum()), weights)[:, None]
    given = table("register")[f"regions_{year}"].get("rows", {})
    codes = region_codes()
    pinned = {codes.index(code): np.array(e["value"], dtype=np.int64) for code, e in given.items()}
    return fit(region_totals(year), months, pinned)


def all_counts(year: int, what: str) -> IntArray:
    """All offences ('offences') or all frauds ('fraud') of a year: (20 regions, 12 months).

    Shares by region follow form 1-M; a region never has fewer frauds than internet frauds, nor fewer offences than
    frauds. The 1 711 frauds of Almaty oblast in 2025 are published.
    """
    internet = internet_fraud(year)
    if what == "fraud":
        floor, column = internet, 1
        months = np.array(table("register")["months"][f"fraud_{year}"]["value"], dtype=np.int64)
    else:
        floor, column = all_counts(year, "fraud"), 0
        months = apportion(
            figures()[f"all_offences_{year}"], all_counts(year, "fraud").sum(axis=0).astype(np.float64) + 2500
        )
    extra_months = months - floor.sum(axis=0)
    extra_total = int(extra_months.sum())
    pinned_rows: dict[int, IntArray] = {}
    weights = _form_1m(column) - (_form_1m(column + 1))
    codes = region_codes()
    rows = np.zeros(len(codes), dtype=np.int64)
    free = np.ones(len(codes), dtype=bool)
    if what == "fraud" and year == 2025:
        almaty_oblast = codes.index("19")
        rows[almaty_oblast] = 1711 - int(internet[almaty_oblast].sum())
        free[almaty_oblast] = False
    rows[free] = apportion(extra_total - int(rows.sum()), weights[free])
    return floor + fit(rows, extra_months, pinned_rows)
