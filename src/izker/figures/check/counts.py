"""Counts by themselves: approximations of exact counts elsewhere in the text, repeats, and figures that were copied
wrongly.
"""

from __future__ import annotations

from fractions import Fraction

from izker.figures.check import lexicon
from izker.figures.check.claim import CANNOT_TELL, COUNT_KIND, HOLDS, ROUNDED, TRUNCATED, WRONG, Claim, judge
from izker.figures.check.discourse import Document
from izker.figures.check.growth import claim_number
from izker.figures.check.quantities import ABOUT, ABOVE, BELOW, COUNT, MONEY, UPTO, Quantity
from izker.figures.rounding import EXACT, fits
from izker.words import N_

APPROXIMATES = N_("an approximation of {exact}")
NOT_THAT = N_("the text itself gives {exact} for this")
REPEATED = N_("stands {times} times in the text, always alike")
COPIED = N_("the text also gives {other} for this: the digits differ")
NOTHING = N_("the text gives nothing to recompute this count from")
ONE_END = N_("only an upper bound is given: nothing to recompute it from")


def claims(document: Document, used: set[Quantity], involved: set[Fraction]) -> list[Claim]:
    """One claim for each count or sum of money that no other check has dealt with; `involved` values stand in claims
    already.
    """
    counts = [q for q in document.quantities if q.kind in {COUNT, MONEY}]
    found: list[Claim] = []
    told: set[tuple[str, Fraction]] = set()
    for quantity in counts:
        if quantity in used:
            continue
        if _approximate(quantity):
            made = _approximation(document, quantity, counts)
            if made.verdict != CANNOT_TELL or quantity.value not in involved:
                found.append(made)
        elif (quantity.kind, quantity.value) not in told:
            told.add((quantity.kind, quantity.value))
            made = _plain(document, quantity, counts)
            if made.verdict == WRONG or quantity.value not in involved:
                found.append(made)
    return found


def _approximate(quantity: Quantity) -> bool:
    return bool(quantity.bound) or quantity.decimals < 0


def _approximation(document: Document, quantity: Quantity, counts: list[Quantity]) -> Claim:
    """Held against the exact count that it stands for: the one of the same matter, else the only one that fits."""
    exact = [q for q in counts if q.kind == quantity.kind and not _approximate(q) and q.value > 0]
    fitting = [(q, verdict) for q in exact if (verdict := _fits(quantity, q.value))]
    alike = [q for q in exact if _same_matter(quantity, q) and abs(q.value - quantity.value) * 2 <= quantity.value]
    if fitting:
        best, verdict = max(
            fitting,
            key=lambda pair: (
                _same_matter(quantity, pair[0]),
                len(pair[0].concepts & quantity.concepts),
                len(pair[0].stems & quantity.stems),
            ),
        )
        return _made(document, quantity, best.value, verdict, APPROXIMATES, {"exact": claim_number(best.value)})
    if alike and quantity.bound != UPTO:
        best = max(alike, key=lambda q: (len(q.concepts & quantity.concepts), len(q.stems & quantity.stems)))
        return _made(document, quantity, best.value, WRONG, NOT_THAT, {"exact": claim_number(best.value)})
    return _made(document, quantity, None, CANNOT_TELL, ONE_END if quantity.bound == UPTO else NOTHING, {})


def _fits(quantity: Quantity, exact: Fraction) -> str | None:
    """Rounded, truncated or holds; an approximation whose number ends in zeros may be meant one digit more roughly."""
    if quantity.bound in {ABOVE, BELOW, UPTO}:
        if quantity.decimals >= 0:
            reach = quantity.value / 20
            below = quantity.value - reach <= exact < quantity.value
            above = quantity.value < exact <= quantity.value + reach
            return HOLDS if (above if quantity.bound == ABOVE else below) else None
        return judge(exact, quantity)
    rough = [quantity.decimals]
    while quantity.bound == ABOUT and quantity.value % Fraction(10) ** (1 - rough[-1]) == 0 and len(rough) < 3:
        rough.append(rough[-1] - 1)
    for decimals in rough:
        fitted = fits(exact, quantity.stated, decimals)
        if fitted:
            return {EXACT: HOLDS, ROUNDED: ROUNDED, TRUNCATED: TRUNCATED}[fitted]
    return None


def _same_matter(one: Quantity, other: Quantity) -> bool:
    """Both are labelled, share what they speak of, and neither carries a specific meaning that the other lacks."""
    if not one.concepts or not other.concepts:
        return False
    if (one.concepts & lexicon.SPECIFIC) != (other.concepts & lexicon.SPECIFIC):
        return False
    return bool(one.concepts & other.concepts & ({"registered", "internet"} | lexicon.SPECIFIC))


def _plain(document: Document, quantity: Quantity, counts: list[Quantity]) -> Claim:
    same = [q for q in counts if q.value == quantity.value and q.kind == quantity.kind]
    if len(same) > 1:
        return _made(document, quantity, quantity.value, HOLDS, REPEATED, {"times": len(same)})
    for other in counts:
        if (
            other.kind == quantity.kind
            and not _approximate(other)
            and _miscopied(quantity, other)
            and _same_time(document, quantity, other)
        ):
            return _made(document, quantity, other.value, WRONG, COPIED, {"other": claim_number(other.value)})
    return _made(document, quantity, None, CANNOT_TELL, NOTHING, {})


def _miscopied(one: Quantity, other: Quantity) -> bool:
    """The same digits in another order, or one digit apart, in counts of the same matter of four digits or more."""
    first, second = str(int(one.value)), str(int(other.value))
    if one.value == other.value or len(first) != len(second) or len(first) < 4 or not _same_matter(one, other):
        return False
    if (one.concepts ^ other.concepts) & {"registered", "solved", "internet"}:
        return False
    return sorted(first) == sorted(second) or sum(a != b for a, b in zip(first, second, strict=True)) == 1


def _same_time(document: Document, one: Quantity, other: Quantity) -> bool:
    years = [set(lexicon.YEAR.findall(document.text(q))) for q in (one, other)]
    return not years[0] or not years[1] or bool(years[0] & years[1])


def _made(
    document: Document, quantity: Quantity, exact: Fraction | None, verdict: str, note: str, params: dict[str, object]
) -> Claim:
    return Claim(
        document.text(quantity),
        quantity.surface,
        COUNT_KIND,
        quantity.value,
        exact,
        exact,
        None,
        verdict,
        note,
        params,
        at=(quantity.sentence, quantity.start),
    )
