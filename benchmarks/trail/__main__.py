"""`python -m benchmarks.trail [--rows 1000000,10000000] [--folder DIR] [--no-peers]`: writes docs/benchmarks/trail.md.

For the whole table give --rows 1000000,10000000,100000000 (60 GB of disk for the largest).
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numba import njit

from benchmarks.trail import ledgers, peers
from izker.ledger import Ledger
from izker.trail import Limits, LiveTrail, lines, trace
from izker.trail.engines import trace_with
from izker.trail.rules import NO_LIMIT
from izker.trail.tracing import run, trace_one

DAY = 86_400_000_000
QUESTION = {"horizon": 30 * DAY, "min_lot": 10_000, "hops": 16}  # 30 days, 100 tenge, 16 hops
LIMITS = Limits(QUESTION["horizon"], QUESTION["min_lot"], QUESTION["hops"])
WEEK = 7 * DAY
TRACES = 200
REACHES = 10  # Raphtory takes seconds for each
Lines = list[tuple[str, str, str, str]]
REMARKS = "## Remarks"  # what stands below this heading in the page is written by people and kept
BOUND = """The gather-and-probe bound: (rows + probes) x the time of one random read / threads. Rows are the records that
overlap the lots of the answer, counted in the same run; probes are the log2(transfers out of the account + 1) reads that finding the
first of them takes a lot that is not an exit, where no `next` pointer is stored (ours are stored: the bound of rows alone is printed
beside it, and is the one that nothing can beat). The time of a read is measured in the same run, on the same records, 3 million
independent random 32-byte reads on one thread (median of three), so many are under way at once. "Engine" is lots and grouped leaves
in account numbers; the whole answer adds finding the transfers, names and frames. A read that waits for the one before (the place of
the next follows from what was read) is measured too: it is the time a trace spends on a hop if nothing overlaps."""


@njit(cache=True)
def _gather(rows: Any, at: Any) -> int:
    """Read 32 bytes at each place: the floor under any engine."""
    total = 0
    for k in at:
        total += rows[k, 0] ^ rows[k, 1] ^ rows[k, 2] ^ rows[k, 3]
    return total


@njit(cache=True)
def _chase(rows: Any, steps: int) -> int:
    """As `_gather`, but where to read next is known only after the read before: what following one lot is.

    The place is drawn from a generator that runs on beside it; drawn from the place alone it would soon go round in a
    circle of a few thousand rows, all of them in the cache.
    """
    k = 1
    seed = 1
    for _ in range(steps):
        seed = (seed * 6364136223846793005 + 1442695040888963407) ^ ((rows[k, 0] ^ rows[k, 3]) & 1)
        k = (seed >> 17) & 0x7FFFFFFFFFF
        k %= rows.shape[0]
    return k


@njit(cache=True)
def _touched(rows: Any, ptr: Any, lots: Any) -> Any:
    """(records that overlap the lots that are no exits, reads of a binary search for the first of each)."""
    overlapping = probes = 0
    for i in range(lots.shape[0]):
        if 1 <= lots[i, lines.STATUS] <= 4:
            continue
        account, lo, hi = lots[i, lines.ACCOUNT], lots[i, lines.LO], lots[i, lines.HI]
        low, high = ptr[account], ptr[account + 1] - 1
        end = high
        while low < high:
            probes += 1
            middle = (low + high) // 2
            if rows[middle + 1, 0] <= lo:
                low = middle + 1
            else:
                high = middle
        while low < end and rows[low, 0] < hi:
            overlapping += rows[low + 1, 0] > rows[low, 0]
            low += 1
    return overlapping, probes


def median(values: list[float]) -> float:
    return statistics.median(values)


def p99(values: list[float]) -> float:
    return float(np.percentile(values, 99))


def timed(work: Any, *arguments: Any) -> float:
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def one(ledger: Ledger, transfer_id: int) -> Any:
    """One report as a peer answers it: from id to lots."""
    return trace_one(ledger, transfer_id, LIMITS)


def build_apart(files: list[Path], out: Path) -> tuple[float, float]:
    """(seconds, peak GB) of a build in a process of its own, with compiled code cached beforehand."""
    code = (
        "import sys,time,resource\nfrom pathlib import Path\nfrom izker.ledger import Ledger\n"
        "t=time.perf_counter(); Ledger.build([Path(p) for p in sys.argv[2:]], Path(sys.argv[1]))\n"
        "print(time.perf_counter()-t, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/1e6)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(out), *map(str, files)], check=True, capture_output=True, text=True
    )
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def cold(path: Path, ids: list[int]) -> list[float]:
    """Seconds of one trace each with the ledger's records and index evicted from memory before."""
    took = []
    folder = path / Ledger.open(path).manifest.base.folder
    for number in ids:
        for name in ("rows.bin", "byid.bin", "byslot.bin"):
            fd = os.open(folder / name, os.O_RDONLY)
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(fd)
        ledger = Ledger.open(path, access="random")
        took.append(timed(one, ledger, number))
        del ledger
    return took


def gather_ns(ledger: Ledger) -> float:
    """Nanoseconds of one random 32-byte read on this machine, over this ledger."""
    rng = np.random.default_rng(1)
    _gather(ledger.arrays.rows, np.zeros(1, np.int64))
    at = rng.integers(0, ledger.arrays.rows.shape[0], 3_000_000)
    return median([timed(_gather, ledger.arrays.rows, at) / at.size * 1e9 for _ in range(3)])


def measure(rows: int, folder: Path, table: Lines, with_peers: bool) -> float:
    name = f"{rows // 1_000_000} M"
    files, reports = ledgers.write(folder / f"source-{rows}", rows)
    seconds, peak = build_apart(files, folder / f"ledger-{rows}")
    target = "≤ 150 s and 8 GB" if rows >= 100_000_000 else "linear"
    table.append((f"build, {name}", "", f"{seconds:.1f} s, peak {peak:.1f} GB", target))
    for file in files:
        file.unlink()
    ids = reports["transfer_id"].to_list()
    asked = ids[:: max(1, len(ids) // TRACES)][:TRACES]
    took_cold = cold(folder / f"ledger-{rows}", asked[:100])  # while nothing else maps the files: mapped pages stay
    ledger = Ledger.open(folder / f"ledger-{rows}")
    for number in asked * 2:
        one(ledger, number)
    warm = [timed(one, ledger, number) for number in asked]
    typical = median(warm)
    table.append(
        (f"one FIFO trace, warm, {name}", "median / p99", f"{typical * 1e6:.1f} / {p99(warm) * 1e6:.0f} µs", "")
    )
    ns = gather_ns(ledger)
    goal = "p99 ≤ 10 ms at 100 M"
    table.append(
        (
            f"one FIFO trace, cold, {name}",
            "median / p99",
            f"{median(took_cold) * 1e3:.2f} / {p99(took_cold) * 1e3:.1f} ms",
            goal,
        )
    )
    batch(ledger, reports, name, ns, table, with_peers and rows <= 10_000_000)
    stream(ledger, reports, name, table)
    if with_peers and rows <= 1_000_000:
        against_peers(ledger, asked, typical, table)
    return typical


def batch(ledger: Ledger, reports: pl.DataFrame, name: str, ns: float, table: Lines, with_peers: bool) -> None:
    trails = trace(ledger, reports, limits=LIMITS)
    took = median([timed(lambda: trace(ledger, reports, limits=LIMITS)) for _ in range(15)])
    slots = ledger.slots_of(reports["transfer_id"].to_numpy())
    kernel = median([timed(run, ledger, slots, "fifo", LIMITS, NO_LIMIT, False, None) for _ in range(15)])
    _, lots = run(ledger, slots, "fifo", LIMITS, NO_LIMIT, True, None)
    assert lots is not None
    overlapping, probes = _touched(ledger.arrays.rows, ledger.arrays.ptr, lots)
    rows = slots.size + overlapping  # of each report the transfer itself, then what overlaps
    _chase(ledger.arrays.rows, 10)
    chased = timed(_chase, ledger.arrays.rows, 1_000_000) * 1e3  # ns a step
    bare = rows * ns / 1e9 / (os.cpu_count() or 1)
    bound = (rows + probes) * ns / 1e9 / (os.cpu_count() or 1)
    whole = f"{took:.3f} s ({kernel:.3f} s in the engine), {len(lots):,} lots"
    table.append((f"{reports.height:,} reports at once, {name}", "grouped, named result", whole, ""))
    text = (
        f"{bound * 1e3:.1f} ms: {rows:,} rows + {probes:,} probes at {ns:.0f} ns, {os.cpu_count()} threads; "
        f"a read that waits for the one before takes {chased:.0f} ns"
    )
    ratio = f"engine {kernel / bound:.1f} x, whole answer {took / bound:.1f} x"
    table.append((f"gather-and-probe bound, {name}", text, ratio, "≤ 3 x at 10 M"))
    text = f"{bare * 1e3:.1f} ms"
    ratio = f"engine {kernel / bare:.1f} x, whole answer {took / bare:.1f} x"
    table.append((f"bound of the rows alone, {name}", text, ratio, ""))
    if with_peers:
        start = time.perf_counter()
        other = hops_in_duckdb(ledger, reports)
        whole = time.perf_counter() - start
        assert other[1].rows.sort(pl.all()).equals(trails.rows.sort(pl.all())), "the peer's answer differs"
        table.append(
            (
                f"DuckDB hop by hop, {name}",
                f"{other[0]:.2f} s (with load {whole:.1f} s), same answer",
                f"{other[0] / took:.0f} x slower",
                "≥ 5 x at 10 M",
            )
        )


def hops_in_duckdb(ledger: Ledger, reports: pl.DataFrame) -> tuple[float, Any]:
    """(seconds of the hops alone, trails) of the SQL engine on a DuckDB table."""
    import duckdb

    from izker.trail.sql import DuckDB, SqlEngine

    spent = [0.0]
    connection = duckdb.connect()
    connection.register("incoming", peers.whole(ledger).to_arrow())
    connection.execute("CREATE TABLE placed AS SELECT * FROM incoming")

    def engine(book: Ledger, slots: Any, limits: Limits, as_of: int) -> Any:
        connection.register(
            "reports", pl.DataFrame({"report": np.arange(slots.size), "transfer": book.record(slots)[2]}).to_arrow()
        )
        start = time.perf_counter()
        lots = SqlEngine(DuckDB(connection)).lots(book, limits, as_of)
        spent[0] = time.perf_counter() - start
        return lots

    trails = trace_with(engine, ledger, reports, limits=LIMITS)
    connection.close()
    return spent[0], trails


def stream(ledger: Ledger, reports: pl.DataFrame, name: str, table: Lines) -> None:
    """The first four million transfers (or all) through a live trail with every report open, in micro-batches of
    1,000."""
    top = min(ledger.transfers, 4_000_000)
    slots = ledger.slots_of(np.arange(top))
    records, amounts, ids = ledger.record(slots)
    dst, kind = ledger.link_of(slots)
    src = ledger.src_of(slots).astype(np.int32)
    columns: Any = (ids, records[:, 2].copy(), src, dst.astype(np.int32), amounts, kind.astype(np.int8))
    live = LiveTrail(None, reports)
    live.apply_arrays(*(c[:10_000] for c in columns))
    live = LiveTrail(None, reports)
    live.reserve(ledger.accounts)
    took = [timed(live.apply_arrays, *(c[k : k + 1000] for c in columns)) for k in range(0, top, 1000)]
    whole = LiveTrail(None, reports)
    whole.reserve(ledger.accounts)
    bulk = timed(lambda: whole.apply_arrays(*columns))
    rate = f"{top / bulk / 1e6:.1f} M transfers/s; micro-batch {median(took) * 1e6:.0f} / {p99(took) * 1e6:.0f} µs"
    table.append(
        (
            f"live, one thread, {name}",
            f"{reports.height:,} reports open, batch of 1,000 median / p99",
            rate,
            "≥ 5 M/s; p99 ≤ 1 ms",
        )
    )


def against_peers(ledger: Ledger, asked: list[int], typical: float, table: Lines) -> None:
    frame = peers.whole(ledger)
    expected = {n: (len(lots := one(ledger, n)), int((lots[:, lines.HI] - lots[:, lines.LO]).sum())) for n in asked}
    for label, make, count, target in (
        ("SQLite recursive CTE", peers.sqlite, TRACES, "≥ 10 x"),
        ("PostgreSQL recursive CTE", peers.postgres, TRACES, "≥ 30 x"),
        ("DuckDB recursive CTE", peers.duckdb, 40, "≥ 500 x"),
        ("plain Python money line", peers.plain, TRACES, ""),
    ):
        ask = make(frame, QUESTION)
        took = []
        for number in asked[:count]:
            ask(number)
            start = time.perf_counter()
            answer = ask(number)
            took.append(time.perf_counter() - start)
            assert tuple(answer) == expected[number], f"{label} answers {answer}, not {expected[number]}"
        table.append(
            (
                label,
                f"median {median(took) * 1e3:.3f} ms, same answers",
                f"{median(took) / typical:.0f} x slower",
                target,
            )
        )
    reach = peers.raphtory_reach(frame, asked[:REACHES], WEEK)
    if reach is None:
        table.append(("Raphtory, reach within 7 days", "not installed here", "", ""))
        return
    ours = []
    for number, (_, nodes) in zip(asked, reach, strict=False):
        slot = ledger.slots_of(np.array([number]))
        _, lots = run(ledger, slot, "reach", Limits(WEEK), NO_LIMIT, True, 1)
        assert lots is not None
        assert set(lots[lots[:, lines.STATUS] == 0][:, lines.ACCOUNT].tolist()) == nodes, "Raphtory reaches others"
        ours.append(timed(run, ledger, slot, "reach", Limits(WEEK), NO_LIMIT, False, 1))
    text = f"median {median([took for took, _ in reach]) * 1e3:,.0f} ms, same accounts; ours {median(ours) * 1e3:.3f} ms"
    factor = median([took / mine for (took, _), mine in zip(reach, ours, strict=True)])
    table.append(("Raphtory, reach within 7 days", text, f"{factor:,.0f} x slower", ""))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="1000000,10000000")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[2] / "docs" / "benchmarks" / "trail.md")
    options = parser.parse_args()
    table: Lines = []
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        warm_up(Path(folder))
        sizes = [int(n) for n in options.rows.split(",")]
        medians = [measure(rows, Path(folder), table, not options.no_peers) for rows in sizes]
    if len(sizes) > 1:
        table.append(
            (
                f"growth of the warm median, {sizes[0] // 10**6} M to {sizes[-1] // 10**6} M",
                "",
                f"{medians[-1] / medians[0]:.1f} x",
                "≤ 3 x to 100 M",
            )
        )
    text = [
        "# The trail engine, measured",
        "",
        "Synthetic ledgers (`benchmarks/trail/ledgers.py`): 50 transfers an account, planted mule chains. FIFO, "
        "30 days, lots from 100 tenge,",
        "16 hops; medians. Every peer's answers are compared with ours in the same run.",
        "",
        f"Machine: {os.cpu_count()} CPUs, {platform.processor() or platform.machine()}, Python "
        f"{platform.python_version()}, "
        f"peak of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB.",
        f"Command: `python -m benchmarks.trail --rows {options.rows}`",
        "",
        "| what | how | figure | target |",
        "|---|---|---|---|",
        *("| " + " | ".join(row) + " |" for row in table),
        "",
    ]
    text += [BOUND, ""]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    before = options.out.read_text(encoding="utf-8") if options.out.exists() else ""
    if REMARKS in before:
        text.append(REMARKS + before.split(REMARKS, 1)[1])
    options.out.write_text("\n".join(text), encoding="utf-8")
    print("\n".join(text))


def warm_up(folder: Path) -> None:
    """Compile everything once, so that no figure contains compilation."""
    files, reports = ledgers.write(folder / "warm", 20_000)
    Ledger.build(files, folder / "warm-ledger")
    ledger = Ledger.open(folder / "warm-ledger")
    trace(ledger, reports, limits=LIMITS)
    one(ledger, reports["transfer_id"][0])


if __name__ == "__main__":
    main()
