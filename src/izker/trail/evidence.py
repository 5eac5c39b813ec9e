"""Evidence: everything needed to compute a trail again by hand, and the check that does it with the plain-Python
reference.

The file (JSON) holds the rule and limits, the fingerprints of the ledger's files, every lot with its intervals, and all
transfers of every account a lot touched: an account's places depend on nothing but its own rows, so this is enough, and
no ledger is needed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from izker import __version__, files
from izker.ledger import Ledger
from izker.ledger.layout import MANIFEST
from izker.trail.reference import Transfer, follow, mixed, money_line
from izker.trail.rules import CONSERVED, Limits
from izker.trail.trails import Trails
from izker.words import N_, Problem, Refusal

FORMAT = "izker-evidence-1"
LOT_KEYS = (
    "lot",
    "parent_lot",
    "transfer_id",
    "account",
    "amount",
    "ts",
    "hop",
    "status",
    "lo",
    "hi",
    "rest",
    "stopped",
)


@dataclass
class Recheck:
    """What the second computation found."""

    reports: int = 0
    lots: int = 0
    transfers: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def stands(self) -> bool:
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        return {
            "stands": self.stands,
            "reports": self.reports,
            "lots": self.lots,
            "transfers": self.transfers,
            "problems": [p.as_json() for p in self.problems],
        }


def export(ledger: Ledger, trails: Trails, path: Path) -> None:
    """Write the evidence of `trails` (with lots) to `path`. Raises Refusal for bounds, which prove nothing about a
    unit."""
    if trails.rule not in CONSERVED or trails.lots is None:
        raise Refusal(N_("evidence needs a rule that conserves money: fifo, lifo, pro_rata or taint_first"))
    accounts = _accounts(ledger, trails)
    slots = np.unique(
        np.concatenate(
            [np.concatenate([ledger.out_slots(a), ledger.in_slots(a)]) for a in accounts] or [np.zeros(0, np.int64)]
        )
    )
    rows = ledger.rows_at(slots).sort("ts", "id")
    openings = {ledger.name(int(a)): int(b) for a, b in ledger.openings() if int(a) in set(accounts)}
    lots = trails.lots.partition_by("report_id", as_dict=True, maintain_order=True)
    reports = []
    for row in trails.stolen.iter_rows(named=True):
        mine = lots.get((row["report_id"],))
        reports.append(
            {
                **row,
                "lots": [] if mine is None else mine.select(LOT_KEYS).to_dicts(),
                "rests": trails.rows.filter(pl.col("report_id") == row["report_id"]).drop("report_id").to_dicts(),
            }
        )
    body = {
        "format": FORMAT,
        "made_by": f"izker {__version__}",
        "rule": trails.rule,
        "as_of": trails.as_of,
        "limits": {
            "horizon_us": trails.limits.horizon_us,
            "min_lot": trails.limits.min_lot,
            "max_hops": trails.limits.max_hops,
        },
        "opening": trails.opening,
        "openings": openings,
        "ledger": fingerprints(ledger),
        "reports": reports,
        "transfers": [list(r) for r in rows.iter_rows()],
        "transfer_columns": rows.columns,
    }
    body["sha256"] = _digest(body)
    files.write_text(path, json.dumps(body, ensure_ascii=False, indent=1) + "\n")


def fingerprints(ledger: Ledger) -> dict[str, Any]:
    """SHA-256 of the manifest and of every file it names, as they were when they were written."""
    parts = [ledger.manifest.base, *ledger.manifest.deltas]
    return {
        "generation": ledger.manifest.generation,
        MANIFEST: files.sha256(ledger.path / MANIFEST),
        "files": {f"{p.folder}/{name}": digest for p in parts for name, (_size, digest) in sorted(p.files.items())},
    }


def _accounts(ledger: Ledger, trails: Trails) -> list[int]:
    """Accounts where lots arrived and could move on (exits move nothing), and the senders of the reported transfers."""
    assert trails.lots is not None
    inner = trails.lots.filter(~pl.col("status").is_in(["cash", "abroad", "crypto", "merchant"]))
    names = set(inner["account"].to_list())
    senders = ledger.src_of(ledger.slots_of(trails.stolen["transfer_id"].to_numpy()))
    numbers = {n for n in (ledger.account(name) for name in names) if n is not None}
    return sorted(numbers | {int(s) for s in senders})


def _digest(body: dict[str, Any]) -> str:
    plain = {k: v for k, v in body.items() if k != "sha256"}
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def recheck(path: Path, ledger_path: Path | None = None) -> Recheck:
    """Compute every trail of an evidence file again from its own transfers, with the plain-Python reference, and
    compare.

    With `ledger_path`, also compare the transfers with that ledger's. Raises Refusal for a file that is no evidence.
    """
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Refusal(N_("there is no such file: check the path"), file=str(path)) from error
    except (ValueError, UnicodeDecodeError) as error:
        raise Refusal(N_("this is no evidence file of Izker"), file=path.name) from error
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise Refusal(N_("this is no evidence file of Izker"), file=path.name)
    result = Recheck()
    try:
        if body["sha256"] != _digest(body):
            result.problems.append(
                Problem(N_("the file was changed after it was written (its SHA-256 differs)"), file=path.name)
            )
        transfers = [Transfer(*row) for row in body["transfers"]]
        limits = Limits(**body["limits"])
        line = money_line(transfers, body["openings"])
        result.transfers = len(transfers)
        for report in body["reports"]:
            result.reports += 1
            result.lots += len(report["lots"])
            same = _same_mixed if body["rule"] in ("pro_rata", "taint_first") else _same_lots
            if report["transfer_id"] not in line.placed or not same(line, report, body["rule"], limits, body["as_of"]):
                problem = Problem(
                    N_("report {report_id}: the trail computed again is different"), {"report_id": report["report_id"]}
                )
                result.problems.append(problem)
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(N_("the evidence file is damaged: {error}"), file=path.name, error=str(error)) from error
    if ledger_path is not None:
        _compare_with_ledger(Ledger.open(ledger_path), transfers, result)
    return result


def _same_lots(line: Any, report: dict[str, Any], rule: str, limits: Limits, as_of: int | None) -> bool:
    lots = follow(line, report["transfer_id"], rule=rule, limits=limits, as_of=as_of)
    again = [
        (
            i,
            lot.parent,
            lot.placed.transfer.id,
            lot.account,
            lot.hi - lot.lo,
            lot.placed.transfer.ts,
            lot.hop,
            lot.status,
            lot.lo,
            lot.hi,
            lot.rest,
            lot.stopped,
        )
        for i, lot in enumerate(lots)
    ]
    stated = [tuple(lot[k] for k in LOT_KEYS) for lot in report["lots"]]
    resting = sum(lot.rest + lot.stopped for lot in lots)
    return again == stated and resting == report["amount"] == sum(r["amount"] for r in report["rests"])


def _same_mixed(line: Any, report: dict[str, Any], rule: str, limits: Limits, as_of: int | None) -> bool:
    stated: dict[tuple[str, str], int] = {}
    for row in report["rests"]:
        key = (row["account"], row["status"])
        stated[key] = stated.get(key, 0) + row["amount"]
    return stated == mixed(line, report["transfer_id"], rule=rule, limits=limits, as_of=as_of)


def _compare_with_ledger(ledger: Ledger, transfers: list[Transfer], result: Recheck) -> None:
    """Every transfer of the evidence must stand in the ledger as it is."""
    for transfer in transfers:
        there = ledger.transfer(transfer.id)
        if there is None or Transfer(*(there[k] for k in Transfer._fields)) != transfer:
            result.problems.append(
                Problem(N_("transfer {id} of the evidence does not stand in the ledger so"), {"id": transfer.id})
            )
