"""The register: an event log that only grows, and the current state that is its fold.

A case's state is the last value of each attribute in the order the register learnt them (`recorded_at`, then `id`). `valid_at` is
when it became true in the world. So two questions have an answer: what was so on a day, and what did we know on a day.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from izker.server.fields import SealedText


class Status(models.TextChoices):
    """Where a case stands in its life (dossier 1.1; the exact status codes of the official register are not public)."""

    REPORTED = "reported", _("reported")
    REGISTERED = "registered", _("registered")
    INTERRUPTED = "interrupted", _("interrupted")
    SOLVED = "solved", _("solved")
    IN_COURT = "in_court", _("sent to court")
    TERMINATED = "terminated", _("terminated")
    JOINED = "joined", _("joined to another case")
    REQUALIFIED = "requalified", _("requalified")


class Case(models.Model):
    """The current state of one case; every attribute below the line is the fold of its events and is written only with one."""

    number = models.CharField(max_length=24, unique=True)
    opened_at = models.DateTimeField(db_index=True)
    # --- fold of the events
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.REPORTED)
    occurred_at = models.DateTimeField(null=True, db_index=True)
    reported_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField(null=True, db_index=True)
    region = models.CharField(max_length=2, blank=True)
    scheme = models.CharField(max_length=32, blank=True)
    ministry_class = models.CharField(max_length=24, blank=True)
    article = models.CharField(max_length=8, blank=True)
    gravity = models.CharField(max_length=16, blank=True)
    damage = models.BigIntegerField(default=0)  # tiyn
    victim_age = models.SmallIntegerField(null=True)
    victim_sex = models.CharField(max_length=1, blank=True)
    home_sale = models.BooleanField(default=False)
    counted = models.BooleanField(default=True)  # false once joined to another case or requalified as no internet fraud
    solved_at = models.DateTimeField(null=True)
    to_court_at = models.DateTimeField(null=True)
    interrupted_at = models.DateTimeField(null=True)
    # --- marks of the house
    synthetic = models.BooleanField(default=False)
    on_desk = models.BooleanField(default=False, db_index=True)  # a duty officer still has work to do on its money
    loaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-opened_at",)

    def __str__(self) -> str:
        return self.number


class Event(models.Model):
    """One thing the register learnt of a case. Never changed, never removed: the database refuses (see migrations)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=24)
    valid_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_index=True)
    value = models.JSONField(default=dict)  # the attributes it sets, and free facts that are no attribute
    actor = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("recorded_at", "id")

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class Person(models.Model):
    """A person prosecuted, counted apart from offences. No name here: the figures need none."""

    number = models.CharField(max_length=24, unique=True)
    decided_at = models.DateTimeField(db_index=True)
    cases = models.ManyToManyField(Case, related_name="persons")
    synthetic = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.number


class Offences(models.Model):
    """Monthly totals of all offences and of all frauds by region: the denominators of the shares."""

    month = models.DateField()
    region = models.CharField(max_length=2)
    all_offences = models.IntegerField()
    all_fraud = models.IntegerField()
    source = models.CharField(max_length=200)
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", "region", "source"], name="one_total_a_month")]

    def __str__(self) -> str:
        return f"{self.month} {self.region}"


class Report(models.Model):
    """What a victim, relative, operator or bank filed. The text and everything that names a person is sealed."""

    number = models.CharField(max_length=40, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="reports")
    source = models.CharField(max_length=32, db_index=True)  # web, api, world, cafc …
    channel = models.CharField(max_length=24, blank=True)
    language = models.CharField(max_length=2, blank=True)
    reported_at = models.DateTimeField(db_index=True)
    occurred_at = models.DateTimeField(null=True)
    jurisdiction = models.CharField(max_length=2, default="kz")
    region = models.CharField(max_length=32, blank=True)
    category = models.CharField(max_length=80, blank=True)  # the source's own code, never overwritten
    scheme = models.CharField(max_length=32, blank=True)
    is_attempt = models.BooleanField(default=False)
    amount = models.BigIntegerField(default=0)  # minor units of `currency`
    currency = models.CharField(max_length=3, default="KZT")
    text = SealedText()
    name = SealedText()
    phone = SealedText()
    iin = SealedText()
    account_from = SealedText()
    account_to = SealedText()
    transfer_id = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict)  # answers that are no personal data: age band, long calls, home sale in progress
    synthetic = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.number


class ReportIdentifier(models.Model):
    """An identifier found in a report: sealed value, fingerprint to meet equal ones, mask to show."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=8)
    value = SealedText()
    fingerprint = models.CharField(max_length=32, db_index=True)
    masked = models.CharField(max_length=64)
    valid = models.BooleanField(default=True)
    start = models.IntegerField(default=-1)  # offsets in the report's text; -1: from a form field
    end = models.IntegerField(default=-1)

    def __str__(self) -> str:
        return f"{self.kind} {self.masked}"


class Counter(models.Model):
    """Numbers without gaps or doubles: locked while the transaction that takes one is open."""

    name = models.CharField(max_length=24, primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
