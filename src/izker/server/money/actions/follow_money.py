"""Follow a case's money through the ledger and suggest what to hold. The answer is kept whole: rule, limits, ledger state, lots."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import polars as pl

from izker.holds import explain, plan
from izker.identifiers import mask
from izker.server.actions import Action
from izker.server.clock import now
from izker.server.fields import fingerprint
from izker.server.money.books import book, state
from izker.server.money.models import Hold, HoldChange, HoldState, Trail
from izker.server.money.state import move
from izker.server.money.store import write_lots
from izker.server.register.models import Case
from izker.server.register.numbers import hold_number
from izker.server.register.record import record
from izker.times import to_us
from izker.trail import Limits, trace
from izker.words import LANGUAGES, N_, Refusal

if TYPE_CHECKING:
    from izker.server.accounts.models import User

RULE = "fifo"
LIMITS = Limits(min_lot=10_000, max_hops=20)  # 100 tenge: smaller crumbs cost a bank more than they return


class FollowMoney(Action[Trail]):
    act = "trail.compute"

    def __init__(self, actor: User | None, case: Case) -> None:
        super().__init__(actor)
        self.case = case

    def execute(self) -> Trail:
        ledger = book()
        if ledger is None:
            raise Refusal(N_("there is no ledger yet: import transfers first"))
        numbers = sorted({n for n in self.case.reports.values_list("transfer_id", flat=True) if n is not None})
        if not numbers:
            raise Refusal(N_("no transfer of this case is known: match one first"))
        at = now()
        reports = pl.DataFrame({"report_id": [f"{self.case.number}/{n}" for n in numbers], "transfer_id": numbers})
        trails = trace(ledger, reports, rule=RULE, limits=LIMITS, as_of=to_us(at), paths=True)
        if trails.lots is None or trails.lots.is_empty():
            raise Refusal(N_("the transfer of this case is not in the ledger as of now"))
        summary = trails.summary()
        lots = as_one(trails.lots, self.case.number)
        trail = Trail.objects.create(
            case=self.case,
            rule=RULE,
            limits={"min_lot": LIMITS.min_lot, "max_hops": LIMITS.max_hops, "opening": trails.opening},
            as_of=at,
            ledger=state(),
            computed_at=at,
            stolen=summary["stolen"],
            held=summary["held"],
            exited=summary["exited"],
            stopped=summary["stopped"],
            file=write_lots(f"{uuid.uuid4().hex}.parquet", lots),
        )
        holds = self._suggest(trail, lots)
        actor = self.actor.username if self.actor else "system"
        facts = {name: summary[name] for name in ("stolen", "exited")} | {"lots": lots.height, "suggested": len(holds)}
        record(self.case, "trail_computed", actor=actor, facts=facts)
        self.target = self.case.number
        self.detail = {"rule": RULE, **facts}
        return trail

    def _suggest(self, trail: Trail, lots: pl.DataFrame) -> list[Hold]:
        """Replace open suggestions by those of the new trail; what was asked or is held stays and is not asked again."""
        at = now()
        for old in self.case.holds.filter(state=HoldState.SUGGESTED):
            move(old, HoldState.DECLINED, actor="system", note="a newer trail replaced it")
        lines = plan(lots, now_us=to_us(at), asked=self._asked())
        holds = []
        for row in lines.filter(pl.col("bank") != "").iter_rows(named=True):
            hold = Hold.objects.create(
                number=hold_number(),
                case=self.case,
                trail=trail,
                bank=row["bank"],
                account=row["account"],
                account_fingerprint=fingerprint("account", row["account"]),
                account_masked=mask("iban", row["account"]),
                amount=row["amount"],
                hop=row["hop"],
                rank=row["rank"],
                expected_loss=row["expected_loss_hour"],
                reasons=[{"code": code, **dict(zip(LANGUAGES, texts, strict=True))} for code, texts in _reasons(row)],
                suggested_at=at,
            )
            HoldChange.objects.create(hold=hold, now=HoldState.SUGGESTED, at=at, actor="system")
            holds.append(hold)
        return holds

    def _asked(self) -> pl.DataFrame | None:
        """What was asked before in this case and what the banks answered, as the planner reads it."""
        rows = [
            {
                "report_id": self.case.number,
                "account": h.account,
                "amount": h.amount,
                "held": h.held,
                "outcome": h.state if h.answered_at else None,
                "answered_us": to_us(h.answered_at) if h.answered_at else None,
            }
            for h in self.case.holds.exclude(asked_at=None)
        ]
        schema = {"report_id": pl.String, "account": pl.String, "amount": pl.Int64, "held": pl.Int64, "outcome": pl.String, "answered_us": pl.Int64}
        return pl.DataFrame(rows, schema=schema) if rows else None


def as_one(lots: pl.DataFrame, number: str) -> pl.DataFrame:
    """Lots of several transfers of one case as one trail: numbered through, under the case's number."""
    before = lots.group_by("report_id", maintain_order=True).len().with_columns(first=pl.col("len").cum_sum() - pl.col("len"))
    joined = lots.join(before.select("report_id", pl.col("first").cast(pl.Int32)), on="report_id", how="left", maintain_order="left")
    return joined.with_columns(
        pl.col("lot") + pl.col("first"), pl.col("parent_lot") + pl.col("first"), pl.lit(number).alias("report_id")
    ).drop("first")


def _reasons(row: dict[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    """Each reason of a planned line with its sentence in every language."""
    by_language = [explain(row, code) for code in LANGUAGES]
    return list(zip(row["reasons"], zip(*by_language, strict=True), strict=False))
