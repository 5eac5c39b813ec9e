"""Tables of counts to a panel: strata by periods, with a clear word for every row that cannot be used.

Three kinds of table are read: counts (`date`, `count` or `damage`, strata), a line list (`occurred`, `reported`,
strata) and a reporting triangle; the last two go through the nowcast, so that the panel carries draws of its recent
periods. A period in which no stratum has a row is a missing period, not a zero (unless small counts without any zero
show that the table leaves zeros out); a stratum without a row in a period that others report is zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from izker.outlook.hierarchy import Hierarchy, build
from izker.outlook.nowcast import of_triangle
from izker.outlook.signals_early import windows
from izker.outlook.steps import Step
from izker.outlook.triangle import read_triangle
from izker.tables import require
from izker.words import N_, Problem, Refusal

Floats = npt.NDArray[np.float64]
Kind = Literal["count", "damage"]

DATES = ("date", "week", "month", "period", "reference_date", "day")
COUNTS = ("count", "n", "cases", "reports", "value")
DAMAGES = ("damage", "amount", "loss")
LINE_LIST = ("occurred", "occurred_at", "date_occ")
REPORTED = ("reported", "reported_at", "report_date", "delay", "issue_date")
MOST_SERIES = 5000
SPAN_LIMIT = 20_000  # periods between first and last date beyond which a date must be wrong


@dataclass(frozen=True)
class Panel:
    """values (n, T): bottom series by period start `dates`, NaN = missing; draws (D, n, K) of the last K periods or
    None; seen (W, n, T): counts of the last 1 .. W periods as known at the end of each (`signals_early.windows`).
    """

    hierarchy: Hierarchy
    dates: tuple[date, ...]
    values: Floats
    step: Step
    kind: Kind = "count"
    draws: Floats | None = None
    seen: Floats | None = None
    problems: list[Problem] = field(default_factory=list)


def read_panel(
    frame: pl.DataFrame,
    *,
    step: str | None = None,
    strata: Sequence[str] | None = None,
    as_of: date | None = None,
    file: str = "",
) -> Panel:
    """The panel in `frame`. step: day, week or month; None: that of the table (weeks for daily tables and line
    lists).
    """
    if step not in (None, "day", "week", "month"):
        raise Refusal(N_("the step must be day, week or month, not {step}"), step=step)
    if frame.height == 0:
        raise Refusal(N_("no data: the table holds no rows"), file=file)
    names = {c.lower(): c for c in frame.columns}
    late = any(c in names for c in REPORTED)
    if late and (any(c in names for c in LINE_LIST) or any(c in names for c in DATES)):
        return _with_nowcast(frame, cast(Step, step or "week"), strata, as_of, file)
    day = next((names[c] for c in DATES if c in names), None)
    counted = next((names[c] for c in COUNTS if c in names), None)
    money = next((names[c] for c in DAMAGES if c in names), None)
    value = counted or money
    if day is None or value is None:
        raise Refusal(
            N_("the table needs a date column and a count (date, count) or damage column; it has: {have}"),
            file=file,
            have=", ".join(frame.columns),
        )
    chosen = list(strata) if strata is not None else [c for c in frame.columns if c not in (day, counted, money)]
    frame = require(frame, chosen, file)
    problems: list[Problem] = []
    rows = _rows(frame, day, value, chosen, as_of, problems, file)
    if not rows:
        raise Refusal(problems=tuple(problems) or (Problem(N_("no data: the table holds no rows"), file=file),))
    days = sorted({r[0] for r in rows})
    given = _step(days) if len(days) > 1 else cast(Step, step or "week")  # one date does not tell its period
    wanted: Step = cast(Step, step or ("week" if given == "day" else given))
    if ("day", "week", "month").index(wanted) < ("day", "week", "month").index(given):
        raise Refusal(
            N_("the table is by {given}: it cannot be cut finer, by {step}"), given=given, step=wanted, file=file
        )
    return _panel(rows, chosen, given, wanted, "count" if counted else "damage", problems, file)


def as_date(value: object) -> date | None:
    """The date in a cell (date, datetime, ISO or day.month.year text, or the microseconds of a register); None where
    there is none.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int) and abs(value) > 10**11:
        return (datetime(1970, 1, 1) + timedelta(microseconds=value)).date()  # noqa: DTZ001 - UTC day, no zone wanted
    text = str(value or "").strip()
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%Y-%m", "%Y/%m/%d"):
        try:
            return datetime.strptime(text[:10] if form != "%Y-%m" else text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


Row = tuple[date, tuple[str, ...], float]


def _rows(
    frame: pl.DataFrame, day: str, value: str, strata: list[str], as_of: date | None, problems: list[Problem], file: str
) -> list[Row]:
    """Usable rows; every other one becomes a problem. The same line twice counts once; a later line replaces an
    earlier one.
    """
    kept: dict[tuple[date, tuple[str, ...]], float] = {}
    for number, (d, v, *parts) in enumerate(frame.select(day, value, *strata).iter_rows(), 2):
        when = as_date(d)
        if when is None:
            problems.append(
                Problem(
                    N_("{value} is no date: write it as 2026-01-31"), {"value": d}, file=file, row=number, column=day
                )
            )
            continue
        try:
            count = float(str(v).replace(" ", "").replace("\u00a0", "").replace(",", ".")) if v is not None else np.nan
        except ValueError:
            problems.append(Problem(N_("{value} is no number"), {"value": v}, file=file, row=number, column=value))
            continue
        if count < 0 or np.isinf(count):
            problems.append(
                Problem(
                    N_("{value} is below zero or endless: the row is left out"),
                    {"value": v},
                    file=file,
                    row=number,
                    column=value,
                )
            )
            continue
        if as_of is not None and when > as_of:
            continue
        key = (when, tuple("" if p is None else str(p) for p in parts))
        if key in kept:
            same = kept[key] == count or (np.isnan(kept[key]) and np.isnan(count))
            reason = (
                N_("the same line stands twice: counted once")
                if same
                else N_("a second count for the same date and strata replaces the first")
            )
            problems.append(Problem(reason, {}, file=file, row=number))
        kept[key] = count
    return [(when, parts, count) for (when, parts), count in kept.items()]


def _step(days: Sequence[date]) -> Step:
    """What the table is cut by: months where all are first days a month apart, weeks where gaps are sevens, else
    days.
    """
    gaps = {(b - a).days for a, b in pairwise(days)}
    if gaps and min(gaps) >= 28 and all(d.day == days[0].day for d in days):
        return "month"
    return "week" if gaps and all(g % 7 == 0 for g in gaps) else "day"


def _start(day: date, step: Step, anchor: date) -> date:
    if step == "month":
        return day.replace(day=1)
    width = 7 if step == "week" else 1
    return day - timedelta(days=(day - anchor).days % width)


def periods(first: date, last: date, step: Step) -> list[date]:
    """Starts of all periods from `first` to `last`, both included."""
    if step == "month":
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        return [date(m // 12, m % 12 + 1, 1) for m in months]
    width = 7 if step == "week" else 1
    return [first + timedelta(days=i) for i in range(0, (last - first).days + 1, width)]


def _panel(
    rows: list[Row], strata: list[str], given: Step, step: Step, kind: Kind, problems: list[Problem], file: str
) -> Panel:
    days = [r[0] for r in rows]
    newest = max(days)
    # daily tables are cut into weeks that end with the newest day, so that the last week is whole
    anchor = newest - timedelta(days=6) if given == "day" and step == "week" else newest
    first, last = _start(min(days), step, anchor), _start(newest, step, anchor)
    if (last - first).days > SPAN_LIMIT * {"day": 1, "week": 7, "month": 30}[step]:
        raise Refusal(
            N_("dates run from {first} to {last}: one of them must be wrong"), first=first, last=last, file=file
        )
    dates = periods(first, last, step)
    if given == "day" and step == "week" and min(days) > first and len(dates) > 1:
        dates = dates[1:]  # the first week is cut
    place = {d: i for i, d in enumerate(dates)}
    keys = sorted({r[1] for r in rows})
    if len(keys) > MOST_SERIES:
        raise Refusal(N_("{count} strata are too many: choose columns with --strata"), count=len(keys), file=file)
    at = {k: i for i, k in enumerate(keys)}
    values = np.zeros((len(keys), len(dates)))
    present = np.zeros(len(dates), dtype=bool)
    for when, parts, count in rows:
        column = place.get(_start(when, step, anchor))
        if column is not None:
            values[at[parts], column] += count
            present[column] = True
    gaps = [d for d, there in zip(dates, present, strict=True) if not there]
    if gaps and _omits_zeros(rows):
        note = N_("{count} periods have no row (first {first}); the table writes no zeros, so they are taken as zero")
        problems.append(Problem(note, {"count": len(gaps), "first": gaps[0]}, file=file))
    elif gaps:
        values[:, ~present] = np.nan
        note = N_("{count} periods have no row at all (first {first}): taken as missing, not as zero")
        problems.append(Problem(note, {"count": len(gaps), "first": gaps[0]}, file=file))
    return Panel(build(strata, keys), tuple(dates), values, step, kind, None, None, problems)


def _omits_zeros(rows: list[Row]) -> bool:
    """A table of small counts (median below 5) without a single zero leaves zeros out, as grouped tables do."""
    counts = [r[2] for r in rows if np.isfinite(r[2])]
    return bool(counts) and min(counts) > 0 and float(np.median(counts)) < 5


def _with_nowcast(
    frame: pl.DataFrame, step: Step, strata: Sequence[str] | None, as_of: date | None, file: str
) -> Panel:
    """Line list or triangle: history as reported so far, draws of the periods that are not complete yet.

    Newest periods the nowcast gives no estimate for are left out: they are not known to be empty.
    """
    cells = read_triangle(frame, strata=strata, as_of=as_of, step=step, file=file)
    found = of_triangle(cells, horizon=10**6)
    leaves = list(found.leaves)
    width = len(found.dates)
    known = found.rows["known"].to_numpy().reshape(len(found.keys), width)[leaves]
    keys = [tuple(part or "" for part in found.keys[k]) for k in leaves]
    hierarchy = build(found.strata, keys)
    draws = None
    if found.draws.shape[0]:
        leaf_draws = np.moveaxis(found.draws, 1, 0)[leaves]
        estimated = np.flatnonzero(np.isfinite(leaf_draws).all(axis=(0, 1)))
        width = int(estimated[-1]) + 1 if estimated.size else width
        open_periods = np.flatnonzero(np.nan_to_num(found.completeness[:width], nan=1.0) < 0.995)
        start = int(open_periods[0]) if open_periods.size else width
        if start < width:
            draws = np.moveaxis(np.nan_to_num(leaf_draws[:, :, start:width], nan=0.0), 0, 1)
    return Panel(
        hierarchy,
        tuple(found.dates[:width]),
        np.asarray(known[:, :width], dtype=np.float64),
        found.step,
        "count",
        draws,
        windows(cells.known)[:, :, :width],
        list(found.problems),
    )
