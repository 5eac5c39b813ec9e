"""Write to the audit chain and verify it. The chain is serialised by its primary key: two writers cannot take one number."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import connection

from izker.server.audit.models import AuditLine
from izker.server.clock import now
from izker.server.middleware import current_request_id
from izker.times import to_us
from izker.words import N_, Problem

if TYPE_CHECKING:
    from izker.server.accounts.models import User

GENESIS = "0" * 64
_LOCK = 0x697A6B6572  # "izker": PostgreSQL advisory lock that orders the writers of the chain


def digest(line: AuditLine) -> str:
    body = [line.sequence, to_us(line.at), line.actor, line.act, line.target, line.detail, line.request_id, line.previous]
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def write(*, actor: User | None, act: str, target: str, detail: dict[str, Any]) -> AuditLine:
    """Append one line; must run inside the transaction of the act it tells of."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    last = AuditLine.objects.order_by("-sequence").values_list("sequence", "digest").first() or (0, GENESIS)
    line = AuditLine(
        sequence=last[0] + 1,
        at=now(),
        actor=actor.username if actor else "system",
        act=act,
        target=target,
        detail=detail,
        request_id=current_request_id.get(),
        previous=last[1],
    )
    line.digest = digest(line)
    line.save(force_insert=True)
    return line


def verify() -> Iterator[Problem]:
    """Each broken link of the chain, in order."""
    previous, expected = GENESIS, 1
    for line in AuditLine.objects.order_by("sequence").iterator(2000):
        if line.sequence != expected:
            yield Problem(N_("audit line {expected} is missing"), {"expected": expected})
        if line.previous != previous or line.digest != digest(line):
            yield Problem(N_("audit line {sequence} was changed after it was written"), {"sequence": line.sequence})
        previous, expected = line.digest, line.sequence + 1
