"""Banks and the outbox: a message commits with the change it belongs to, and leaves afterwards, at least once."""

from __future__ import annotations

from django.db import models

from izker.server.fields import SealedText


class Bank(models.Model):
    """A bank on the relay. `secret` signs both directions (HMAC-SHA-256 over the body)."""

    id = models.CharField(max_length=32, primary_key=True)
    code = models.CharField(max_length=3, unique=True)  # digits 5-7 of its IBANs
    names = models.JSONField(default=dict)
    url = models.URLField()
    secret = SealedText()
    synthetic = models.BooleanField(default=False)
    last_answer_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id


class OutboxState(models.TextChoices):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class OutboxMessage(models.Model):
    """What leaves the house. `key` travels as Idempotency-Key: the bank does a message once however often it comes."""

    key = models.UUIDField(unique=True)
    bank = models.ForeignKey(Bank, models.PROTECT, related_name="outbox")
    kind = models.CharField(max_length=24)
    target = models.CharField(max_length=64)  # case number
    body = SealedText()
    state = models.CharField(max_length=8, choices=OutboxState.choices, default=OutboxState.WAITING)
    attempts = models.SmallIntegerField(default=0)
    next_try_at = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    answered_in_ms = models.IntegerField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("created_at", "id")
        indexes = [models.Index(fields=["state", "next_try_at"], name="outbox_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
