"""The five steps of the public form. Answers travel in a sealed hidden field: nothing a victim types is kept before he sends it."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.datastructures import MultiValueDict

from izker.identifiers import Identifier, extract
from izker.money import TIYN, parse_tenge
from izker.server.clock import now
from izker.server.fields import seal, unseal
from izker.server.intake.form import ReportForm, sums
from izker.server.register.models import Report
from izker.times import LOCAL, local
from izker.words import N_, Problem, Refusal

STEPS = ("when", "what", "found", "you", "send")
CONTEXT = "intake.answers"
Answers = dict[str, str]


def fresh() -> Answers:
    """No answers yet, and the key under which they will be filed once."""
    return {"once": uuid.uuid4().hex}


def example(language: str) -> Answers:
    """A fresh fraud of the simulated country nobody has reported, as its victim would tell it; another one at every call."""
    from izker.server.demo.examples import examples

    filed = set(Report.objects.filter(source__in=("web", "api")).values_list("transfer_id", flat=True))
    free = [e for e in examples() if e["transfer_id"] not in filed] or examples()
    if not free:
        return {}
    found = free[0]
    told = {name: found[name] for name in ("amount", "date", "time", "account_to", "account_from")}
    return {**told, "when": "today", "channel": "call", "text": found["text"][language]}


def pack(answers: Answers) -> str:
    return seal(json.dumps(answers, ensure_ascii=False), CONTEXT).hex()


def unpack(text: str) -> Answers:
    """The answers so far; empty where the field is missing or was tampered with, so the person starts again."""
    try:
        return dict(json.loads(unseal(bytes.fromhex(text), CONTEXT))) if text else {}
    except (ValueError, Refusal):
        return {}


@dataclass(frozen=True, slots=True)
class Found:
    """What the text says by itself, offered for correction."""

    identifiers: tuple[Identifier, ...]
    amount: str
    account_to: str


def read(answers: Answers) -> Found:
    identifiers = tuple(extract(answers.get("text", "")))
    found = sums(identifiers)
    accounts = [i.value for i in identifiers if i.kind == "iban" and i.valid]
    return Found(
        identifiers,
        amount=answers.get("amount") or (str(found[0] // TIYN) if found else ""),
        account_to=answers.get("account_to") or (accounts[0] if accounts else ""),
    )


def take(step: str, answers: Answers, post: MultiValueDict[str, str]) -> tuple[Answers, list[Problem]]:
    """Answers after one step's fields, and what is wrong with them."""
    fields = {
        "when": ("when",),
        "what": ("text", "channel"),
        "found": ("amount", "date", "time", "account_to", "account_from"),
        "you": ("name", "phone", "region", "age", "home_sale", "long_calls"),
        "send": (),
    }[step]
    answers = {**answers, **{name: str(post.get(name, "")).strip() for name in fields}}
    if step == "when" and answers["when"] not in ("today", "earlier", "no"):
        return answers, [Problem(N_("choose one of the three"), column="when")]
    if step == "found" and answers["amount"] and parse_tenge(answers["amount"]) is None:
        return answers, [Problem(N_("write the sum in digits, like 150 000"), column="amount")]
    if step == "found" and answers["date"] and occurred(answers) is None:
        return answers, [Problem(N_("write the day and the hour as the fields show them"), column="date")]
    columns = {"what": {"text", "channel"}, "found": {"amount", "occurred_at", "account_to", "account_from"}, "you": {"phone", "region"}}
    problems = [p for p in form_of(answers, "kk").problems() if p.column in columns.get(step, set())]
    return answers, problems


def occurred(answers: Answers) -> datetime | None:
    try:
        moment = datetime.fromisoformat(f"{answers.get('date', '')}T{answers.get('time') or '12:00'}")
    except ValueError:
        return None
    return moment.replace(tzinfo=LOCAL)


def form_of(answers: Answers, language: str) -> ReportForm:
    facts: dict[str, Any] = {k: True for k in ("home_sale", "long_calls") if answers.get(k)}
    if answers.get("age"):
        facts["age_band"] = answers["age"]
    return ReportForm(
        text=answers.get("text", ""),
        language=language,
        channel=answers.get("channel") or "unknown",
        occurred_at=occurred(answers),
        region=answers.get("region", ""),
        amount=parse_tenge(answers.get("amount", "")) or 0,
        account_from=answers.get("account_from", ""),
        account_to=answers.get("account_to", ""),
        name=answers.get("name", ""),
        phone=answers.get("phone", ""),
        facts=facts,
        is_attempt=answers.get("when") == "no",
    )


def default_moment(answers: Answers) -> tuple[str, str]:
    """What date and time the fields start with: today, an hour ago, unless the person said earlier."""
    if answers.get("date"):
        return answers["date"], answers.get("time", "")
    at = local(now() - timedelta(minutes=30))
    return (f"{at:%Y-%m-%d}", f"{at:%H:%M}") if answers.get("when") == "today" else ("", "")
