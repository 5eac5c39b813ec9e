"""The league on a small simulated country: contract, order of policies, and what the plan asks for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from izker.cli.bench import command
from izker.holds import Hazard, plan
from izker.words import LANGUAGES, Refusal
from izker.world import build
from izker.world.bench import tell
from izker.world.bench.league import League, play_league
from izker.world.bench.parameters import MINUTE, delays
from izker.world.bench.policies import POLICIES, Sight
from izker.world.bench.run import play_policy
from izker.world.bench.scene import Scene, load
from izker.world.bench.state import ACCOUNT, AMOUNT, EXIT, HELD, HOP, PARENT, STOLEN, TS


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    build(folder, scale="demo", seed=5)
    return folder


@pytest.fixture(scope="module")
def scene(world: Path) -> Scene:
    return load(world, everyone=True)


@pytest.fixture(scope="module")
def league(scene: Scene) -> League:
    return play_league([lambda: scene])


def test_stolen_money_of_the_scene_is_what_the_truth_says(scene: Scene, world: Path) -> None:
    legs = pl.read_parquet(world / "truth/legs.parquet")
    assert int(scene.legs.rows[scene.legs.rows[:, PARENT] < 0, AMOUNT].sum()) == legs.filter(pl.col("parent_leg").is_null())["amount"].sum()


def test_balances_of_the_scene_end_where_the_world_says(scene: Scene, world: Path) -> None:
    """Sum over all accounts: the world's own closing balances."""
    c = scene.country
    last = c.book_ptr[1:] - 1
    moved = c.book_ptr[1:] > c.book_ptr[:-1]
    accounts = pl.read_parquet(world / "accounts.parquet")
    transfers = pl.scan_parquet(world / "transfers.parquet").select("src", "dst").collect()
    named = pl.concat([transfers["src"], transfers["dst"]]).unique()
    assert int(c.book_balance[last[moved]].sum()) == accounts.filter(pl.col("account").is_in(named.implode()))["closing_balance"].sum()


def test_every_lot_comes_from_an_earlier_lot_that_holds_at_least_as_much(scene: Scene) -> None:
    for lots in scene.lots.values():
        for fraud in range(min(60, len(scene.first))):
            rows = lots.of(fraud)
            inner = rows[rows[:, PARENT] >= 0]
            parents = rows[inner[:, PARENT]]
            assert (parents[:, TS] <= inner[:, TS]).all()
            assert (parents[:, AMOUNT] >= inner[:, AMOUNT]).all()
            assert (np.diff(rows[:, TS]) >= 0).all()


def test_the_league_has_every_policy_at_every_delay(league: League) -> None:
    value = json.loads(json.dumps(league.as_json(), default=str))
    assert value["synthetic"] is True
    assert [(r["name"], r["delay"]) for r in value["policies"]] == [(p, d) for p in POLICIES for d in delays()]
    for row in value["policies"]:
        assert {"name", "delay", "held_share", "returned_share", "wrongly_held_share", "requests", "ci"} <= row.keys()
        assert 0 <= row["returned_share"] <= row["held_share"] <= 1
        assert row["ci"]["held_share"][0] <= row["held_share"] + 1e-9 <= row["ci"]["held_share"][1] + 2e-9


def test_nobody_beats_the_all_knowing_bound_and_nothing_holds_nothing(league: League) -> None:
    for delay in delays():
        bound = league.row("bound", delay).held_share
        assert all(league.row(name, delay).held_share <= bound + 1e-9 for name in POLICIES)
        assert league.row("none", delay).held_share == 0
        assert league.row("bound", delay).wrongly_held_of_stolen == 0


def test_a_later_report_saves_less(league: League) -> None:
    for name in ("med2", "izker", "bound"):
        assert league.row(name, 1).held_share > league.row(name, 60).held_share > league.row(name, 1440).held_share


def test_the_plan_leaves_protected_income_alone(league: League) -> None:
    assert all(league.row("izker", delay).protected_share == 0 for delay in delays())


def test_the_plan_takes_less_than_half_the_innocent_money_of_the_tracer(league: League) -> None:
    for delay in (10, 60):
        assert league.row("izker", delay).wrongly_held_of_stolen <= 0.5 * league.row("med2", delay).wrongly_held_of_stolen


def test_the_same_seed_plays_the_same_games(scene: Scene) -> None:
    sight = Sight(scene)
    first, second = (play_policy(scene, sight, POLICIES["izker"], Hazard.default(), 10 * MINUTE, seed=3)[1] for _ in range(2))
    assert (first == second).all()
    other = play_policy(scene, sight, POLICIES["izker"], Hazard.default(), 10 * MINUTE, seed=4)[1]
    assert (first[:, STOLEN] == other[:, STOLEN]).all()
    assert (first[:, HELD] != other[:, HELD]).any()


def test_the_bench_asks_for_what_the_planner_would(scene: Scene) -> None:
    """First-round lines of `holds.plan` over a fraud's lots add up to what the compiled game starts from."""
    lots = scene.lots["lifo"]
    fraud = int(np.argmax(np.diff(lots.ptr)))
    rows = lots.of(fraud)
    now = int(scene.first[fraud]) + 60 * MINUTE
    known = rows[rows[:, TS] <= now]
    frame = pl.DataFrame(
        {
            "report_id": ["r"] * len(known), "lot": np.arange(len(known)), "parent_lot": pl.Series(known[:, PARENT]).replace(-1, None),
            "account": known[:, ACCOUNT].astype(str), "amount": known[:, AMOUNT], "ts": known[:, TS], "hop": known[:, HOP],
            "status": np.where(known[:, EXIT] == 1, "cash", "held"),
        }
    )  # fmt: skip
    lines = plan(frame, now_us=now, with_skipped=True)
    stands = known[known[:, EXIT] == 0]
    sent = known[known[:, PARENT] >= 0][:, AMOUNT].sum()
    assert lines["amount"].sum() == stands[:, AMOUNT].sum() - sent


def test_the_tables_and_pictures_say_that_they_are_synthetic(league: League, tmp_path: Path) -> None:
    written = tell.write(league, tmp_path)
    assert {p.name for p in written} == {"league.json", "league.md", *(f"held_by_delay.{code}.svg" for code in LANGUAGES)}
    assert "SYNTHETIC" in (tmp_path / "league.md").read_text(encoding="utf-8")
    for code in LANGUAGES:
        picture = (tmp_path / f"held_by_delay.{code}.svg").read_text(encoding="utf-8")
        assert picture.count("<polyline") == len(POLICIES) - 1
        assert "http" not in picture.replace("http://www.w3.org/2000/svg", "")


def test_the_command_prints_the_contract(world: Path) -> None:
    done = CliRunner().invoke(command, ["--world", str(world), "--no-variants", "--json"])
    assert done.exit_code == 0, done.output
    assert {row["name"] for row in json.loads(done.stdout)["policies"]} == set(POLICIES)


def test_a_folder_without_a_world_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no simulated country"):
        load(tmp_path)
