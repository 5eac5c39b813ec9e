"""Shares and rates: which part of which whole a percentage states, and whether it comes out, rounded or cut."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from izker.figures.check import growth, lexicon
from izker.figures.check.claim import CANNOT_TELL, HOLDS, RATE, ROUNDED, SHARE, TRUNCATED, WRONG, Claim, judge, judge_rounded_inputs, spread
from izker.figures.check.discourse import Document
from izker.figures.check.growth import claim_number
from izker.figures.check.quantities import COUNT, MONEY, PERCENT, Quantity
from izker.words import N_

OTHER_PRINT = N_("{numerator} / {denominator} = {exact} %; rounded it would be {rounded} %")
FITS = N_("{numerator} / {denominator} = {exact} %")
DOES_NOT_FIT = N_("{numerator} / {denominator} = {exact} %, not {stated} %")
NO_WHOLE = N_("the text does not say of what: {numerator} would be {stated} % of about {whole}")
NOTHING = N_("the text gives no counts from which this share could be recomputed")
ONLY_WHOLE = N_("the part is not given; of {denominator} it would be about {part}")
FEW = N_("the part is not given; of {denominator} only {part} gives {stated} %, {how}")
FEW_ROUNDED = N_("rounded")
FEW_TRUNCATED = N_("truncated")
IMPOSSIBLE = N_("no whole number out of {denominator} gives {stated} %: the nearest are {low} ({low_share} %) and {high} ({high_share} %)")
SUBSET_ONLY = N_("this share belongs to the {denominator}, not to all {whole}")
LOST = N_("the sentence speaks of all, but the text gives only the {denominator} beside it: the denominator is lost")
ABOVE_WHOLE = N_("a share above 100 %")
MIXED = N_("solved cases may have been registered in earlier years, so this rate mixes cohorts")
INPUTS_ROUNDED = N_("the counts are rounded themselves")

_SAYS_EQUAL = re.compile(
    r"(?<!\w)(?:или|or|немесе|яғни|то есть|т\.\s?е\.|что составля\w+|составля\w+|составил\w*|это|which is|that is|i\.e\.|representing|equal to|equivalent to|бұл|құра\w+|accounting for)(?!\w)"
    r"(?:\W+[\w-]+){0,6}?\W*$",
    re.I,
)
_OR_NEXT = re.compile(r"^[^.;()]{0,60}?(?:,|–|—)?\s*(?:или|or|немесе|яғни|то есть|that is|i\.e\.)\s", re.I)
_SMALL = 1000  # below this many cases a whole percentage can be traced to a single whole number, or to none


@dataclass(frozen=True, slots=True)
class Pair:
    """A reading of a share. `sure`: how strongly the words themselves name both counts (2: both, 1: one, 0: by topic only)."""

    part: Quantity
    whole: Quantity
    sure: int
    score: float


def claims(document: Document) -> list[Claim]:
    return [_claim(document, q) for q in document.quantities if q.kind == PERCENT and not growth.is_growth(document, q)]


def _claim(document: Document, quantity: Quantity) -> Claim:
    kind = RATE if lexicon.RATE_WORD.search(document.phrase(quantity)) else SHARE
    readings = _readings(document, quantity)
    best = readings[0] if readings else None
    for reading in readings:
        if best is not None and reading.score < best.score - 2:
            break
        verdict = _verdict(quantity, reading)
        if verdict:
            return _proved(document, quantity, kind, reading, verdict)
    if best is not None and best.sure:
        return _proved(document, quantity, kind, best, WRONG)
    return _without_part(document, quantity, kind, best)


def _is_rate(document: Document, quantity: Quantity) -> bool:
    phrase = document.phrase(quantity)
    return bool(lexicon.RATE_WORD.search(phrase) or "solved" in lexicon.concepts(phrase))


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
    params: dict[str, object] = {"numerator": claim_number(part), "denominator": claim_number(whole), "exact": _digits(value, quantity)}
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
        document.text(quantity), quantity.surface, kind, quantity.value, value, part, whole, verdict, note, params, tuple(more),
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
    """A share whose part the text does not give: its whole is what is under discussion, and small wholes still tell something."""
    whole = _explicit_whole(document, quantity) or _topic_whole(document, quantity)
    common = (document.text(quantity), quantity.surface, kind, quantity.value)
    at = (quantity.sentence, quantity.start)
    if whole is None or whole.value <= 0:
        part = _explicit_part(document, quantity) or (best.part if best else None)
        if part is None or not quantity.value:
            return Claim(*common, None, part.value if part else None, None, CANNOT_TELL, NOTHING, at=at)
        params = {"numerator": claim_number(part.value), "stated": claim_number(quantity.value), "whole": claim_number(Fraction(round(part.value * 100 / quantity.value)))}
        return Claim(*common, None, part.value, None, CANNOT_TELL, NO_WHOLE, params, at=at)
    more = _belongs(document, quantity, whole)
    if any(note == LOST for note, _params in more):
        return Claim(*common, None, None, whole.value, CANNOT_TELL, LOST, {"denominator": claim_number(whole.value)}, at=at)
    if quantity.value > 100:
        return Claim(*common, None, None, whole.value, WRONG, ABOVE_WHOLE, {}, more, at=at)
    exact = whole.value * quantity.value / 100
    if whole.decimals >= 0 and not whole.bound and whole.value * 10**max(quantity.decimals, 0) < _SMALL and not quantity.bound and not quantity.spelled:
        return _of_few(common, quantity, int(whole.value), exact, more, at)
    params = {"denominator": claim_number(whole.value), "part": claim_number(Fraction(round(exact)))}
    return Claim(*common, None, None, whole.value, CANNOT_TELL, ONLY_WHOLE, params, more, at=at)


def _of_few(
    common: tuple[str, str, str, Fraction], quantity: Quantity, whole: int, exact: Fraction, more: tuple[tuple[str, dict[str, object]], ...], at: tuple[int, int]
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
            "denominator": claim_number(Fraction(whole)), "stated": claim_number(quantity.value), "low": low, "high": high,
            "low_share": claim_number(Fraction(low * 100, whole)), "high_share": claim_number(Fraction(high * 100, whole)),
        }
        return Claim(*common, None, None, Fraction(whole), WRONG, IMPOSSIBLE, params, more, at=at)
    if len(fitting) == 1:
        part, verdict = fitting[0]
        from izker.words import _

        how = _(FEW_ROUNDED) if verdict == ROUNDED else _(FEW_TRUNCATED)
        params = {"denominator": claim_number(Fraction(whole)), "part": part, "stated": claim_number(quantity.value), "how": how}
        return Claim(*common, Fraction(part * 100, whole), Fraction(part), Fraction(whole), verdict, FEW, params, more, at=at)
    params = {"denominator": claim_number(Fraction(whole)), "part": claim_number(Fraction(round(exact)))}
    return Claim(*common, None, None, Fraction(whole), CANNOT_TELL, ONLY_WHOLE, params, more, at=at)


def _belongs(document: Document, quantity: Quantity, whole: Quantity) -> tuple[tuple[str, dict[str, object]], ...]:
    """Whether the whole is only a part of a larger one that the text names, so that its share is easily misread."""
    larger = [w for i in range(len(document.sentences)) for p, w in document.pairs(i) if p.value == whole.value and w.value > whole.value]
    main = _largest(document, quantity)
    if not larger and main is not None and main.value > whole.value and main.kind == whole.kind:
        larger = [main]
    if not larger:
        return ()
    phrase = document.phrase(quantity)
    if lexicon.WHOLE.search(phrase) and not lexicon.SUBSET.search(phrase):
        return ((LOST, {}),)
    return ((SUBSET_ONLY, {"denominator": claim_number(whole.value), "whole": claim_number(larger[0].value)}),)


def _neighbours(document: Document, quantity: Quantity) -> tuple[int, int]:
    """Where the previous percentage ends and the next one starts in the sentence."""
    others = [q for q in document.of_sentence(quantity.sentence, PERCENT) if q != quantity]
    left = max([q.end for q in others if q.end <= quantity.start], default=0)
    right = min([q.start for q in others if q.start >= quantity.end], default=len(document.text(quantity)))
    return left, right


def _counts(document: Document, quantity: Quantity) -> list[Quantity]:
    return [q for q in document.of_sentence(quantity.sentence, COUNT, MONEY) if q.bound != "upto"]


def _explicit_whole(document: Document, quantity: Quantity) -> Quantity | None:
    """The count that the words around the percentage name as the whole."""
    left, right = _neighbours(document, quantity)
    counts = _counts(document, quantity)
    behind = [q for q in counts if quantity.end <= q.start < right and document.is_whole(q)]
    if behind:
        return behind[0]
    ahead = [q for q in counts if left <= q.start and q.end <= quantity.start and document.is_whole(q)]
    earlier = [q for q in document.of_sentence(quantity.sentence, PERCENT) if q.end <= left]
    ahead = [q for q in ahead if not (earlier and q.start >= earlier[-1].end and _attached(document, earlier[-1], q))]
    if ahead or not earlier:
        return ahead[-1] if ahead else None
    # the whole that opens an enumeration serves each of its shares
    opening = [q for q in counts if q.end <= earlier[0].start and document.is_whole(q)]
    listed = [p for p, w in document.pairs(quantity.sentence) if opening and w == opening[-1] and p.end <= w.start]
    return opening[-1] if opening and not listed else None


def _attached(document: Document, percentage: Quantity, count: Quantity) -> bool:
    return not re.search(r"[;,.]", document.between(percentage, count).replace("(", ""))


def _explicit_part(document: Document, quantity: Quantity) -> Quantity | None:
    """The count that stands for the percentage: '49 cases (0.175 %)', '6 016, или 21 %', '21 %, or 6 016'."""
    left, right = _neighbours(document, quantity)
    counts = _counts(document, quantity)
    ahead = [q for q in counts if q.end <= quantity.start]
    bracketed = document.in_brackets(quantity)
    if ahead:
        last = ahead[-1]
        between = document.between(last, quantity)
        inside = bracketed and "(" in between and ")" not in between and not re.search(r"[;]|\.\s", between)
        if inside and not document.is_whole(last):
            return last
        if inside and len(ahead) > 1:
            return ahead[-2]
        if last.start >= left and not document.is_whole(last) and _SAYS_EQUAL.search(between):
            return last
    behind = [q for q in counts if quantity.end <= q.start < right]
    if behind and not document.is_whole(behind[0]) and (_OR_NEXT.match(document.between(quantity, behind[0]) + " ") or _bracket_next(document, quantity, behind[0])):
        return behind[0]
    return None


def _bracket_next(document: Document, quantity: Quantity, count: Quantity) -> bool:
    between = document.between(quantity, count)
    return "(" in between and ")" not in between and not document.in_brackets(quantity)


def _topic_whole(document: Document, quantity: Quantity) -> Quantity | None:
    """The set under discussion; for a rate of solving, the registered cases."""
    if _is_rate(document, quantity):
        return _registered(document, quantity)
    listed = document.sentences[quantity.sentence].item_of
    if listed is not None:
        found = list_whole(document, listed)
        if found is not None:
            return found
    return document.scopes.get(quantity)


def list_whole(document: Document, introduction: int) -> Quantity | None:
    """What the items of a list are parts of: the last count of its introduction, else the latest count of the same matter."""
    counts = document.of_sentence(introduction, COUNT, MONEY)
    if counts:
        return next((q for q in reversed(counts) if not document.is_whole(q)), counts[-1])
    topic = lexicon.stems(document.sentences[introduction].text)
    earlier = [q for q in document.quantities if q.sentence < introduction and q.kind == COUNT and not q.bound]
    alike = [q for q in earlier if len(q.stems & topic) >= 1 and "fraud" in q.concepts and not q.concepts & {"solved"}] or [
        q for q in earlier if len(q.stems & topic) >= 2
    ]
    alike = alike or [q for q in earlier if "registered" in q.concepts and not q.concepts & {"solved", "prosecuted"}]
    plainly = [q for q in alike if not document.is_part(q) and not document.in_brackets(q)]
    return max(plainly or alike, key=lambda q: (len(q.stems & topic), q.sentence), default=None)


def _registered(document: Document, quantity: Quantity) -> Quantity | None:
    counts = [q for q in document.quantities if q.kind == COUNT and q.sentence <= quantity.sentence and not q.bound]
    named = [q for q in counts if "registered" in q.concepts and not q.concepts & {"solved"}]
    internet = [q for q in named if "internet" in q.concepts]
    return max(internet or named, key=lambda q: (q.sentence, q.start), default=None)


def _largest(document: Document, quantity: Quantity) -> Quantity | None:
    """The largest exact count before the share that is no total of something else (marked «из …»)."""
    counts = [q for q in document.quantities if q.kind == COUNT and q.sentence <= quantity.sentence and not q.bound]
    return max((q for q in counts if not document.is_whole(q)), key=lambda q: q.value, default=None)


def _readings(document: Document, quantity: Quantity) -> list[Pair]:
    """Every reading of the share that the text supports, the best supported first."""
    whole, part = _explicit_whole(document, quantity), _explicit_part(document, quantity)
    for first, second in document.pairs(quantity.sentence):
        if part is None and whole is None or first == part or second == whole and part is None:
            if _separated(document, quantity, first, second):
                continue
            part, whole = first, second
    parts = [(part, 6.0, True)] if part else _likely_parts(document, quantity)
    found: list[Pair] = []
    for candidate, part_score, named in parts:
        wholes = [(whole, 6.0, True)] if whole else _likely_wholes(document, quantity, candidate)
        for one, whole_score, whole_named in wholes:
            if one == candidate or one.kind != candidate.kind or one.value <= 0 or (candidate.value > one.value and quantity.value <= 100):
                continue
            found.append(Pair(candidate, one, int(named and whole_named) + int(named or whole_named) if named else 0, part_score + whole_score))
    return sorted(found, key=lambda p: -p.score)


def _separated(document: Document, quantity: Quantity, first: Quantity, second: Quantity) -> bool:
    """A pair and a percentage that another percentage or a strong boundary keeps apart."""
    left, right = _neighbours(document, quantity)
    low, high = min(first.start, second.start), max(first.end, second.end)
    return low < left or high > right


def _likely_parts(document: Document, quantity: Quantity) -> list[tuple[Quantity, float, bool]]:
    """Counts that may be the part: of the same specific matter as the phrase, or what a pronoun points to."""
    phrase = document.phrase(quantity)
    specific = lexicon.concepts(phrase) & lexicon.SPECIFIC
    if "solved" in specific:
        specific = specific & {"solved", "grave"}
    if lexicon.NOT_SOLVED.search(phrase):
        return []
    restrictive = specific - {"victim", "persons"}
    scope = document.scopes.get(quantity)
    found: list[tuple[Quantity, float, bool]] = []
    counts = [q for q in document.quantities if q.kind in {COUNT, MONEY} and abs(q.sentence - quantity.sentence) <= 8 and q.bound != "upto"]
    for q in counts:
        shared = q.concepts & specific
        if not shared or document.is_whole(q) or (restrictive and not shared & restrictive):
            continue
        if ("grave" in q.concepts) != ("grave" in specific):
            continue
        distance = abs(q.sentence - quantity.sentence)
        exact = not q.bound
        found.append((q, 2.0 * len(shared) + exact + (2 if distance == 0 else 1 if distance == 1 else 0), exact and (distance <= 1 or "solved" in shared)))
    if specific - {"victim", "persons"} or (specific and not found):
        return found
    if scope is not None and not document.is_whole(scope):
        pointed = bool(lexicon.THEIR.search(phrase)) or scope.sentence >= quantity.sentence - 1
        found.append((scope, 4.0 if pointed else 1.0, pointed))
    return found


def _likely_wholes(document: Document, quantity: Quantity, part: Quantity) -> list[tuple[Quantity, float, bool]]:
    """Counts that may be the whole of `part`: registered cases for a rate, a bracketed total, the introduction of a list, a scope, a total."""
    found: list[tuple[Quantity, float, bool]] = []
    if _is_rate(document, quantity):
        registered = _registered(document, quantity)
        if registered is not None:
            found.append((registered, 4.0, True))
    left, right = _neighbours(document, quantity)
    for q in _counts(document, quantity):
        if quantity.end <= q.start < right and _bracket_next(document, quantity, q):
            found.append((q, 4.0, True))
    for first, second in [pair for i in range(len(document.sentences)) for pair in document.pairs(i)]:
        if first.value == part.value:
            found.append((second, 4.0, True))
    listed = document.sentences[part.sentence].item_of
    if listed is not None and (of_list := list_whole(document, listed)) is not None:
        found.append((of_list, 4.0, True))
    if part.kind == MONEY and part.concepts & {"returned", "held"}:
        losses = [q for q in document.quantities if q.kind == MONEY and "damage" in q.concepts and 0 <= part.sentence - q.sentence <= 2 and q != part]
        found += [(q, 3.0, True) for q in losses[-1:]]
    if document.is_part(part):
        heads = [q for q in _counts(document, part) if q.kind == part.kind and q.end <= part.start and not document.is_part(q)]
        found += [(q, 3.5, True) for q in heads[-1:]]
    scope = document.scopes.get(part)
    if scope is not None and scope.kind == part.kind:
        found.append((scope, 3.0 if document.is_part(part) else 1.0, document.is_part(part)))
    phrase = lexicon.concepts(document.phrase(quantity))
    for q in document.quantities:
        if q.kind == part.kind and q.value > part.value and not q.bound and "offence" in phrase | q.concepts:
            matched = len(q.concepts & phrase & {"offence", "fraud", "registered"})
            whole = bool(lexicon.WHOLE.search(" ".join(document.before(q).split()[-6:]) + " " + " ".join(document.after(q).split()[:4])))
            if matched and whole:
                found.append((q, 1.0 + 0.5 * matched, False))
    return found
