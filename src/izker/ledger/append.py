"""Append transfers as a delta, and fold deltas into a new base. Either happens whole or not at all."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from izker.ledger import intake, layout, sweep
from izker.ledger.build import Progress, write_base
from izker.ledger.gather import Gathered, learn, raw_rows
from izker.ledger.layout import I64, Part, Rows
from izker.ledger.ledger import Ledger
from izker.ledger.names import Dictionary, write_names
from izker.words import N_, Problem, Refusal

MOVED = {"account": pl.String, "transfer_id": pl.Int64, "side": pl.String, "before": pl.Int64, "after": pl.Int64}


@dataclass
class AppendReport:
    """What an append did.

    `changed` names the accounts on which positions moved (late rows and reversals; rows in order move nothing);
    `moved` has one row a transfer that moved: account, transfer_id, side (out: place of what it consumes, in: place of
    what it brings), before, after (units on the account's money line).
    """

    read: int = 0
    landed: int = 0
    already: int = 0
    late: int = 0
    taken_back: int = 0
    quarantined: int = 0
    changed: list[str] = field(default_factory=list)
    moved: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MOVED))
    problems: list[Problem] = field(default_factory=list)


def append(path: Path, source: intake.Source) -> AppendReport:
    """Add the transfers of `source` to the ledger in `path`. See `Ledger.append`.

    A row already there (same id, same content) changes nothing; the same id with other content is set aside. A row of
    kind
    `reversal` takes the transfer of that id back.
    """
    problems = intake.Problems()
    report = AppendReport()
    with layout.writing(path) as manifest:
        if manifest is None:
            raise Refusal(N_("there is no ledger here: build one with `izker ledger build`"), file=str(path))
        before = Ledger.open(path)
        gathered = Gathered(path, Dictionary(before.names, manifest.banks))
        gathered.total = manifest.total
        parts = []
        for raw, read in raw_rows([source], gathered, problems):
            parts.append(raw)
            report.read += read
        raw = _only_new(before, np.concatenate(parts) if parts else np.zeros((0, 5), np.int64), report, problems)
        cancelled = _taken_back(before, gathered.cancelled, raw, report, problems)
        report.landed, report.taken_back, report.quarantined = len(raw), cancelled.size, problems.count
        report.problems = problems.listed()
        if not len(raw) and not cancelled.size:
            return report
        delta = _write_delta(path, manifest.generation + 1, raw, cancelled, gathered.dictionary, before.accounts)
        manifest.generation += 1
        manifest.deltas.append(delta)
        manifest.banks = gathered.dictionary.banks
        manifest.total += sum(raw[:, sweep.AMOUNT].tolist())
        late = _late(raw, manifest.newest)
        report.late = int(late.sum())
        if len(raw):
            top = raw[np.lexsort((raw[:, sweep.ID], raw[:, sweep.TS]))[-1]]
            manifest.newest = max(manifest.newest, (int(top[sweep.TS]), int(top[sweep.ID])))
        layout.commit(path, manifest)
    _tell_what_moved(before, Ledger.open(path), raw[late], cancelled, report)
    return report


def _late(raw: Rows, newest: tuple[int, int]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    ts, number = newest
    late: np.ndarray[tuple[int], np.dtype[np.bool_]] = (raw[:, sweep.TS] < ts) | (
        (raw[:, sweep.TS] == ts) & (raw[:, sweep.ID] < number)
    )
    return late


def _only_new(ledger: Ledger, raw: Rows, report: AppendReport, problems: intake.Problems) -> Rows:
    """Rows whose ids are neither in the ledger nor earlier in this source."""
    ids = raw[:, sweep.ID]
    keep = np.ones(len(raw), np.bool_)
    _, first = np.unique(ids, return_index=True)
    slots = ledger.slots_of(ids)
    known = slots >= 0
    back = ledger.was_taken_back(ids)
    earlier = dict(zip(ids[first].tolist(), first.tolist(), strict=True))
    there = _as_raw(ledger, slots[known])
    where = np.cumsum(known) - 1
    for i in np.flatnonzero(known | back | ~np.isin(np.arange(len(raw)), first)):
        keep[i] = False
        if back[i]:
            problems.add(
                Problem(
                    N_("transfer {id} was taken back and cannot come again: give it a new id"),
                    {"id": int(ids[i])},
                    column="id",
                )
            )
            continue
        other = there[where[i]] if known[i] else raw[earlier[int(ids[i])]]
        if (other == raw[i]).all():
            report.already += 1
        else:
            problems.add(
                Problem(
                    N_("transfer {id} came twice with different content: the first one stands"),
                    {"id": int(ids[i])},
                    column="id",
                )
            )
    return raw[keep]


def _as_raw(ledger: Ledger, slots: I64) -> Rows:
    records, amounts, ids = ledger.record(slots)
    dst, kind = ledger.link_of(slots)
    return np.column_stack([ids, records[:, sweep.WHEN], amounts, (ledger.src_of(slots) << 32) | dst, kind])


def _taken_back(ledger: Ledger, asked: list[int], raw: Rows, report: AppendReport, problems: intake.Problems) -> I64:
    """Ids to take back: those that are in the ledger or in this source, once each."""
    wanted = np.unique(np.array(asked, np.int64))
    back = ledger.was_taken_back(wanted)
    report.already += int(back.sum())
    there = (ledger.slots_of(wanted) >= 0) | np.isin(wanted, raw[:, sweep.ID])
    for number in wanted[~there & ~back]:
        problems.add(
            Problem(N_("transfer {id} is taken back but is not in the ledger"), {"id": int(number)}, column="id")
        )
    return wanted[there & ~back]


def _write_delta(path: Path, generation: int, raw: Rows, cancelled: I64, names: Dictionary, known: int) -> Part:
    folder = path / f"delta-{generation:06d}-{secrets.token_hex(3)}"
    folder.mkdir()
    raw.astype("<i8").tofile(folder / "raw.bin")
    cancelled.astype("<i8").tofile(folder / "cancelled.bin")
    write_names(folder, names.names.slice(known))
    names.bank[known:].astype("<i2").tofile(folder / "bank.bin")
    return layout.seal(folder, len(raw), len(names) - known)


def _tell_what_moved(before: Ledger, after: Ledger, late: Rows, cancelled: I64, report: AppendReport) -> None:
    """Compare the positions of every transfer on the accounts that late rows and reversals touch."""
    gone = before.slots_of(cancelled)
    gone = gone[gone >= 0]
    ends = [late[:, sweep.PAIR] >> 32, late[:, sweep.PAIR] & 0xFFFFFFFF, before.src_of(gone), before.link_of(gone)[0]]
    moved = []
    for account in np.unique(np.concatenate(ends)):
        if account >= before.accounts:
            continue
        for side, column, old, new in (
            ("out", sweep.OUT, before.out_slots(int(account)), after.out_slots(int(account))),
            ("in", sweep.IN, before.in_slots(int(account)), after.in_slots(int(account))),
        ):
            was, _, old_ids = before.record(old)
            now, _, new_ids = after.record(new)
            _, i, j = np.intersect1d(old_ids, new_ids, return_indices=True)
            differs = was[i, column] != now[j, column]
            moved.append(
                pl.DataFrame(
                    {
                        "account": [after.name(int(account))] * int(differs.sum()),
                        "transfer_id": old_ids[i][differs],
                        "side": [side] * int(differs.sum()),
                        "before": was[i, column][differs],
                        "after": now[j, column][differs],
                    },
                    schema=MOVED,
                )
            )
    if moved:
        report.moved = pl.concat(moved)
        report.changed = report.moved["account"].unique(maintain_order=True).to_list()


def _gather_all(ledger: Ledger, scratch: Path) -> Gathered:
    """Every row of an opened ledger as a gathered source (base in order of slots, then the tail)."""
    gathered = Gathered(scratch / "raw.tmp", Dictionary(ledger.names, ledger.banks, ledger.bank_index()))
    with gathered.path.open("wb", buffering=0) as file:
        for slots in ledger.all_slots():
            raw = _as_raw(ledger, slots)
            learn(gathered, raw)
            layout.write_rows(file, raw)
    return gathered


def compact(path: Path, on_progress: Progress | None = None) -> None:
    """Fold all deltas into a new base. Raises Refusal where there is no ledger."""
    with layout.writing(path) as manifest:
        if manifest is None:
            raise Refusal(N_("there is no ledger here: build one with `izker ledger build`"), file=str(path))
        if not manifest.deltas:
            return
        scratch = path / f"scratch-{secrets.token_hex(4)}"
        scratch.mkdir()
        try:
            ledger = Ledger.open(path)
            everything = _gather_all(ledger, scratch)
            told = on_progress or (lambda _step, _done, _of: None)
            fresh = write_base(everything, ledger.openings(), path, scratch, manifest.generation + 1, told)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        layout.commit(path, fresh)
