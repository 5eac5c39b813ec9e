"""`python -m benchmarks.world [--scales demo,year] [--runs N]`: writes docs/benchmarks/world.md.

Each run is a process of its own, so that the peak of memory is that run's.
--scales demo,year,national needs 3 GB of disk.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks" / "world.md"
TARGET = {
    "demo": "seconds",
    "year": "10 million transfers in 60 s or less; memory within 6 GB",
    "national": "memory within 6 GB",
}
RUN = """
import json, resource, sys
from pathlib import Path
from izker.world import build
counts = build(Path(sys.argv[1]), scale=sys.argv[2], seed=1).counts
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({**counts, "peak_kb": peak}))
"""


def one(scale: str) -> tuple[float, dict[str, int]]:
    """Seconds from process start to end, and what was built."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", RUN, folder, scale], check=True, capture_output=True, text=True)
        return time.perf_counter() - begin, json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", default="demo,year")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    lines = [
        "# The simulated country: speed and memory",
        "",
        f"Machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}. "
        f"Command: `python -m benchmarks.world --scales {asked.scales} --runs {asked.runs}`. Synthetic data.",
        "",
        "| scale | transfers | of them fraud | seconds, median (all runs) | transfers/s | peak memory, GB | target |",
        "|---|---|---|---|---|---|---|",
    ]
    for scale in asked.scales.split(","):
        runs = [one(scale) for _run in range(asked.runs)]
        seconds = [r[0] for r in runs]
        counts = runs[0][1]
        median = statistics.median(seconds)
        peak = max(r[1]["peak_kb"] for r in runs) / 1024**2
        every = ", ".join(f"{s:.1f}" for s in seconds)
        lines.append(
            f"| {scale} | {counts['transfers']:,} | {counts['fraud_transfers']:,} | {median:.1f} ({every}) "
            f"| {counts['transfers'] / median:,.0f} | {peak:.2f} | {TARGET[scale]} |"
        )
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
