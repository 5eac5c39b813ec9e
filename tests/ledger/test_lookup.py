"""Ids are found wherever they stand, evenly spread or not."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.ledger import lookup

IDS = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.integers(0, 60),
    st.integers(10**12, 10**12 + 200),
)


@settings(deadline=None)  # the first call compiles
@given(ids=st.sets(IDS, max_size=80), asked=st.lists(IDS, max_size=40))
def test_every_id_gives_its_slot_and_every_other_minus_one(ids: set[int], asked: list[int]) -> None:
    by_id = np.array(sorted(ids), np.int64)
    by_slot = np.arange(len(ids), dtype=np.int32)[::-1].copy()
    where = {number: int(slot) for number, slot in zip(by_id.tolist(), by_slot, strict=True)}
    wanted = [*asked, *ids]
    found = lookup.slots_of(by_id, by_slot, np.array(wanted, np.int64))
    assert found.tolist() == [where.get(number, -1) for number in wanted]
    assert [lookup.slot_of(by_id, by_slot, number) for number in wanted] == found.tolist()
