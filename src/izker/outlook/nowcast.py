"""The nowcast: how many of the things that happened lately will have been reported in the end.

    known by now  +  still to come = nowcast,  with an interval learned from the method's own past revisions

See docs/nowcast.md for the method and its limits, `triangle` for the tables that are read.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from izker.outlook import delays, intervals, nowcast_engine, nowcast_tail
from izker.outlook.coherence import Tree, sums, tree
from izker.outlook.delays import Bools, Floats, Ints
from izker.outlook.new_counts import Counts
from izker.outlook.nowcast_draws import coherent_draws
from izker.outlook.steps import Step, weekdays
from izker.outlook.triangle import Triangle, read_triangle
from izker.outlook.wis import LEVELS
from izker.words import N_, Problem

LEAST_REPORTS = 10.0  # fewer reports than this teach nothing about delays
LEAST_STEPS = 6
ISSUES = 110  # past issue steps replayed to learn the intervals
MOST_SILENT: dict[str, int] = {"day": 14, "week": 3, "month": 2}  # steps without a report that the level may bridge
HORIZON: dict[str, int] = {"day": 28, "week": 12, "month": 6}


@dataclass(frozen=True, slots=True)
class Nowcast:
    """`rows`: date, strata..., known, mean, q0.025 ... q0.975 (null where there is no data), a row a series and date,
    oldest first;
    a null stratum means all. `draws` (D, series, dates): totals that add up over strata in every draw; series in the
    order of
    `keys`, dates in the order of `dates`. `completeness` (dates,): expected share known of the whole. `refused`: rows
    were left out, or no estimate is given.
    """

    rows: pl.DataFrame
    draws: Floats
    dates: tuple[date, ...]
    keys: tuple[tuple[str | None, ...], ...]
    leaves: tuple[int, ...]
    strata: tuple[str, ...]
    as_of: date
    step: Step
    completeness: Floats
    refused: bool = False
    problems: list[Problem] = field(default_factory=list)


def nowcast(
    frame: pl.DataFrame,
    *,
    occurred: str = "occurred",
    reported: str = "reported",
    strata: Sequence[str] | None = None,
    as_of: date | None = None,
    step: Step = "day",
    horizon: int | None = None,
    calendar: Collection[date] | None = None,
    counts: Counts = "auto",
    longest: int | None = None,
    draws: int = 200,
    seed: int = 0,
    file: str = "",
) -> Nowcast:
    """Nowcast the table `frame` (line list or triangle, see `triangle.read_triangle`) as known on `as_of`.

    `horizon`: how many steps back from the newest are corrected (0 = the newest only). `calendar`: public holidays, on
    which reports come as on Sundays. `longest`: most delay counted, steps. Raises `Refusal` where the table cannot be
    read.
    """
    cells = read_triangle(
        frame,
        as_of=as_of,
        step=step,
        occurred=occurred,
        reported=reported,
        strata=strata,
        counts=counts,
        longest=longest,
        file=file,
    )
    return of_triangle(cells, horizon=horizon, calendar=calendar or (), draws=draws, seed=seed)


def of_triangle(
    cells: Triangle, *, horizon: int | None = None, calendar: Collection[date] = (), draws: int = 200, seed: int = 0
) -> Nowcast:
    """Nowcast a cube of snapshots at its last step."""
    problems = list(cells.problems)
    family = tree(cells.keys)
    known = sums(family, cells.known)
    n, ages = known.shape[1:]
    back = min(HORIZON[cells.step] if horizon is None else max(horizon, 0), n - 1)
    total = float(cells.latest.sum())
    dates = tuple(cells.labels[n - 1 - h] for h in range(back, -1, -1))
    newest = sums(family, cells.latest)[:, n - 1 - back :]
    if n < LEAST_STEPS or total < LEAST_REPORTS or ages < 2:
        problems.append(
            Problem(
                N_("too little to learn delays from ({reports} reports in {steps} steps): no estimate is given"),
                {"reports": int(total), "steps": n},
            )
        )
        return _blank(cells, family, newest, dates, problems)
    classes, kinds = _classes(cells, calendar, n + ages)
    silent = delays.silent_steps(known[0], classes[:n])
    gone = 0
    while gone < n and silent[n - 1 - gone]:
        gone += 1
    if gone:
        problems.append(
            Problem(
                N_("nothing was published after {date}: the newest dates lean on earlier ones"),
                {"date": cells.cuts[n - 1 - gone].isoformat()},
            )
        )
    constants = nowcast_engine.CONSTANTS
    keep = min(n, ISSUES + delays.POOL * kinds + ages)
    first = min(2 * kinds + 1, keep - 2)
    start = max(keep - ISSUES, min(first + constants.gap, keep - 1))
    period = 7 if cells.step == "day" else 1
    use = known[:, n - keep :]
    answer = nowcast_engine.estimate(
        use, classes[n - keep :], kinds, silent[n - keep :], family, period, constants, first, start, keep - 1
    )
    missing, variance = answer.missing[:, -1], answer.variance[:, -1]
    if gone:
        spread = np.array([variance[:, max(h - gone, 0)] * (1.0 + 0.5 * max(gone - h, 0)) for h in range(ages)]).T
        variance = spread
    if gone > MOST_SILENT[cells.step]:
        missing = missing.copy()
        missing[:, :gone] = np.nan
    pick = [min(h, ages - 1) for h in range(back, -1, -1)]
    late = np.array([h >= ages for h in range(back, -1, -1)])
    to_come = np.where(late, 0.0, missing[:, pick])
    uncertain = np.where(late, 0.0, variance[:, pick])
    if cells.open_ended:
        beyond = nowcast_tail.tails(use[0], silent[n - keep :], keep - 1)[-1]
        older = np.array([max(h - ages + 1, 0) for h in range(back, -1, -1)])
        tail = np.where(older < len(beyond), beyond[np.minimum(older, len(beyond) - 1)], 0.0)
        to_come, uncertain = nowcast_tail.add(to_come, uncertain, newest, tail)
    if np.isnan(to_come).any():
        problems.append(Problem(N_("nothing is known about the newest dates: no estimate is given for them")))
    drawn = coherent_draws(family, newest, to_come, uncertain, draws, np.random.default_rng(seed))
    values = intervals.quantiles(newest, to_come, uncertain, LEVELS)
    rows = _rows(cells, family, newest, newest + to_come, values, dates)
    share = newest[0] / np.maximum(newest[0] + to_come[0], 1e-9)
    return Nowcast(
        rows,
        drawn,
        dates,
        family.keys,
        family.leaves,
        cells.strata,
        cells.as_of,
        cells.step,
        share,
        bool(cells.problems),
        problems,
    )


def _classes(cells: Triangle, calendar: Collection[date], length: int) -> tuple[Ints, int]:
    if cells.step != "day":
        return np.zeros(length, dtype=np.int64), 1
    start = cells.cuts[0].toordinal()
    days = [date.fromordinal(start + i) for i in range(length)]
    free = set(calendar)
    holidays: Bools = np.array([d in free for d in days], dtype=np.bool_)
    return delays.report_classes(weekdays(days), holidays), 7


def _blank(cells: Triangle, family: Tree, newest: Floats, dates: tuple[date, ...], problems: list[Problem]) -> Nowcast:
    nothing = np.full((*newest.shape, len(LEVELS)), np.nan)
    rows = _rows(cells, family, newest, np.full_like(newest, np.nan), nothing, dates)
    empty = np.full((0, *newest.shape), np.nan)
    share = np.full(len(dates), np.nan)
    return Nowcast(
        rows, empty, dates, family.keys, family.leaves, cells.strata, cells.as_of, cells.step, share, True, problems
    )


def _rows(
    cells: Triangle, family: Tree, known: Floats, mean: Floats, values: Floats, dates: tuple[date, ...]
) -> pl.DataFrame:
    series, width = known.shape
    columns: dict[str, pl.Series] = {"date": pl.Series(list(dates) * series, dtype=pl.Date)}
    for c, name in enumerate(cells.strata):
        columns[name] = pl.Series([key[c] for key in family.keys for _ in range(width)], dtype=pl.String)
    columns["known"] = pl.Series(np.round(known.reshape(-1), 6))
    columns["mean"] = pl.Series(mean.reshape(-1)).fill_nan(None)
    for i, level in enumerate(LEVELS):
        columns[f"q{level:g}"] = pl.Series(values[..., i].reshape(-1)).fill_nan(None)
    return pl.DataFrame(columns)
