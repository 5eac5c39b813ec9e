"""What arrives from outside arrives once: idempotency keys, imported files and their quarantine."""

from __future__ import annotations

from django.db import models


class Arrival(models.Model):
    """One message from outside under its sender's idempotency key, and the answer it got."""

    source = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    body_digest = models.CharField(max_length=64)
    answer = models.JSONField(default=dict)
    status = models.SmallIntegerField(default=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="one_arrival_a_key")]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"


class ImportedFile(models.Model):
    """A file that was imported: by content, so that the same file under another name changes nothing."""

    digest = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=200)
    rows_read = models.BigIntegerField()
    rows_landed = models.BigIntegerField()
    rows_quarantined = models.BigIntegerField()
    summary = models.JSONField(default=dict)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class QuarantinedRow(models.Model):
    """A row that could not land, with its place and reason; nothing is lost."""

    file = models.ForeignKey(ImportedFile, models.CASCADE, related_name="quarantine")
    sheet = models.CharField(max_length=64, blank=True)
    row = models.BigIntegerField(null=True)
    column = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=400)

    def __str__(self) -> str:
        return f"{self.file_id}:{self.row}"


class OfficialFigure(models.Model):
    """A figure of an official statistical form, as printed: form 1-M lines by region."""

    form = models.CharField(max_length=8)
    period = models.CharField(max_length=32)
    region = models.CharField(max_length=2)
    measure = models.CharField(max_length=64)
    value = models.BigIntegerField()
    file = models.ForeignKey(ImportedFile, models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "period", "region", "measure"], name="one_official_figure")]

    def __str__(self) -> str:
        return f"{self.form} {self.region} {self.measure}"
