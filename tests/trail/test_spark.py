"""Spark as a standalone cluster on loopback, one master and two workers: raw transfers in, the compiled engine's trails out."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from izker.trail import Limits, trace
from izker.words import Refusal
from tests.trail.ledgers import built
from tests.trail.test_engines import golden

pytest.importorskip("pyspark.sql", reason="pyspark is not installed (extra izker[spark])")
HOST = "127.0.0.1"
OPENINGS = {"KZ0003": 500, "KZ0011": 10**9}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def started(name: str, *arguments: str, folder: Path) -> subprocess.Popen[bytes]:
    """A daemon of the cluster as a process of its own, its words in `folder`."""
    import pyspark

    home = Path(pyspark.__file__).parent
    place = f"org.apache.spark.deploy.{name}"
    env = {
        **os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": HOST, "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_WORKER_DIR": str(folder / "work"), "PYSPARK_PYTHON": sys.executable,
    }  # fmt: skip
    log = (folder / f"{place.rsplit('.', 1)[1]}-{arguments[-1].replace('/', '_')}.log").open("wb")
    return subprocess.Popen([str(home / "bin" / "spark-class"), place, *arguments], env=env, stdout=log, stderr=log)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from pyspark.sql import SparkSession

    if shutil.which("java") is None:
        pytest.skip("no Java on this machine: Spark cannot start")
    folder, port = tmp_path_factory.mktemp("spark"), free_port()
    address = f"spark://{HOST}:{port}"
    master = started("master.Master", "--host", HOST, "--webui-port", str(free_port()), "--port", str(port), folder=folder)
    cluster = [master]
    session = None
    try:
        for _ in range(120):
            if answers(port):
                break
            time.sleep(0.25)
        for _ in range(2):
            options = ("--cores", "1", "--memory", "600m", "--host", HOST, "--webui-port", str(free_port()))
            cluster.append(started("worker.Worker", *options, address, folder=folder))
        session = (
            SparkSession.builder.master(address)
            .appName("izker-test")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", HOST)
            .config("spark.driver.host", HOST)
            .config("spark.executor.memory", "500m")
            .config("spark.driver.memory", "600m")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.log.level", "ERROR")
            .getOrCreate()
        )
        yield session
    finally:
        if session is not None:
            session.stop()
        for process in reversed(cluster):
            process.terminate()
        for process in cluster:
            process.wait(30)


def raw(spark: Any, rows: pl.DataFrame, folder: Path) -> Any:
    rows.write_parquet(folder / "transfers.parquet")
    return spark.read.parquet(str(folder / "transfers.parquet"))


def asked() -> pl.DataFrame:
    ids = golden()["id"].gather_every(60)
    return pl.DataFrame({"report_id": ids.cast(pl.String), "transfer_id": ids})


@pytest.mark.parametrize(("limits", "as_of"), [(Limits(60_000_000, 5, 4), None), (Limits(None, 0, 3), 300_000_000)])
def test_a_cluster_answers_as_the_compiled_engine(spark: Any, tmp_path: Path, limits: Limits, as_of: int | None) -> None:
    from izker.trail.spark import place, trace_on_spark

    lines = pl.concat([golden(), golden().head(40)])  # rows that stand twice count once
    openings = spark.createDataFrame(list(OPENINGS.items()), "account string, balance bigint")
    place(spark, raw(spark, lines, tmp_path), openings)
    found = trace_on_spark(spark, asked(), limits=limits, as_of=as_of, opening="supplied")
    with built(golden(), OPENINGS) as book:
        native = trace(book, asked(), limits=limits, as_of=as_of, paths=True)
    assert native.lots is not None
    assert found.lots is not None
    assert found.lots.equals(native.lots)
    assert found.rows.sort(pl.all()).equals(native.rows.sort(pl.all()))
    assert found.summary() == native.summary()


def test_reports_that_name_nothing_are_told_and_the_others_go_on(spark: Any, tmp_path: Path) -> None:
    from izker.trail.spark import place, trace_on_spark

    place(spark, raw(spark, golden(), tmp_path))
    reports = pl.DataFrame({"report_id": ["a", "b", "a"], "transfer_id": [3, 10**9, 4]})
    found = trace_on_spark(spark, reports, limits=Limits(max_hops=1))
    with built(golden()) as book:
        native = trace(book, reports, limits=Limits(max_hops=1))
    assert found.stolen.equals(native.stolen)
    assert sorted(map(str, found.problems)) == sorted(map(str, native.problems))


def test_reversals_take_transfers_back_and_contradictions_are_refused(spark: Any, tmp_path: Path) -> None:
    from izker.trail.spark import place, trace_on_spark

    back = golden().head(1).with_columns(kind=pl.lit("reversal"))
    place(spark, raw(spark, pl.concat([golden(), back]), tmp_path))
    gone = pl.DataFrame({"report_id": ["a"], "transfer_id": back["id"]})
    assert len(trace_on_spark(spark, gone).problems) == 1
    other = golden().head(1).with_columns(amount=pl.lit(77, pl.Int64))
    with pytest.raises(Refusal, match="different contents"):
        place(spark, raw(spark, pl.concat([golden(), other]), tmp_path))
    with pytest.raises(Refusal, match="cannot be read"):
        place(spark, raw(spark, other.with_columns(kind=pl.lit("barter")), tmp_path))
