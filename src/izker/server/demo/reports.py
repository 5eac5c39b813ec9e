"""The reports of the simulated country's ledger go through the same door as a victim's: the desk has work when it opens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from izker.server.intake.actions.file_report import FileReport
from izker.server.intake.form import CHANNELS, ReportForm
from izker.server.intake.once import once
from izker.server.register.models import Case


def file_reports(world: Path, say: Callable[[str], None]) -> None:
    """File every report of the world once, in the order of its filing."""
    from izker.server.intake.models import Arrival

    rows = pl.read_parquet(world / "reports.parquet").filter(pl.col("transfer_id").is_not_null()).sort("reported_at")
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
        account_to=row["dst"] if row["dst"].startswith("KZ") else "",
        facts={},
    )
    case = Case.objects.filter(number=row["case_no"]).first() if row["case_no"] else None
    filed = FileReport(None, form, source="world", synthetic=True, reported_at=row["reported_at"], case=case).perform()
    return {"report": filed.report.number}
