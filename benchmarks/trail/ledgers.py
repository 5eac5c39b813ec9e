"""Synthetic ledgers for the bench: 50 transfers an account, mule chains planted, written as Parquet in time order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

YEAR = 365 * 86_400 * 1_000_000
START = 1_735_689_600_000_000  # 2025-01-01
CHUNK = 4_000_000
KINDS = np.array(["transfer", "cash", "merchant", "abroad", "crypto"])
I64 = npt.NDArray[np.int64]


def chains(count: int, accounts: int, rng: np.random.Generator) -> dict[str, I64]:
    """Mule chains: a victim's transfer, split in two at each of three hops, minutes to hours apart; the last hop often
    exits."""
    mules = max(accounts // 2, 8)
    parts: dict[str, list[I64]] = {k: [] for k in ("ts", "src", "dst", "amount", "kind", "first")}

    def add(ts: I64, src: I64, dst: I64, amount: I64, kind: I64, first: int) -> None:
        for key, value in zip(parts, (ts, src, dst, amount, kind, np.full(count, first)), strict=True):
            parts[key].append(value.astype(np.int64))

    amount = rng.lognormal(17.5, 1.0, count).astype(np.int64) + 100_000
    ts = START + rng.integers(0, YEAR - 40 * 86_400_000_000, count)
    level = [(rng.integers(0, mules, count), amount, ts)]
    add(ts, rng.integers(0, accounts, count), level[0][0], amount, np.zeros(count, np.int64), 1)
    for hop in range(3):
        following = []
        for holder, held, when in level:
            gone = (held * rng.uniform(0.85, 1.0, count)).astype(np.int64)
            cut = (gone * rng.uniform(0.2, 0.8, count)).astype(np.int64)
            for piece in (cut, gone - cut):
                then = when + rng.integers(60_000_000, 20 * 3_600_000_000, count)
                to = rng.integers(0, mules, count)
                kind = np.where(rng.random(count) < 0.2 + 0.3 * hop, rng.choice([1, 3, 4], count), 0)
                add(then, holder, to, piece, kind, 0)
                following.append((to, piece, then))
        level = following
    return {key: np.concatenate(value) for key, value in parts.items()}


def write(folder: Path, rows: int, seed: int = 7) -> tuple[list[Path], pl.DataFrame]:
    """Write a ledger of about `rows` transfers; returns its files and the reports (report_id, transfer_id)."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    accounts = rows // 50
    planted = chains(min(27_892, rows * 2789 // 1_000_000), accounts, rng)
    order = np.argsort(planted["ts"], kind="stable")
    planted = {k: v[order] for k, v in planted.items()}
    pieces = max(1, -(-rows // CHUNK))
    ordinary = (rows - planted["ts"].size) // pieces
    files, reports, number = [], [], 0
    for k in range(pieces):
        low, high = START + YEAR * k // pieces, START + YEAR * (k + 1) // pieces
        begin, end = np.searchsorted(planted["ts"], [low, high])
        mine = {key: value[begin:end] for key, value in planted.items()}
        ts = np.concatenate([rng.integers(low, high, ordinary), mine["ts"]])
        src = np.concatenate([rng.integers(0, accounts, ordinary), mine["src"]])
        dst = np.concatenate([rng.integers(0, accounts, ordinary), mine["dst"]])
        amount = np.concatenate([rng.lognormal(13.5, 1.5, ordinary).astype(np.int64), mine["amount"]])
        kind = np.concatenate([rng.choice(3, ordinary, p=[0.9, 0.05, 0.05]), mine["kind"]])
        first = np.concatenate([np.zeros(ordinary, np.int64), mine["first"]])
        order = np.argsort(ts, kind="stable")
        ids = np.arange(number, number + ts.size)
        reports.append(ids[first[order] == 1])
        frame = pl.DataFrame(
            {"id": ids, "ts": ts[order], "s": src[order], "d": dst[order], "amount": amount[order], "k": kind[order]}
        )
        frame = frame.select(
            "id",
            "ts",
            src=pl.format("KZ{}", pl.col("s").cast(pl.String).str.zfill(8)),
            dst=pl.format("KZ{}", pl.col("d").cast(pl.String).str.zfill(8)),
            amount="amount",
            kind=pl.Series(KINDS).gather(frame["k"]),
        )
        path = folder / f"transfers-{k:03d}.parquet"
        frame.write_parquet(path, compression="zstd", compression_level=1)
        files.append(path)
        number += ts.size
    ids = np.concatenate(reports)
    return files, pl.DataFrame({"report_id": np.arange(ids.size), "transfer_id": ids})
