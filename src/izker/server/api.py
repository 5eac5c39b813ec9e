"""The API: the same actions as the pages, behind the same policies. Everything that arrives carries an Idempotency-Key."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Header, NinjaAPI, Schema, Status
from ninja.responses import Response

from izker import __version__
from izker.config import config
from izker.server.clock import now
from izker.server.intake.actions.file_report import FileReport
from izker.server.intake.form import ReportForm
from izker.server.intake.once import once
from izker.server.register.models import Case
from izker.words import Refusal

api = NinjaAPI(title="Izker", version=__version__, urls_namespace="api", docs_url="docs", openapi_url="openapi.json")


class ReportIn(Schema):
    """A report as its sender tells it; `amount` in tiyn."""

    text: str
    language: str = "kk"
    channel: str = "unknown"
    occurred_at: datetime | None = None
    region: str = ""
    amount: int = 0
    account_from: str = ""
    account_to: str = ""
    name: str = ""
    phone: str = ""
    iin: str = ""
    is_attempt: bool = False


class ReportOut(Schema):
    report: str
    case: str
    transfer_matched: bool | None  # told to staff only: a stranger must not learn which transfers exist


class CaseOut(Schema):
    """A case without personal data; money in tiyn."""

    number: str
    status: str
    scheme: str
    region: str
    occurred_at: datetime | None
    reported_at: datetime | None
    registered_at: datetime | None
    damage: int
    stolen: int | None
    held: int
    exited: int | None
    holds: list[dict[str, Any]]


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> Response:
    language = (get_language() or "kk")[:2]
    problems = [{**p.as_json(), "reason": p.text(language)} for p in refusal.problems]
    return Response({"problems": problems}, status=422)


@api.post("/reports", response={201: ReportOut, 200: ReportOut}, url_name="file_report", summary="File a report")
def file_report(request: HttpRequest, body: ReportIn, idempotency_key: Annotated[str, Header(min_length=8, max_length=128)]) -> Any:
    """Filed once per Idempotency-Key: a repetition gets the first answer with status 200."""
    form = ReportForm(**body.model_dump())

    def file() -> dict[str, Any]:
        user = request.user if request.user.is_authenticated else None
        filed = FileReport(user, form, source="api", synthetic=config().demo).perform()
        return {"report": filed.report.number, "case": filed.case.number, "transfer_matched": filed.report.transfer_id is not None if user else None}

    answer, status = once("api", idempotency_key, body.model_dump_json(), file)
    return Status(status, answer)


@api.get("/cases", response=list[CaseOut], url_name="list_cases", summary="Cases, newest first")
def list_cases(request: HttpRequest, changed_since: datetime | None = None, limit: int = 100) -> list[dict[str, Any]]:
    """Up to 1,000 cases; `changed_since`: only those with an event recorded after that moment."""
    found = Case.objects.order_by("-opened_at", "-id").prefetch_related("holds", "trails")
    if changed_since:
        found = found.filter(events__recorded_at__gt=changed_since).distinct()
    return [_case(case) for case in found[: max(1, min(limit, 1000))]]


@api.get("/cases/{number}", response={200: CaseOut, 404: dict[str, str]}, url_name="read_case", summary="One case")
def read_case(request: HttpRequest, number: str) -> Any:
    case = Case.objects.filter(number=number).first()
    return Status(200, _case(case)) if case else Status(404, {"error": "no such case"})


@api.get("/figures/{year}", url_name="figures", summary="Indicators of a year, as known on a day")
def figures(request: HttpRequest, year: int, as_of: date | None = None) -> dict[str, Any]:
    from izker.server.analysis.figures import figures_json

    return figures_json(year, as_of or now().date())


def _case(case: Case) -> dict[str, Any]:
    trail = next(iter(case.trails.all()), None)
    holds = [
        {"number": h.number, "bank": h.bank, "account": h.account_masked, "amount": h.amount, "held": h.held, "state": h.state} for h in case.holds.all()
    ]
    fields = ("number", "status", "scheme", "region", "occurred_at", "reported_at", "registered_at", "damage")
    return {
        **{name: getattr(case, name) for name in fields},
        "stolen": trail.stolen if trail else None,
        "held": sum(h["held"] for h in holds),
        "exited": trail.exited if trail else None,
        "holds": holds,
    }
