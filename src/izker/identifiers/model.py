"""What an identifier is: a kind, a normalised value, a place in a text, and whether its own rule of form holds."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("phone", "card", "iban", "iin", "bin", "url", "domain", "handle", "email", "wallet", "amount", "date")


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier.

    `value` is the normalised form, equal for every way of writing the same thing; `start` and `end` are offsets into
    the text as it was given, so that `text[start:end] == raw`; `valid` says whether the kind's own rule holds (check
    digits, number plan, known top-level domain); `reason` is the English catalogue message that says why not, empty
    when valid.
    """

    kind: str
    value: str
    start: int
    end: int
    valid: bool
    reason: str
    raw: str
