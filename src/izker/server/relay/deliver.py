"""Deliver what waits in the outbox: POST to the bank, take its answer, try again later with growing pauses if it is silent."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

import httpx
from django.db import connection, transaction
from django.db.models import F

from izker.exchange.signature import HEADER, TIME_HEADER, sign, valid
from izker.holds.requests import HoldAnswer
from izker.server.clock import now
from izker.server.relay.actions.record_answer import RecordAnswer
from izker.server.relay.models import OutboxMessage, OutboxState
from izker.words import N_, Refusal

log = logging.getLogger(__name__)
TIMEOUT_S = 10.0
LEASE_S = 30  # a message being sent is nobody else's for that long; a killed worker's messages come back after it
PAUSES_S = (2, 5, 15, 60, 300, 900)
GIVE_UP_AFTER = 40  # about nine hours of silence: then a person calls the bank


def claim(limit: int = 20) -> list[OutboxMessage]:
    """Messages that are due, leased to this worker by compare-and-set."""
    at = now()
    due = OutboxMessage.objects.filter(state=OutboxState.WAITING, next_try_at__lte=at)
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        messages = list(due.select_related("bank")[:limit])
        for message in messages:
            OutboxMessage.objects.filter(pk=message.pk).update(next_try_at=at + timedelta(seconds=LEASE_S), attempts=F("attempts") + 1)
            message.attempts += 1
    return messages


def deliver(message: OutboxMessage, client: httpx.Client) -> bool:
    """Send one message; True if the bank answered and the answer was recorded."""
    body = message.body.encode()
    at = f"{time.time():.3f}"
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": str(message.key),
        TIME_HEADER: at,
        HEADER: sign(message.bank.secret, at, body),
    }
    started = time.perf_counter()
    try:
        response = client.post(f"{message.bank.url}/{message.kind}", content=body, headers=headers, timeout=TIMEOUT_S)
        response.raise_for_status()
        _check_signature(message, response)
        answer = HoldAnswer.from_json(response.content)
        RecordAnswer(message, answer, took_ms=int((time.perf_counter() - started) * 1000)).perform()
    except (httpx.HTTPError, Refusal) as error:
        _postpone(message, error)
        return False
    return True


def _check_signature(message: OutboxMessage, response: httpx.Response) -> None:
    """Refuse an answer that this bank did not sign: whoever sits between must not be able to say what is held."""
    at, signature = response.headers.get(TIME_HEADER, ""), response.headers.get(HEADER, "")
    if not valid(message.bank.secret, at, response.content, signature, now_s=time.time()):
        raise Refusal(N_("the answer of bank {bank} is not signed with its secret"), bank=message.bank_id)


def _postpone(message: OutboxMessage, error: Exception) -> None:
    pause = PAUSES_S[min(message.attempts - 1, len(PAUSES_S) - 1)]
    state = OutboxState.FAILED if message.attempts >= GIVE_UP_AFTER else OutboxState.WAITING
    OutboxMessage.objects.filter(pk=message.pk, state=OutboxState.WAITING).update(
        state=state, next_try_at=now() + timedelta(seconds=pause), last_error=f"{type(error).__name__}: {error}"[:200]
    )
    log.warning("message %s to %s not delivered (%s), next try in %s s", message.key, message.bank_id, type(error).__name__, pause)


def drain(client: httpx.Client, limit: int = 20) -> int:
    """One round of the worker; how many messages were answered."""
    return sum(deliver(message, client) for message in claim(limit))
