"""Show an entry's full value to a person who says why; the same act, reason and audit line as for a report's values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from izker.server.actions import Action
from izker.server.register.actions.reveal import LEAST_REASON
from izker.words import N_, Refusal

if TYPE_CHECKING:
    from izker.server.accounts.models import User
    from izker.server.registry.models import RegistryEntry


class RevealEntry(Action[str]):
    act = "identifier.reveal"

    def __init__(self, actor: User, entry: RegistryEntry, reason: str) -> None:
        super().__init__(actor)
        self.entry = entry
        self.reason = reason.strip()

    def execute(self) -> str:
        if len(self.reason) < LEAST_REASON:
            raise Refusal(N_("write why you need the full value: at least {least} characters"), least=LEAST_REASON)
        self.target = self.entry.number
        self.detail = {"reason": self.reason[:200]}
        value: str = self.entry.value
        return value
