"""Idempotency: what arrives under one key is done once; a repetition gets the first answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import transaction

from izker.server.clock import now
from izker.server.intake.models import Arrival
from izker.words import N_, Refusal


def once(source: str, key: str, body: str, act: Callable[[], dict[str, Any]], *, status: int = 201) -> tuple[dict[str, Any], int]:
    """Answer and status of `act`, performed at most once for (source, key). Another body under a used key is refused."""
    digest = hashlib.sha256(body.encode()).hexdigest()
    with transaction.atomic():
        arrival, new = Arrival.objects.get_or_create(
            source=source, key=key[:128], defaults={"body_digest": digest, "at": now(), "status": status}
        )
        if not new:
            if arrival.body_digest != digest:
                raise Refusal(N_("this idempotency key was used for another message: send a new key"), column="Idempotency-Key")
            return arrival.answer, 200
        arrival.answer = act()
        arrival.save(update_fields=["answer"])
    return arrival.answer, status
