"""Small counts cannot be worked back out of what is published."""

from __future__ import annotations

from datetime import date
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from izker.figures.concordance import concordance
from izker.figures.protection import protect, provable
from izker.figures.regional import by_region
from tests.figures import made


def _solutions(total: int, cells: int) -> list[tuple[int, ...]]:
    """Every way to split `total` into `cells` whole numbers of at least 1: the slow, obvious oracle."""
    return [c for c in product(range(1, total + 1), repeat=cells) if sum(c) == total]


@given(st.integers(2, 4).flatmap(lambda k: st.tuples(st.just(k), st.integers(k, 12))))
@settings(max_examples=40, deadline=None)
def test_the_linear_program_finds_the_same_range_as_trying_everything(sizes: tuple[int, int]) -> None:
    cells, total = sizes
    keys = [f"r{i}" for i in range(cells)]
    ways = _solutions(total, cells)
    for i, key in enumerate(keys):
        low, high = provable([(keys, total)], keys)[key]
        assert (round(low), round(high)) == (min(w[i] for w in ways), max(w[i] for w in ways))


@given(st.lists(st.integers(0, 12), min_size=2, max_size=8), st.integers(3, 6), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_no_withheld_count_can_be_proved_within_the_margin(counts: list[int], threshold: int, margin: int) -> None:
    named = {f"r{i}": c for i, c in enumerate(counts)}
    result = protect(named, threshold=threshold, margin=margin)
    hidden = [k for k, v in result.shown.items() if v is None]
    assert all(named[k] == v for k, v in result.shown.items() if v is not None)
    assert all(k in hidden for k, c in named.items() if 0 < c < threshold)
    if result.total is None:
        assert set(hidden) == set(named)
        return
    rest = result.total - sum(v for v in result.shown.values() if v is not None)
    for key in hidden:
        low, high = 1, rest - (len(hidden) - 1)
        assert not (named[key] - margin <= low and high <= named[key] + margin), key


def test_counts_that_are_large_enough_are_all_shown() -> None:
    assert protect({"a": 10, "b": 0, "c": 7}, threshold=5, margin=2).shown == {"a": 10, "b": 0, "c": 7}


def test_a_single_small_count_takes_another_one_with_it() -> None:
    shown = protect({"a": 2, "b": 9, "c": 40}, threshold=5, margin=2).shown
    assert shown == {"a": None, "b": None, "c": 40}


def test_regions_add_up_to_the_nation_and_rates_use_their_population() -> None:
    rows = by_region(made.extract(), 2025, date(2025, 12, 31))
    assert sum(r.registered for r in rows) == made.REGISTERED
    assert sum(r.solved for r in rows) == made.SOLVED
    almaty = next(r for r in rows if r.code == "75")
    assert float(almaty.per_100k) == almaty.registered * 100_000 / almaty.population
    assert len(rows) == 20


def test_the_two_official_lists_of_methods_differ_by_959_and_each_adds_up() -> None:
    both = concordance()
    assert both.difference == 28_851 - 27_892 == 959
    assert sum(m.second for m in both.methods) == both.second_total
    assert {m.relation for m in both.methods} <= {"part", "overlap"}
