"""The inner logic of a ledger is recomputed: a pointer that is wrong is found and its transfer named."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from izker.ledger import Ledger
from izker.ledger.checks import counter_problems
from izker.ledger.sweep import LINK
from tests.trail.ledgers import built
from tests.trail.test_engines import golden


def test_a_sound_ledger_has_no_problems() -> None:
    with built(golden()) as ledger:
        assert counter_problems(ledger) == []


@pytest.mark.parametrize("step", [-1, 1])
def test_a_next_pointer_that_is_one_off_is_named_with_its_transfer(step: int) -> None:
    with built(golden()) as ledger:
        rows = ledger.arrays.rows  # private pages: the file stays as it is
        link = rows[:, LINK]
        transfers = np.flatnonzero((link >= 0) & (link & 0x80000000 == 0) & (link & 0xFFFFFFFF > 0))
        slot = int(transfers[len(transfers) // 2])
        rows[slot, LINK] += step
        problems = counter_problems(ledger)
        assert [p.params for p in problems] == [{"id": int(ledger.arrays.ids[slot])}]


def test_a_ledger_with_late_rows_and_reversals_has_no_problems() -> None:
    frame = golden()
    with built(frame[200:]) as ledger:
        late = frame[:200].with_columns(pl.col("kind").replace("merchant", "transfer"))
        back = frame[200:230].with_columns(kind=pl.lit("reversal"))
        Ledger.append(ledger.path, pl.concat([late, back]))
        assert counter_problems(Ledger.open(ledger.path)) == []
