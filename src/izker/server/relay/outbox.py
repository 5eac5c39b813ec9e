"""Put a message into the outbox: same transaction as the change it belongs to."""

from __future__ import annotations

import uuid

from izker.server.clock import now
from izker.server.relay.models import Bank, OutboxMessage


def enqueue(*, key: uuid.UUID, bank: Bank, kind: str, target: str, body: str) -> OutboxMessage:
    at = now()
    return OutboxMessage.objects.create(key=key, bank=bank, kind=kind, target=target, body=body, next_try_at=at, created_at=at)
