"""What the checker says of one statement, and how a stated number is held against a recomputed one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from izker.figures.check.quantities import ABOUT, ABOVE, BELOW, TIMES, UPTO, Quantity
from izker.figures.rounding import EXACT, ROUNDED, TRUNCATED, fits
from izker.words import _

HOLDS, WRONG, CANNOT_TELL = "holds", "wrong", "cannot_tell"
SHARE, SUM, GROWTH, COUNT_KIND, RATE = "share", "sum", "growth", "count", "rate"
_SLACK = Fraction(1, 2)


@dataclass(frozen=True)
class Claim:
    """One statement with numbers. `note` is a catalogue message with `params`; values are exact fractions."""

    sentence: str
    claim: str
    kind: str
    stated: Fraction | None
    recomputed: Fraction | None
    numerator: Fraction | None
    denominator: Fraction | None
    verdict: str
    note: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    more: tuple[tuple[str, Mapping[str, object]], ...] = ()
    at: tuple[int, int] = (0, 0)

    def note_text(self, language: str | None = None) -> str:
        parts = [(self.note, self.params), *self.more] if self.note else list(self.more)
        return "; ".join(_(note, language).format(**params) for note, params in parts)

    def as_json(self) -> dict[str, object]:
        return {
            "sentence": self.sentence,
            "claim": self.claim,
            "kind": self.kind,
            "stated": plain(self.stated),
            "recomputed": plain(self.recomputed),
            "numerator": plain(self.numerator),
            "denominator": plain(self.denominator),
            "verdict": self.verdict,
            "note": self.note_text(),
        }


def plain(value: Fraction | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)


def judge(value: Fraction, stated: Quantity) -> str | None:
    """How the stated quantity comes from `value`: holds, rounded, truncated, or None where it does not fit.

    'more than' needs a value above the stated one and below the next number of that roundness, 'less than' the mirror;
    'about' and fractions in words (half, a third) take the nearest number of their precision, or of one digit less
    where it ends in 0.
    """
    step = Fraction(10) ** -stated.decimals
    target = stated.value
    if stated.bound == ABOVE:
        reach = max(step, target / 10) if stated.decimals <= 0 else step
        reach = target * 6 / 10 if stated.spelled else reach  # «более половины» may be three quarters, not nine tenths
        return HOLDS if target < value < target + reach else None
    if stated.bound in {BELOW, UPTO}:
        reach = max(step, target / 10)
        return HOLDS if target - reach < value <= target else None
    if stated.spelled and stated.kind == TIMES:
        return ROUNDED if abs(value - target) * 8 <= target else None
    if stated.spelled:
        return ROUNDED if abs(value - target) < 10 * _SLACK else None
    fitted = fits(value, stated.stated, stated.decimals)
    if fitted:
        return HOLDS if fitted == EXACT else fitted
    if stated.bound == ABOUT and abs(value - target) <= max(step, target / 20):
        return ROUNDED
    return None


def judge_rounded_inputs(low: Fraction, high: Fraction, stated: Quantity) -> str | None:
    """For counts that were rounded themselves: ROUNDED if some value between `low` and `high` prints as stated."""
    step = Fraction(10) ** -stated.decimals
    return ROUNDED if low < stated.value + step / 2 and high > stated.value - step / 2 else None


def spread(quantity: Quantity) -> tuple[Fraction, Fraction]:
    """The values a printed count may stand for: the count itself if exact, else half a step to each side."""
    if quantity.decimals >= 0 and not quantity.bound:
        return quantity.value, quantity.value
    step = Fraction(10) ** -quantity.decimals
    return quantity.value - step / 2, quantity.value + step / 2


__all__ = [
    "CANNOT_TELL",
    "COUNT_KIND",
    "GROWTH",
    "HOLDS",
    "RATE",
    "ROUNDED",
    "SHARE",
    "SUM",
    "TRUNCATED",
    "WRONG",
    "Claim",
    "judge",
]
