"""The log of series and officers' corrections of schemes."""

from __future__ import annotations

from django.db import models

from izker.server.register.models import Report


class SeriesStep(models.Model):
    """One step in the life of the series: a report taken in, or a person's decision. Replayed in order they give the linker's exact
    state, so a decision and its undo are exact; nothing else about series is stored."""

    kind = models.CharField(max_length=8)  # add, split, merge, accept, reject, undo
    report = models.ForeignKey(Report, models.PROTECT, null=True, related_name="series_steps")
    what = models.JSONField(default=dict)  # arguments of a decision: series, reports, link or change number
    actor = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"


class SchemeReview(models.Model):
    """What the classifier said of a report, and what an officer made of it: the queue that it learns from."""

    report = models.OneToOneField(Report, models.CASCADE, related_name="review")
    scheme = models.CharField(max_length=32)
    probability = models.FloatField()
    abstained = models.BooleanField(default=False)
    because = models.JSONField(default=list)  # words that decided, identifiers masked
    facets = models.JSONField(default=dict)
    alternatives = models.JSONField(default=list)
    model = models.CharField(max_length=64)
    chosen = models.CharField(max_length=32, blank=True)
    chosen_by = models.CharField(max_length=150, blank=True)
    chosen_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.report_id} {self.scheme}"
