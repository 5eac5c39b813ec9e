"""Speed of the figures room: `python -m benchmarks.figures [WORLD]` writes docs/benchmarks/figures.md.

WORLD is a folder made by `izker world build`; without it the register made by hand for the tests is used.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.figures import made

from izker.figures import Extract, compute, to_docx, to_pdf, to_xlsx
from izker.figures.check import check_text
from izker.figures.form_1m import import_form_1m

SHARED = Path(__file__).resolve().parents[3] / "shared"
OUT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks" / "figures.md"
RUNS = 5


def _median(work: Callable[[], object]) -> tuple[float, float]:
    """(first run, median of the further ones) in seconds: the first pays for imports and caches."""
    started = time.perf_counter()
    work()
    first = time.perf_counter() - started
    times = []
    for _run in range(RUNS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return first, statistics.median(times)


def _rows(extract: Extract, folder: Path) -> list[tuple[str, str, tuple[float, float], str]]:
    figures = compute(extract, 2025)
    rows = [
        ("all figures of a year", f"{extract.cases.height:,} cases", _median(lambda: compute(extract, 2025)), "< 1 s"),
        ("answer as PDF", "kk, 3 pages", _median(lambda: to_pdf(figures, "kk", folder / "a.pdf")), "< 2 s"),
        ("answer as DOCX", "kk", _median(lambda: to_docx(figures, "kk", folder / "a.docx")), "< 2 s"),
        (
            "workbook",
            "with regions",
            _median(lambda: to_xlsx(figures, "kk", folder / "a.xlsx", extract=extract)),
            "< 2 s",
        ),
    ]
    answer = SHARED / "seed" / "answer_2026-01-16.kk.txt"
    if answer.is_file():
        text = answer.read_text(encoding="utf-8")
        rows.append(
            ("check of the official answer", f"{len(text):,} characters", _median(lambda: check_text(text)), "< 1 s")
        )
        long = "\n\n".join([text] * 40)
        rows.append(("check of a long text", f"{len(long):,} characters", _median(lambda: check_text(long)), "< 10 s"))
    books = sorted((SHARED / "data" / "kz_form_1m").glob("*.XLSX"))
    if books:
        rows.append(
            ("form 1-M, all regions", f"{len(books)} workbooks", _median(lambda: import_form_1m(books)), "< 20 s")
        )
    return rows


def main() -> None:
    extract = Extract.read(Path(sys.argv[1])) if len(sys.argv) > 1 else made.extract()
    with tempfile.TemporaryDirectory() as folder:
        rows = _rows(extract, Path(folder))
    lines = [
        "# Figures: speed",
        "",
        f"`python -m benchmarks.figures`, {datetime.now(UTC).date().isoformat()}, "
        f"{platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}. First run and median of {RUNS} further ones in one process "
        f"(typst keeps a cache). Register: {extract.source}.",
        "",
        "| work | size | first run | median | target |",
        "|---|---|---|---|---|",
        *(
            f"| {work} | {size} | {first:.3f} s | {median:.3f} s | {target} |"
            for work, size, (first, median), target in rows
        ),
        "",
    ]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
