"""The last days' reports of the simulated country go through the same door as a victim's: the desk has work when it opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from izker.server.clock import now
from izker.server.intake.actions.file_report import FileReport
from izker.server.intake.form import CHANNELS, ReportForm
from izker.server.intake.once import once

FRESH = timedelta(days=3)
MOST = 24


def fresh_reports(world: Path) -> pl.DataFrame:
    """Reports of the world's last days whose cases are not yet in the register, newest last."""
    end = now()
    reports = pl.read_parquet(world / "reports.parquet")
    return reports.filter((pl.col("reported_at") > end - FRESH) & pl.col("transfer_id").is_not_null()).sort("reported_at").tail(MOST)


def file_fresh(world: Path, say: Callable[[str], None]) -> None:
    from izker.server.intake.models import Arrival

    rows = fresh_reports(world)
    done = set(Arrival.objects.filter(source="world").values_list("key", flat=True))
    waiting = [row for row in rows.iter_rows(named=True) if str(row["report_id"]) not in done]
    if waiting:
        say("reports")
    for row in waiting:
        once("world", str(row["report_id"]), str(row["report_id"]), lambda row=row: _file(row))  # type: ignore[misc]


def _file(row: dict[str, Any]) -> dict[str, Any]:
    form = ReportForm(
        text=row["text"],
        language=row["lang"],
        channel=row["channel"] if row["channel"] in CHANNELS else "unknown",
        occurred_at=row["occurred_at"],
        region=row["region"],
        amount=int(row["amount"]),
        account_from=row["src"],
        account_to=row["dst"],
        facts={},
    )
    filed = FileReport(None, form, source="world", synthetic=True, reported_at=row["reported_at"]).perform()
    return {"report": filed.report.number}
