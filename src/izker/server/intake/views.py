"""The public report form: five short pages, then a number to keep."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from izker.config import config
from izker.identifiers import Identifier
from izker.jurisdictions import regions
from izker.schemes import taxonomy
from izker.server.analysis.reading import read_text
from izker.server.intake import steps
from izker.server.intake.actions.file_report import FileReport
from izker.server.intake.form import CHANNELS
from izker.server.intake.once import once
from izker.server.intake.words import CHANNEL_WORDS, FIELD_WORDS
from izker.server.register.models import Report
from izker.words import Problem, Refusal

TICKET_SALT = "report.done"
AGES = ("18-30", "31-44", "45-59", "60-74", "75+")


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """One page of the form. `step` says which; `back` goes one page back without checking."""
    if request.method == "GET":
        return _page(request, "when", steps.fresh(), [])
    answers = steps.unpack(str(request.POST.get("answers", ""))) or steps.fresh()
    step = str(request.POST.get("step", "when"))
    if step not in steps.STEPS:
        step = "when"
    at = steps.STEPS.index(step)
    if "back" in request.POST:
        return _page(request, steps.STEPS[max(0, at - 1)], answers, [])
    if "example" in request.POST and config().demo:
        return _page(request, "what", answers | steps.example(_language()), [])
    if "change" in request.POST:
        return _page(request, str(request.POST["change"]) if request.POST["change"] in steps.STEPS else "when", answers, [])
    answers, problems = steps.take(step, answers, request.POST)
    if problems:
        return _page(request, step, answers, problems)
    if step != "send":
        return _page(request, steps.STEPS[at + 1], answers, [])
    return _send(request, answers)


def _send(request: HttpRequest, answers: steps.Answers) -> HttpResponse:
    form = steps.form_of(answers, _language())

    def file() -> dict[str, Any]:
        filed = FileReport(None, form, source="web", synthetic=config().demo).perform()
        return {"report": filed.report.number}

    try:
        answer, _status = once("web", answers["once"], str(sorted(answers.items())), file)
    except Refusal as refusal:
        return _page(request, "found", answers, list(refusal.problems))
    ticket = signing.dumps(answer["report"], salt=TICKET_SALT)
    return HttpResponseRedirect(reverse("report_done", args=[ticket]))


def done(request: HttpRequest, ticket: str) -> HttpResponse:
    """The sender's own page: his number and what has happened to his money so far, without names or accounts."""
    try:
        number = signing.loads(ticket, salt=TICKET_SALT, max_age=400 * 86_400)
    except signing.BadSignature as error:
        raise Http404 from error
    found = Report.objects.select_related("case").filter(number=number).first()
    if found is None or found.case is None:
        raise Http404
    trail = found.case.trails.first()
    holds = list(found.case.holds.all())
    context = {
        "report": found,
        "trail": trail,
        "asked": sum(1 for h in holds if h.asked_at),
        "held": sum(h.held for h in holds),
        "waiting": any(h.state == "asked" for h in holds),
    }
    return render(request, "intake/done.html", context)


def _page(request: HttpRequest, step: str, answers: steps.Answers, problems: list[Problem]) -> HttpResponse:
    context: dict[str, Any] = {
        "step": step,
        "number": steps.STEPS.index(step) + 1,
        "of": len(steps.STEPS),
        "answers": answers,
        "packed": steps.pack(answers),
        "problems": [{"field": p.column, "label": FIELD_WORDS.get(p.column, ""), "text": p.text(_language())} for p in problems],
        "bad": {p.column for p in problems},
    }
    context["example"] = config().demo and step == "when"
    if step == "what":
        context["channels"] = [(code, CHANNEL_WORDS[code]) for code in CHANNELS]
    if step == "found":
        found = steps.read(answers)
        context |= {"found": found, "moment": steps.default_moment(answers), "said": _marked(answers.get("text", ""), found.identifiers)}
        context["places"] = [i for i in found.identifiers if i.kind in ("phone", "url", "handle", "card", "email", "wallet") and i.valid]
        verdict = read_text(answers.get("text", ""))
        context |= {"verdict": verdict, "scheme": taxonomy()[verdict.scheme] if not verdict.abstained else None}
    if step == "you":
        context |= {"regions": [(r.code, r.label(_language())) for r in regions().values()], "ages": AGES}
    if step == "send":
        context |= {"form": steps.form_of(answers, _language()), "occurred": steps.occurred(answers)}
    return render(request, f"intake/step_{step}.html", context, status=422 if problems else 200)


def _marked(text: str, identifiers: tuple[Identifier, ...]) -> SafeString:
    """The text with what was found underlined."""
    pieces: list[tuple[str, str, str]] = []
    at = 0
    for found in sorted(identifiers, key=lambda i: i.start):
        if found.start >= at:
            pieces += [("", text[at : found.start], ""), ("<mark>", text[found.start : found.end], "</mark>")]
            at = found.end
    pieces.append(("", text[at:], ""))
    return format_html_join("", "{}{}{}", ((mark_safe(a), b, mark_safe(c)) for a, b, c in pieces))


def _language() -> str:
    return (get_language() or "kk")[:2]
