"""Hypothesis ledgers: cycles, self-transfers, equal timestamps, zero and huge amounts, shortfalls, exits."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from hypothesis import strategies as st

from izker.ledger import Ledger
from izker.trail.reference import Transfer

ACCOUNTS = ("a", "b", "c", "d", "e")
KINDS = ("transfer",) * 9 + ("cash", "abroad", "crypto", "merchant")
AMOUNTS = st.one_of(st.integers(0, 12), st.integers(0, 1000), st.sampled_from([0, 1, 2**33, 2**40 + 7, 2**55]))


@st.composite
def transfers(draw: st.DrawFn, most: int = 40) -> list[Transfer]:
    count = draw(st.integers(1, most))
    times = draw(st.lists(st.integers(0, count), min_size=count, max_size=count))
    numbers = draw(st.permutations(range(count)))
    return [
        Transfer(
            number,
            ts * 1000,
            draw(st.sampled_from(ACCOUNTS)),
            draw(st.sampled_from(ACCOUNTS)),
            draw(AMOUNTS),
            draw(st.sampled_from(KINDS)),
        )
        for number, ts in zip(numbers, times, strict=True)
    ]


def frame(rows: Sequence[Transfer]) -> pl.DataFrame:
    schema = {"id": pl.Int64, "ts": pl.Int64, "src": pl.String, "dst": pl.String, "amount": pl.Int64, "kind": pl.String}
    return pl.DataFrame([tuple(r) for r in rows], schema=schema, orient="row")


@contextmanager
def built(rows: Sequence[Transfer] | pl.DataFrame, openings: dict[str, int] | None = None) -> Iterator[Ledger]:
    """A ledger of these transfers in a folder that goes away."""
    shm = Path("/dev/shm")  # flushing to memory is free; where there is none, an ordinary folder does
    folder = Path(tempfile.mkdtemp(prefix="izker-test-", dir=shm if shm.is_dir() else None))
    try:
        source = rows if isinstance(rows, pl.DataFrame) else frame(rows)
        opening = pl.DataFrame({"account": list(openings), "balance": list(openings.values())}) if openings else None
        Ledger.build([source], folder / "ledger", openings=opening)
        yield Ledger.open(folder / "ledger")
    finally:
        shutil.rmtree(folder)


def all_reports(rows: Sequence[Transfer]) -> pl.DataFrame:
    ids = [r.id for r in rows]
    return pl.DataFrame({"report_id": [f"R{i}" for i in ids], "transfer_id": ids})
