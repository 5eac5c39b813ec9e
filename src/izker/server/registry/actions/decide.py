"""What people decide of an entry: confirm, withdraw, appeal, decide, take back. Each compares the version its page showed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from izker.identifiers import normalise
from izker.links import registry
from izker.server import policy
from izker.server.actions import Action, NotAllowed
from izker.server.clock import now_us
from izker.server.registry import book
from izker.server.registry.models import RegistryEntry, RegistryStep
from izker.words import N_, Refusal

if TYPE_CHECKING:
    from izker.server.accounts.models import User

# Reasons an officer may give; the others come from reports and from the money's trail by themselves.
GIVEN = ("bank_confirmed", "phishing_checked", "court_decision")
LEAST_TEXT = 8  # characters: the shortest ground that says anything


def _ground(text: str) -> str:
    text = text.strip()
    if len(text) < LEAST_TEXT:
        raise Refusal(N_("write a ground of at least {least} characters"), least=LEAST_TEXT)
    return text


class _Decision(Action[RegistryStep]):
    """An act on one entry; `version`: the state of the entry that the person saw."""

    def __init__(self, actor: User, entry: RegistryEntry, version: int) -> None:
        super().__init__(actor)
        self.entry = entry
        self.version = version
        self.target = entry.number

    @property
    def who(self) -> str:
        return self.actor.username if self.actor else "system"


class Confirm(_Decision):
    """List an entry, or extend its life from now, for a reason and with a ground."""

    act = "registry.confirm"

    def __init__(self, actor: User, entry: RegistryEntry, version: int, reason: str, ground: str) -> None:
        super().__init__(actor, entry, version)
        self.reason = reason
        self.ground = ground

    def execute(self) -> RegistryStep:
        if self.reason not in GIVEN:
            raise Refusal(N_("there is no reason {code} an officer may give: choose one of the list"), code=self.reason)
        self.detail = {"reason": self.reason}
        text = _ground(self.ground)
        return book.append(self.entry, "listed", actor=self.who, expected=self.version, reason=self.reason, text=text)


class ConfirmValue(Action[RegistryStep]):
    """The same for a value that an officer types: its entry is made where there is none."""

    act = "registry.confirm"

    def __init__(self, actor: User, kind: str, value: str, reason: str, ground: str, *, synthetic: bool) -> None:
        super().__init__(actor)
        self.kind = kind
        self.value = value
        self.reason = reason
        self.ground = ground
        self.synthetic = synthetic

    def execute(self) -> RegistryStep:
        if self.kind not in book.KINDS:
            raise Refusal(N_("choose what the value is"))
        read = normalise(self.kind, self.value)
        if not read.valid:
            raise Refusal(read.reason)
        spot = book.place(self.kind, read.value)
        if spot is None:
            raise Refusal(N_("this is a public body's or a platform's own: it cannot be listed"))
        entry = book.open_entry(*spot, synthetic=self.synthetic)
        self.target = entry.number
        self.detail = {"reason": self.reason}
        return Confirm(self.actor, entry, entry.version, self.reason, self.ground).execute()  # type: ignore[arg-type]


class Withdraw(_Decision):
    """Take an entry off: what was seen so far no longer counts."""

    act = "registry.withdraw"

    def __init__(self, actor: User, entry: RegistryEntry, version: int, ground: str) -> None:
        super().__init__(actor, entry, version)
        self.ground = ground

    def execute(self) -> RegistryStep:
        text = _ground(self.ground)
        registry.withdraw(book.folded(self.entry), text, now_us())
        return book.append(self.entry, "withdrawn", actor=self.who, expected=self.version, text=text)


class Appeal(_Decision):
    """An officer writes down the appeal of the person whom the entry touches."""

    act = "registry.appeal"

    def __init__(self, actor: User, entry: RegistryEntry, version: int, text: str) -> None:
        super().__init__(actor, entry, version)
        self.text = text

    def execute(self) -> RegistryStep:
        text = _ground(self.text)
        registry.appeal(book.folded(self.entry), text, now_us())
        return book.append(self.entry, "appealed", actor=self.who, expected=self.version, text=text)


class Decide(_Decision):
    """Grant or refuse the open appeal. Nobody decides an appeal that he wrote down or against a listing of his own."""

    act = "registry.decide"

    def __init__(self, actor: User, entry: RegistryEntry, version: int, *, granted: bool, ground: str) -> None:
        super().__init__(actor, entry, version)
        self.granted = granted
        self.ground = ground

    def execute(self) -> RegistryStep:
        text = _ground(self.ground)
        registry.decide(book.folded(self.entry), granted=self.granted, ground=text, now=now_us())
        appealed = self.entry.steps.filter(kind="appealed").order_by("-id").first()
        if (appealed is not None and appealed.actor == self.who) or self.entry.steps.filter(kind="listed", actor=self.who).exists():
            raise Refusal(N_("another person must decide: you wrote the appeal or listed the entry"))
        kind = "granted" if self.granted else "refused"
        self.detail = {"decision": kind}
        return book.append(self.entry, kind, actor=self.who, expected=self.version, text=text)


class Undo(_Decision):
    """Take back the last listing or withdrawal; who may take that step may take it back."""

    act = "registry.undo"
    of = {"listed": "registry.confirm", "withdrawn": "registry.withdraw"}

    def execute(self) -> RegistryStep:
        last = registry.undoable(book.steps_of(self.entry))
        if last is None:
            raise Refusal(N_("there is nothing to take back: the last decision stays"))
        if not policy.may(self.actor, self.of[last.kind]):
            raise NotAllowed(self.of[last.kind])
        self.detail = {"undoes": last.kind, "step": last.number}
        return book.append(self.entry, "undone", actor=self.who, expected=self.version, undoes=last.number)
