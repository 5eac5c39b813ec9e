"""`python -m benchmarks.links [--splink PYTHON]`: series, one report into a million, persons and payments against
Splink.

`--splink` names an interpreter that has splink (requirements/bench.txt); without one that part says that it was
skipped.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.links.generator import pair_scores, reports
from izker.links import Linker, link, payments, persons, snapshot

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data" / "splink"
ROLES = {"given": "first_name", "family": "surname", "born": "dob", "post": "postcode_fake", "place": "birth_place", "work": "occupation"}


def timed(work: Callable[[], Any], runs: int = 5) -> tuple[float, Any]:
    """Median seconds of `runs` after one warming run, and the last result."""
    out = work()
    clocks = []
    for _run in range(runs):
        started = time.perf_counter()
        out = work()
        clocks.append(time.perf_counter() - started)
    return statistics.median(clocks), out


def f1(right: int, found: int, true: int) -> float:
    return 2 * right / (found + true)


def batch(n: int, seed: int) -> list[str]:
    made = reports(n, seed)
    seconds, found = timed(lambda: link(made.drop("truth")), 3)
    joined = made.join(found.series, on="report_id")
    p, r, b3, largest = pair_scores(joined["truth"].to_numpy(), joined["series_id"].rank("dense").to_numpy())
    true_largest = int(made.group_by("truth").len()["len"].to_numpy().max())
    per = found.reasons.group_by("report_b").len()["len"].to_numpy().max()
    return [
        f"| batch, {n:,} reports, seed {seed}: seconds | {seconds:.1f} | <= 15 |",
        f"| pair precision / recall (B3 F1 {b3:.3f}) | {p:.4f} / {r:.4f} | >= .99 / >= .77 |",
        f"| largest series found / true | {largest:,} / {true_largest:,} | found <= true |",
        f"| most backward links of a report | {per} | <= 20 |",
    ]


def incremental(n: int, added: int) -> list[str]:
    made = reports(n, 8).sort("reported_at")
    linker = Linker.from_table(made.head(n - added).drop("truth"), secret=b"benchmark")
    clocks = []
    for row in made.tail(added).drop("truth").iter_rows(named=True):
        started = time.perf_counter()
        linker.add(row)
        clocks.append(time.perf_counter() - started)
    series = pl.Series([linker.series_of(name) for name in linker.ids]).rank("dense").to_numpy()
    truth = pl.DataFrame({"report_id": linker.ids}).join(made, on="report_id", maintain_order="left")["truth"].to_numpy()
    p, r, _b3, _largest = pair_scores(truth, series)
    p50, p99, worst = (float(np.quantile(clocks, q)) * 1e3 for q in (0.5, 0.99, 1.0))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    kept, written = once(lambda: snapshot.dump(linker))
    _again, read = once(lambda: snapshot.load(kept, secret=b"benchmark"))
    return [
        f"| one report into {n:,}: p50 / p99 / worst, ms | {p50:.2f} / {p99:.2f} / {worst:.1f} | p99 <= 50 |",
        f"| 1,000 reports, ms | {sum(clocks) / added * 1e6:.0f} | < 100 |",
        f"| pair precision / recall after {added:,} single reports | {p:.4f} / {r:.4f} | |",
        f"| peak memory of the process, GB | {memory:.2f} | <= 3 |",
        f"| snapshot of the linker: write / read, seconds, MB | {written:.1f} / {read:.1f}, {len(kept) / 1e6:.0f} | |",
    ]


def once(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def anchor(python: str, name: str) -> dict[str, Any]:
    script = Path(__file__).with_name("splink_models.py")
    done = subprocess.run([python, str(script), name, str(DATA)], capture_output=True, text=True, check=True)
    out: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return out


def people(python: str | None) -> list[str]:
    def ours() -> tuple[float, float, float]:
        frame = pl.read_parquet(DATA / "historical_figures_with_errors_50k.parquet")
        found = persons.match(frame, ROLES).people["person"].to_numpy()
        return pair_scores(frame["cluster"].rank("dense").to_numpy(), found)[:3]

    seconds, (p, r, _b3) = timed(ours)
    own = 2 * p * r / (p + r)
    lines = [f"| persons, historical 50k: F1 / seconds | {own:.3f} / {seconds:.2f} | |"]
    if python:
        theirs = anchor(python, "historical")
        true = theirs["true_pairs"]
        best = max(f1(right, found, true) for _threshold, right, found in theirs["clusters"] + theirs["pairs"])
        lines.append(f"| the same, Splink: best F1 of all its thresholds / seconds | {best:.3f} / {theirs['seconds']:.2f} | ours not lower |")
        lines.append(f"| times faster | {theirs['seconds'] / seconds:.1f} | >= 10 |")
    return lines


def transfers(python: str | None) -> list[str]:
    def ours() -> float:
        left, right = (
            pl.read_parquet(DATA / f"transactions_{side}.parquet").sample(fraction=1.0, shuffle=True, seed=seed)
            for side, seed in (("origin", 1), ("destination", 2))
        )
        pairs = payments.match(left, right, {"date": "transaction_date"}).pairs
        same = left["ground_truth"].gather(pairs["origin"]) == right["ground_truth"].gather(pairs["destination"])
        return f1(int(same.sum()), pairs.height, left.height)

    seconds, own = timed(ours)
    lines = [f"| payments pair, rows shuffled: F1 / seconds | {own:.4f} / {seconds:.2f} | |"]
    if python:
        for model, words in (("payments", "as published"), ("payments_fair", "without its rule on unique_id")):
            theirs = anchor(python, model)
            true = theirs["true_pairs"]
            best = max([f1(right, found, true) for _threshold, right, found in theirs["pairs"]] + [f1(theirs["one_to_one"][0], theirs["one_to_one"][1], true)])
            told = f"| the same, Splink {words}: best F1 of thresholds and one-to-one choice / seconds"
            lines.append(f"{told} | {best:.4f} / {theirs['seconds']:.2f} | ours not lower |")
            lines.append(f"| times faster | {theirs['seconds'] / seconds:.1f} | >= 10 |")
    return lines


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--splink", help="an interpreter that has splink")
    options.add_argument("--reports", type=int, default=1_000_000)
    asked = options.parse_args()
    # Times first, while the process is small.
    lines = []
    if DATA.exists():
        lines += people(asked.splink) + transfers(asked.splink)
    else:
        lines.append("| persons and payments | skipped: the data sets are not here | |")
    if not asked.splink:
        lines.append("| Splink | skipped: give --splink PYTHON with requirements/bench.txt installed | |")
    lines += batch(asked.reports, 8) + incremental(asked.reports, min(20_000, asked.reports // 10))
    beside = " --splink PYTHON" if asked.splink else ""
    head = (
        "# Linking: measured\n\n"
        f"`python -m benchmarks.links --reports {asked.reports}{beside}` on {platform.machine()}, "
        f"Python {platform.python_version()}. Reports are SYNTHETIC "
        "(benchmarks/links/generator.py): the figures compare methods, not the world. Rules were set on seed 7; the figures are of seed 8. "
        "The persons' blocking keys and levels were chosen while looking at the historical data set, whose truth was never used for fitting; "
        "Splink 5.0.0 runs with the settings of its own published examples for these two data sets (benchmarks/links/splink_models.py says where each "
        "stands), and the best of all its thresholds, chosen on the truth, is taken. Its payments example blocks on an id that both sides share and calls "
        "that a cheat: both rows are given.\n\n"
        "| what | measured | target |\n|---|---|---|\n"
    )
    target = ROOT / "docs" / "benchmarks" / "links.md"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
