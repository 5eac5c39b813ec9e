"""A person of the house and the role that policies speak of."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    DUTY = "duty", _("Duty officer")
    INVESTIGATOR = "investigator", _("Investigator")
    BANK = "bank", _("Bank officer")
    ANALYST = "analyst", _("Analyst")
    PROSECUTOR = "prosecutor", _("Prosecutor")
    PRESS = "press", _("Press officer")
    ADMIN = "admin", _("Administrator")


class User(AbstractUser):
    """`bank`: id of the bank a bank officer works for; he sees the requests to his bank and nothing else."""

    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.DUTY)
    bank = models.CharField(_("bank"), max_length=32, blank=True)
    region = models.CharField(_("region"), max_length=2, blank=True)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.get_full_name() or self.username
