"""Every route has a policy, and every role gets exactly what the matrix in git says."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

from izker.server import policy
from izker.server.accounts.models import Role, User

MATRIX = Path(__file__).with_name("authorisation_matrix.csv")
WHO = ("anonymous", *Role.values)
ARGUMENTS = {
    "number": "IZ-2026-000001", "ticket": "x", "year": "2025", "language": "kk", "kind": "json", "key": "x", "uidb36": "x", "path": "x",
}  # fmt: skip


def routes() -> list[tuple[str, str]]:
    """(view name, path with sample arguments) of everything the resolver knows."""
    found: list[tuple[str, str]] = []

    def walk(patterns, prefix: str, namespace: str) -> None:
        for pattern in patterns:
            part = prefix + _sample(pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, part, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
            elif isinstance(pattern, URLPattern):
                found.append((f"{namespace}{pattern.name}" if pattern.name else f"{namespace}{pattern.lookup_str}", "/" + part))

    walk(get_resolver().url_patterns, "", "")
    return found


def _sample(pattern: URLPattern | URLResolver) -> str:
    route = str(pattern.pattern)
    if isinstance(pattern.pattern, RegexPattern):
        return re.sub(r"\(\?P<\w+>[^)]*\)", "x", route).strip("^$")
    for name, value in ARGUMENTS.items():
        for converter in ("str:", "int:", "path:", ""):
            route = route.replace(f"<{converter}{name}>", value)
    return route


def test_every_route_names_a_policy() -> None:
    nameless = [name for name, _path in routes() if policy.of_route(name) is None]
    assert nameless == []


def test_no_policy_names_a_route_that_does_not_exist() -> None:
    assert set(policy.routes()) - {name for name, _path in routes()} == set()


def test_every_route_names_an_act_that_exists() -> None:
    assert {act for act in policy.routes().values() if act not in policy.acts()} == set()


def _table() -> list[list[str]]:
    rows = []
    for name, act in sorted(policy.routes().items()):
        roles = policy.acts()[act].roles
        open_to = [
            "yes" if policy.ANYONE in roles or (who != "anonymous" and (policy.SIGNED_IN in roles or who in roles)) else "no" for who in WHO
        ]
        rows.append([name, act, *open_to])
    return rows


def test_the_policies_are_the_matrix_in_git() -> None:
    """A changed policy changes this file, and a reviewer sees it. Written anew where IZKER_WRITE_MATRIX is set."""
    if os.environ.get("IZKER_WRITE_MATRIX"):
        with MATRIX.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows([["route", "act", *WHO], *_table()])
    with MATRIX.open(encoding="utf-8", newline="") as file:
        kept = list(csv.reader(file))
    assert kept[0] == ["route", "act", *WHO]
    assert kept[1:] == _table()


@pytest.mark.parametrize("who", WHO)
def test_the_gate_does_what_the_matrix_says(who: str, db: None) -> None:
    client = Client(raise_request_exception=False)
    if who != "anonymous":
        user = User.objects.create(username=who, role=who, bank="esil" if who == "bank" else "")
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    with MATRIX.open(encoding="utf-8", newline="") as file:
        allowed = {row["route"]: row[who] == "yes" for row in csv.DictReader(file)}
    wrong = []
    for name, path in routes():
        response = client.get(path)
        refused = response.status_code == 403 or (response.status_code == 302 and "/staff/login/" in response.headers["Location"] and who == "anonymous")
        if refused == allowed[name] and not (allowed[name] and name.startswith(("account_", "mfa_"))):
            wrong.append((name, path, response.status_code))
    assert wrong == []


def test_an_unknown_act_is_denied_to_everybody(people) -> None:
    assert not policy.may(None, "nothing.of.the.kind")
    assert not any(policy.may(person, "nothing.of.the.kind") for person in people.values())


def test_an_inactive_person_may_nothing(people) -> None:
    people["duty"].is_active = False
    assert not policy.may(people["duty"], "case.read")


def test_a_bank_officer_sees_only_the_requests_to_his_bank(people, client, db) -> None:
    from izker.server.clock import now
    from izker.server.money.models import Hold, Trail
    from izker.server.register.models import Case

    case = Case.objects.create(number="IZ-2026-000001", opened_at=now())
    trail = Trail.objects.create(case=case, rule="fifo", as_of=now(), ledger="x", computed_at=now(), stolen=10, held=10, exited=0, stopped=0, file="x")
    for number, bank in (("H-1", "esil"), ("H-2", "tobyl")):
        Hold.objects.create(
            number=number, case=case, trail=trail, bank=bank, account="KZ", account_fingerprint=number, account_masked=f"mask {bank}",
            amount=10, suggested_at=now(), asked_at=now(), state="asked",
        )  # fmt: skip
    client.force_login(people["bank"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/requests/").content.decode()
    assert "mask esil" in page
    assert "mask tobyl" not in page
