"""The way state changes: one class per verb, in `<room>/actions/`.

`perform` checks the permission, opens one transaction, lets `execute` change state by compare-and-set, write history and
enqueue messages, and closes with the audit line. Views, API and worker call actions and nothing else.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction

from izker.server import policy
from izker.words import N_, Refusal

if TYPE_CHECKING:
    from izker.server.accounts.models import User

Result = TypeVar("Result")


class NotAllowed(PermissionDenied):
    """The person may not do this act."""


class Changed(Refusal):
    """Somebody else changed it first: compare-and-set found another state than the caller saw."""

    def __init__(self, what: str) -> None:
        super().__init__(N_("{what} was changed by somebody else meanwhile: load the page again"), what=what)


class Action(ABC, Generic[Result]):
    """One verb. Subclasses set `act` (the policy's name) and write `execute`; `target` and `detail` go into the audit line."""

    act: ClassVar[str]

    def __init__(self, actor: User | None) -> None:
        self.actor = actor
        self.target = ""
        self.detail: dict[str, Any] = {}

    def check(self) -> None:
        if not policy.may(self.actor, self.act):
            raise NotAllowed(self.act)

    @abstractmethod
    def execute(self) -> Result:
        """Change the state inside the transaction; set `target` and `detail` for the audit line."""

    def perform(self) -> Result:
        from izker.server.audit.chain import write

        self.check()
        with transaction.atomic():
            result = self.execute()
            write(actor=self.actor, act=self.act, target=self.target, detail=self.detail)
        return result
