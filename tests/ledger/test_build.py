"""Transfers in, ledger out: what lands, what is set aside, and that nothing is half done."""

from __future__ import annotations

import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.ledger import Ledger, verify
from izker.ledger.intake import Problems, batches, integer, moment
from izker.trail import trace
from izker.words import Refusal
from tests.shared_data import shared
from tests.trail.reference_rows import mixed_rows

CSV = """id;ts;src;dst;amount;kind
1;2026-01-16T14:46:00+05:00;KZ01;KZ02;1 840 000 000;transfer
2;16.01.2026 14:49;KZ02;Тобыл;740000000;
3;1768556940000000;KZ02;ATM;5;cash
4;2026-01-16T14:46:00+05:00;KZ01;;5;transfer
x;2026-01-16T14:46:00+05:00;KZ01;KZ02;5;transfer
6;yesterday;KZ01;KZ02;5;transfer
7;2026-01-16T14:46:00+05:00;KZ01;KZ02;5.5;transfer
8;2026-01-16T14:46:00+05:00;KZ01;KZ02;-5;transfer
9;2026-01-16T14:46:00+05:00;KZ01;KZ02;5;gift
"""


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "utf-8-sig"])
def test_good_rows_land_beside_bad_ones_which_are_named_by_row_and_column(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(CSV.encode(encoding))
    report = Ledger.build([file], tmp_path / "l")
    assert (report.read, report.landed, report.quarantined) == (9, 3, 6)
    assert {(p.row, p.column) for p in report.problems} == {
        (5, "dst"),
        (6, "id"),
        (7, "ts"),
        (8, "amount"),
        (9, "amount"),
        (10, "kind"),
    }
    ledger = Ledger.open(tmp_path / "l")
    first, second = ledger.transfer(1), ledger.transfer(2)
    assert first is not None
    assert second is not None
    assert first["amount"] == 1_840_000_000
    assert second["ts"] - first["ts"] == 3 * 60_000_000
    assert second["dst"] == "Тобыл"


def test_the_order_of_input_does_not_matter_and_doubles_count_once(tmp_path: Path) -> None:
    rows = mixed_rows(400, seed=3)
    shuffled = pl.concat([rows, rows.head(50)]).sample(fraction=1, shuffle=True, seed=1)
    report = Ledger.build([shuffled[:200], shuffled[200:]], tmp_path / "a")
    assert (report.landed, report.already) == (400, 50)
    Ledger.build([rows], tmp_path / "b")
    a, b = Ledger.open(tmp_path / "a"), Ledger.open(tmp_path / "b")
    for name in b.names.to_list():
        left, right = a.account(name), b.account(name)
        assert left is not None
        assert right is not None
        assert a.statement(left).equals(b.statement(right))
    assert verify(tmp_path / "a") == []


def test_a_build_in_many_small_buckets_gives_the_same_bytes_as_one_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = mixed_rows(5000, seed=5).sample(fraction=1, shuffle=True, seed=2)
    Ledger.build([rows], tmp_path / "whole")
    monkeypatch.setattr(sys.modules["izker.ledger.build"], "BUCKET_ROWS", 300)
    for module in ("izker.ledger.build", "izker.ledger.gather"):
        monkeypatch.setattr(sys.modules[module], "CHUNK_ROWS", 170)
    Ledger.build([rows], tmp_path / "pieces")
    digests = [
        {n: d for n, (_, d) in Ledger.open(tmp_path / p).manifest.base.files.items()} for p in ("whole", "pieces")
    ]
    assert digests[0] == digests[1]


def test_an_id_with_two_contents_is_named_and_the_first_stands(tmp_path: Path) -> None:
    rows = pl.DataFrame({"id": [5, 5], "ts": [1, 2], "src": ["a", "a"], "dst": ["b", "b"], "amount": [10, 11]})
    report = Ledger.build([rows], tmp_path / "l")
    assert report.landed == 1
    assert [p.params for p in report.problems] == [{"id": 5}]
    found = Ledger.open(tmp_path / "l").transfer(5)
    assert found is not None
    assert found["amount"] == 10


def test_currencies_stay_apart_and_amounts_in_their_own_unit(tmp_path: Path) -> None:
    rows = pl.DataFrame(
        {
            "id": [1, 2, 3],
            "ts": [1, 2, 3],
            "src": ["0xabc"] * 3,
            "dst": ["0xdef", "0xdef", "bc1q"],
            "amount": [10, 70, 30],
            "currency": ["ETH", "usdt", None],
        }
    )
    Ledger.build([rows], tmp_path / "l")
    ledger = Ledger.open(tmp_path / "l")
    assert set(ledger.names.to_list()) == {
        "0xabc (ETH)",
        "0xdef (ETH)",
        "0xabc (USDT)",
        "0xdef (USDT)",
        "0xabc",
        "bc1q",
    }
    eth = ledger.account("0xdef (ETH)")
    assert eth is not None
    assert ledger.counters(eth) == (0, 10)


def test_banks_of_accounts_are_remembered(tmp_path: Path) -> None:
    rows = pl.DataFrame(
        {"id": [1], "ts": [1], "src": ["a"], "dst": ["b"], "amount": [1], "bank_src": ["Есіл"], "bank_dst": [None]}
    )
    Ledger.build([rows], tmp_path / "l")
    ledger = Ledger.open(tmp_path / "l")
    transfer = ledger.transfer(1)
    assert transfer is not None
    assert (transfer["bank_src"], transfer["bank_dst"]) == ("Есіл", None)


def test_an_opening_balance_is_used_before_what_comes_in(tmp_path: Path) -> None:
    rows = pl.DataFrame({"id": [1, 2], "ts": [1, 2], "src": ["v", "m"], "dst": ["m", "x"], "amount": [100, 60]})
    opening = pl.DataFrame({"account": ["m"], "balance": [50]})
    asked = pl.DataFrame({"report_id": ["R"], "transfer_id": [1]})
    Ledger.build([rows], tmp_path / "without")
    Ledger.build([rows], tmp_path / "with", openings=opening)
    without, supplied = (trace(Ledger.open(tmp_path / p), asked) for p in ("without", "with"))
    assert dict(without.rows.select("account", "amount").iter_rows()) == {"m": 40, "x": 60}
    assert dict(supplied.rows.select("account", "amount").iter_rows()) == {"m": 90, "x": 10}
    assert (without.opening, supplied.opening) == ("unknown", "supplied")


@pytest.mark.parametrize("damage", ["cut", "flip", "lost"])
def test_verify_names_the_segment_that_is_damaged(tmp_path: Path, damage: str) -> None:
    Ledger.build([mixed_rows(100)], tmp_path / "l")
    assert verify(tmp_path / "l") == []
    victim = tmp_path / "l" / Ledger.open(tmp_path / "l").manifest.base.folder / "rows.bin"
    content = bytearray(victim.read_bytes())
    if damage == "lost":
        victim.unlink()
    else:
        content[40] ^= 1
        victim.write_bytes(content[:-8] if damage == "cut" else content)
    problems = verify(tmp_path / "l")
    assert [p.file for p in problems] == [str(victim)]
    if damage != "flip":
        with pytest.raises(Refusal, match="bytes"):
            Ledger.open(tmp_path / "l")


def test_counters_that_do_not_add_up_are_found_even_behind_a_right_checksum(tmp_path: Path) -> None:
    from izker import files
    from izker.ledger import layout

    Ledger.build([mixed_rows(100)], tmp_path / "l")
    manifest = layout.read_manifest(tmp_path / "l")
    victim = tmp_path / "l" / manifest.base.folder / "rows.bin"
    rows = np.fromfile(victim, "<i8").reshape(-1, 4)
    rows[0, 0] = 10**12
    rows.tofile(victim)
    manifest.base.files["rows.bin"] = (victim.stat().st_size, files.sha256(victim))
    files.write_text(tmp_path / "l" / layout.MANIFEST, manifest.as_json())
    assert [p.text("en")[:28] for p in verify(tmp_path / "l")] == ["the outgoing counter falls a"]


SCRIPT = """
import sys
from pathlib import Path
import polars as pl
from izker.ledger import Ledger
verb, path, source = sys.argv[1:]
print("ready", flush=True)
frame = pl.read_parquet(source)
while True:
    if verb == "build":
        Ledger.build([frame], Path(path))
    elif verb == "append":
        start = Ledger.open(Path(path)).transfers
        Ledger.append(Path(path), frame[start : start + 50])
        if start > 2500:
            Ledger.build([frame[:100]], Path(path))
    else:
        start = Ledger.open(Path(path)).transfers
        Ledger.append(Path(path), frame[start : start + 50])
        Ledger.compact(Path(path))
        if start > 2500:
            Ledger.build([frame[:100]], Path(path))
"""


@pytest.mark.parametrize("verb", ["build", "append", "compact"])
def test_a_writer_killed_at_any_moment_leaves_the_old_state_or_the_new_one(tmp_path: Path, verb: str) -> None:
    rows = mixed_rows(3000, seed=9).sort("id")
    rows.write_parquet(tmp_path / "rows.parquet")
    path = tmp_path / "l"
    Ledger.build([rows[:100]], path)
    rng = np.random.default_rng(4)
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, verb, str(path), str(tmp_path / "rows.parquet")],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(float(rng.uniform(0.1, 0.7)))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert verify(path) == []
        ledger = Ledger.open(path)
        count = ledger.transfers
        assert count in (100, 3000) if verb == "build" else count % 50 == 0
        ids = np.concatenate([ledger.record(s)[2] for s in ledger.all_slots()])
        assert sorted(ids.tolist()) == list(range(count))
    Ledger.append(path, rows[count : count + 1])  # and a writer after the crash sweeps up and goes on
    assert not list(path.glob("scratch-*"))


def test_two_writers_do_not_write_at_once(tmp_path: Path) -> None:
    from izker.ledger import layout

    Ledger.build([mixed_rows(10)], tmp_path / "l")
    with layout.writing(tmp_path / "l"), pytest.raises(Refusal, match="another process"):
        Ledger.append(tmp_path / "l", mixed_rows(20)[10:])


def test_a_folder_with_other_files_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear")
    with pytest.raises(Refusal, match="other files"):
        Ledger.build([mixed_rows(10)], tmp_path)
    assert (tmp_path / "letters.txt").read_text() == "dear"


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PAR1 no", b"a,b\n1,2\n", b"id,ts,src,dst,amount\n"])
def test_what_is_no_table_of_transfers_is_refused_and_nothing_is_left_behind(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t").write_bytes(content)
    with pytest.raises(Refusal):
        Ledger.build([tmp_path / "t"], tmp_path / "l")
    assert not list((tmp_path / "l").glob("*-*"))
    with pytest.raises(Refusal, match="no ledger"):
        Ledger.open(tmp_path / "l")


def test_a_large_text_file_is_streamed_and_reads_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = mixed_rows(300)
    rows.write_csv(tmp_path / "t.csv")
    Ledger.build([tmp_path / "t.csv"], tmp_path / "small")
    monkeypatch.setattr("izker.ledger.intake.WHOLE_FILE_BYTES", 10)
    Ledger.build([tmp_path / "t.csv"], tmp_path / "large")
    digests = [
        {n: d for n, (_, d) in Ledger.open(tmp_path / p).manifest.base.files.items()} for p in ("small", "large")
    ]
    assert digests[0] == digests[1]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=12), st.integers().map(str), st.floats().map(str), st.none()), max_size=8))
def test_any_text_parses_to_a_number_a_moment_or_nothing_and_never_raises(values: list[str | None]) -> None:
    series = pl.Series("v", values, pl.String)
    assert integer(series).dtype == pl.Int64
    assert moment(series).dtype == pl.Int64
    problems = Problems()
    table = pl.DataFrame(dict.fromkeys(("id", "ts", "src", "dst", "amount", "kind"), series))
    kept = sum(parsed.height for parsed, _ in batches([table], problems))
    assert kept + problems.count == len(values)


@pytest.mark.shared_data
def test_a_public_graph_with_planted_cycles_builds_and_conserves_every_trace(tmp_path: Path) -> None:
    with tarfile.open(shared("data", "amlsim", "20K_cycle200.tgz")) as archive:
        file = archive.extractfile("20K_cycle200/transactions.csv")
        assert file is not None
        raw = pl.read_csv(file.read())
    rows = raw.select(
        id=pl.int_range(pl.len(), dtype=pl.Int64),
        ts=pl.col("time") * 86_400_000_000,
        src=pl.col("sourceNodeId").cast(pl.String),
        dst=pl.col("targetNodeId").cast(pl.String),
        amount=(pl.col("value") * 100).round().cast(pl.Int64),
    )
    report = Ledger.build([rows], tmp_path / "l")
    assert report.landed == rows.height > 100_000
    ledger = Ledger.open(tmp_path / "l")
    asked = rows["id"].gather_every(60)
    for rule in ("fifo", "lifo"):
        trails = trace(ledger, pl.DataFrame({"report_id": asked, "transfer_id": asked}), rule=rule)
        assert trails.summary()["conservation_error"] == 0
