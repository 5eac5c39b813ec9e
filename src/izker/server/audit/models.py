"""One line an act. Lines are only ever added; the database itself refuses to change or remove one (see migrations)."""

from __future__ import annotations

from django.db import models


class AuditLine(models.Model):
    """`digest` = SHA-256 over the canonical JSON of the line and the digest before it: one changed line breaks all that follow."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)  # username, or "system"
    act = models.CharField(max_length=64, db_index=True)
    target = models.CharField(max_length=64, db_index=True, blank=True)
    detail = models.JSONField(default=dict)  # never personal data: numbers, codes, masked values
    request_id = models.CharField(max_length=32, blank=True)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("sequence",)

    def __str__(self) -> str:
        return f"{self.sequence} {self.act} {self.target}"
