"""Fresh frauds of the simulated country that nobody has reported: offered on the demo's report form, so that a newcomer sees the chain work."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from izker.config import config
from izker.files import write_text
from izker.holds import plan
from izker.money import tenge
from izker.times import local, to_us
from izker.trail import trace

SHOWN = 5
RECENT = timedelta(days=2)
TEXTS = {
    "kk": "Банктің қауіпсіздік қызметіненмін деген адам +7 700 000 12 34 нөмірінен қоңырау шалды. Шотыма біреу кіріп жатқанын айтып, ақшаны «қауіпсіз шотқа» аударуды сұрады, ешкімге айтпаңыз деді. {account} шотына {amount} аудардым. Содан кейін телефоны өшіп қалды.",
    "ru": "Позвонили с номера +7 700 000 12 34, представились службой безопасности банка. Сказали, что мой счёт взламывают и деньги надо перевести на «безопасный счёт», никому не говорить. Я перевёл {amount} на счёт {account}. Потом телефон отключился.",
    "en": "A man called from +7 700 000 12 34 and said he was from the bank's security service. He said somebody was breaking into my account and asked me to move the money to a “safe account” and tell no one. I sent {amount} to {account}. Then his phone went dead.",
}


def write_examples(world: Path) -> None:
    """Keep the unreported frauds of the last two days whose money is still within reach, the largest reachable sum first."""
    from izker.server.money.books import book

    ledger = book()
    end = pl.read_parquet(world / "transfers.parquet", columns=["ts"])["ts"].max()
    assert isinstance(end, datetime)
    reported = pl.read_parquet(world / "reports.parquet")["transfer_id"].to_list()
    first = pl.read_parquet(world / "truth" / "legs.parquet").filter(
        (pl.col("role") == "victim_payment")
        & (pl.col("ts") > end - RECENT)
        & pl.col("src").str.starts_with("KZ")
        & pl.col("dst").str.starts_with("KZ")
        & ~pl.col("transfer_id").is_in(reported)
    )
    if ledger is None or first.is_empty():
        write_text(config().home / "examples.json", "[]")
        return
    reports = first.select(pl.col("transfer_id").cast(pl.String).alias("report_id"), "transfer_id")
    trails = trace(ledger, reports, as_of=to_us(end), paths=True)
    planned = plan(trails.lots, now_us=to_us(end)) if trails.lots is not None else pl.DataFrame({"report_id": [], "amount": []})
    reachable = dict(planned.group_by("report_id").agg(pl.col("amount").sum()).iter_rows())
    rows = [row | {"reachable": reachable.get(str(row["transfer_id"]), 0)} for row in first.iter_rows(named=True)]
    best = sorted(rows, key=lambda r: -r["reachable"])[:SHOWN]
    write_text(config().home / "examples.json", json.dumps([_example(r) for r in best], ensure_ascii=False))


def _example(row: dict[str, Any]) -> dict[str, Any]:
    at = local(row["ts"])
    amount = tenge(row["amount"])
    return {
        "transfer_id": row["transfer_id"],
        "amount": str(row["amount"] // 100),
        "date": f"{at:%Y-%m-%d}",
        "time": f"{at:%H:%M}",
        "account_to": row["dst"],
        "account_from": row["src"],
        "text": {code: text.format(amount=amount, account=row["dst"]) for code, text in TEXTS.items()},
    }


def examples() -> list[dict[str, Any]]:
    path = config().home / "examples.json"
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return found
