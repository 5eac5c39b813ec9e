"""The nowcast: right on what it never saw, coherent, honest about what it cannot know."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.cli.nowcast import command
from izker.outlook import intervals, wis
from izker.outlook.nowcast import nowcast
from izker.words import Refusal

START = date(2025, 1, 1)
AS_OF = date(2025, 7, 10)
QUANTILES = [f"q{level:g}" for level in wis.LEVELS]


def line_list(
    seed: int = 0, days: int = 200, base: float = 20.0, regions: int = 1, slower: float = 0.0
) -> pl.DataFrame:
    """Synthetic reports: negative binomial days, log-normal delays (median 5 days), few reports at weekends."""
    rng = np.random.default_rng(seed)
    rows = []
    for d in range(days):
        for region in range(regions):
            count = rng.poisson(base / (1 + region) * rng.gamma(10.0, 0.1))
            late = slower * max(d - days + 90, 0) / 90
            for delay in np.exp(rng.normal(np.log(5.0) + late, 1.2, count)).astype(int):
                day = START + timedelta(days=d + int(delay))
                if day.weekday() >= 5 and rng.random() < 0.8:
                    day += timedelta(days=7 - day.weekday())
                rows.append((START + timedelta(days=d), day, f"R{region}"))
    frame = pl.DataFrame(rows, schema=["occurred", "reported", "region"], orient="row")
    return frame if regions > 1 else frame.drop("region")


LINES = line_list()


def scored(frame: pl.DataFrame, as_of: date) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = nowcast(frame, as_of=as_of, horizon=14, draws=0).rows
    final = frame.group_by(pl.col("occurred").alias("date")).len("final")
    rows = rows.join(final, on="date", how="left").with_columns(pl.col("final").fill_null(0))
    return rows.select(QUANTILES).to_numpy(), rows["final"].to_numpy().astype(float), rows["known"].to_numpy()


def test_it_scores_a_quarter_of_the_raw_counts_and_covers() -> None:
    q, y, known = zip(*(scored(LINES, AS_OF - timedelta(days=9 * b)) for b in range(6)), strict=True)
    values, truth = np.concatenate(q), np.concatenate(y)
    assert wis.wis(wis.LEVELS, values, truth).mean() < 0.3 * np.abs(np.concatenate(known) - truth).mean()
    assert 0.88 <= wis.coverage(wis.LEVELS, values, truth) <= 1.0


def test_its_intervals_keep_most_of_their_coverage_while_delays_lengthen() -> None:
    frame = line_list(seed=3, base=60.0, slower=0.7)
    q, y, _ = zip(*(scored(frame, START + timedelta(days=199 - 9 * b)) for b in range(6)), strict=True)
    assert wis.coverage(wis.LEVELS, np.concatenate(q), np.concatenate(y)) >= 0.8


def test_it_uses_nothing_reported_after_as_of() -> None:
    early = nowcast(LINES.filter(pl.col("reported") <= AS_OF), as_of=AS_OF)
    assert early.rows.equals(nowcast(LINES, as_of=AS_OF).rows)


def test_the_same_seed_gives_the_same_draws_and_another_seed_others() -> None:
    once, again, other = (nowcast(LINES, as_of=AS_OF, seed=s).draws for s in (1, 1, 2))
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)


def test_line_list_triangle_and_cumulative_triangle_give_the_same_rows() -> None:
    delay = (pl.col("reported") - pl.col("occurred")).dt.total_days().alias("delay")
    new = LINES.with_columns(delay).group_by(pl.col("occurred").alias("reference_date"), "delay").len("count")
    reported = LINES.group_by(pl.col("occurred").alias("reference_date"), pl.col("reported").alias("report_date"))
    all_known = (
        reported.len("count")
        .sort("reference_date", "report_date")
        .with_columns(pl.col("count").cum_sum().over("reference_date"))
    )
    expected = nowcast(LINES, as_of=AS_OF, draws=0).rows
    assert nowcast(new, as_of=AS_OF, draws=0).rows.equals(expected)
    assert nowcast(all_known, as_of=AS_OF, draws=0).rows.equals(expected)


def test_means_and_draws_add_up_over_two_strata() -> None:
    frame = line_list(base=8.0, regions=3).with_columns(
        pl.when(pl.int_range(pl.len()) % 3 == 0).then(pl.lit("a")).otherwise(pl.lit("b")).alias("scheme")
    )
    found = nowcast(frame, as_of=AS_OF, draws=50)
    whole = found.rows.filter(pl.col("region").is_null() & pl.col("scheme").is_null())["mean"].to_numpy()
    cells = found.rows.filter(pl.col("region").is_not_null() & pl.col("scheme").is_not_null())
    summed = cells.group_by("date").agg(pl.col("mean").sum()).sort("date")["mean"].to_numpy()
    assert np.allclose(whole, summed, atol=1e-6)
    assert np.allclose(found.draws[:, 0], found.draws[:, list(found.leaves)].sum(axis=1))
    assert (found.draws >= found.draws.min(initial=0)).all()


def test_quantiles_ascend_and_never_fall_below_the_known_count() -> None:
    rows = nowcast(LINES, as_of=AS_OF).rows
    values = rows.select(QUANTILES).to_numpy()
    assert (np.diff(values, axis=1) >= 0).all()
    assert (values[:, 0] >= rows["known"].to_numpy()).all()


@pytest.mark.parametrize("step", ["week", "month"])
def test_weeks_and_months_are_nowcast_too(step: str) -> None:
    found = nowcast(line_list(days=400), as_of=START + timedelta(days=380), step=step, horizon=3)  # type: ignore[arg-type]
    assert found.rows.height == 4
    assert found.rows["q0.5"].is_not_null().all()
    assert found.rows["mean"][-1] > 1.3 * found.rows["known"][-1]


def test_one_report_gets_no_estimate_but_a_word() -> None:
    found = nowcast(pl.DataFrame({"occurred": ["2025-01-01"], "reported": ["2025-01-03"]}))
    assert found.rows["q0.5"].is_null().all()
    assert "too little" in found.problems[-1].text("en")


def test_all_zeros_get_no_estimate() -> None:
    days = [START + timedelta(days=i) for i in range(60)]
    found = nowcast(pl.DataFrame({"reference_date": days, "delay": [0] * 60, "count": [0] * 60}))
    assert found.rows["known"].sum() == 0
    assert found.rows["q0.975"].is_null().all()


def test_a_year_of_silence_is_no_data_not_zero() -> None:
    found = nowcast(LINES, as_of=date(2026, 9, 1))
    assert found.rows["q0.5"].is_null().all()
    assert any("nothing was published" in p.text("en") for p in found.problems)


def test_an_unpublished_day_is_bridged_with_wider_intervals() -> None:
    usual = nowcast(LINES, as_of=AS_OF).rows
    found = nowcast(LINES.filter(pl.col("reported") < AS_OF), as_of=AS_OF)
    assert found.problems
    widths = [(r["q0.975"] - r["q0.025"]).sum() for r in (usual, found.rows)]
    assert widths[1] > widths[0]


def test_negative_revisions_are_told_and_never_crash() -> None:
    delay = (pl.col("reported") - pl.col("occurred")).dt.total_days().alias("delay")
    cells = LINES.with_columns(delay).group_by(pl.col("occurred").alias("reference_date"), "delay").len("count")
    cells = cells.with_columns(
        pl.when(pl.col("delay") == 6).then(-3).otherwise(pl.col("count").cast(pl.Int64)).alias("count")
    )
    found = nowcast(cells, as_of=AS_OF)
    assert np.isfinite(found.rows["mean"].to_numpy()).all()
    assert any("below zero" in p.text("en") for p in found.problems)


def test_days_on_which_nobody_reports_do_not_break_it() -> None:
    found = nowcast(LINES.filter(pl.col("reported").dt.weekday() < 6), as_of=AS_OF)
    assert np.isfinite(found.rows["mean"].to_numpy()).all()


def test_an_almost_empty_stratum_stays_near_zero_and_adds_up() -> None:
    rare = pl.when(pl.int_range(pl.len()) < 5).then(pl.lit("rare")).otherwise(pl.lit("usual")).alias("kind")
    rows = nowcast(LINES.with_columns(rare), as_of=AS_OF).rows
    assert rows.filter(pl.col("kind") == "rare")["mean"].max() < 0.5  # type: ignore[operator]


def test_delays_longer_than_the_window_still_count_as_known() -> None:
    late = pl.DataFrame({"occurred": [START] * 40, "reported": [START + timedelta(days=190)] * 40})
    found = nowcast(pl.concat([LINES, late]), as_of=AS_OF, horizon=190)
    first = found.rows.filter(pl.col("date") == START)["known"][0]
    assert first >= 40


def test_a_shorter_longest_delay_leaves_less_to_come() -> None:
    short, long = (nowcast(LINES, as_of=AS_OF, longest=n).rows["mean"][-1] for n in (5, 60))
    assert short < long


def test_the_command_line_prints_the_contract(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "lines.csv"
    line_list(base=10.0, regions=2).write_csv(path)
    svg, png = tmp_path / "fan.svg", tmp_path / "fan.png"
    args = [
        str(path),
        "--json",
        "--as-of",
        "2025-07-10",
        "--step",
        "day",
        "--horizon",
        "7",
        "--svg",
        str(svg),
        "--png",
        str(png),
    ]
    result = CliRunner().invoke(command, args)
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    assert len(rows) == 3 * 8
    assert set(rows[0]["quantiles"]) == {f"{level:g}" for level in wis.LEVELS}
    assert {"date", "region", "known"} <= set(rows[0])
    assert svg.read_text(encoding="utf-8").startswith("<svg")
    assert png.read_bytes().startswith(b"\x89PNG")


def test_the_command_line_prints_a_table(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "lines.csv"
    LINES.write_csv(path)
    result = CliRunner().invoke(command, [str(path), "--as-of", "2025-07-10", "--horizon", "3"])
    assert result.exit_code == 0
    assert "95 %" in result.stdout


def test_a_table_of_something_else_is_refused() -> None:
    with pytest.raises(Refusal, match="neither a line list"):
        nowcast(pl.DataFrame({"x": [1], "y": [2]}))


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 50), st.sampled_from(["a", "b", ""])), min_size=1, max_size=80
    ),
    st.sampled_from(["day", "week", "month"]),
)
def test_any_line_list_gives_rows_or_a_word(rows: list[tuple[int, int, str]], step: str) -> None:
    frame = pl.DataFrame(
        {
            "occurred": [START + timedelta(days=a) for a, _, _ in rows],
            "reported": [START + timedelta(days=a + b) for a, b, _ in rows],
            "kind": [k for _, _, k in rows],
        }
    )
    found = nowcast(frame, strata=["kind"], step=step, draws=5)  # type: ignore[arg-type]
    whole = found.rows.filter(pl.col("kind").is_null())
    values = whole.select(QUANTILES).to_numpy().astype(float)
    good = np.isfinite(values).all(axis=1)
    assert (np.diff(values[good], axis=1) >= -1e-9).all()
    assert good.all() or found.problems


def test_a_young_table_with_long_delays_is_not_sure_that_all_has_been_reported() -> None:
    frame = line_list(seed=5, days=60, base=60.0, slower=1.0)
    q, y, known = scored(frame, START + timedelta(days=59))
    assert wis.coverage(wis.LEVELS, q, y) >= 0.8
    assert (q[0, 3] > known[0]).all()


def test_a_table_that_begins_within_a_week_leans_on_its_whole_weeks_only() -> None:
    """The two reports of a first week of one day must not tell that the level jumps and that shares err."""
    lines = line_list(seed=4, days=280, base=2.4).with_columns(pl.col("occurred", "reported").dt.offset_by("-90d"))
    monday = date(2024, 10, 7)
    as_of = monday + timedelta(weeks=36, days=-1)
    whole = lines.filter(pl.col("occurred") >= monday)
    cut = lines.filter(pl.col("occurred") >= monday - timedelta(days=1))
    a, b = (nowcast(f, as_of=as_of, step="week", horizon=12, longest=26, draws=0).rows for f in (whole, cut))
    left, right = ((r["mean"] - r["known"]).to_numpy() for r in (a, b))
    assert np.abs(left - right).max() < 0.5
    assert (b["q0.975"] - a["q0.975"]).to_numpy().max() <= 2.0


@pytest.mark.parametrize("mean", [0.4, 1.0, 2.0, 3.3, 9.0, 47.0, 400.0])
def test_counting_noise_is_what_poisson_counts_show(mean: float) -> None:
    counts = np.random.default_rng(1).poisson(mean, 200_000)
    e = np.clip(np.log((counts + 0.5) / (mean + 0.5)), -intervals.CLIP, intervals.CLIP)
    assert intervals.counting_noise(mean) == pytest.approx((e * e).mean(), rel=0.03)


@pytest.mark.parametrize(("mean", "most"), [(3.0, 0.11), (5.0, 0.045), (10.0, 0.018)])
def test_errors_by_chance_alone_are_hardly_taken_for_errors_of_the_method(mean: float, most: float) -> None:
    n, height = 120, 3
    classes = np.zeros(n, dtype=np.int64)
    made = np.full((n, height + 1), mean)
    made[:, height] = 0.0
    found = []
    for seed in range(60):
        known = np.zeros((n, height + 1))  # everything is reported at the last age
        known[height:, height] = np.random.default_rng(seed).poisson(mean, n - height)
        found.append(intervals.variances(known, made, classes, np.empty((0, 0)), height, 28.0, 100, 0, n - 1)[-1, 0])
    assert np.median(found) < most  # with 1 / (mean + 1) taken off: 0.143, 0.062, 0.023
