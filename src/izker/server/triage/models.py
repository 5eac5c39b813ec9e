"""The installation's own rules, every version ever in force."""

from __future__ import annotations

from django.db import models


class TriageRules(models.Model):
    """One version of the rules; the newest is in force, none: those of the jurisdiction. Never changed, never removed."""

    text = models.TextField()
    digest = models.CharField(max_length=64)  # SHA-256 of the text
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.pk} {self.digest[:12]}"
