"""Speed of the house: `python -m benchmarks.server` writes docs/benchmarks/server.md. Every step runs in a process and home of its own."""

from __future__ import annotations

import json
import os
import platform
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
PAGE = ROOT / "docs" / "benchmarks" / "server.md"
IZKER = [sys.executable, "-m", "izker.cli"]
FILINGS = 20

FILE_REPORTS = """
import sys, time, json, statistics
from izker.server.boot import start
start()
from datetime import timedelta
from izker.server.intake.actions.file_report import FileReport
from izker.server.intake.form import ReportForm
from izker.server.demo.examples import examples
from izker.server.clock import now
times = []
for n in range(int(sys.argv[1])):
    e = examples()[n % len(examples())]
    started = time.perf_counter()
    filed = FileReport(None, ReportForm(text=e["text"]["kk"]), source="bench", synthetic=True).perform()
    assert filed.case.holds.count()
    times.append(time.perf_counter() - started)
print(json.dumps(times))
"""


def timed(command: list[str], home: Path) -> tuple[float, float, str]:
    """Seconds, peak memory in GB of the command and its children, its output. Raises CalledProcessError where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    started = time.perf_counter()
    done = subprocess.run(command, env={**os.environ, "IZKER_HOME": str(home)}, check=True, capture_output=True, text=True)
    peak = max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    return time.perf_counter() - started, peak / 1e6, done.stdout


def first_page(home: Path, port: int) -> float:
    """Seconds from `izker run` to the first answer; the house is ended again."""
    started = time.perf_counter()
    environment = {**os.environ, "IZKER_HOME": str(home)}
    child = subprocess.Popen([*IZKER, "run", "--port", str(port), "--bank-port", str(port + 1)], env=environment, stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                with urlopen(f"http://127.0.0.1:{port}/health", timeout=1):
                    return time.perf_counter() - started
            except OSError:
                if child.poll() is not None:
                    raise
                time.sleep(0.05)
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(30)


def rows(folder: Path) -> list[tuple[str, str, str]]:
    from izker.server.demo.prepare import free_ports

    found = []
    cafc = DATA / "cafc" / "cafc.parquet"
    if cafc.exists():
        seconds, peak, out = timed([*IZKER, "import", "reports", str(cafc), "--mapping", "cafc", "--json"], folder / "cafc")
        figure = f"{seconds:.1f} s, {peak:.2f} GB, {json.loads(out)['landed']} landed"
        found.append(("CAFC import, 300 171 rows, empty database", figure, "<= 30 s, < 1 GB"))
    forms = sorted((DATA / "kz_form_1m").glob("*.XLSX"))
    if forms:
        seconds, _peak, _out = timed([*IZKER, "import", "form-1m", *map(str, forms), "--json"], folder / "forms")
        found.append(("20 official workbooks, empty database", f"{seconds:.1f} s", "< 20 s"))
    home = folder / "home"
    port = free_ports(7)
    found.append(("first `izker run` to first page, world included", f"{first_page(home, port):.1f} s", "< 60 s"))
    again = statistics.median(first_page(home, port) for _ in range(3))
    found.append(("second `izker run` to first page, median of 3", f"{again:.1f} s", "< 5 s"))
    demo = {"IZKER_DEMO": "1", "IZKER_CLOCK_OFFSET_US": str(json.loads((home / "clock.json").read_text())["now_us"] - time.time_ns() // 1000)}
    os.environ.update(demo)
    times = json.loads(timed([sys.executable, "-c", FILE_REPORTS, str(FILINGS)], home)[2])
    figure = f"{statistics.median(times) * 1000:.0f} ms (first {times[0] * 1000:.0f} ms)"
    found.append((f"report accepted to holds suggested, median of {FILINGS}", figure, "< 1 s"))
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = rows(Path(folder))
    lines = [
        "# The house: speed",
        "",
        f"Printed by `python -m benchmarks.server` on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        "SQLite. The machine is shared.",
        "",
        "| what | figure | target |",
        "|---|---|---|",
        *(f"| {what} | {figure} | {target} |" for what, figure, target in found),
        "",
    ]
    PAGE.write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
