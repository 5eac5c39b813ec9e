"""Series of reports, officers' corrections of schemes, and what was published of the outlook."""

from __future__ import annotations

from django.db import models

from izker.server.register.models import Report


class Series(models.Model):
    """Reports by the same hand, as the linker sees it now; people split and merge, and can undo both."""

    number = models.CharField(max_length=16, unique=True)
    reports = models.ManyToManyField(Report, related_name="series")
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.number


class Link(models.Model):
    """Why two reports are in one series: identifier, kind, weight. Doubtful ones wait for a person."""

    a = models.ForeignKey(Report, models.CASCADE, related_name="links_from")
    b = models.ForeignKey(Report, models.CASCADE, related_name="links_to")
    kind = models.CharField(max_length=12)
    masked = models.CharField(max_length=80)
    weight = models.FloatField()
    doubtful = models.BooleanField(default=False)
    decided = models.CharField(max_length=10, blank=True)  # confirmed, rejected
    decided_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["a", "b", "kind", "masked"], name="one_link_a_reason")]

    def __str__(self) -> str:
        return f"{self.a_id}-{self.b_id} {self.kind}"


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
