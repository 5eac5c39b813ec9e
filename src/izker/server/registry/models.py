"""The registry's log and the state that is its fold. Values are sealed, masked to be shown, and met by fingerprints."""

from __future__ import annotations

from django.db import models

from izker.server.fields import SealedText
from izker.server.register.models import Case, Report


class RegistryEntry(models.Model):
    """One identifier. Everything below the line is the fold of its steps and is written only with one, by compare-and-set on
    `version`, the number of steps."""

    kind = models.CharField(max_length=8)
    fingerprint = models.CharField(max_length=32, unique=True)
    value = SealedText()  # a card only as its first six and last four digits
    masked = models.CharField(max_length=80)
    synthetic = models.BooleanField(default=False)
    # --- fold of the steps
    version = models.IntegerField(default=0)
    until = models.DateTimeField(null=True, db_index=True)  # when the last reason that counts ends; null: nothing counts
    last_seen = models.DateTimeField(null=True, db_index=True)
    appeal = models.CharField(max_length=8, default="none")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-last_seen", "-id")

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"M-{self.pk}"


class RegistryStep(models.Model):
    """One thing that was seen, said or decided of an entry. Never changed, never removed: the database refuses."""

    entry = models.ForeignKey(RegistryEntry, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10)  # see links.registry.Step
    reason = models.CharField(max_length=32, blank=True)
    source = models.CharField(max_length=64, blank=True)
    region = models.CharField(max_length=32, blank=True)
    report = models.ForeignKey(Report, models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    text = SealedText()  # the ground of a decision, the words of an appeal
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["entry", "source"], name="registry_told")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.kind}"
