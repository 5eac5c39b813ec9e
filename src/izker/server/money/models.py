"""The money of a case: its trail as computed at a moment, and its holds with their legal clocks."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from izker.server.fields import SealedText
from izker.server.register.models import Case


class Trail(models.Model):
    """One computation: rule, limits and ledger state are part of the answer. A newer one does not replace it, it follows it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="trails")
    rule = models.CharField(max_length=16)
    limits = models.JSONField(default=dict)
    as_of = models.DateTimeField()  # ledger rows up to this moment were used
    ledger = models.CharField(max_length=64)  # fingerprint of the ledger state
    computed_at = models.DateTimeField()
    stolen = models.BigIntegerField()
    held = models.BigIntegerField()  # lies in accounts, whether asked for or not
    exited = models.BigIntegerField()
    stopped = models.BigIntegerField()
    file = models.CharField(max_length=200)  # lots as Parquet under IZKER_HOME/trails

    class Meta:
        ordering = ("-computed_at", "-id")
        get_latest_by = ("computed_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stolen=models.F("held") + models.F("exited") + models.F("stopped")), name="money_is_conserved"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.rule} {self.computed_at}"


class HoldState(models.TextChoices):
    SUGGESTED = "suggested", _("suggested")
    ASKED = "asked", _("asked")
    HELD = "held", _("held")
    PARTLY = "partly", _("partly held")
    EMPTY = "empty", _("empty")
    REFUSED = "refused", _("refused")
    DECLINED = "declined", _("not asked")
    RELEASED = "released", _("released")
    RETURNED = "returned", _("returned")


class Hold(models.Model):
    """An amount on an account, never the whole account. `amount` is the trail's own; a bank may hold less, never more."""

    number = models.CharField(max_length=24, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="holds")
    trail = models.ForeignKey(Trail, models.PROTECT, related_name="holds")
    bank = models.CharField(max_length=32, db_index=True)
    account = SealedText()
    account_fingerprint = models.CharField(max_length=32, db_index=True)
    account_masked = models.CharField(max_length=40)
    amount = models.BigIntegerField()
    held = models.BigIntegerField(default=0)
    hop = models.SmallIntegerField(default=1)
    rank = models.SmallIntegerField(default=0)
    expected_loss = models.BigIntegerField(default=0)  # tiyn likely to leave within the next hour
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=HoldState.choices, default=HoldState.SUGGESTED, db_index=True)
    suggested_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=150, blank=True)
    answer_due = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer_reason = models.CharField(max_length=64, blank=True)
    until = models.DateTimeField(null=True)  # the legal clock
    ground = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("rank", "id")
        constraints = [models.CheckConstraint(condition=models.Q(held__gte=0, held__lte=models.F("amount")), name="never_more_than_asked")]

    def __str__(self) -> str:
        return self.number


class HoldChange(models.Model):
    """The history of a hold: from which state to which, when, by whom."""

    hold = models.ForeignKey(Hold, models.PROTECT, related_name="changes")
    was = models.CharField(max_length=10, blank=True)
    now = models.CharField(max_length=10)
    held = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.hold_id} {self.was}>{self.now}"
