"""Which part of which whole a percentage may state: by the words around it, by pronouns and lists, by the matter it
speaks of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from izker.figures.check import lexicon
from izker.figures.check.discourse import Document
from izker.figures.check.quantities import COUNT, MONEY, PERCENT, Quantity

_SAYS_EQUAL = re.compile(
    r"(?<!\w)(?:или|or|немесе|яғни|то есть|т\.\s?е\.|что составля\w+|приход\w+ся|составля\w+|составил\w*|это"
    r"|which is|that is|i\.e\.|representing|equal to|equivalent to|бұл|құра\w+"
    r"|accounting for)(?!\w)"
    r"(?:\W+[\w-]+){0,6}?\W*$",
    re.I,
)
_OR_NEXT = re.compile(r"^[^.;()]{0,60}?(?:,|–|—)?\s*(?:или|or|немесе|яғни|то есть|that is|i\.e\.)\s", re.I)


@dataclass(frozen=True, slots=True)
class Pair:
    """A reading of a share. `sure`: how strongly the words themselves name both counts (2: both, 1: one, 0: by topic
    only).
    """

    part: Quantity
    whole: Quantity
    sure: int
    score: float


def _is_rate(document: Document, quantity: Quantity) -> bool:
    phrase = document.phrase(quantity)
    return bool(lexicon.RATE_WORD.search(phrase) or "solved" in lexicon.concepts(phrase))


def _neighbours(document: Document, quantity: Quantity) -> tuple[int, int]:
    """Where the previous percentage ends and the next one starts in the sentence."""
    others = [q for q in document.of_sentence(quantity.sentence, PERCENT) if q != quantity]
    left = max([q.end for q in others if q.end <= quantity.start], default=0)
    right = min([q.start for q in others if q.start >= quantity.end], default=len(document.text(quantity)))
    return left, right


def _counts(document: Document, quantity: Quantity) -> list[Quantity]:
    return [q for q in document.of_sentence(quantity.sentence, COUNT, MONEY) if q.bound != "upto"]


def explicit_whole(document: Document, quantity: Quantity) -> Quantity | None:
    """The count that the words around the percentage name as the whole."""
    left, right = _neighbours(document, quantity)
    counts = _counts(document, quantity)
    if re.search(r"=\s*$", document.before(quantity)):
        divided = [q for q in counts if q.end <= quantity.start and document.is_whole(q)]
        return divided[-1] if divided else None
    behind = [q for q in counts if quantity.end <= q.start < right and document.is_whole(q)]
    behind = [q for q in behind if not re.search(r";|\.\s", document.between(quantity, q))]
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


def _closing_whole(document: Document, quantity: Quantity) -> Quantity | None:
    """The whole that closes an enumeration: '42.2% (414) were men and 57.8% (567) women of the 981 victims'."""
    shares = document.of_sentence(quantity.sentence, PERCENT)
    if shares[-1] == quantity:
        return None
    if re.search(r"(?<!\w)(?:of|из|от)(?!\w)", document.between(quantity, shares[shares.index(quantity) + 1])):
        return None
    closing = [q for q in _counts(document, quantity) if q.start >= shares[-1].end and document.is_whole(q)]
    return closing[0] if closing else None


def _attached(document: Document, percentage: Quantity, count: Quantity) -> bool:
    return not re.search(r"[;,.]", document.between(percentage, count).replace("(", ""))


def explicit_part(document: Document, quantity: Quantity) -> Quantity | None:
    """The count that stands for the percentage: '49 cases (0.175 %)', '6 016, или 21 %', '21 %, or 6 016'."""
    left, right = _neighbours(document, quantity)
    counts = _counts(document, quantity)
    ahead = [q for q in counts if q.end <= quantity.start]
    bracketed = document.in_brackets(quantity)
    if ahead:
        last = ahead[-1]
        if document.in_brackets(last) and not bracketed and document.is_whole(last) and len(ahead) > 1:
            last = ahead[-2]  # 'A, which is P of the damage (D)'
        between = document.between(last, quantity)
        inside = bracketed and "(" in between and ")" not in between and not re.search(r"[;]|\.\s", between)
        if inside and not document.is_whole(last):
            return last
        if bracketed and document.in_brackets(last) and re.match(r"^\s*[,;]\s*(?:или|or|немесе)?\s*$", between):
            return last  # '(8 357, 30 %)'
        if inside and len(ahead) > 1:
            return ahead[-2]
        if last.start >= left and not document.is_whole(last) and _SAYS_EQUAL.search(between):
            return last
    behind = [q for q in counts if quantity.end <= q.start < right]
    if bracketed and behind and re.match(r"^\s*\)\s*[–—-]\s*$", document.between(quantity, behind[0])):
        return behind[0]  # 'a fifth (21.6 %) – 6 016 – were solved'
    if (
        behind
        and not document.is_whole(behind[0])
        and (
            _OR_NEXT.match(document.between(quantity, behind[0]) + " ") or _bracket_next(document, quantity, behind[0])
        )
    ):
        return behind[0]
    return None


def _bracket_next(document: Document, quantity: Quantity, count: Quantity) -> bool:
    between = document.between(quantity, count)
    return "(" in between and not re.search(r"[):]", between) and not document.in_brackets(quantity)


def topic_whole(document: Document, quantity: Quantity) -> Quantity | None:
    """The set under discussion; for a rate of solving, the registered cases."""
    if _is_rate(document, quantity) or lexicon.NOT_SOLVED.search(document.phrase(quantity)):
        return _registered(document, quantity)
    listed = document.sentences[quantity.sentence].item_of
    if listed is not None:
        found = list_whole(document, listed)
        if found is not None:
            return found
    scope = document.scopes.get(quantity)
    if (
        scope is not None
        and scope.concepts & {"solved", "prosecuted"}
        and "victim" in lexicon.concepts(document.phrase(quantity))
    ):
        return None  # victims are no part of the cases that were solved
    return scope


def list_whole(document: Document, introduction: int) -> Quantity | None:
    """What the items of a list are parts of: the last count of its introduction, else the latest count of the same
    matter.
    """
    counts = document.of_sentence(introduction, COUNT, MONEY)
    if counts:
        return next((q for q in reversed(counts) if not document.is_whole(q)), counts[-1])
    topic = lexicon.stems(document.sentences[introduction].text)
    earlier = [q for q in document.quantities if q.sentence < introduction and q.kind == COUNT and not q.bound]
    alike = [
        q for q in earlier if len(q.stems & topic) >= 1 and "fraud" in q.concepts and not q.concepts & {"solved"}
    ] or [q for q in earlier if len(q.stems & topic) >= 2]
    alike = alike or [q for q in earlier if "registered" in q.concepts and not q.concepts & {"solved", "prosecuted"}]
    plainly = [q for q in alike if not document.is_part(q) and not document.in_brackets(q)]
    return max(plainly or alike, key=lambda q: (len(q.stems & topic), q.sentence), default=None)


def _registered(document: Document, quantity: Quantity) -> Quantity | None:
    counts = [q for q in document.quantities if q.kind == COUNT and q.sentence <= quantity.sentence and not q.bound]
    named = [q for q in counts if "registered" in q.concepts and not q.concepts & {"solved"}]
    internet = [q for q in named if "internet" in q.concepts]
    return max(internet or named, key=lambda q: (q.sentence, q.start), default=None)


def largest(document: Document, quantity: Quantity) -> Quantity | None:
    """The largest exact count before the share that is no total of something else (marked «из …»)."""
    counts = [q for q in document.quantities if q.kind == COUNT and q.sentence <= quantity.sentence and not q.bound]
    return max((q for q in counts if not document.is_whole(q)), key=lambda q: q.value, default=None)


def readings(document: Document, quantity: Quantity) -> list[Pair]:
    """Every reading of the share that the text supports, the best supported first."""
    whole, part = explicit_whole(document, quantity), explicit_part(document, quantity)
    for first, second in document.pairs(quantity.sentence):
        if (part is None and whole is None) or first == part or (second == whole and part is None):
            if _separated(document, quantity, first, second):
                continue
            part, whole = first, second
    parts = [(part, 6.0, True)] if part else _likely_parts(document, quantity)
    found: list[Pair] = []
    for candidate, part_score, named in parts:
        wholes = [(whole, 6.0, True)] if whole else _likely_wholes(document, quantity, candidate)
        for one, whole_score, whole_named in wholes:
            if (
                one == candidate
                or one.kind != candidate.kind
                or one.value <= 0
                or (candidate.value > one.value and quantity.value <= 100)
            ):
                continue
            found.append(
                Pair(
                    candidate,
                    one,
                    int(named and whole_named) + int(named or whole_named) if named else 0,
                    part_score + whole_score,
                )
            )
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
    counts = [
        q
        for q in document.quantities
        if q.kind in {COUNT, MONEY} and abs(q.sentence - quantity.sentence) <= 8 and q.bound != "upto"
    ]
    for q in counts:
        shared = q.concepts & specific
        if not shared or document.is_whole(q) or (restrictive and not shared & restrictive):
            continue
        if ("grave" in q.concepts) != ("grave" in specific):
            continue
        distance = abs(q.sentence - quantity.sentence)
        exact = not q.bound
        found.append(
            (
                q,
                2.0 * len(shared) + exact + (2 if distance == 0 else 1 if distance == 1 else 0),
                exact and (distance <= 1 or "solved" in shared),
            )
        )
    if specific - {"victim", "persons"} or (specific and not found):
        return found
    if scope is not None and not document.is_whole(scope):
        near = scope.sentence >= quantity.sentence - 1
        before = document.before(quantity)
        pointed = bool(lexicon.THEIR.search(phrase)) or (
            near and bool(lexicon.THEIR.search(before) or lexicon.SHARE_WORD.search(phrase))
        )
        found.append((scope, 4.0 if pointed or near else 1.0, pointed))
    return found


def _likely_wholes(document: Document, quantity: Quantity, part: Quantity) -> list[tuple[Quantity, float, bool]]:
    """Counts that may be the whole of `part`: registered cases for a rate, a bracketed total, the introduction of a
    list, a scope, a total.
    """
    found: list[tuple[Quantity, float, bool]] = []
    if _is_rate(document, quantity):
        registered = _registered(document, quantity)
        if registered is not None:
            found.append((registered, 4.0, True))
    _left, right = _neighbours(document, quantity)
    for q in _counts(document, quantity):
        if quantity.end <= q.start < right and _bracket_next(document, quantity, q):
            found.append((q, 4.0, True))
    if lexicon.REST.search(document.before(part)[-30:]):
        near = [pair for i in (part.sentence - 1, part.sentence) for pair in document.pairs(i) if i >= 0]
        found += [(w, 5.0, True) for p, w in near if p != part]
    for first, second in [pair for i in range(len(document.sentences)) for pair in document.pairs(i)]:
        if first.value == part.value:
            found.append((second, 4.0, True))
    for q in _counts(document, part):
        if q.kind == part.kind and lexicon.ALL_OF_IT.search(" ".join(document.before(q).split()[-3:])):
            found.append((q, 4.0, True))
    closing = _closing_whole(document, quantity)
    if closing is not None:
        found.append((closing, 4.0, True))
    if "grave" in part.concepts:
        solved = [
            q for q in document.quantities if q.kind == COUNT and "solved" in q.concepts and "grave" not in q.concepts
        ]
        found += [(q, 3.0, False) for q in solved[-1:]]
    listed = document.sentences[part.sentence].item_of
    if listed is not None and (of_list := list_whole(document, listed)) is not None:
        found.append((of_list, 4.0, True))
    if part.kind == MONEY and part.concepts & {"returned", "held"}:
        losses = [
            q
            for q in document.quantities
            if q.kind == MONEY and "damage" in q.concepts and 0 <= part.sentence - q.sentence <= 2 and q != part
        ]
        found += [(q, 3.0, True) for q in losses[-1:]]
    if document.is_part(part):
        heads = [
            q
            for q in _counts(document, part)
            if q.kind == part.kind and q.end <= part.start and not document.is_part(q)
        ]
        found += [(q, 3.5, True) for q in heads[-1:]]
    scope = document.scopes.get(part)
    if scope is not None and scope.kind == part.kind:
        found.append((scope, 3.0 if document.is_part(part) else 1.0, document.is_part(part)))
    phrase = lexicon.concepts(document.phrase(quantity))
    for q in document.quantities:
        if q.kind == part.kind and q.value > part.value and not q.bound and "offence" in phrase | q.concepts:
            matched = len(q.concepts & phrase & {"offence", "fraud", "registered"})
            whole = bool(
                lexicon.WHOLE.search(
                    " ".join(document.before(q).split()[-6:]) + " " + " ".join(document.after(q).split()[:4])
                )
            )
            if matched and whole:
                found.append((q, 1.0 + 0.5 * matched, False))
    return found
