"""Rounding as official texts do it: to the nearest (half away from zero) or cut off; always on exact fractions, never
on floats.

A stated number fits a value if printing the value at the stated precision gives the stated digits. A checker must try
both ways, because one official answer may mix them: 27 892 / 96 354 is printed 29 % (rounded; cut it would be 28 %),
while 6 016 / 27 892 is printed 21 % (cut; rounded it would be 22 %).
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import sqrt

ROUNDED = "rounded"
TRUNCATED = "truncated"
EXACT = "exact"
_Z95 = 1.959963984540054  # the normal quantile of a two-sided 95 % interval


def at_precision(value: Fraction, decimals: int, mode: str) -> Decimal:
    """`value` with `decimals` places after the point (negative: tens, hundreds …), `mode` ROUNDED or TRUNCATED.

    >>> at_precision(Fraction(601600, 27892), 0, TRUNCATED), at_precision(Fraction(601600, 27892), 0, ROUNDED)
    (Decimal('21'), Decimal('22'))
    """
    scaled = abs(value) * Fraction(10) ** decimals
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    if mode == ROUNDED and 2 * rest >= scaled.denominator:
        whole += 1
    return Decimal(-whole if value < 0 else whole).scaleb(-decimals)


def fits(value: Fraction, stated: Decimal, decimals: int) -> str | None:
    """How `stated`, printed with `decimals` places, comes from `value`: EXACT, ROUNDED, TRUNCATED, or None where it
    does not.

    Where both ways give the same digits the answer is ROUNDED: the ordinary reading.
    """
    if Fraction(stated) == value:
        return EXACT
    if at_precision(value, decimals, ROUNDED) == stated:
        return ROUNDED
    if at_precision(value, decimals, TRUNCATED) == stated:
        return TRUNCATED
    return None


def exact_text(value: Fraction, places: int = 6) -> str:
    """The value with up to `places` decimals; an ellipsis where digits go on: '28.947423…', '12.5'."""
    cut = at_precision(value, places, TRUNCATED)
    text = f"{cut:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if Fraction(cut) == value else f"{cut:f}…"


def wilson(numerator: int, denominator: int) -> tuple[float, float]:
    """95 % interval of a share, both ends in [0, 1] (Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212). Needs
    denominator > 0.
    """
    if denominator <= 0 or not 0 <= numerator <= denominator:
        raise ValueError("a share needs 0 <= numerator <= denominator and a denominator above 0")
    share, z2 = numerator / denominator, _Z95 * _Z95
    middle = (share + z2 / (2 * denominator)) / (1 + z2 / denominator)
    half = (
        _Z95 / (1 + z2 / denominator) * sqrt(share * (1 - share) / denominator + z2 / (4 * denominator * denominator))
    )
    low = 0.0 if numerator == 0 else max(0.0, middle - half)
    high = 1.0 if numerator == denominator else min(1.0, middle + half)
    return low, high
