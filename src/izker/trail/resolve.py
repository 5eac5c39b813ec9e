"""Which transfer a report is about: by its id, or by sender, receiver, time and amount."""

from __future__ import annotations

import numpy as np
import polars as pl

from izker import tables
from izker.ledger import Ledger
from izker.ledger.intake import integer, moment, text
from izker.ledger.layout import I64
from izker.times import US_PER_DAY
from izker.words import N_, Problem, Refusal

NEAR_US = US_PER_DAY  # a victim remembers the day: a transfer is looked for within a day of the time named


def resolve(ledger: Ledger, reports: pl.DataFrame, file: str = "") -> tuple[pl.Series, I64, list[Problem]]:
    """(report ids, slots of their transfers, problems). Reports that match no transfer are left out and named.

    `reports` has `report_id` and `transfer_id`, or `src`, `dst`, `ts`, `amount` (and optionally `currency`); a row may
    use either.
    """
    frame = tables.require(reports, ("report_id",), file)
    have = {c.lower(): c for c in frame.columns}
    by_id = have.get("transfer_id")
    by_match = all(c in have for c in ("src", "dst", "ts", "amount"))
    if by_id is None and not by_match:
        raise Refusal(
            N_("reports need transfer_id, or src, dst, ts and amount; the file has: {have}"),
            file=file,
            have=", ".join(frame.columns),
        )
    slots = np.full(frame.height, -1, np.int64)
    told = np.zeros(frame.height, np.bool_)
    problems: list[Problem] = []
    if by_id is not None:
        numbers = integer(frame[by_id])
        given = numbers.is_not_null().to_numpy()
        slots[given] = ledger.slots_of(numbers.drop_nulls().to_numpy())
        for i in np.flatnonzero(given & (slots < 0)):
            told[i] = True
            problems.append(
                Problem(
                    N_("transfer {id} is not in the ledger: append it first"),
                    {"id": numbers[int(i)]},
                    file=file,
                    row=int(i) + 2,
                    column=by_id,
                )
            )
    if by_match:
        _match(ledger, frame, have, slots, told, problems, file)
    for i in np.flatnonzero((slots < 0) & ~told):
        problems.append(Problem(N_("the report names no transfer"), file=file, row=int(i) + 2))
    twice, more = repeated(frame["report_id"], file)
    slots[twice.to_numpy()] = -1
    problems.extend(more)
    good = slots >= 0
    return frame["report_id"].filter(pl.Series(good)), slots[good], problems


def repeated(report_ids: pl.Series, file: str) -> tuple[pl.Series, list[Problem]]:
    """Which report ids are missing or stood before, and a problem for each."""
    bad = ~report_ids.is_first_distinct() | report_ids.is_null()
    text = N_("the report id is missing or stands twice: {value}")
    return bad, [Problem(text, {"value": report_ids[i]}, file=file, row=i + 2) for i in bad.arg_true().to_list()]


def _match(
    ledger: Ledger,
    frame: pl.DataFrame,
    have: dict[str, str],
    slots: I64,
    told: np.ndarray[tuple[int], np.dtype[np.bool_]],
    problems: list[Problem],
    file: str,
) -> None:
    """Fill slots of reports that describe their transfer: the exact pair of accounts, nearest in amount, then in
    time."""
    src, dst = text(frame[have["src"]]), text(frame[have["dst"]])
    ts, amount = moment(frame[have["ts"]]), integer(frame[have["amount"]])
    for i in np.flatnonzero((slots < 0) & ~told):
        row = int(i)
        values = (src[row], dst[row], ts[row], amount[row])
        if any(v is None for v in values):
            continue
        told[row] = True
        for column, name in (("src", src[row]), ("dst", dst[row])):
            if ledger.account(name) is None:
                problems.append(
                    Problem(
                        N_("account {name} is not in the ledger"),
                        {"name": name},
                        file=file,
                        row=row + 2,
                        column=have[column],
                    )
                )
                break
        else:
            found = ledger.match(
                src=src[row], dst=dst[row], amount=amount[row], ts_from=ts[row] - NEAR_US, ts_to=ts[row] + NEAR_US
            )
            if found.is_empty():
                problems.append(
                    Problem(
                        N_("no transfer between these accounts is near this time and amount: append it first"),
                        file=file,
                        row=row + 2,
                    )
                )
                continue
            best = found.sort((pl.col("amount") - amount[row]).abs(), (pl.col("ts") - ts[row]).abs(), "id")
            slots[row] = ledger.slot_of(best["id"][0])
