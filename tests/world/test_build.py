"""Same seed, same bytes; the manifest tells what stands in the folder; the command line says what it did."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from izker.cli import izker
from izker.files import sha256
from izker.words import Refusal
from izker.world import build, parameters
from izker.world.fraud.payments import split
from izker.world.register.margins import fit
from izker.world.streams import apportion, stream
from tests.world.conftest import World


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_country(demo: World, tmp_path: Path) -> None:
    again = build(tmp_path / "again", scale="demo", seed=7)
    assert again.files == demo.manifest.files
    assert (tmp_path / "again" / "manifest.json").read_bytes() == (demo.folder / "manifest.json").read_bytes()
    other = build(tmp_path / "other", scale="demo", seed=8)
    assert other.files["transfers.parquet"]["sha256"] != again.files["transfers.parquet"]["sha256"]
    assert other.files["cases.parquet"]["sha256"] != again.files["cases.parquet"]["sha256"]


def test_the_manifest_fingerprints_every_file_and_says_synthetic(demo: World) -> None:
    told = json.loads((demo.folder / "manifest.json").read_text(encoding="utf-8"))
    assert told["synthetic"] is True
    assert set(told["notice"]) == {"kk", "ru", "en"}
    assert "SYNTHETIC" in told["notice"]["en"]
    on_disk = {str(p.relative_to(demo.folder)) for p in demo.folder.rglob("*.parquet")}
    assert set(told["files"]) == on_disk
    for name, file in told["files"].items():
        assert sha256(demo.folder / name) == file["sha256"]
        assert demo.read(name.removesuffix(".parquet")).height == file["rows"]
    registered = next(c for c in told["calibrated_to"] if c["figure"] == "registered_2025")
    assert registered["value"] == 27_892
    assert all(c["source"] for c in told["calibrated_to"])


def test_every_parameter_has_a_source_or_says_assumption() -> None:
    def entries(node: dict[str, object], inherited: bool) -> None:
        sourced = inherited or "source" in node
        if "value" in node:
            assert sourced, node
        for child in node.values():
            if isinstance(child, dict) and not sourced:
                entries(child, sourced)

    for name in ("economy", "fraud", "register"):
        for key, entry in parameters.table(name).items():
            assert isinstance(entry, dict), key
            entries(entry, False)
    for scale in parameters.SCALES:
        assert parameters.scale(scale)["source"]


def test_shares_that_should_sum_to_one_do() -> None:
    economy, fraud, register = (parameters.values(n) for n in ("economy", "fraud", "register"))
    assert sum(economy["mix"].values()) == pytest.approx(1)
    assert sum(fraud["rest_goes"].values()) == pytest.approx(1)
    assert sum(register["article_shares"]) == pytest.approx(1)
    for hop in range(3):
        assert sum(shares[hop] for shares in fraud["moves"].values()) == pytest.approx(1)
    classes: dict[str, float] = {}
    for code, entry in fraud["schemes"].items():
        assert sum(entry["channel"].values()) == pytest.approx(1), code
        classes[entry["class"]] = classes.get(entry["class"], 0) + entry["share"]
    assert classes == pytest.approx({"impersonation": 1, "advance_payment": 1, "investment": 1, "other": 1})


def test_an_unknown_scale_is_refused_with_the_choice(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="demo, year or national"):
        build(tmp_path, scale="planet")


def test_the_command_line_builds_and_reports_as_json(tmp_path: Path) -> None:
    done = CliRunner().invoke(izker, ["world", "build", "--out", str(tmp_path / "w"), "--seed", "7", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["synthetic"] is True
    assert (told["seed"], told["scale"]) == (7, "demo")
    assert (tmp_path / "w" / "truth" / "legs.parquet").exists()


def test_a_folder_that_cannot_be_made_is_refused_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    done = CliRunner().invoke(izker, ["world", "build", "--out", str(tmp_path / "file" / "under")])
    assert (done.exit_code, done.stderr[:7]) == (1, "izker: ")
    assert "file" in done.stderr
    assert CliRunner().invoke(izker, ["world", "build", "--out", "x", "--scale", "planet"]).exit_code == 2


@given(st.integers(0, 10**9), st.lists(st.floats(0.001, 1e6), min_size=1, max_size=30))
def test_apportionment_is_exact_and_near_the_shares(total: int, weights: list[float]) -> None:
    parts = apportion(total, weights)
    assert parts.sum() == total
    exact = total * np.array(weights) / sum(weights)
    assert (np.abs(parts - exact) <= 1.001).all()


@given(st.lists(st.integers(0, 400), min_size=2, max_size=8), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_a_fitted_table_has_both_margins(rows: list[int], months: int, seed: int) -> None:
    columns = stream(seed, "margins").multinomial(sum(rows), [1 / months] * months)
    table = fit(np.array(rows), columns, {})
    assert (table.sum(axis=1) == rows).all()
    assert (table.sum(axis=0) == columns).all()
    assert (table >= 0).all()


@given(
    st.lists(st.tuples(st.integers(24_000_000, 10**11), st.integers(1, 12)), min_size=1, max_size=20),
    st.integers(0, 2**32 - 1),
)
def test_losses_split_into_positive_payments_exactly(losses: list[tuple[int, int]], seed: int) -> None:
    total, count = np.array([t for t, _c in losses]), np.array([c for _t, c in losses])
    parts = split(stream(seed, "split"), total, count)
    owner = np.repeat(np.arange(len(total)), count)
    assert (parts > 0).all()
    assert (np.bincount(owner, weights=parts).astype(np.int64) == total).all()
