"""Growth: 'rose by 36 %', «выросло в 2,5 раза», '36%-ға артты', held against the earlier and the later count where
the text gives both.
"""

from __future__ import annotations

import re
from fractions import Fraction

from izker.figures.check import lexicon
from izker.figures.check.claim import CANNOT_TELL, GROWTH, WRONG, Claim, judge, judge_rounded_inputs, spread
from izker.figures.check.discourse import Document
from izker.figures.check.quantities import COUNT, MONEY, PERCENT, POINTS, TIMES, Quantity
from izker.words import N_

NO_BASE = N_("the earlier count is not given: {stated} % more means about {base} before (between {low} and {high})")
NO_BASE_TIMES = N_(
    "the earlier count is not given: {stated} times means about {base} before (between {low} and {high})"
)
NOTHING_GROWN = N_("the text gives no count that this growth could be recomputed from")
FROM_TO = N_("from {base} to {current}")
OTHER_DIRECTION = N_("from {base} to {current} is a change of {change} %")
INPUTS_ROUNDED = N_("the counts are rounded themselves")

_BY_BEFORE = re.compile(
    r"(?:(?<!\w)на|(?<!\w)by|(?<!made )(?<!make )(?<!makes )(?<!making )(?<!\w)up|(?<!\w)down|\+"
    r"|рост|прирост|өсім\w*|өсу\w*|плюс|минус|[-−])\s*(?:более\s+чем\s+|почти\s+|about\s+"
    r"|nearly\s+|almost\s+|around\s+|more than\s+|over\s+|на\s+)?$",
    re.I,
)
_ENGLISH_BEFORE = re.compile(
    r"(?<!\w)(?:rose|risen|grew|grown|increased|fell|fallen|dropped|declined|decreased|jumped"
    r"|climbed|soared|(?:is|was|were|are) (?:up|down))"
    r"\s+(?:by\s+)?(?:about\s+|nearly\s+|almost\s+|around\s+|over\s+|more\s+than\s+)?$",
    re.I,
)
_MORE_AFTER = re.compile(
    r"^\s*(?:больше|меньше|выше|ниже|more|fewer|less|higher|lower|increase|rise|growth|decrease"
    r"|decline|drop|jump|up(?!\w)|down(?!\w)|көп|аз\b|артық|кем\b|өсім|рост)",
    re.I,
)
_NOUN_BEFORE = re.compile(
    r"(?:рост|прирост|өсім\w*|өсу\w*|growth|increase|rise|decrease|decline|снижение)(?:\W+[\w-]+){0,6}?\W*$", re.I
)
_LEVEL_BEFORE = re.compile(r"(?<!\w)(?:до|to|at)\s*$", re.I)
_FROM_BEFORE = re.compile(r"(?<!\w)(?:с|со|from)\s+(?:[а-яёa-z]+\s+){0,1}$", re.I)
_TO_BEFORE = re.compile(r"(?<!\w)(?:до|to)\s+(?:[а-яёa-z]+\s+){0,1}$", re.I)


def is_growth(document: Document, quantity: Quantity) -> bool:
    if quantity.kind not in {PERCENT, TIMES}:
        return False
    before, after = document.before(quantity), document.after(quantity)
    if quantity.spelled:
        # вдвое, doubled: the word itself says growth; «на треть больше», 'up by a third' need the words around it
        return quantity.kind == TIMES or bool(
            _BY_BEFORE.search(before) and (_MORE_AFTER.match(after) or _moves(before))
        )
    clause = re.split(r"[;()]|,\s", before)[-1]
    follow = re.split(r"[;().]|,\s", after)[0]
    moving = _moves(clause) or _moves(" ".join(follow.split()[:4]))
    if quantity.kind == TIMES:
        return (
            moving
            or _moves(before)
            or bool(lexicon.EARLIER.search(clause + follow) or lexicon.COMPARED.search(clause + follow))
        )
    if document.in_brackets(quantity) and not (_moves(clause) or clause.rstrip().endswith(("+", "−"))):
        return not document.between_brackets(quantity) and bool(_from_to(document, quantity)) and _moves(before)
    if re.search(r"(?<!\w)на\s+$", before) and _moves(before):
        return True
    if _NOUN_BEFORE.search(" ".join(before.split()[-6:])) and re.search(r"[,–—-]\s*(?:или|or|немесе|яғни)\s*$", before):
        return True
    if quantity.case == "dative" or re.match(r"^\s*(?:-?ға|-?ге)\b", after):
        return moving and "дейін" not in after[:12]
    if _LEVEL_BEFORE.search(before):
        return False
    if _ENGLISH_BEFORE.search(before):
        return True
    explicit = _BY_BEFORE.search(before) and (
        moving or before.rstrip().endswith(("+", "−", "-")) or _NOUN_BEFORE.search(clause)
    )
    return bool(explicit or _MORE_AFTER.match(after) or _NOUN_BEFORE.search(clause))


def _moves(text: str) -> bool:
    return bool(lexicon.GROWTH_UP.search(text) or lexicon.GROWTH_DOWN.search(text))


def _falls(document: Document, quantity: Quantity) -> bool:
    before = re.split(r"[;()]", document.before(quantity))[-1]
    after = re.split(r"[;().]", document.after(quantity))[0]
    near_before, near_after = " ".join(before.split()[-6:]), " ".join(after.split()[:4])
    if before.rstrip().endswith(("−", "-")) and not re.search(r"\w[-−]$", before.rstrip()):
        return True
    down = lexicon.GROWTH_DOWN.search(near_before) or lexicon.GROWTH_DOWN.search(near_after)
    up = lexicon.GROWTH_UP.search(near_before) or lexicon.GROWTH_UP.search(near_after)
    return bool(down and not up)


def claims(document: Document) -> list[Claim]:
    found = [_claim(document, q) for q in document.quantities if is_growth(document, q)]
    return found + [c for q in document.quantities if q.kind == POINTS and (c := _points(document, q)) is not None]


def _points(document: Document, quantity: Quantity) -> Claim | None:
    """A change in percentage points between the two percentages of its sentence."""
    shares = [q for q in document.of_sentence(quantity.sentence, PERCENT) if not is_growth(document, q)]
    if len(shares) != 2:
        return None
    base, current = shares
    value = abs(current.value - base.value)
    params = {"base": claim_number(base.value), "current": claim_number(current.value)}
    return Claim(
        document.text(quantity),
        quantity.surface,
        GROWTH,
        quantity.value,
        value,
        current.value,
        base.value,
        judge(value, quantity) or WRONG,
        FROM_TO,
        params,
        at=(quantity.sentence, quantity.start),
    )


def _claim(document: Document, quantity: Quantity) -> Claim:
    falling = _falls(document, quantity)
    candidates = _candidates(document, quantity)
    for base, current in candidates:
        verdict = _verdict(quantity, base, current, falling=falling)
        if verdict:
            return _made(document, quantity, base, current, verdict, falling=falling)
    if candidates:
        base, current = candidates[0]
        return _made(document, quantity, base, current, WRONG, falling=falling)
    return _implied(document, quantity, _current(document, quantity), falling=falling)


def change(base: Fraction, current: Fraction, quantity: Quantity, *, falling: bool) -> Fraction | None:
    """What the statement should print: per cent of change, or times; None where the base is zero."""
    if quantity.kind == TIMES:
        first, second = (current, base) if falling else (base, current)
        return second / first if first else None
    if not base:
        return None
    ratio = (current / base - 1) * 100
    return -ratio if falling else ratio


def _verdict(quantity: Quantity, base: Quantity, current: Quantity, *, falling: bool) -> str | None:
    value = change(base.value, current.value, quantity, falling=falling)
    fitted = None if value is None else judge(value, quantity)
    if fitted or value is None:
        return fitted
    (base_low, base_high), (current_low, current_high) = spread(base), spread(current)
    if base_low <= 0 or (base_low, current_low) == (base_high, current_high):
        return None
    ends = [change(b, c, quantity, falling=falling) for b in (base_low, base_high) for c in (current_low, current_high)]
    known = [e for e in ends if e is not None]
    return judge_rounded_inputs(min(known), max(known), quantity)


def _made(
    document: Document, quantity: Quantity, base: Quantity, current: Quantity, verdict: str, *, falling: bool
) -> Claim:
    value = change(base.value, current.value, quantity, falling=falling)
    note, params = FROM_TO, {"base": claim_number(base.value), "current": claim_number(current.value)}
    if verdict == WRONG and quantity.kind == PERCENT and base.value:
        note = OTHER_DIRECTION
        params["change"] = f"{float((current.value / base.value - 1) * 100):+.2f}"
    return Claim(
        document.text(quantity),
        quantity.surface,
        GROWTH,
        quantity.value,
        value,
        current.value,
        base.value,
        verdict,
        note,
        params,
        at=(quantity.sentence, quantity.start),
    )


def _implied(document: Document, quantity: Quantity, current: Quantity | None, *, falling: bool) -> Claim:
    if current is None:
        return Claim(
            document.text(quantity),
            quantity.surface,
            GROWTH,
            quantity.value,
            None,
            None,
            None,
            CANNOT_TELL,
            NOTHING_GROWN,
            at=(quantity.sentence, quantity.start),
        )
    step = Fraction(10) ** -quantity.decimals

    def base_of(stated: Fraction) -> Fraction:
        factor = stated if quantity.kind == TIMES else 1 + stated / 100
        if falling:
            factor = 1 / factor if quantity.kind == TIMES else 1 - stated / 100
        return current.value / factor if factor > 0 else Fraction(0)

    ends = sorted((base_of(quantity.value - step / 2), base_of(quantity.value + step / 2)))
    params = {
        "stated": claim_number(-quantity.value if falling and quantity.kind == PERCENT else quantity.value),
        "base": claim_number(Fraction(round(base_of(quantity.value)))),
    }
    params |= {"low": claim_number(Fraction(round(ends[0]))), "high": claim_number(Fraction(round(ends[1])))}
    return Claim(
        document.text(quantity),
        quantity.surface,
        GROWTH,
        quantity.value,
        None,
        current.value,
        None,
        CANNOT_TELL,
        NO_BASE_TIMES if quantity.kind == TIMES else NO_BASE,
        params,
        at=(quantity.sentence, quantity.start),
    )


def claim_number(value: Fraction) -> str:
    from izker.figures.printing import number
    from izker.figures.rounding import ROUNDED, at_precision
    from izker.words import language

    if value.denominator == 1:
        return number(int(value), language())
    return number(at_precision(value, 3, ROUNDED).normalize(), language())


def _year(document: Document, quantity: Quantity) -> int | None:
    """The year nearest to a count: the last one before it in its sentence, else the first one within a few words
    behind it.
    """
    behind = lexicon.YEAR.search(" ".join(document.after(quantity).split()[:4]))
    bracket = re.match(r"^[^.;]{0,25}?\(?\s*(?:in |в |за )?(20\d\d)", document.after(quantity))
    before = lexicon.YEAR.findall(document.before(quantity))
    if bracket and document.in_brackets(quantity):
        return int(bracket.group(1))
    if before:
        return int(before[-1])
    return int(behind.group()) if behind else None


def _candidates(document: Document, quantity: Quantity) -> list[tuple[Quantity, Quantity]]:
    """(earlier, later) counts that the growth may speak of, the likeliest first."""
    same = [q for q in document.of_sentence(quantity.sentence, COUNT, MONEY) if q.bound != "upto"]
    found = _from_to(document, quantity) + _bracketed(document, same)
    found += _by_years(document, quantity, same)
    earlier = [q for q in same if document.is_earlier(q)]
    for base in earlier:
        others = [q for q in same if q != base and q.kind == base.kind and q not in earlier]
        current = min(others, key=lambda q: abs(q.start - quantity.start), default=None) or _current(
            document, quantity, exclude=base
        )
        if current is not None:
            found.append((base, current))
    specific = document_specific(document, quantity) - {"persons", "victim"}
    if not found:
        near = [
            q
            for q in document.quantities
            if q.kind in {COUNT, MONEY} and abs(q.sentence - quantity.sentence) <= 2 and q.bound != "upto"
        ]
        found += [
            pair
            for pair in _by_years(document, quantity, near)
            if not specific or specific & pair[1].concepts & pair[0].concepts
        ]
    return list(dict.fromkeys(found))


def _from_to(document: Document, quantity: Quantity) -> list[tuple[Quantity, Quantity]]:
    """'from A to B', «с A до B», 'A-дан B-ға дейін', 'to B from A' in the sentence of the growth."""
    counts = [q for q in document.of_sentence(quantity.sentence, COUNT, MONEY) if q.bound != "upto"]
    found = []
    for base in counts:
        for current in counts:
            if base == current or base.kind != current.kind:
                continue
            named = _FROM_BEFORE.search(document.before(base)) and _TO_BEFORE.search(document.before(current))
            reached = current.case == "dative" or re.match(
                r"^\S*(?:\s+\w+){0,2}\s*дейін|^-?(?:ға|ге|қа|ке)", document.after(current)
            )
            kazakh = base.case == "ablative" and base.end <= current.start and reached
            if named or kazakh:
                found.append((base, current))
    return sorted(found, key=lambda p: abs(p[1].start - quantity.start))


def _bracketed(document: Document, counts: list[Quantity]) -> list[tuple[Quantity, Quantity]]:
    """'981 cases (760 in 2024)': the bracket names an earlier year, the count before it is the later one."""
    found = []
    for base in counts:
        if not document.in_brackets(base):
            continue
        opened = document.before(base).rfind("(")
        inside = document.text(base)[opened:].split(")")[0]
        ahead = [q for q in counts if q.end <= opened and q.kind == base.kind and not document.in_brackets(q)]
        if ahead and (lexicon.YEAR.search(inside) or lexicon.EARLIER.search(inside)):
            found.append((base, ahead[-1]))
    return found


def _by_years(document: Document, quantity: Quantity, counts: list[Quantity]) -> list[tuple[Quantity, Quantity]]:
    dated = [(year, q) for q in counts if (year := _year(document, q)) is not None and not document.in_brackets(q)]
    dated += [(year, q) for q in counts if document.in_brackets(q) and (year := _year(document, q)) is not None]
    pairs = []
    for early_year, base in dated:
        for late_year, current in dated:
            if early_year < late_year and base.kind == current.kind and _alike(base, current):
                pairs.append(
                    (
                        -(base.concepts & current.concepts == base.concepts),
                        abs(base.sentence - quantity.sentence),
                        base,
                        current,
                    )
                )
    specific = document_specific(document, quantity)
    pairs.sort(key=lambda p: (p[0], p[1], -len(p[3].concepts & specific)))
    return [(base, current) for _a, _b, base, current in pairs]


def document_specific(document: Document, quantity: Quantity) -> frozenset[str]:
    return lexicon.concepts(document.phrase(quantity)) & lexicon.SPECIFIC


def _alike(first: Quantity, second: Quantity) -> bool:
    """Two counts of the same thing: neither carries a specific meaning that the other, labelled too, lacks."""
    one, two = first.concepts & lexicon.SPECIFIC, second.concepts & lexicon.SPECIFIC
    return not one or not two or bool(one & two)


def _current(document: Document, quantity: Quantity, exclude: Quantity | None = None) -> Quantity | None:
    """The count that has grown: one of the same matter as the phrase, nearest before; else the count under
    discussion.
    """
    specific = document_specific(document, quantity)
    counts = [
        q
        for q in document.quantities
        if q.kind in {COUNT, MONEY} and q != exclude and q.sentence <= quantity.sentence and not q.bound
    ]
    matching = [q for q in counts if specific and specific & q.concepts and not (q.concepts - specific) & {"grave"}]
    near = [
        q
        for q in counts
        if q.sentence == quantity.sentence and q.start < quantity.start and not document.in_brackets(q)
    ]
    if matching:
        return max(
            matching,
            key=lambda q: (
                not document.is_part(q),
                q.sentence == quantity.sentence,
                len(q.concepts & specific),
                q.sentence,
                q.start,
            ),
        )
    if specific:
        return near[-1] if near else None
    return near[-1] if near else document.scopes.get(quantity)


__all__ = ["claims", "is_growth"]
