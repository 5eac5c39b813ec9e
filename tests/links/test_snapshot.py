"""A snapshot is exact: growing on from it is growing on from the start."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.links import Linker, snapshot
from izker.links.model import Rules
from izker.times import US_PER_DAY
from izker.words import Refusal

TEXTS = (
    None,
    "звонили из банка и сказали перевести все деньги на безопасный счёт сегодня же до вечера",
    "звонили из банка и сказали перевести все деньги на безопасный счёт сегодня же до ночи",
    "купила телефон по объявлению предоплата ушла продавец пропал и не отвечает второй день",
)
Step = tuple[str, tuple[int, ...]]
REPORT = st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 3), st.integers(0, 2), st.integers(0, 150))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), REPORT),
        st.tuples(st.sampled_from(["split", "merge", "accept", "reject", "undo"]), st.tuples(st.integers(0, 30), st.integers(0, 30))),
    ),
    min_size=4,
    max_size=30,
)


def fresh(hub: int = 200) -> Linker:
    return Linker(Rules(hub_reports=hub, hub_spread_reports=4), secret=b"test")


def take(linker: Linker, step: Step) -> Any:
    """One step; what cannot be is left out, as on the server."""
    verb, what = step
    if verb == "add":
        phone, card, site, text, day = what
        return linker.add(
            {
                "report_id": f"r{len(linker)}", "reported_at": int(day * US_PER_DAY),
                "phone": f"8701111223{phone}" if phone else None, "card": f"411111111111{card:04d}" if card else None,
                "url": f"https://evil{site}.top/in" if site else None, "text": TEXTS[(text + phone) % len(TEXTS)],
            }
        )  # fmt: skip
    if not linker.ids:
        return None
    x, y = what
    one, two = linker.series_of(linker.ids[x % len(linker)]), linker.series_of(linker.ids[y % len(linker)])
    members, waiting = linker.members(one), linker.doubtful()
    if verb == "merge" and one != two:
        return linker.merge(one, two)
    if verb == "split" and len(members) > 1:
        return linker.split(one, members[: 1 + y % (len(members) - 1)])
    if verb in ("accept", "reject") and waiting:
        number = waiting[x % len(waiting)][0]
        return linker.accept(number) if verb == "accept" else linker.reject(number)
    if verb == "undo":
        standing = [c.number for c in linker.changes if not c.undone]
        return linker.undo(standing[x % len(standing)]) if standing else None
    return None


def everything(linker: Linker) -> tuple[Any, ...]:
    """All that a person can see or a later step depends on."""
    return (
        linker.ids, linker.index, linker.times, linker.parts.part, linker.parts.members, linker.parts.ends, linker.parts.marks, linker.parts.at,
        linker.why, linker.hubs, linker.changes, linker.checked_size, linker.state(), linker.doubtful(),
        {key: list(linker.values.get(key)) for key in {w.key for w in linker.why if w.key}},
    )  # fmt: skip


@given(STEPS, STEPS)
@settings(max_examples=200, deadline=None)
def test_growing_on_from_a_snapshot_is_growing_on_from_the_start(before: list[Step], after: list[Step]) -> None:
    linker = fresh()
    for step in before:
        take(linker, step)
    again = snapshot.load(snapshot.dump(linker), linker.rules, b"test")
    assert everything(again) == everything(linker)
    for step in after:
        assert take(again, step) == take(linker, step)
    assert everything(again) == everything(linker)
    assert snapshot.dump(again) == snapshot.dump(linker)


def test_a_snapshot_of_a_linker_that_was_loaded_in_bulk(tmp_path: Any) -> None:
    rows = [{"report_id": f"r{i}", "reported_at": i * US_PER_DAY // 4, "phone": f"8701111{i % 7:04d}", "text": TEXTS[1 + i % 3]} for i in range(60)]
    table = pl.DataFrame([{**r, "reported_at": pl.Series([r["reported_at"]]).cast(pl.Datetime("us", "UTC"))[0]} for r in rows])
    bulk = Linker.from_table(table, secret=b"test")
    again = snapshot.load(snapshot.dump(bulk), secret=b"test")
    for linker in (bulk, again):
        linker.add({"report_id": "late", "reported_at": 3 * US_PER_DAY, "phone": "87011110003", "text": TEXTS[1]})
    assert everything(again) == everything(bulk)
    assert np.array_equal(again.signatures, bulk.signatures)


def test_a_hub_stays_one_and_an_empty_linker_is_a_linker() -> None:
    linker = fresh(hub=5)
    for i in range(12):
        linker.add({"report_id": f"r{i}", "reported_at": i * 20 * US_PER_DAY, "phone": "87011112233"})
    assert linker.hubs
    again = snapshot.load(snapshot.dump(linker), linker.rules, b"test")
    assert again.add({"report_id": "x", "reported_at": 500 * US_PER_DAY, "phone": "87011112233"}) == []
    assert len(snapshot.load(snapshot.dump(fresh()), fresh().rules, b"test")) == 0


def test_a_snapshot_of_other_rules_or_another_secret_is_refused() -> None:
    data = snapshot.dump(fresh())
    for rules, secret in ((Rules(), b"test"), (fresh().rules, b"other")):
        with pytest.raises(Refusal):
            snapshot.load(data, rules, secret)
