"""Mistyped numbers: a telephone seen once is joined to its only neighbour by one digit that is in use at the time; a
card or an IBAN whose check digits fail, to its only valid neighbour. Otherwise about a quarter of all numbers have a
neighbour by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from izker.identifiers.checks import luhn, mod97
from izker.links.hubs import Table
from izker.links.keys import CODE
from izker.links.model import Rules
from izker.links.unite import neighbours
from izker.times import US_PER_DAY

Ints = NDArray[np.int64]
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Repaired:
    """Columns as in the batch: earlier report, later report, kind code, long-table row of the right value, how many
    share it."""

    a: Ints
    b: Ints
    kind: NDArray[np.uint8]
    row: Ints
    sharing: Ints


def repair(table: Table, long: pl.DataFrame, barred: NDArray[np.bool_], rules: Rules) -> Repaired:
    """One link for each repaired value, to the report nearest in time that holds the right one."""
    first = table.starts[:-1]
    kinds = table.kinds[first]
    phones = np.flatnonzero((kinds == CODE["phone"]) & ~barred)
    wrong, right = _phones(table, long, phones, rules)
    checked_wrong, checked_right = _checked(table, long, kinds, barred)
    wrong, right = np.concatenate((wrong, checked_wrong)), np.concatenate((right, checked_right))
    own = table.reports[table.starts[wrong]]
    other = np.empty(len(wrong), np.int64)
    moments = np.empty(len(wrong), np.int64)
    for i, (w, r) in enumerate(zip(wrong, right, strict=True)):
        a, b = table.starts[r], table.starts[r + 1]
        moment = table.times[table.starts[w]]
        at = a + np.searchsorted(table.times[a:b], moment)
        if at == b or (at > a and moment - table.times[at - 1] <= table.times[at] - moment):
            at -= 1
        other[i], moments[i] = table.reports[at], table.times[at]
    gap = np.abs(table.times[table.starts[wrong]] - moments)
    keep = (own != other) & (gap <= int(rules.episode_days * US_PER_DAY))
    own, other, right = own[keep], other[keep], right[keep]
    start = table.starts[right]
    return Repaired(np.minimum(own, other), np.maximum(own, other), table.kinds[start], table.rows[start], table.sizes[right])


def _phones(table: Table, long: pl.DataFrame, phones: Ints, rules: Rules) -> tuple[Ints, Ints]:
    values = long["value"].gather(table.rows[table.starts[phones]])
    numbers = values.str.slice(1).cast(pl.Int64, strict=False).fill_null(-1).to_numpy()
    sizes = table.sizes[phones]
    often = (sizes >= rules.typo_neighbour) & (numbers > 0)
    order = np.argsort(numbers[often], kind="stable")
    groups = phones[often][order]
    known = numbers[often][order]
    starts = np.concatenate(([0], np.cumsum(table.sizes[groups]))).astype(np.int64)
    held = np.concatenate([table.times[table.starts[g] : table.starts[g + 1]] for g in groups]) if len(groups) else np.zeros(0, np.int64)
    once = phones[(sizes == 1) & (numbers > 0)]
    alone = numbers[(sizes == 1) & (numbers > 0)]
    found = neighbours(alone, table.times[table.starts[once]], known, starts, held, 9, int(rules.typo_days * US_PER_DAY))
    hit = found >= 0
    return once[hit], groups[found[hit]]


def _checked(table: Table, long: pl.DataFrame, kinds: NDArray[np.uint8], barred: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Cards and IBANs that fail their check and have one valid neighbour among the values in use."""
    wrong, right = [], []
    for kind, fits, letters in (("card", luhn, _LETTERS[:10]), ("iban", mod97, _LETTERS)):
        groups = np.flatnonzero((kinds == CODE[kind]) & ~barred)
        values = long["value"].gather(table.rows[table.starts[groups]]).to_list()
        known = {value: int(group) for value, group in zip(values, groups, strict=True)}
        for value, group in known.items():
            if table.sizes[group] != 1 or fits(value):
                continue
            near = {value[:i] + c + value[i + 1 :] for i in range(len(value)) for c in letters if c != value[i]} & known.keys()
            near = {one for one in near if fits(one)}
            if len(near) == 1:
                wrong.append(group)
                right.append(known[near.pop()])
    return np.array(wrong, np.int64), np.array(right, np.int64)
