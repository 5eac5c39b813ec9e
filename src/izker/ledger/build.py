"""Build a ledger out of core: gather, order by time, sweep the counters, lay out by account; memory stays bounded.

Each step streams rows through `Spill` buckets, so a build of any size needs room for one bucket (about four million
rows), the account dictionary and a few numbers an account.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from izker.ledger import intake, layout, sweep
from izker.ledger.gather import CHUNK_ROWS, BuildReport, Gathered, check_total, raw_rows, read_openings, settle
from izker.ledger.layout import I64, RAW, Manifest, Rows
from izker.ledger.names import Dictionary, write_names
from izker.ledger.spill import Spill
from izker.words import N_, Refusal

BUCKET_ROWS = 4_000_000
Progress = Callable[[str, int, int], None]  # (step, done, of)
PLACED = np.dtype(("<i8", (8,)))
PAIR = np.dtype(("<i8", (2,)))


def build(
    sources: Sequence[intake.Source],
    out: Path,
    *,
    openings: intake.Source | None = None,
    on_progress: Progress | None = None,
) -> BuildReport:
    """Build (or replace, atomically) the ledger in folder `out` from transfers. See `Ledger.build`."""
    problems = intake.Problems()
    report = BuildReport()
    told = on_progress or (lambda _step, _done, _of: None)
    with layout.writing(out) as before:
        scratch = out / f"scratch-{secrets.token_hex(4)}"
        scratch.mkdir()
        try:
            gathered = Gathered(scratch / "raw.tmp", Dictionary())
            with gathered.path.open("wb", buffering=0) as file:
                for raw, read in raw_rows(sources, gathered, problems):
                    layout.write_rows(file, raw)
                    report.read += read
                    told("read", report.read, 0)
            opening = (
                read_openings(openings, gathered.dictionary, problems)
                if openings is not None
                else np.zeros((0, 2), np.int64)
            )
            settle(gathered, report, problems)
            if not gathered.rows - gathered.drop.size and not len(gathered.dictionary):
                raise (
                    Refusal(problems=tuple(problems.listed()))
                    if problems.count
                    else Refusal(N_("the sources hold no transfers"))
                )
            manifest = write_base(gathered, opening, out, scratch, (before.generation if before else 0) + 1, told)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        layout.commit(out, manifest)
    report.landed = manifest.base.rows
    report.accounts = manifest.base.accounts
    report.quarantined = problems.count
    report.problems = problems.listed()
    return report


def in_time_order(gathered: Gathered, scratch: Path) -> Iterator[Rows]:
    """RAW rows in (ts, id) order. Unsorted input goes through buckets of time, each small enough to sort in memory."""
    if gathered.ordered:
        yield from gathered.chunks()
        return
    count = -(-gathered.rows // BUCKET_ROWS)
    spill = Spill(scratch, "time", RAW, count)
    edges = _time_edges(gathered, count)
    for chunk in gathered.chunks():
        spill.add(
            chunk, np.searchsorted(edges, chunk[:, sweep.TS], side="right").astype(np.int32) if count > 1 else None
        )
    for bucket in spill.all():
        yield bucket[np.lexsort((bucket[:, sweep.ID], bucket[:, sweep.TS]))]


def _time_edges(gathered: Gathered, count: int) -> I64:
    """Times that cut the rows into `count` buckets of about one size (from every 64th row)."""
    if count < 2:
        return np.zeros(0, np.int64)
    sample = np.sort(np.concatenate([chunk[::64, sweep.TS] for chunk in gathered.chunks()]))
    return np.unique(sample[np.linspace(0, sample.size - 1, count + 1).astype(np.int64)[1:-1]])


def write_base(gathered: Gathered, opening: I64, out: Path, scratch: Path, generation: int, told: Progress) -> Manifest:
    """Write the base folder of the gathered rows; the manifest returned is not committed yet."""
    accounts = len(gathered.dictionary)
    out_degree, in_degree = np.zeros(accounts, np.int64), np.zeros(accounts, np.int64)
    for chunk in gathered.chunks():
        sweep.degrees(chunk, out_degree, in_degree)
    rows = int(out_degree.sum())
    if rows + accounts > layout.MAX_SLOTS:
        raise Refusal(
            N_("{rows} transfers are more than one ledger holds (2,147,483,647): split it by period"), rows=rows
        )
    ptr, inptr = np.zeros(accounts + 1, np.int64), np.zeros(accounts + 1, np.int64)
    np.cumsum(out_degree + 1, out=ptr[1:])
    np.cumsum(in_degree, out=inptr[1:])
    total = gathered.total + sum(int(v) for v in opening[:, 1])
    check_total(total)
    state = np.zeros((accounts, 2), np.int64)
    state[opening[:, 0], 1] = opening[:, 1]

    folder = out / f"base-{generation:06d}-{secrets.token_hex(3)}"
    folder.mkdir()
    edges = _account_edges(out_degree + in_degree + 1)
    ranges = len(edges) - 1
    placed, inbound = Spill(scratch, "placed", PLACED, ranges), Spill(scratch, "inbound", PAIR, ranges)
    last = _sweep_all(gathered, scratch, state, ptr, edges, placed, inbound, folder, told)
    nexts = Spill(scratch, "next", PAIR, ranges)
    _lay_out(folder, edges, ptr, inptr, state, placed, inbound, nexts, told)
    if not (gathered.rising and gathered.ordered):  # the index was written in time order
        _index_ids(folder, scratch)
    ptr.astype("<i8").tofile(folder / "ptr.bin")
    inptr.astype("<i8").tofile(folder / "inptr.bin")
    opening.astype("<i8").tofile(folder / "opening.bin")
    names = gathered.dictionary
    write_names(folder, names.names)
    names.names.arg_sort().to_numpy().astype("<i4").tofile(folder / "nameorder.bin")
    names.bank.astype("<i2").tofile(folder / "bank.bin")
    told("seal", rows, rows)
    part = layout.seal(folder, rows, accounts)
    return Manifest(generation, part, [], names.banks, total, last, last)


def _account_edges(weight: I64) -> I64:
    """Ranges of accounts, each with about BUCKET_ROWS rows (a single busy account may have more)."""
    running = np.cumsum(weight)
    parts = max(1, -(-int(running[-1] if running.size else 0) // (2 * BUCKET_ROWS)))
    cuts = np.searchsorted(running, np.arange(1, parts) * (int(running[-1]) // parts) if parts > 1 else np.zeros(0)) + 1
    return np.unique(np.concatenate([[0], cuts, [weight.size]])).astype(np.int64) if weight.size else np.array([0, 0])


def _sweep_all(
    gathered: Gathered,
    scratch: Path,
    state: I64,
    ptr: I64,
    edges: I64,
    placed: Spill,
    inbound: Spill,
    folder: Path,
    told: Progress,
) -> tuple[int, int]:
    """Run the counters over all rows; the rows land in buckets of accounts. Returns (ts, id) of the last row."""
    fill = ptr[:-1].copy()
    bucket_of = np.repeat(np.arange(len(edges) - 1, dtype=np.int32), np.diff(edges))
    last, done, several = (-(2**63), -(2**63)), 0, len(edges) > 2
    spilt: list[Future[None]] = []  # the rows before are spilt by other threads while the counters run over the next
    with (
        ThreadPoolExecutor(2) as pool,
        (folder / "byid.bin").open("wb") as by_id,
        (folder / "byslot.bin").open("wb") as by_slot,
    ):
        for raw in in_time_order(gathered, scratch):
            if not len(raw):
                continue
            there, into = np.empty((len(raw), 8), np.int64), np.empty((len(raw), 2), np.int64)
            sweep.sweep(raw, state, fill, there, into)
            for waited in spilt:
                waited.result()
            spilt = [
                pool.submit(placed.add, there, bucket_of[raw[:, sweep.PAIR] >> 32] if several else None),
                pool.submit(inbound.add, into, bucket_of[into[:, 0] >> 32] if several else None),
            ]
            raw[:, sweep.ID].astype("<i8").tofile(by_id)
            (into[:, 0] & 0xFFFFFFFF).astype("<i4").tofile(by_slot)
            last = (int(raw[-1, sweep.TS]), int(raw[-1, sweep.ID]))
            done += len(raw)
            told("sweep", done, gathered.rows)
        for waited in spilt:
            waited.result()
    return last


def _lay_out(
    folder: Path,
    edges: I64,
    ptr: I64,
    inptr: I64,
    state: I64,
    placed: Spill,
    inbound: Spill,
    nexts: Spill,
    told: Progress,
) -> None:
    """Write rows, side, ids and inbound lists range by range, then fill in every `next`."""
    slot_edges = ptr[edges]
    with (
        (folder / "rows.bin").open("wb", buffering=0) as rows_file,
        (folder / "side.bin").open("wb", buffering=0) as side_file,
        (folder / "ids.bin").open("wb", buffering=0) as ids_file,
        (folder / "in.bin").open("wb", buffering=0) as in_file,
    ):
        for k in range(len(edges) - 1):
            first, end = int(edges[k]), int(edges[k + 1])
            local, into = ptr[first : end + 1], inptr[first : end + 1]
            slots = int(local[-1] - local[0])
            rows, side, ids = np.empty((slots, 4), np.int64), np.empty((slots, 2), np.int64), np.empty(slots, np.int64)
            sweep.fill_region(placed.take(k), local, state, first, rows, side, ids)
            arrivals = inbound.take(k)
            points = np.empty((len(arrivals), 2), np.int64)
            sweep.point_on(arrivals, into, local, first, rows, points[:, 0], points[:, 1])
            several = len(edges) > 2
            nexts.add(
                points,
                (np.searchsorted(slot_edges, points[:, 0], side="right") - 1).astype(np.int32) if several else None,
            )
            for file, array in ((rows_file, rows), (side_file, side), (ids_file, ids)):
                layout.write_rows(file, array)
            in_file.write(points[:, 0].astype("<i4").tobytes())
            told("lay out", end, int(edges[-1]))
    size = int(ptr[-1])
    for k in range(len(edges) - 1):
        begin, end = int(slot_edges[k]), int(slot_edges[k + 1])
        if begin == end or size == 0:
            continue
        region = np.memmap(folder / "rows.bin", "<i8", "r+", offset=begin * 32, shape=(end - begin, 4))
        points = nexts.take(k)
        sweep.set_next(np.asarray(region), begin, points[:, 0], points[:, 1])
        region.flush()
        told("link", k + 1, len(edges) - 1)


def _index_ids(folder: Path, scratch: Path) -> None:
    """Sort the index of ids where they did not come in rising order, through buckets of ids."""
    n = (folder / "byslot.bin").stat().st_size // 4
    count = max(1, -(-n // (4 * BUCKET_ROWS)))
    spill = Spill(scratch, "ids", PAIR, count)
    sample = (
        np.sort(np.asarray(np.memmap(folder / "byid.bin", "<i8", "r"))[::64].copy()) if n else np.zeros(0, np.int64)
    )
    edges = (
        np.unique(sample[np.linspace(0, sample.size - 1, count + 1).astype(np.int64)[1:-1]])
        if count > 1
        else sample[:0]
    )
    with (folder / "byid.bin").open("rb") as by_id, (folder / "byslot.bin").open("rb") as by_slot:
        while (ids := np.fromfile(by_id, "<i8", CHUNK_ROWS)).size:
            pairs = np.column_stack([ids, np.fromfile(by_slot, "<i4", CHUNK_ROWS).astype(np.int64)])
            spill.add(pairs, np.searchsorted(edges, ids, side="right").astype(np.int32) if count > 1 else None)
    with (folder / "byid.bin").open("wb") as by_id, (folder / "byslot.bin").open("wb") as by_slot:
        for pairs in spill.all():
            pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
            pairs[:, 0].astype("<i8").tofile(by_id)
            pairs[:, 1].astype("<i4").tofile(by_slot)
