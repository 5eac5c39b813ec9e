"""Hazards of leaving: learned from lots, shrunk where thin, and what they promise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from izker.holds.hazard import HOUR, MINUTE, STRATA, Hazard
from izker.words import Refusal

T0 = 1_760_000_000_000_000


def lots(stays_minutes: list[float | None], hop: int = 1) -> pl.DataFrame:
    """One lot a report that leaves whole after so many minutes, or never."""
    rows = []
    for i, stay in enumerate(stays_minutes):
        rows.append((f"r{i}", 0, None, 1000, T0, hop, "moved" if stay is not None else "held"))
        if stay is not None:
            rows.append((f"r{i}", 1, 0, 1000, T0 + int(stay * MINUTE), hop + 1, "cash"))
    return pl.DataFrame(rows, schema=["report_id", "lot", "parent_lot", "amount", "ts", "hop", "status"], orient="row")


def chance(hazard: Hazard, dwell: float, within: float, hop: int = 1, began: bool = False) -> float:
    return float(hazard.leaving(np.array([int(dwell * MINUTE)]), int(within * MINUTE), np.array([hop]), np.array([began]))[0])


def test_learned_chances_come_back_as_the_shares_that_left() -> None:
    """Exponential stays of mean 30 minutes, 4 000 of them: the survival at 30 minutes is 1/e."""
    stays = np.random.default_rng(1).exponential(30.0, 4000)
    hazard = Hazard.fit(lots(list(stays)), T0 + 100 * HOUR)
    assert chance(hazard, 0, 30) == pytest.approx(1 - np.exp(-1), abs=0.03)
    assert chance(hazard, 60, 60) == pytest.approx(1 - np.exp(-2), abs=0.05)


def test_money_that_still_stands_counts_as_watched_and_not_as_left() -> None:
    half = Hazard.fit(lots([3 + k / 100 for k in range(500)] + [None] * 500), T0 + 20 * HOUR)
    assert chance(half, 0, 10) == pytest.approx(0.5, abs=0.05)
    assert chance(half, 10, 600) < 0.02


def test_a_stratum_nobody_saw_behaves_as_all_lots_together() -> None:
    hazard = Hazard.fit(lots([5.0] * 500 + [None] * 500), T0 + 20 * HOUR)
    assert chance(hazard, 0, 10, hop=3) == pytest.approx(chance(hazard, 0, 10, hop=1), abs=0.05)


def test_nothing_after_the_last_known_moment_is_used() -> None:
    table = lots([5.0, 5.0, None])
    cut = Hazard.fit(table, T0 + 2 * MINUTE)
    assert chance(cut, 0, 10) < chance(Hazard.fit(table, T0 + HOUR), 0, 10)


@given(st.floats(0, 60_000), st.floats(0, 10_000), st.floats(0, 10_000), st.integers(1, 9), st.booleans())
def test_chances_are_chances_and_grow_with_time(dwell: float, less: float, more: float, hop: int, began: bool) -> None:
    hazard = Hazard.default()
    short, long = sorted((less, more))
    assert 0 <= chance(hazard, dwell, short, hop, began) <= chance(hazard, dwell, long, hop, began) + 1e-12 <= 1 + 1e-12


def test_the_hazards_in_the_box_say_that_they_are_synthetic_and_how_they_were_made() -> None:
    about = Hazard.default().about
    assert about["synthetic"] is True
    assert "--learn" in str(about["command"])
    assert Hazard.default().rates.shape == (len(STRATA), len(Hazard.default().edges_us) - 1)


def test_money_that_arrived_minutes_ago_is_in_more_danger_than_money_that_stood_for_days() -> None:
    assert chance(Hazard.default(), 4, 60) > 10 * chance(Hazard.default(), 5 * 1440, 60)


def test_a_saved_table_is_read_back(tmp_path: Path) -> None:
    hazard = Hazard.fit(lots([5.0] * 50 + [None] * 50), T0 + HOUR, {"source": 'a "quoted" name'})
    hazard.save(tmp_path / "h.toml")
    again = Hazard.load(tmp_path / "h.toml")
    assert np.allclose(again.rates, hazard.rates, rtol=1e-4)
    assert again.about["lots"] == hazard.about["lots"]


@pytest.mark.parametrize("text", ["", "x", "edges_minutes = [0, 1]\n[about]\n[rates_per_hour]\nhop1 = [1]\n"])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "h.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match="table of hazards"):
        Hazard.load(tmp_path / "h.toml")


def test_trails_without_a_standing_lot_teach_nothing() -> None:
    with pytest.raises(Refusal, match="nothing to learn"):
        Hazard.fit(lots([]).cast({"amount": pl.Int64, "ts": pl.Int64, "hop": pl.Int64, "status": pl.String, "lot": pl.Int64, "parent_lot": pl.Int64}), T0)
