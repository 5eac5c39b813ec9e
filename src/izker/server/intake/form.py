"""What a report may say, whoever sends it: the web form, the API and the importers make this and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from izker.identifiers import Identifier, minor, normalise
from izker.jurisdictions import regions
from izker.money import MAX
from izker.server.clock import now
from izker.words import N_, Problem, Refusal

LONGEST_TEXT = 20_000  # characters
CHANNELS = ("call", "sms", "messenger", "social", "marketplace", "website", "email", "in_person", "unknown")


@dataclass(frozen=True, slots=True)
class ReportForm:
    """A report as its sender tells it. Amounts in tiyn; moments aware; identifiers as typed."""

    text: str
    language: str = "kk"
    channel: str = "unknown"
    occurred_at: datetime | None = None
    region: str = ""
    amount: int = 0
    account_from: str = ""
    account_to: str = ""
    name: str = ""
    phone: str = ""
    iin: str = ""
    facts: dict[str, object] = field(default_factory=dict)
    is_attempt: bool = False

    def problems(self) -> list[Problem]:
        """Everything that is wrong, each with its field, so that a person mends it in one go."""
        found = []
        if not self.text.strip():
            found.append(Problem(N_("tell in your own words what happened"), column="text"))
        if len(self.text) > LONGEST_TEXT:
            found.append(Problem(N_("the text is longer than {most} characters: shorten it"), {"most": LONGEST_TEXT}, column="text"))
        if not 0 <= self.amount <= MAX:
            found.append(Problem(N_("the amount must be a positive sum"), column="amount"))
        if self.occurred_at and self.occurred_at > now():
            found.append(Problem(N_("this moment is still to come: check date and time"), column="occurred_at"))
        if self.region and self.region not in regions():
            found.append(Problem(N_("there is no region {region}"), {"region": self.region}, column="region"))
        if self.channel not in CHANNELS:
            found.append(Problem(N_("there is no channel {channel}"), {"channel": self.channel}, column="channel"))
        for column, kind in (("account_from", "iban"), ("account_to", "iban"), ("phone", "phone"), ("iin", "iin")):
            typed = getattr(self, column)
            if typed and not normalise(kind, typed).valid:
                found.append(Problem(_WRONG[kind], column=column))
        return found

    def checked(self) -> ReportForm:
        found = self.problems()
        if found:
            raise Refusal(problems=tuple(found))
        return self


_WRONG = {
    "iban": N_("the check digits of this account number do not fit: compare it with the receipt"),
    "phone": N_("this is not a whole phone number: write it with its code, like +7 700 000 12 34"),
    "iin": N_("the check digit of this IIN does not fit: it has 12 digits"),
}


def sums(found: Iterable[Identifier]) -> list[int]:
    """Amounts of tenge in a text, in tiyn, largest first (a text often tells a fee beside the loss)."""
    read = (minor(i.value) for i in found if i.kind == "amount" and i.valid)
    return sorted((amount for amount, currency in filter(None, read) if currency == "KZT"), reverse=True)
