"""Days, weeks and months as steps of time: where they start, how far apart they are, how to go from one to another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import numpy as np
import polars as pl

from izker.outlook.delays import Ints

Step = Literal["day", "week", "month"]


def anchor_of(refs: pl.Series, step: Step) -> int:
    """Weekday (0 = Monday) on which weeks of the table start, where its dates already are labels of weeks; else
    Monday.
    """
    if step != "week":
        return 0
    days = refs.dt.weekday().unique()
    return int(days[0]) - 1 if len(days) == 1 else 0


def labels_of(cells: pl.DataFrame, step: Step) -> pl.Series:
    if step == "day":
        return cells["ref"]
    if step == "month":
        return cells["ref"].dt.truncate("1mo")
    anchor = anchor_of(cells["ref"], step)
    return cells.select(pl.col("ref").dt.offset_by(f"-{anchor}d").dt.truncate("1w").dt.offset_by(f"{anchor}d"))["ref"]


def floor_of(day: date, step: Step, anchor: int) -> date:
    if step == "day":
        return day
    if step == "month":
        return day.replace(day=1)
    return day - timedelta(days=(day.weekday() - anchor) % 7)


def shift(day: date, by: int, step: Step) -> date:
    if step != "month":
        return day + timedelta(days=by * (7 if step == "week" else 1))
    month = day.year * 12 + day.month - 1 + by
    first = date(month // 12, month % 12 + 1, 1)
    following = date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    length = (following - first).days
    last_of_month = (day + timedelta(days=1)).day == 1
    return first.replace(day=length if last_of_month else min(day.day, length))


def apart(old: date, young: date, step: Step) -> int:
    if step == "month":
        return (young.year - old.year) * 12 + young.month - old.month
    return (young - old).days // (7 if step == "week" else 1)


def weekdays(cuts: Sequence[date]) -> Ints:
    """Weekday of each date, 0 = Monday."""
    return np.array([d.weekday() for d in cuts], dtype=np.int64)
