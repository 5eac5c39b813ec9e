"""Shares and rates: which part of which whole a percentage states, and whether it comes out, rounded or cut."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from izker.figures.check import growth, lexicon
from izker.figures.check.claim import (
    CANNOT_TELL,
    HOLDS,
    RATE,
    ROUNDED,
    SHARE,
    TRUNCATED,
    WRONG,
    Claim,
    judge,
    judge_rounded_inputs,
    spread,
)
from izker.figures.check.discourse import Document
from izker.figures.check.growth import claim_number
from izker.figures.check.quantities import ABOVE, COUNT, PERCENT, Quantity
from izker.figures.check.readings import Pair, explicit_part, explicit_whole, largest, readings, topic_whole
from izker.words import N_

OTHER_PRINT = N_("{numerator} / {denominator} = {exact} %; rounded it would be {rounded} %")
FITS = N_("{numerator} / {denominator} = {exact} %")
DOES_NOT_FIT = N_("{numerator} / {denominator} = {exact} %, not {stated} %")
NO_WHOLE = N_("the text does not say of what: {numerator} would be {stated} % of about {whole}")
NOTHING = N_("the text gives no counts from which this share could be recomputed")
ONLY_WHOLE = N_("the part is not given; of {denominator} it would be about {part}")
AT_LEAST = N_("the part is not given; of {denominator} it would be more than {part}")
FEW = N_("the part is not given; of {denominator} only {part} gives {stated} %, {how}")
FEW_ROUNDED = N_("rounded")
FEW_TRUNCATED = N_("truncated")
IMPOSSIBLE = N_(
    "no whole number out of {denominator} gives {stated} %: "
    "the nearest are {low} ({low_share} %) and {high} ({high_share} %)"
)
SUBSET_ONLY = N_("this share belongs to the {denominator}, not to all {whole}")
LOST = N_("the sentence speaks of all, but the text gives only the {denominator} beside it: the denominator is lost")
ABOVE_WHOLE = N_("a share above 100 %")
REST_OF_ALL = N_("100 % less {share} % leaves {rest} %")
UNSURE = N_("the text does not clearly say of what; {numerator} / {denominator} would be {exact} %")
MIXED = N_("solved cases may have been registered in earlier years, so this rate mixes cohorts")
INPUTS_ROUNDED = N_("the counts are rounded themselves")

_SMALL = 1000  # below this many cases a whole percentage can be traced to a single whole number, or to none


def claims(document: Document) -> list[Claim]:
    return [_claim(document, q) for q in document.quantities if q.kind == PERCENT and not growth.is_growth(document, q)]


def _claim(document: Document, quantity: Quantity) -> Claim:
    rest = _rest(document, quantity)
    if rest is not None:
        return rest
    kind = RATE if lexicon.RATE_WORD.search(document.phrase(quantity)) else SHARE
    found = readings(document, quantity)
    best = found[0] if found else None
    for reading in found:
        if best is not None and reading.score < best.score - 2:
            break
        verdict = _verdict(quantity, reading)
        if verdict:
            return _proved(document, quantity, kind, reading, verdict)
    if best is not None and best.sure == 2:
        return _proved(document, quantity, kind, best, WRONG)
    return _without_part(document, quantity, kind, best)


def _verdict(quantity: Quantity, reading: Pair) -> str | None:
    value = reading.part.value / reading.whole.value * 100
    fitted = judge(value, quantity)
    if fitted:
        return fitted
    (part_low, part_high), (whole_low, whole_high) = spread(reading.part), spread(reading.whole)
    if (part_low, whole_low) == (part_high, whole_high) or whole_low <= 0:
        return None
    return judge_rounded_inputs(part_low / whole_high * 100, part_high / whole_low * 100, quantity)


def _proved(document: Document, quantity: Quantity, kind: str, reading: Pair, verdict: str) -> Claim:
    part, whole = reading.part.value, reading.whole.value
    value = part / whole * 100
    params: dict[str, object] = {
        "numerator": claim_number(part),
        "denominator": claim_number(whole),
        "exact": _digits(value, quantity),
    }
    note = FITS
    if verdict == TRUNCATED:
        note = OTHER_PRINT
        params["rounded"] = claim_number(_rounded(value, quantity.decimals))
    elif verdict == WRONG:
        note = DOES_NOT_FIT
        params["stated"] = claim_number(quantity.value)
    more: list[tuple[str, dict[str, object]]] = []
    if kind == RATE:
        more.append((MIXED, {}))
    if verdict == ROUNDED and judge(value, quantity) is None:
        more.append((INPUTS_ROUNDED, {}))
    return Claim(
        document.text(quantity),
        quantity.surface,
        kind,
        quantity.value,
        value,
        part,
        whole,
        verdict,
        note,
        params,
        tuple(more),
        at=(quantity.sentence, quantity.start),
    )


def _digits(value: Fraction, quantity: Quantity) -> str:
    from izker.figures.printing import number
    from izker.figures.rounding import at_precision
    from izker.words import language

    return number(at_precision(value, max(quantity.decimals, 0) + 2, ROUNDED), language())


def _rounded(value: Fraction, decimals: int) -> Fraction:
    from izker.figures.rounding import at_precision

    return Fraction(at_precision(value, decimals, ROUNDED))


def _without_part(document: Document, quantity: Quantity, kind: str, best: Pair | None) -> Claim:
    """A share whose part the text does not give: its whole is what is under discussion, and small wholes still tell
    something.
    """
    whole = explicit_whole(document, quantity) or topic_whole(document, quantity)
    whole = _narrower(document, quantity, whole)
    named = explicit_part(document, quantity)
    if named is not None and whole is not None and whole.value <= named.value:
        whole = None
    common = (document.text(quantity), quantity.surface, kind, quantity.value)
    at = (quantity.sentence, quantity.start)
    if whole is None or whole.value <= 0:
        part = named or (best.part if best else None)
        if part is None or not quantity.value:
            return Claim(*common, None, part.value if part else None, None, CANNOT_TELL, NOTHING, at=at)
        params = {
            "numerator": claim_number(part.value),
            "stated": claim_number(quantity.value),
            "whole": claim_number(Fraction(round(part.value * 100 / quantity.value))),
        }
        return Claim(*common, None, part.value, None, CANNOT_TELL, NO_WHOLE, params, at=at)
    more = _belongs(document, quantity, whole)
    if any(note == LOST for note, _params in more):
        return Claim(
            *common, None, None, whole.value, CANNOT_TELL, LOST, {"denominator": claim_number(whole.value)}, at=at
        )
    if named is not None and named.kind == whole.kind:
        value = named.value / whole.value * 100
        told = {
            "numerator": claim_number(named.value),
            "denominator": claim_number(whole.value),
            "exact": _digits(value, quantity),
        }
        return Claim(*common, value, named.value, whole.value, CANNOT_TELL, UNSURE, told, more, at=at)
    if quantity.value > 100:
        return Claim(*common, None, None, whole.value, WRONG, ABOVE_WHOLE, {}, more, at=at)
    exact = whole.value * quantity.value / 100
    if (
        whole.decimals >= 0
        and not whole.bound
        and whole.value * 10 ** max(quantity.decimals, 0) < _SMALL
        and not quantity.bound
        and not quantity.spelled
    ):
        return _of_few(common, quantity, int(whole.value), exact, more, at)
    params = {"denominator": claim_number(whole.value), "part": claim_number(Fraction(round(exact)))}
    note = AT_LEAST if quantity.bound == ABOVE else ONLY_WHOLE
    return Claim(*common, None, None, whole.value, CANNOT_TELL, note, params, more, at=at)


def _of_few(
    common: tuple[str, str, str, Fraction],
    quantity: Quantity,
    whole: int,
    exact: Fraction,
    more: tuple[tuple[str, dict[str, object]], ...],
    at: tuple[int, int],
) -> Claim:
    """Of a few hundred cases at most: the whole numbers that print as the stated share, rounded or cut."""
    step = Fraction(10) ** -quantity.decimals * whole / 100
    fitting = []
    for part in range(max(0, floor(exact - step)), min(whole, ceil(exact + 2 * step)) + 1):
        verdict = judge(Fraction(part * 100, whole), quantity)
        if verdict:
            fitting.append((part, ROUNDED if verdict == HOLDS else verdict))
    if not fitting:
        low, high = max(0, floor(exact)), min(whole, ceil(exact))
        params = {
            "denominator": claim_number(Fraction(whole)),
            "stated": claim_number(quantity.value),
            "low": low,
            "high": high,
            "low_share": claim_number(Fraction(low * 100, whole)),
            "high_share": claim_number(Fraction(high * 100, whole)),
        }
        return Claim(*common, None, None, Fraction(whole), WRONG, IMPOSSIBLE, params, more, at=at)
    if len(fitting) == 1:
        part, verdict = fitting[0]
        from izker.words import _

        how = _(FEW_ROUNDED) if verdict == ROUNDED else _(FEW_TRUNCATED)
        params = {
            "denominator": claim_number(Fraction(whole)),
            "part": part,
            "stated": claim_number(quantity.value),
            "how": how,
        }
        return Claim(
            *common, Fraction(part * 100, whole), Fraction(part), Fraction(whole), verdict, FEW, params, more, at=at
        )
    params = {"denominator": claim_number(Fraction(whole)), "part": claim_number(Fraction(round(exact)))}
    return Claim(*common, None, None, Fraction(whole), CANNOT_TELL, ONLY_WHOLE, params, more, at=at)


def _rest(document: Document, quantity: Quantity) -> Claim | None:
    """'The other 79.3 %' after one share of the same whole: what that share leaves of 100."""
    if not lexicon.REST.search(" ".join(document.before(quantity).split()[-3:])):
        return None
    earlier = [
        q
        for q in document.quantities
        if q.kind == PERCENT
        and 0 <= quantity.sentence - q.sentence <= 1
        and (q.sentence, q.start) < (quantity.sentence, quantity.start)
    ]
    if len(earlier) != 1 or explicit_part(document, quantity) is not None:
        return None
    value = 100 - earlier[0].value
    slack = Fraction(10) ** -earlier[0].decimals / 2
    verdict = judge(value, quantity) or judge_rounded_inputs(value - slack, value + slack, quantity) or WRONG
    params = {"share": claim_number(earlier[0].value), "rest": claim_number(value)}
    at = (quantity.sentence, quantity.start)
    text, stated = document.text(quantity), quantity.value
    return Claim(
        text, quantity.surface, SHARE, stated, value, value, Fraction(100), verdict, REST_OF_ALL, params, at=at
    )


def _narrower(document: Document, quantity: Quantity, whole: Quantity | None) -> Quantity | None:
    """Where the sentence speaks of all, but the text has just come to a part of them: that part."""
    if not lexicon.WHOLE.search(document.phrase(quantity)):
        return whole
    near = [
        q
        for q in document.quantities
        if q.kind == COUNT
        and 0 < quantity.sentence - q.sentence <= 2
        and document.is_part(q)
        and not document.is_whole(q)
    ]
    return near[-1] if near and (whole is None or near[-1].value < whole.value) else whole


def _belongs(document: Document, quantity: Quantity, whole: Quantity) -> tuple[tuple[str, dict[str, object]], ...]:
    """Whether the whole is only a part of a larger one that the text names, so that its share is easily misread."""
    larger = [
        w
        for i in range(len(document.sentences))
        for p, w in document.pairs(i)
        if p.value == whole.value and w.value > whole.value
    ]
    main = largest(document, quantity)
    if not larger and main is not None and main.value > whole.value and main.kind == whole.kind:
        larger = [main]
    if not larger:
        return ()
    phrase = document.phrase(quantity)
    if lexicon.WHOLE.search(phrase) and not lexicon.SUBSET.search(phrase):
        return ((LOST, {}),)
    return ((SUBSET_ONLY, {"denominator": claim_number(whole.value), "whole": claim_number(larger[0].value)}),)
