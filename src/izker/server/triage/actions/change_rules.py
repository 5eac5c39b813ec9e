"""An analyst or administrator puts other rules in force; every earlier version stays and can be put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from izker.links import triage
from izker.server.actions import Action, Changed
from izker.server.clock import now
from izker.server.triage import book
from izker.server.triage.models import TriageRules
from izker.words import N_, Refusal

if TYPE_CHECKING:
    from izker.server.accounts.models import User

LONGEST = 200_000  # characters


class ChangeRules(Action[TriageRules]):
    """`seen`: the version the person had before his eyes (0: the jurisdiction's); `Changed` if another one is in force by now."""

    act = "triage.change"

    def __init__(self, actor: User, text: str, seen: int) -> None:
        super().__init__(actor)
        self.text = text.replace("\r\n", "\n")
        self.seen = seen
        self.target = "triage"

    def execute(self) -> TriageRules:
        if len(self.text) > LONGEST:
            raise Refusal(N_("the text is longer than {most} characters: shorten it"), most=LONGEST)
        triage.parse(self.text, "triage.toml")  # refuses, with every mistake
        held = book.version()
        if (held.pk if held else 0) != self.seen:
            raise Changed("triage")
        if self.text == book.text_in_force(held):
            raise Refusal(N_("these rules are in force already"))
        self.detail = {"was": book.digest(book.text_in_force(held))[:12], "now": book.digest(self.text)[:12]}
        return TriageRules.objects.create(
            text=self.text, digest=book.digest(self.text), at=now(), actor=self.actor.username if self.actor else "system"
        )  # fmt: skip
