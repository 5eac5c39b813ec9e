"""The chain without a browser: holds confirmed by a demo officer, asked of real bank processes, answers taken, documents written."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import polars as pl

from izker.config import config
from izker.figures import to_docx, to_json, to_pdf
from izker.server.accounts.models import User
from izker.server.analysis.figures import computed
from izker.server.analysis.outlook import publish
from izker.server.clock import now
from izker.server.demo.processes import House, bank
from izker.server.money.models import Hold, HoldState, Trail
from izker.server.money.store import read_lots
from izker.server.register.models import Case, Report
from izker.server.relay.actions.request_holds import RequestHolds
from izker.server.relay.deliver import drain
from izker.server.relay.models import Bank, OutboxMessage, OutboxState
from izker.times import local
from izker.trail.rules import EXITS
from izker.words import LANGUAGES

ROUNDS = 200  # of the worker: every message has had its tries long before
YEAR = 2025


def play(out: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Run the chain on the prepared home and write everything under `out`; returns the summary."""
    say("holds")
    _ask_all()
    _deliver()
    say("documents")
    figures = _documents(out)
    publish(local(now()).date())
    trails = _latest_trails()
    _write_trails(out, trails)
    holds = list(Hold.objects.exclude(state=HoldState.DECLINED).select_related("case").order_by("id"))
    _write_holds(out, holds)
    stolen, held, exited, stopped = (sum(getattr(t, name) for t in trails) for name in ("stolen", "held", "exited", "stopped"))
    states = Counter(h.state for h in holds)
    return {
        "synthetic": True,
        "notice": "SYNTHETIC: a simulated country, calibrated to published counts",
        "reports": Report.objects.filter(source="world").count(),
        "trails": len(trails),
        "stolen": stolen,
        "held": held,
        "exited": exited,
        "stopped": stopped,
        "conservation_error": stolen - held - exited - stopped,
        "holds": {
            "asked": sum(states[s] for s in ("asked", "held", "partly", "empty", "refused")),
            **{s: states[s] for s in ("held", "partly", "empty", "refused")},
        },
        "held_by_banks": sum(h.held for h in holds),
        "returned": sum(h.held for h in holds if h.state == HoldState.RETURNED),
        "figures": figures,
    }


def _ask_all() -> None:
    officer = User.objects.get(username="serik")
    for case in Case.objects.filter(holds__state=HoldState.SUGGESTED).distinct().order_by("id"):
        numbers = list(case.holds.filter(state=HoldState.SUGGESTED).values_list("number", flat=True))
        RequestHolds(officer, case, numbers).perform()


def _deliver() -> None:
    """Start the banks, empty the outbox, end the banks."""
    house = House({})
    try:
        for found in Bank.objects.order_by("code"):
            bank(house, config().home / "banks" / found.pk, int(found.url.rsplit(":", 1)[1]))
        for found in Bank.objects.all():
            house.wait_for(f"{found.url}/health")
        with httpx.Client(trust_env=False) as client:
            for _round in range(ROUNDS):
                drain(client)
                if not OutboxMessage.objects.filter(state=OutboxState.WAITING).exists():
                    break
    finally:
        house.stop()


def _documents(out: Path) -> dict[str, Any]:
    as_of = local(now()).date()
    _extract, figures = computed(YEAR, as_of)
    for language in LANGUAGES:
        to_pdf(list(figures), language, out / f"answer.{language}.pdf", written=as_of, calibrated=True)
        to_docx(list(figures), language, out / f"answer.{language}.docx", written=as_of, calibrated=True)
    (out / "figures.json").write_text(json.dumps(to_json(list(figures)), ensure_ascii=False, indent=1), encoding="utf-8")
    return {f.code: f.value for f in figures}


def _latest_trails() -> list[Trail]:
    latest: dict[int, Trail] = {}
    for trail in Trail.objects.select_related("case").order_by("computed_at", "id"):
        latest[trail.case_id] = trail
    return list(latest.values())


def _write_trails(out: Path, trails: list[Trail]) -> None:
    """One row a (report, account, status, hop), the contract of `izker trace`."""
    frames = []
    for trail in trails:
        lots = read_lots(trail)
        ends = lots.filter(pl.col("status").is_in(EXITS)).with_columns(pl.col("amount").alias("units"))
        stays = lots.filter(~pl.col("status").is_in(EXITS)).with_columns((pl.col("rest") + pl.col("stopped")).alias("units"))
        frames.append(pl.concat([stays, ends]).filter(pl.col("units") > 0))
    grouped = pl.concat(frames).group_by("report_id", "account", "status", "hop", maintain_order=True).agg(
        pl.col("units").sum().alias("amount"), pl.col("ts").min().alias("since")
    )
    grouped.select("report_id", "account", "amount", "status", "hop", "since").write_parquet(out / "trails.parquet", metadata={"notice": "SYNTHETIC"})


def _write_holds(out: Path, holds: list[Hold]) -> None:
    rows = [
        {
            "hold": h.number,
            "case": h.case.number,
            "bank": h.bank,
            "account": h.account_masked,
            "asked": h.amount,
            "held": h.held,
            "state": h.state,
            "reason": h.answer_reason,
            "until": h.until.isoformat() if h.until else None,
            "ground": h.ground,
        }
        for h in holds
    ]
    (out / "holds.json").write_text(json.dumps({"synthetic": True, "holds": rows}, ensure_ascii=False, indent=1), encoding="utf-8")
