"""The log of series, officers' corrections of schemes, and what people said of groups of reports that look like a new scheme."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

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


class ClusterState(models.TextChoices):
    OPEN = "open", _("waits for a person")
    CONFIRMED = "confirmed", _("confirmed")
    DISMISSED = "dismissed", _("dismissed")
    MERGED = "merged", _("merged into another group")


class SchemeCluster(models.Model):
    """Reports that share words nobody used before, as the search found them (`outlook.text_clusters`). The search adds reports and words;
    state, name and `into` change only by a person's decision, with a `ClusterStep` beside."""

    number = models.CharField(max_length=16, unique=True)
    state = models.CharField(max_length=12, choices=ClusterState.choices, default=ClusterState.OPEN, db_index=True)
    name = models.CharField(max_length=120, blank=True)  # a person's word for the scheme, once confirmed
    into = models.ForeignKey("self", models.PROTECT, null=True, related_name="taken_in")
    reports = models.ManyToManyField(Report, related_name="clusters")
    words = models.JSONField(default=list)  # shown: text, language, per_1000, per_1000_before
    terms = models.JSONField(default=list)  # all new terms: what the next search is told
    chance = models.FloatField(null=True)  # that the past alone gives the newest word as often; null for nearly identical texts
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField()  # the last search that still found it

    class Meta:
        ordering = ("-found_at", "-id")

    def __str__(self) -> str:
        return self.number


class ClusterStep(models.Model):
    """One thing that happened to a group: found, confirm, dismiss, merge, undo. Never changed, never removed (see migrations)."""

    cluster = models.ForeignKey(SchemeCluster, models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=8)
    what = models.JSONField(default=dict)  # name, reason or target; what stood before; an undo names its step
    actor = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.cluster_id} {self.verb}"
