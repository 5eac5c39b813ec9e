"""`python -m benchmarks.outlook [PART ...]`: forecast, signals, scores against public anchors; the table goes to
docs/benchmarks/outlook.md.

Parts: forecast, statsforecast, parity, noufaily, lead, clusters, cohort (default: all). Real data is looked for in
../shared/data; a part whose data is absent says so in the table.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.outlook import clusters, forecasts, noufaily, signals_lead

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
PAGE = ROOT / "docs" / "benchmarks" / "outlook.md"
Line = tuple[str, str, str]


def forecast() -> list[Line]:
    path = DATA / "cafc" / "cafc.parquet"
    lines = []
    figures = forecasts.run(path)
    ours = figures["Izker"]
    levels = ("nation", "province", "province x scheme")
    shown = lambda row, kind: " / ".join(f"{row[f'{kind}_{level}']:.3f}" for level in levels)  # noqa: E731
    lines.append(("CAFC weekly, MASE nation / province / province x scheme", shown(ours, "mase"), "<= .64 / .67 / .64"))
    lines += [(f"- {name}, shown beside", shown(figures[name], "mase"), "") for name in figures if name != "Izker"]
    lines.append(("- coverage of 95 % intervals", shown(ours, "cover"), ".93-.97"))
    lines.append(("- WIS / scale", shown(ours, "wis"), ""))
    lines.append(("- incoherence of medians", f"{ours['coherence']:.1e}", "< 1e-6"))
    lines.append(("- 13 origins x 140 series, seconds", f"{ours['seconds']:.1f}", "< 60"))
    weekly = forecasts.run(
        path, list(range(forecasts.WEEKS - forecasts.TEST - 3, forecasts.WEEKS - forecasts.HORIZON + 1))
    )
    lines.append(("- the same from every week of the last year", shown(weekly["Izker"], "mase"), ""))
    lines.append(("- its coverage", shown(weekly["Izker"], "cover"), ".93-.97"))
    before = forecasts.run(path, list(range(82, 139, 3)))
    lines.append(("- origins before the test, on which constants were set", shown(before["Izker"], "mase"), ""))
    lines.append(("- their coverage", shown(before["Izker"], "cover"), ""))
    return lines


def statsforecast() -> list[Line]:
    levels = ("nation", "province", "province x scheme")
    return [
        (f"CAFC, statsforecast {name}", " / ".join(f"{row[f'mase_{level}']:.3f}" for level in levels), "")
        for name, row in forecasts.statsforecast(DATA / "cafc" / "cafc.parquet").items()
    ]


def parity() -> list[Line]:
    from izker.outlook.signals_farrington import farrington

    folder = DATA / "farrington"
    rows = pl.read_csv(folder / "newport_states.csv")
    expected = pl.read_csv(folder / "ff_newport_states_delta.csv.gz", null_values="NA", infer_schema_length=None)
    bounds = np.stack([expected[f"ub_{i + 1}"].cast(pl.Float64).to_numpy() for i in range(16)])
    told = [expected[f"al_{i + 1}"].cast(pl.String).str.to_lowercase() == "true" for i in range(16)]
    alarms = np.stack([column.to_numpy() for column in told])
    counts = rows.drop("date").to_numpy().T
    dates = [date.fromisoformat(d) for d in rows["date"]]
    targets = (expected["t"] - 1).to_list()
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        found = farrington(counts, targets, dates=dates, r_compat=True)
        seconds.append(time.perf_counter() - start)
    same = int((found.alarm == alarms).sum())
    gap = float(np.nanmax(np.abs(found.bound - bounds)))
    median = float(np.median(seconds[1:]))
    return [
        ("Farrington flexible against R surveillance, 16 x 260 weeks: same alarms", f"{same} of {alarms.size}", "all"),
        ("- largest difference of a bound", f"{gap:.1e}", "< 1e-8"),
        ("- seconds for 4 160 fits (R: 53)", f"{median:.2f} ({53 / median:.0f} x)", ">= 20 x"),
    ]


def simulated() -> list[Line]:
    lines = []
    for name, row in noufaily.run(100).items():
        target = "FPR <= .010, POD >= .42" if name == "robust NB" else "(R: .0099, .407)"
        pods = " ".join(f"{row[f'pod_{k}']:.3f}" for k in noufaily.SIZES)
        rates = f"FPR {row['fpr']:.4f} (worst set {row['worst_fpr']:.4f}), mean POD {row['pod']:.3f}"
        figure = f"{rates} (k = 2, 3, 5, 10: {pods})"
        lines.append((f"Noufaily's 42 scenarios x 100, alpha .01: {name}", figure, target))
    return lines


def lead() -> list[Line]:
    row = signals_lead.run(DATA / "lapd_fraud" / "lapd_sample.parquet", repeats=24)
    return [
        (
            "Outbreak through the LAPD delay law: lead over raw weeks of offence, median days",
            f"{row['lead_over_offence_weeks']:.0f}",
            ">= 7",
        ),
        (
            "- over the detector on raw weeks of report, days, median (mean)",
            f"{row['lead_over_report_weeks']:.0f} ({row['mean_lead_over_report_weeks']:.0f})",
            "",
        ),
        (
            "- days to the alarm: Izker / its nowcast alone / offence / report",
            " / ".join(f"{row[f'days_{m}']:.0f}" for m in signals_lead.MODES),
            "",
        ),
        (
            "- never seen in 16 weeks: the same order",
            " / ".join(f"{row[f'never_{m}']:.0%}" for m in signals_lead.MODES),
            "",
        ),
        (
            "- false alarms a look: the same order",
            " / ".join(f"{row[f'false_{m}']:.3f}" for m in signals_lead.MODES),
            "",
        ),
    ]


def texts() -> list[Line]:
    lines = []
    for name, row in (("generated phrases", clusters.run(12)), ("the simulated country", clusters.run_world(8))):
        days = f"{row['median_days']:.1f} days after the 5th report (most {row['largest_days']:.1f})"
        lines.append(
            (f"New scheme planted among reports of {name}", f"flagged {row['flagged']:.0%}, {days}", "within 3 days")
        )
        lines.append(("- false alerts a week", f"{row['false_alerts_a_week']:.2f}", "<= 1"))
    lines.append(("- share of its reports the classifier was unsure of", f"{row['unsure_of_new']:.0%}", ""))
    return lines


def cohort() -> list[Line]:
    from izker.outlook.cohort import aalen_johansen

    rows = pl.read_csv(DATA / "survival" / "multistate.csv")
    expected = pl.read_csv(DATA / "survival" / "expected_state_probabilities.csv").to_numpy()
    start = time.perf_counter()
    curve = aalen_johansen(rows["t"].to_numpy(), rows["st"].to_numpy(), rows["ent"].to_numpy())
    took = time.perf_counter() - start
    gap = np.abs(curve.at(expected[:, 0]) - expected[:, 1:]).max()
    return [
        (
            "Aalen-Johansen against R survival, 20 000 cases: largest difference",
            f"{gap:.1e} ({took * 1000:.1f} ms)",
            "< 1e-12",
        )
    ]


PARTS: dict[str, Callable[[], list[Line]]] = {
    "forecast": forecast,
    "statsforecast": statsforecast,
    "parity": parity,
    "noufaily": simulated,
    "lead": lead,
    "clusters": texts,
    "cohort": cohort,
}


def main(wanted: list[str]) -> int:
    unknown = [w for w in wanted if w not in PARTS]
    if unknown:
        print(f"no part {unknown[0]}; there are: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    lines: list[Line] = []
    for name in wanted or list(PARTS):
        start = time.perf_counter()
        try:
            lines += PARTS[name]()
        except FileNotFoundError as error:
            lines.append((name, f"data not here: {Path(error.filename or '').name}", ""))
        print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    table = ["| what | figure | target |", "|---|---|---|", *(f"| {a} | {b} | {c} |" for a, b, c in lines)]
    print("\n".join(table))
    if not wanted:
        machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
        head = [
            "# Outlook: forecast, signals, scores",
            "",
            f"Printed by `python -m benchmarks.outlook` on {machine}.",
            "Protocols stand in the docstrings of `benchmarks/outlook/`.",
            "",
        ]
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text("\n".join([*head, *table, ""]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
