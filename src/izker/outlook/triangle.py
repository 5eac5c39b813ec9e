"""A table of reports as a cube of snapshots: what was known, at the end of every step, about every earlier step.

Two inputs. A *line list* has a row a report: when it happened, when it was reported, any strata. A *reporting triangle*
has a row a cell: `reference_date`, `report_date` or `delay` (steps), `count`, any strata; the count is either new
reports
of that day or all known so far, and which of the two it is is seen from the table unless told.

Steps. A day is a day. A week or month of occurrence has its usual label (Monday, the 1st), or the table's own where all
reference dates share one weekday. Snapshots are cut at `as_of`, `as_of` - 1 step, ...: a half-finished week is compared
with past weeks at the same weekday.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import cast

import numpy as np
import polars as pl

from izker.outlook.delays import Floats
from izker.outlook.new_counts import Counts, as_new
from izker.outlook.steps import Step, anchor_of, apart, floor_of, labels_of, shift
from izker.words import N_, Problem, Refusal

OCCURRED = ("occurred", "occurred_at", "occurrence_date", "date_occurred", "date_occ", "onset", "offence_date")
REPORTED = ("reported", "reported_at", "report_time", "date_reported", "date_rptd", "registered", "registered_at")
REFERENCE = ("reference_date", "reference", "date", "target_end_date")
REPORT_DATE = ("report_date", "issue_date", "as_of")
DELAY = ("delay", "delay_days", "delay_weeks", "age", "lag")
COUNT = ("count", "n", "confirm", "value", "cases", "reports")
STEPS_KEPT: dict[str, int] = {"day": 420, "week": 260, "month": 120}
LONGEST: dict[str, int] = {"day": 120, "week": 60, "month": 36}  # delays kept one by one unless told otherwise
CELLS_MOST = 20_000_000  # leaves x steps x steps: the oldest steps are left out beyond it
STRATA_MOST = 60  # a column with more values than this (and a tenth of the rows) is an identifier, not a stratum
SHOWN = 20  # problems of one kind told one by one; the rest are counted


@dataclass(frozen=True, slots=True)
class Triangle:
    """`known` (leaves, n, H+1): snapshot cube (see `delays`); step i is labelled `labels[i]`, cut at `cuts[i]`.
    `latest` (leaves, n): all known at the last cut, whatever the delay; `open_ended`: no longest delay was asked for.

    `strata` names the columns, `keys` the value of each leaf in them. Counts are reports.
    """

    known: Floats
    latest: Floats
    labels: tuple[date, ...]
    cuts: tuple[date, ...]
    strata: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]
    step: Step
    as_of: date
    open_ended: bool = True
    problems: list[Problem] = field(default_factory=list)


def read_triangle(
    frame: pl.DataFrame,
    *,
    as_of: date | None = None,
    step: Step = "day",
    occurred: str = "occurred",
    reported: str = "reported",
    strata: Sequence[str] | None = None,
    counts: Counts = "auto",
    longest: int | None = None,
    file: str = "",
) -> Triangle:
    """The cube of a line list or reporting triangle as known on `as_of` (default: the last report in the table).

    `strata`: columns that divide the counts; None takes every text column with few values. `longest`: most delay kept,
    steps (default: half of the history, at most 120 days, 60 weeks, 36 months; later reports are a tail). Bad rows
    are left out and told in `problems`. Raises `Refusal` where
    no row can be read, or the columns are neither a line list nor a triangle.
    """
    problems: list[Problem] = []
    if frame.height == 0:
        raise Refusal(N_("the table holds no rows: nothing to nowcast"), file=file)
    names = {c.lower(): c for c in frame.columns}
    o = _find(names, (occurred, *OCCURRED))
    r = _find(names, (reported, *REPORTED))
    ref = _find(names, REFERENCE)
    rep = _find(names, (*REPORT_DATE, *REPORTED))
    lag = _find(names, DELAY)
    number = _find(names, COUNT)
    if ref and number and (rep or lag):
        cells = _cells(frame, ref, rep, lag, number, step, problems, file)
        used = {c for c in (ref, rep, lag, number) if c}
    elif o and r:
        cells = _lines(frame, o, r, problems, file)
        used = {o, r}
    else:
        raise Refusal(
            N_(
                "neither a line list (occurred, reported) nor a triangle (reference_date, report_date or delay, "
                "count); the file has: {have}"
            ),
            file=file,
            have=", ".join(frame.columns),
        )
    chosen = _strata(frame, used, strata, file)
    cells = cells.with_columns(frame[c].cast(pl.String).fill_null("").alias(f"s{i}") for i, c in enumerate(chosen))
    cells = cells.filter(pl.col("ok"))
    if cells.height == 0:
        raise Refusal(
            problems=tuple(problems) or (Problem(N_("no row has both dates: nothing to nowcast"), file=file),)
        )
    keys = [f"s{i}" for i in range(len(chosen))]
    if o and r and not (ref and number and (rep or lag)):
        _told_twice(frame, problems, file)
        cells = cells.group_by([*keys, "ref", "rep"]).agg(pl.col("count").sum())
    else:
        cells = _unique_cells(cells, keys, problems, file)
        cells = as_new(cells, keys, counts)
    end = as_of or cells["rep"].max()
    assert isinstance(end, date)
    cells = cells.filter((pl.col("rep") <= end) & (pl.col("ref") <= end))
    if cells.height == 0:
        raise Refusal(N_("nothing was reported by {as_of}: give a later --as-of"), file=file, as_of=end.isoformat())
    return _cube(cells, keys, chosen, end, step, longest, problems, file)


def guess_step(frame: pl.DataFrame, asked: str | None = None) -> Step:
    """The step asked for, or the one the dates of occurrence stand on: all firsts of months, all one weekday, or
    days.
    """
    if asked:
        return cast(Step, asked)
    names = {c.lower(): c for c in frame.columns}
    column = _find(names, (*OCCURRED, *REFERENCE))
    if not column:
        return "day"
    days = _dates(frame[column]).drop_nulls().unique()
    if len(days) >= 4 and bool((days.dt.day() == 1).all()):
        return "month"
    return "week" if len(days) >= 4 and days.dt.weekday().n_unique() == 1 else "day"


def _find(names: dict[str, str], wanted: Sequence[str]) -> str:
    return next((names[w.lower()] for w in wanted if w.lower() in names), "")


def _dates(column: pl.Series) -> pl.Series:
    """A column as dates: dates, times, or text in ISO, 31.12.2025 or 31/12/2025 form; null where it is none of
    these.
    """
    if column.dtype == pl.Date:
        return column
    if isinstance(column.dtype, pl.Datetime):
        if column.dtype.time_zone:
            column = column.dt.convert_time_zone("Asia/Almaty")
        return column.dt.date()
    text = column.cast(pl.String).str.strip_chars()
    out = text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    for pattern in ("%d.%m.%Y", "%d/%m/%Y", "%Y%m%d"):
        size = 8 if pattern == "%Y%m%d" else 10
        more = text.str.slice(0, size).str.to_date(pattern, strict=False)
        out = out.zip_with(out.is_not_null(), more)
    return out


def _tell(
    rows: pl.Series, reason: str, column: str, problems: list[Problem], file: str, values: pl.Series | None = None
) -> None:
    numbers = [i + 2 for i in rows.arg_true().to_list()]
    for number in numbers[:SHOWN]:
        value = "" if values is None else str(values[number - 2])
        problems.append(Problem(reason, {"value": value}, file=file, row=number, column=column))
    if len(numbers) > SHOWN:
        problems.append(
            Problem(
                N_("{count} more rows are left out for the same reason"),
                {"count": len(numbers) - SHOWN},
                file=file,
                column=column,
            )
        )


def _lines(frame: pl.DataFrame, occurred: str, reported: str, problems: list[Problem], file: str) -> pl.DataFrame:
    ref, rep = _dates(frame[occurred]), _dates(frame[reported])
    _tell(ref.is_null(), N_("this is no date: {value}; the row is left out"), occurred, problems, file, frame[occurred])
    _tell(
        rep.is_null() & ref.is_not_null(),
        N_("this is no date: {value}; the row is left out"),
        reported,
        problems,
        file,
        frame[reported],
    )
    before = (rep < ref).fill_null(False)
    _tell(
        before,
        N_("reported before it happened ({value}); the row is left out"),
        reported,
        problems,
        file,
        frame[reported],
    )
    ok = ref.is_not_null() & rep.is_not_null() & ~before
    return pl.DataFrame({"ref": ref, "rep": rep, "count": pl.Series([1.0] * frame.height), "ok": ok})


def _cells(
    frame: pl.DataFrame, ref_: str, rep_: str, lag_: str, number: str, step: Step, problems: list[Problem], file: str
) -> pl.DataFrame:
    ref = _dates(frame[ref_])
    _tell(ref.is_null(), N_("this is no date: {value}; the row is left out"), ref_, problems, file, frame[ref_])
    if rep_:
        rep = _dates(frame[rep_])
        _tell(
            rep.is_null() & ref.is_not_null(),
            N_("this is no date: {value}; the row is left out"),
            rep_,
            problems,
            file,
            frame[rep_],
        )
    else:
        delay = frame[lag_].cast(pl.Int64, strict=False)
        _tell(
            delay.is_null(),
            N_("this is no whole number of steps: {value}; the row is left out"),
            lag_,
            problems,
            file,
            frame[lag_],
        )
        offset = {"day": "d", "week": "w", "month": "mo"}[step]
        text = delay.fill_null(0).cast(pl.String) + offset
        rep = pl.DataFrame({"ref": ref, "by": text}).select(pl.col("ref").dt.offset_by(pl.col("by")))["ref"]
        rep = rep.zip_with(delay.is_not_null(), pl.Series([None] * frame.height, dtype=pl.Date))
    count = frame[number].cast(pl.Float64, strict=False)
    _tell(
        count.is_null() & frame[number].is_not_null(),
        N_("this is no number: {value}; the row is left out"),
        number,
        problems,
        file,
        frame[number],
    )
    before = (rep < ref).fill_null(False) & (count != 0).fill_null(False)
    _tell(
        before,
        N_("reported before it happened ({value}); the row is left out"),
        rep_ or lag_,
        problems,
        file,
        rep.cast(pl.String),
    )
    ok = (
        ref.is_not_null()
        & rep.is_not_null()
        & count.is_not_null()
        & count.is_finite().fill_null(False)
        & (rep >= ref).fill_null(False)
    )
    return pl.DataFrame({"ref": ref, "rep": rep, "count": count, "ok": ok})


def _strata(frame: pl.DataFrame, used: set[str], asked: Sequence[str] | None, file: str) -> list[str]:
    if asked is not None:
        missing = [c for c in asked if c not in frame.columns]
        if missing:
            raise Refusal(
                N_("there is no column {column} to divide by; the file has: {have}"),
                file=file,
                column=", ".join(missing),
                have=", ".join(frame.columns),
            )
        return list(asked)
    out = []
    for name in frame.columns:
        if name in used or not (
            frame[name].dtype in (pl.String, pl.Categorical, pl.Boolean) or isinstance(frame[name].dtype, pl.Enum)
        ):
            continue
        values = frame[name].n_unique()
        text = frame[name].cast(pl.String)
        numeric = text.cast(pl.Float64, strict=False).is_not_null().mean() or 0.0
        dated = _dates(frame[name]).is_not_null().mean() or 0.0
        if (
            values <= STRATA_MOST
            and values * 10 <= max(frame.height, 20)
            and float(str(dated)) < 0.5
            and not (float(str(numeric)) > 0.9 and values > 30)
        ):
            out.append(name)
    return out


def _told_twice(frame: pl.DataFrame, problems: list[Problem], file: str) -> None:
    """A word where lines with an identifier of their own stand twice, or where the whole file does."""
    counts = frame.group_by(frame.columns).len()["len"]
    if frame.height >= 20 and bool((counts % 2 == 0).all()):
        problems.append(Problem(N_("every line stands twice in the file: counts may be doubled"), file=file))


def _unique_cells(cells: pl.DataFrame, keys: list[str], problems: list[Problem], file: str) -> pl.DataFrame:
    once = cells.select([*keys, "ref", "rep", "count"]).unique(maintain_order=True)
    if once.height < cells.height:
        problems.append(
            Problem(
                N_("{count} cells stand twice with the same count: each is taken once"),
                {"count": cells.height - once.height},
                file=file,
            )
        )
    added = once.group_by([*keys, "ref", "rep"], maintain_order=True).agg(pl.col("count").sum())
    if added.height < once.height:
        problems.append(
            Problem(
                N_("{count} cells stand twice with different counts: they are added"),
                {"count": once.height - added.height},
                file=file,
            )
        )
    return added


def _cube(
    cells: pl.DataFrame,
    keys: list[str],
    chosen: list[str],
    end: date,
    step: Step,
    longest: int | None,
    problems: list[Problem],
    file: str,
) -> Triangle:
    label = labels_of(cells, step)
    cells = cells.with_columns(label.alias("label"))
    oldest = cells["label"].min()
    assert isinstance(oldest, date)
    last = floor_of(end, step, anchor_of(cells["ref"], step))
    combinations = cells.select(keys).n_unique() if keys else 1
    room = int((CELLS_MOST / combinations) ** 0.5)
    n = min(apart(oldest, last, step) + 1, STEPS_KEPT[step], max(room, 60))
    labels = tuple(shift(last, i - n + 1, step) for i in range(n))
    cuts = tuple(shift(end, i - n + 1, step) for i in range(n))
    place = {d: i for i, d in enumerate(labels)}
    ref_at = np.array([place.get(d, -1) for d in cells["label"].to_list()], dtype=np.int64)
    ends = np.array([c.toordinal() for c in cuts], dtype=np.int64)
    rep_at = np.searchsorted(
        ends, np.array([d.toordinal() for d in cells["rep"].to_list()], dtype=np.int64), side="left"
    )
    leaves = cells.select(keys).unique().sort(keys).rows() if keys else [()]
    leaf = {row: i for i, row in enumerate(leaves)}
    leaf_at = (
        np.array([leaf[row] for row in cells.select(keys).rows()], dtype=np.int64)
        if keys
        else np.zeros(cells.height, np.int64)
    )
    inside = (ref_at >= 0) & (rep_at < n)
    outside = int((~inside).sum())
    if outside and outside == cells.height:
        raise Refusal(N_("no report lies in the steps up to {as_of}"), file=file, as_of=end.isoformat())
    new = np.zeros((len(leaves), n, n))
    np.add.at(new, (leaf_at[inside], ref_at[inside], rep_at[inside]), cells["count"].to_numpy()[inside])
    known = new.cumsum(axis=2)
    if bool((known < -1e-9).any()):
        problems.append(Problem(N_("corrections take some counts below zero: they are read as zero"), file=file))
        known = np.maximum(known, 0.0)
    height = min(longest or max(min(n // 2, LONGEST[step]), 1), n - 1) if n > 1 else 0
    cube = np.full((len(leaves), n, height + 1), np.nan)
    for h in range(height + 1):
        i = np.arange(h, n)
        cube[:, i, h] = known[:, i - h, i]
    values = tuple(tuple(map(str, k)) for k in leaves)
    return Triangle(cube, known[:, :, -1], labels, cuts, tuple(chosen), values, step, end, longest is None, problems)
