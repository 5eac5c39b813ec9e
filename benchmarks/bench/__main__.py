"""How long the response bench takes over a year's reports, and what its league says: `python -m benchmarks.bench [--scale year]`."""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import tempfile
import time
from pathlib import Path

import polars as pl

from izker.files import write_text
from izker.holds import Hazard, plan
from izker.world import build
from izker.world.bench import tell
from izker.world.bench.league import play_league
from izker.world.bench.policies import Sight
from izker.world.bench.scene import load

OUT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks" / "bench.md"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--scale", default="year", choices=["demo", "year"])
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    Hazard.default()
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "world"
        build(world, scale=chosen.scale, seed=chosen.seed)
        warm = Path(folder) / "warm"  # the first use compiles
        build(warm, scale="demo", seed=chosen.seed)
        play_league([lambda: load(warm, everyone=True)])
        started = time.perf_counter()
        scene = load(world, everyone=chosen.scale == "demo")
        loaded = time.perf_counter()
        sight = Sight(scene)
        assert sight.graph
        assert sight.spread
        seen = time.perf_counter()
        league = play_league([lambda: scene])
        played = time.perf_counter()
    games = sum(row.games for row in (*league.policies, *league.variants))
    rows = pl.DataFrame(
        {"report_id": ["R"] * 12, "account": [f"KZ6590{i % 6 + 1}ABCDEFGHIJK{i:02d}" for i in range(12)], "amount": [10**8] * 12,
         "status": ["held"] * 12, "hop": [1 + i % 4 for i in range(12)], "since": [10**15] * 12}
    )  # fmt: skip
    times = []
    for _ in range(50):
        begun = time.perf_counter()
        plan(rows, now_us=10**15 + 10**9)
        times.append(time.perf_counter() - begun)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    lines = [
        "# The response bench",
        "",
        f"`python -m benchmarks.bench --scale {chosen.scale} --seed {chosen.seed}` on {os.cpu_count()} cores, {platform.processor() or platform.machine()}, "
        f"Python {platform.python_version()}. The simulated country is SYNTHETIC.",
        "",
        "| what | measured | target |",
        "|---|---|---|",
        f"| world ready for play (ledger, balances, trails) | {loaded - started:.1f} s | |",
        f"| where transfers lead (MED-like graphs, blanket reach) | {seen - loaded:.1f} s | |",
        f"| {games:,} games: nine policies and variants at nine delays, and the league | {played - seen:.1f} s | |",
        f"| all of it | {played - started:.1f} s | ≤ 300 s |",
        f"| one game | {(played - seen) / max(games, 1) * 1e6:.0f} µs | |",
        f"| plan of one report, 12 accounts (median of 50) | {statistics.median(times) * 1e3:.1f} ms | milliseconds |",
        f"| most memory | {memory:.1f} GB | ≤ 6 GB |",
        "",
        tell.markdown(league),
    ]
    write_text(OUT, "\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
