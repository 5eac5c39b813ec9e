"""Tables become cubes of snapshots; links and Mack's reserve agree with what is computed by hand or published."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from izker.outlook import coherence, delays, intervals, money, nowcast_level, nowcast_tail, wis
from izker.outlook.triangle import guess_step, read_triangle
from izker.words import Refusal

RAA = """5012 8269 10907 11805 13539 16181 18009 18608 18662 18834
106 4285 5396 10666 13782 15599 15496 16169 16704
3410 8992 13873 16141 18735 22214 22863 23466
5655 11555 15766 21266 23425 26083 27067
1092 9565 15836 22169 25955 26180
1513 6445 11702 12935 15852
557 4020 10946 12314
1351 6947 13112
3133 5395
2063"""


def raa() -> np.ndarray:
    out = np.full((10, 10), np.nan)
    for i, line in enumerate(RAA.splitlines()):
        values = [float(v) for v in line.split()]
        out[i, : len(values)] = values
    return out


def test_mack_on_the_raa_triangle_gives_the_published_reserve_and_error() -> None:
    found = money.mack(raa())
    assert found.total_reserve == pytest.approx(52_135.2, abs=0.05)
    assert found.total_error == pytest.approx(26_909.0, abs=0.05)


def test_the_bootstrap_centres_on_the_chain_ladder_reserve() -> None:
    drawn = money.bootstrap(raa(), draws=600, seed=1).sum(axis=1)
    assert drawn.mean() == pytest.approx(52_135, rel=0.12)
    assert 12_000 < drawn.std() < 27_000


def test_a_loss_triangle_with_a_gap_is_refused() -> None:
    broken = raa()
    broken[2, 3] = np.nan
    with pytest.raises(Refusal, match="gaps"):
        money.mack(broken)


def test_weeks_are_cut_at_the_weekday_of_as_of_and_labelled_by_monday() -> None:
    days = [date(2025, 3, 3) + timedelta(days=i) for i in range(30)]
    cells = read_triangle(pl.DataFrame({"occurred": days, "reported": days}), as_of=date(2025, 3, 26), step="week")
    assert cells.labels[-1] == date(2025, 3, 24)
    assert cells.cuts[-1] == date(2025, 3, 26)
    assert cells.latest[0].tolist() == [7, 7, 7, 3]
    assert cells.known[0, :, 0].tolist() == [3, 3, 3, 3]


def test_months_end_where_as_of_ends() -> None:
    days = [date(2025, 1, 1) + timedelta(days=i) for i in range(90)]
    cells = read_triangle(pl.DataFrame({"occurred": days, "reported": days}), as_of=date(2025, 2, 28), step="month")
    assert cells.cuts == (date(2025, 1, 31), date(2025, 2, 28))


def test_bad_rows_are_left_out_and_named() -> None:
    frame = pl.DataFrame(
        {"occurred": ["2025-01-01", "x", "02.01.2025"], "reported": ["2025-01-02", "2025-01-02", "01.01.2025"]}
    )
    cells = read_triangle(frame)
    assert cells.latest.sum() == 1
    assert [p.row for p in cells.problems] == [3, 4]


def test_a_repeated_cell_counts_once_and_a_contradicted_one_is_added() -> None:
    frame = pl.DataFrame({"reference_date": ["2025-01-01"] * 3, "delay": [0, 0, 0], "count": [4, 4, 5]})
    cells = read_triangle(frame, as_of=date(2025, 1, 3))
    assert cells.latest.sum() == 9
    assert len(cells.problems) == 2


def triangle_of(rows: list[list[float]]) -> pl.DataFrame:
    start = date(2025, 1, 1)
    cells = [(start + timedelta(days=i), h, c) for i, row in enumerate(rows) for h, c in enumerate(row)]
    return pl.DataFrame(cells, schema=["reference_date", "delay", "count"], orient="row")


CUMULATIVE = {
    "one correction in a small table": [[5, 9, 12, 11], [4, 8, 9], [6, 10], [5]],
    "every row corrected in the end": [[50, 90, 120, 124, 112]] * 6,
    "revised up and down about its size": [[100, 101, 100, 99, 101, 100], [210, 208, 209, 210, 207], [150, 151, 149]],
    "one row taken back": [[30, 60, 80, 85, 3], [31, 58, 77, 84], [28, 61, 79], [33, 60], [29]],
    "small": [[0, 0, 1, 1, 1], [0, 1, 1, 0], [1, 1, 2], [0, 1], [0]],
}
NEW = {
    "falling": [[50, 20, 9, 4, 0, 1], [48, 22, 7, 5, 2], [55, 19, 8, 6], [51, 18, 9], [47, 25], [50]],
    "rising first": [[5, 30, 20, 9, 4, 1], [6, 28, 19, 8, 3], [4, 33, 22, 7], [5, 31, 18], [7, 29], [6]],
    "level": [[100, 93, 108, 99, 87, 110], [104, 95, 101, 112, 90], [98, 109, 92, 103]],
    "sparse": [[0, 1, 0, 0, 1, 0], [1, 0, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0]],
    "with corrections": [[50, 20, -3, 4, 0, 1], [48, 22, 7, -5, 2], [55, 19, 8, 6]],
}


@pytest.mark.parametrize("name", CUMULATIVE)
def test_cumulative_counts_are_seen_in_spite_of_corrections(name: str) -> None:
    rows = CUMULATIVE[name]
    cells = read_triangle(triangle_of(rows))
    assert cells.latest[0][: len(rows)].tolist() == [row[-1] for row in rows]


@pytest.mark.parametrize("name", NEW)
def test_new_counts_are_seen(name: str) -> None:
    rows = NEW[name]
    cells = read_triangle(triangle_of(rows))
    assert cells.latest[0][: len(rows)].tolist() == [sum(row) for row in rows]


def test_the_step_is_seen_from_the_dates() -> None:
    sundays = [date(2025, 1, 5) + timedelta(days=7 * i) for i in range(9)]
    assert guess_step(pl.DataFrame({"reference_date": sundays})) == "week"
    assert guess_step(pl.DataFrame({"occurred": [date(2025, m, 1) for m in range(1, 9)]})) == "month"
    assert guess_step(pl.DataFrame({"occurred": [date(2025, 1, d) for d in range(1, 9)]})) == "day"


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 70)), min_size=1, max_size=60))
def test_the_cube_loses_no_report_known_by_as_of(pairs: list[tuple[int, int]]) -> None:
    start = date(2025, 1, 1)
    frame = pl.DataFrame(
        {
            "occurred": [start + timedelta(days=a) for a, _ in pairs],
            "reported": [start + timedelta(days=a + b) for a, b in pairs],
        }
    )
    end = max(a + b for a, b in pairs)
    cells = read_triangle(frame, as_of=start + timedelta(days=end))
    assert cells.latest.sum() == len(pairs)
    inside = np.isfinite(cells.known)
    assert (cells.known[inside] <= len(pairs)).all()


def test_links_recover_a_constant_hazard() -> None:
    n, height = 40, 6
    grown = 100.0 * 1.2 ** np.arange(height + 1)
    known = np.tile(grown, (n, 1))
    classes = np.zeros(n, dtype=np.int64)
    silent = np.zeros(n, dtype=np.bool_)
    prior = np.zeros((n, 1, height))
    table = delays.links(known, classes, 1, silent, np.ones((n, height)), 8, 0.0, prior, 5)
    assert np.allclose(table[10:], 0.2)
    ahead = delays.growth(table, np.zeros(n + height, dtype=np.int64), silent, 5)
    assert ahead[20, 0] == pytest.approx(1.2**height)
    assert ahead[20, height] == 1.0


def test_faster_reports_show_as_positive_drift_and_are_carried_on() -> None:
    n, height = 40, 6
    classes, silent = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    known = np.tile(1000.0 * 1.2 ** np.arange(height + 1), (n, 1))
    table = np.full((n, 1, height), 0.1)
    bands = np.array([0, 3, 100], dtype=np.int64)
    ratio = delays.drift(known, table, classes, silent, np.ones((n, height)), 7, bands, 50.0, np.zeros((n, 2)), 10)
    assert (ratio[20] > 0.5).all()
    assert np.allclose(delays.bend(table, ratio, bands, 1.0)[20, 0], 0.1 * np.exp(np.repeat(ratio[20], 3)))


def snapshots(share: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """The cube (n, H+1) of `totals` (n,) reported by the cumulative `share` (H+1,) of each age, no chance in it."""
    n, ages = len(totals), len(share)
    known = np.full((n, ages), np.nan)
    for h in range(ages):
        known[h:, h] = totals[: n - h] * share[h]
    return known


def test_a_backlog_sent_in_at_once_is_not_learned_from() -> None:
    n, height = 60, 12
    known = snapshots(1.0 - 0.5 ** np.arange(1, height + 2), np.full(n, 1000.0))
    classes, silent = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    bands = np.array([0, 3, 100], dtype=np.int64)
    assert np.allclose(delays.believed(known, classes, silent, bands), 1.0)
    for i in range(40, n):  # on step 40 every count aged over three grows by a fifth for good
        for h in range(i - 40 + 4, height + 1):
            known[i, h] *= 1.2
    share = delays.believed(known, classes, silent, bands)
    assert np.allclose(share[40, :3], 1.0)
    assert (share[40, 3:] < 0.5).all()
    assert np.allclose(np.delete(share, 40, axis=0), 1.0)
    quiet = delays.pooled_links(known, classes, 1, silent, share, 40, 50)[50, 0]
    loud = delays.pooled_links(known, classes, 1, silent, np.ones_like(share), 40, 50)[50, 0]
    assert quiet[5:].sum() < loud[5:].sum()


def test_a_power_law_is_carried_beyond_the_longest_delay_and_an_exponential_is_not() -> None:
    n, height = 120, 40
    ages = np.arange(1, height + 2)
    silent = np.zeros(n, dtype=np.bool_)
    power = nowcast_tail.tails(snapshots(1.0 - ages**-1.0, np.full(n, 1000.0)), silent, n - 1)[-1]
    reached = 1.0 - 1.0 / (3 * height)
    assert power[0] == pytest.approx(reached / (1.0 - 1.0 / (height + 1)) - 1.0, rel=0.3)
    assert (np.diff(power) <= 0).all()
    fast = nowcast_tail.tails(snapshots(1.0 - np.exp(-ages / 3.0), np.full(n, 1000.0)), silent, n - 1)[-1]
    assert fast[0] < 1e-4


def test_a_tail_adds_its_own_doubt() -> None:
    whole, spread = nowcast_tail.add(np.array([10.0, 0.0]), np.array([0.04, 0.0]), np.array([90.0, 0.0]), np.array([0.1, 0.1]))
    assert whole.tolist() == [20.0, 0.0]
    assert spread[0] == pytest.approx((0.04 * 100 + 25.0) / 400)
    assert spread[1] == 0.0


def test_the_level_lets_a_small_young_count_lean_on_its_elders() -> None:
    n, height = 80, 10
    share = np.minimum(np.arange(1, height + 2) / height, 1.0)
    known = snapshots(share, np.full(n, 20.0))
    missing = np.nan_to_num((known + 0.5) * (1.0 / share - 1.0))
    classes = np.zeros(n, dtype=np.int64)
    usual = nowcast_level.refine(known, missing, classes, 8, 2, 1, 28.0, 60, 12, n - 1, 1)[-1]
    assert np.allclose(usual, (20.0 * (1.0 - share))[:8], rtol=0.08)
    known[-1, 0] = 8.0  # four times what is usual at age 0, by chance
    missing[-1, 0] = (8.0 + 0.5) * 9.0
    lucky = nowcast_level.refine(known, missing, classes, 8, 2, 1, 28.0, 60, 12, n - 1, 1)[-1]
    assert usual[0] <= lucky[0] < 0.6 * missing[-1, 0]


def test_errors_of_one_sign_widen_the_interval_more_than_errors_of_both() -> None:
    n, height = 90, 10
    share = np.minimum(np.arange(1, height + 2) / height, 1.0)
    known = snapshots(share, np.full(n, 1000.0))
    right = np.nan_to_num(known * (1.0 / share - 1.0))
    classes = np.zeros(n, dtype=np.int64)
    widths = []
    for sign in (np.ones(n), (-1.0) ** np.arange(n)):
        made = right * np.exp(0.2 * sign)[:, None]
        made[-1] = right[-1]
        widths.append(intervals.variances(known, made, classes, np.empty((0, 0)), 2, 28.0, 60, 12, n - 1)[-1, 0])
    assert widths[0] > 2.0 * widths[1]


def test_a_holiday_counts_as_sunday_and_the_next_working_day_as_monday() -> None:
    weekdays = np.array([2, 3, 4, 5, 6, 0, 1], dtype=np.int64)
    holidays = np.array([True, False, False, False, False, False, False])
    assert delays.report_classes(weekdays, holidays).tolist() == [6, 0, 4, 5, 6, 0, 1]


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 10_000))
def test_reconciled_parts_add_up(regions: int, schemes: int, seed: int) -> None:
    rows = [(f"r{i}", f"s{j}") for i in range(regions) for j in range(schemes)]
    family = coherence.tree(rows)
    missing = np.random.default_rng(seed).gamma(2.0, 5.0, (len(family.keys), 7))
    out = coherence.reconcile(family, missing)
    assert np.allclose(out, coherence.sums(family, out[list(family.leaves)]), rtol=1e-9)
    assert (out >= 0).all()


def test_quantiles_widen_with_the_variance_and_handle_nothing_missing() -> None:
    narrow = intervals.quantiles(np.array([10.0]), np.array([100.0]), np.array([0.01]), wis.LEVELS)
    wide = intervals.quantiles(np.array([10.0]), np.array([100.0]), np.array([0.2]), wis.LEVELS)
    assert (wide[0, -1] - wide[0, 0]) > 2 * (narrow[0, -1] - narrow[0, 0])
    nothing = intervals.quantiles(np.array([10.0]), np.array([0.0]), np.array([0.0]), wis.LEVELS)
    assert nothing[0].tolist() == [10.0] * 7


def test_the_score_is_the_absolute_error_of_a_point_and_coverage_counts_ends() -> None:
    assert wis.wis(wis.LEVELS, np.full(7, 3.0), 5.0) == pytest.approx(2.0)
    values = np.array([[0, 1, 2, 3, 4, 5, 6.0]] * 3)
    assert wis.coverage(wis.LEVELS, values, [0.0, 6.0, 7.0]) == pytest.approx(2 / 3)
    assert wis.pit(wis.LEVELS, values, [-1.0, 3.0, 9.0]).tolist() == [0.0, 0.5, 1.0]


def test_the_score_of_nested_intervals_equals_the_interval_formula() -> None:
    q = np.array([1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 11.0])
    y = 9.5
    total = 0.5 * abs(y - q[3])
    for alpha, low, high in ((0.05, q[0], q[6]), (0.2, q[1], q[5]), (0.5, q[2], q[4])):
        total += alpha / 2 * ((high - low) + 2 / alpha * max(low - y, 0) + 2 / alpha * max(y - high, 0))
    assert wis.wis(wis.LEVELS, q, y) == pytest.approx(total / 3.5)
