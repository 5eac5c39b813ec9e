"""Nowcast of German hospitalisations on the protocol of the public hub: `python -m benchmarks.outlook.nowcast_hosp`.

Issue dates 2021-11-22..2022-04-29 (study), horizons 0..28 days, seven-day sums, seven quantiles, the hub's excluded
cells left out. Also printed: PRE (issue dates 2021-10-07..11-21, on which alone constants were chosen, with E: from
2021-07-25, judged by the triangle itself) and POST (2022-04-30..07-02). Truths: the sum as known 40 days later, and as
of 2022-08-08. One method, one set of constants; the longest delay is 40 days for the first truth and 120 for the
second.
"""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from izker.outlook import delays, intervals, nowcast_engine, nowcast_tail, wis
from izker.outlook.coherence import Tree

Floats = npt.NDArray[np.float64]
DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "nowcast_hosp_de"
DAY0 = date(2021, 4, 6)
DAYS, WINDOW, HORIZON = 453, 7, 28
AGES = ("00-04", "05-14", "15-34", "35-59", "60-79", "80+")
LEVELS = {"DE": slice(0, 1), "states": slice(7, 23), "ages": slice(1, 7)}
PERIODS = {
    "E": (date(2021, 7, 25), date(2021, 10, 6)),
    "PRE": (date(2021, 10, 7), date(2021, 11, 21)),
    "study": (date(2021, 11, 22), date(2022, 4, 29)),
    "POST": (date(2022, 4, 30), date(2022, 7, 2)),
}
# public holidays of all Germany, and 24 and 31 December, when offices are shut: known beforehand
HOLIDAYS = (
    "2021-05-13 2021-05-24 2021-11-01 2021-12-24 2021-12-25 2021-12-26 2021-12-31 2022-01-01 2022-04-15 2022-04-18 "
    "2022-05-26 2022-06-06"
)
FROZEN = {"40d": (1167.1546504029623, 73.0645, 194.5963), "final": (1572.7172729, 98.4124, 262.3707)}
ANCHORS = {
    "8-team mean ensemble, 40 d": (85.95, 10.92, 16.51),
    "best single model, 40 d": (124.71, 12.83, 23.28),
    "best single model, final": (142.63, 17.50, 29.14),
}


def series() -> list[tuple[str, str]]:
    places = pl.read_csv(DATA / "truth_40d.csv.gz")["location"].unique().to_list()
    states = sorted(place for place in places if place != "DE")
    return [("DE", "00+")] + [("DE", age) for age in AGES] + [(state, "00+") for state in states]


def snapshots(names: list[tuple[str, str]], ages: int) -> Floats:
    """(23, days, ages+1): seven-day sums as known; what an issue date lacks is as last known."""
    place = {name: k for k, name in enumerate(names)}
    table = pl.read_parquet(DATA / "asof.parquet").with_columns(
        pl.col("location").cast(pl.String), pl.col("age_group").cast(pl.String)
    )
    keys = pl.DataFrame({"location": [n[0] for n in names], "age_group": [n[1] for n in names], "k": range(len(names))})
    table = table.join(keys, on=["location", "age_group"])
    known = np.full((len(place), DAYS, DAYS), np.nan)
    start = pl.lit(DAY0).cast(pl.Datetime("ns"))
    at = table.select(
        "k", "count", (pl.col("reference_date") - start).dt.total_days(), (pl.col("issue_date") - start).dt.total_days()
    )
    known[at["k"].to_numpy(), at["reference_date"].to_numpy(), at["issue_date"].to_numpy()] = at["count"].to_numpy()
    for i in range(1, DAYS):
        gap = np.isnan(known[:, :, i]) & np.isfinite(known[:, :, i - 1])
        known[:, :, i][gap] = known[:, :, i - 1][gap]
    out = np.full((len(place), DAYS, ages + 1), np.nan)
    for h in range(ages + 1):
        for i in range(h + WINDOW - 1, DAYS):
            out[:, i, h] = known[:, i - h - WINDOW + 1 : i - h + 1, i].sum(axis=1)
    return out


def truth(names: list[tuple[str, str]], file: str) -> Floats:
    """(23, days, 29) by issue date and horizon."""
    place = {name: k for k, name in enumerate(names)}
    flat = np.full((len(names), DAYS), np.nan)
    for day, location, age, value in pl.read_csv(DATA / file).iter_rows():
        at = (date.fromisoformat(day) - DAY0).days
        if (location, age) in place and 0 <= at < DAYS:
            flat[place[location, age], at] = value
    out = np.full((len(names), DAYS, HORIZON + 1), np.nan)
    for h in range(HORIZON + 1):
        out[:, h:, h] = flat[:, : DAYS - h]
    return out


def excluded(names: list[tuple[str, str]]) -> npt.NDArray[np.bool_]:
    place = {name: k for k, name in enumerate(names)}
    out = np.zeros((len(names), DAYS, HORIZON + 1), dtype=np.bool_)
    for location, age, issue, target in pl.read_csv(DATA / "excluded_cells.csv.gz").iter_rows():
        i, t = (date.fromisoformat(issue) - DAY0).days, (date.fromisoformat(target) - DAY0).days
        if (location, age) in place and 0 <= i < DAYS and 0 <= i - t <= HORIZON:
            out[place[location, age], i, i - t] = True
    return out


def nowcasts(cube: Floats, open_ended: bool) -> tuple[Floats, float]:
    """Quantiles (23, days, 29, 7) by the method with its defaults, and the seconds it took."""
    n, ages = cube.shape[1], cube.shape[2] - 1
    days = [DAY0 + timedelta(days=i) for i in range(n + ages + 1)]
    free = {date.fromisoformat(d) for d in HOLIDAYS.split()}
    classes = delays.report_classes(
        np.array([d.weekday() for d in days], dtype=np.int64), np.array([d in free for d in days], dtype=np.bool_)
    )
    keys = tuple((str(k),) for k in range(len(cube)))
    tree = Tree(keys, ((0, tuple(range(1, 7))), (0, tuple(range(7, 23)))), tuple(range(1, 23)))
    began = time.perf_counter()
    silent = np.zeros(n, dtype=np.bool_)
    found = nowcast_engine.estimate(cube, classes, 7, silent, tree, 1, nowcast_engine.CONSTANTS, 60, 70, 70, WINDOW)
    part = slice(0, HORIZON + 1)
    missing, variance = found.missing[:, :, part], found.variance[:, :, part]
    if open_ended:
        tail = nowcast_tail.tails(cube[0], silent, 70)[None, :, :1]
        missing, variance = nowcast_tail.add(missing, variance, cube[:, :, part], tail)
    values = intervals.quantiles(cube[:, :, part], missing, variance, wis.LEVELS)
    return values, time.perf_counter() - began


def scores(values: Floats, y: Floats, out: npt.NDArray[np.bool_]) -> list[tuple[str, str, float, float, float]]:
    """Rows (period, level, mean WIS, 50 % coverage, 95 % coverage)."""
    loss = wis.wis(wis.LEVELS, values, y)
    half = wis.covered(wis.LEVELS, values, y, 0.5)
    most = wis.covered(wis.LEVELS, values, y, 0.95)
    rows = []
    for period, (first, last) in PERIODS.items():
        days = slice((first - DAY0).days, (last - DAY0).days + 1)
        for level, part in LEVELS.items():
            good = ~out[part, days] & np.isfinite(loss[part, days])
            if good.any():
                mean = [float(a[part, days][good].mean()) for a in (loss, half, most)]
                rows.append((period, level, mean[0], mean[1], mean[2]))
    return rows


def frozen(cube: Floats, y: Floats, out: npt.NDArray[np.bool_]) -> list[float]:
    """Mean WIS of the counts as known, the scorer's check against the published baseline."""
    point = np.repeat(cube[:, :, : HORIZON + 1, None], len(wis.LEVELS), axis=-1)
    return [r[2] for r in scores(point, y, out) if r[0] == "study"]


def run() -> list[str]:
    """The tables as Markdown lines."""
    names = series()
    out = excluded(names)
    lines = ["| truth | period | level | mean WIS | 50 % | 95 % |", "|---|---|---|---|---|---|"]
    notes = []
    for label, file, ages in (("40d", "truth_40d.csv.gz", 40), ("final", "truth_2022-08-08.csv.gz", 120)):
        cube = snapshots(names, ages)
        y = truth(names, file)
        if label == "40d":
            for h in range(HORIZON + 1):
                for i in range(70, (PERIODS["PRE"][0] - DAY0).days + h):
                    if np.isnan(y[0, i, h]) and i - h >= 0 and i - h + 40 < DAYS:
                        y[:, i, h] = cube[:, i - h + 40, 40]
        values, seconds = nowcasts(cube, label == "final")
        check = frozen(cube, y, out)
        told = ", ".join(f"{a:.4f} ({b:.4f})" for a, b in zip(check, FROZEN[label], strict=True))
        notes.append(
            f"- {label}: frozen baseline here (published): {told}; 23 series x {DAYS} issue dates in {seconds:.1f} s"
        )
        lines += [f"| {label} | {p} | {v} | {w:.2f} | {h:.3f} | {c:.3f} |" for p, v, w, h, c in scores(values, y, out)]
    notes += [f"- {name}: " + " / ".join(map(str, value)) for name, value in ANCHORS.items()]
    return [*lines, "", *notes]


if __name__ == "__main__":
    print("\n".join(run()))
