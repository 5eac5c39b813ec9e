"""Parts and wholes: lists that should add up, «из них» that must not exceed its whole, shares of one list that pass
100 %.
"""

from __future__ import annotations

import re
from fractions import Fraction

from izker.figures.check import growth, lexicon
from izker.figures.check.claim import COUNT_KIND, HOLDS, ROUNDED, SUM, WRONG, Claim
from izker.figures.check.discourse import Document
from izker.figures.check.growth import claim_number
from izker.figures.check.quantities import COUNT, MONEY, PERCENT, Quantity
from izker.figures.check.readings import list_whole
from izker.words import N_

ADDS_UP = N_("{parts} = {sum}")
LEAVES = N_("{parts} = {sum}: {rest} of {whole} ({share} %) are not named")
TOO_MUCH = N_("{parts} = {sum}, {excess} more than {whole}")
TOO_LITTLE = N_("{parts} = {sum}, {rest} less than {whole}")
OTHER_SUM = N_("{parts} = {sum}, not {stated}")
PART_OF = N_("{part} of {whole} is {share} %")
PART_ABOVE = N_("a part of {part} cannot be larger than its whole of {whole}")
REST_OF = N_("{whole} less {parts} leaves {rest}")
OTHER_REST = N_("{whole} less {parts} leaves {rest}, not {stated}")
SHARES_ABOVE = N_("the shares add up to {sum} %, more than 100 %")
SHARES_ROUNDED = N_("the shares add up to {sum} % because each was rounded by itself")
SHARES_LEAVE = N_("the shares add up to {sum} %: {rest} % are not named")
_PART_MARK = re.compile(
    r"(?<!\w)(?:оның ішінде|олардың ішінде|соның ішінде|из них|из которых|в том числе|среди них"
    r"|of (?:which|these|those|them|whom)|among them|including)",
    re.I,
)


def claims(document: Document) -> tuple[list[Claim], set[Quantity]]:
    """The claims and the quantities that they have dealt with."""
    found: list[Claim] = []
    used: set[Quantity] = set()
    for group, whole, exhaustive in _groups(document):
        found.append(_group_claim(document, group, whole, exhaustive=exhaustive))
        used |= {*group}
    for part, whole in _singles(document, used):
        found.append(_single_claim(document, part, whole))
        used.add(part)
    for rest, parts, whole in _rests(document):
        found.append(_rest_claim(document, rest, parts, whole))
        used |= {rest, *parts}
    for total, parts in _stated_totals(document):
        found.append(_total_claim(document, total, parts))
        used |= {total, *parts}
    found += [c for group in _share_groups(document) if (c := _shares_claim(document, group)) is not None]
    return found, used


def _plus(parts: list[Quantity]) -> str:
    return " + ".join(claim_number(p.value) for p in parts)


def _groups(document: Document) -> list[tuple[list[Quantity], Quantity, bool]]:
    """(parts, whole, exhaustive): bulleted lists with an introduction, and enumerations behind «из них» or a colon."""
    groups: list[tuple[list[Quantity], Quantity, bool]] = []
    lists: dict[int, list[Quantity]] = {}
    for index, sentence in enumerate(document.sentences):
        if sentence.item_of is None:
            continue
        counts = [
            q
            for q in document.of_sentence(index, COUNT, MONEY)
            if not document.in_brackets(q) and not q.bound and not document.is_whole(q)
        ]
        if counts:
            lists.setdefault(sentence.item_of, []).append(counts[0])
    for introduction, parts in lists.items():
        whole = list_whole(document, introduction)
        if len(parts) >= 2 and whole is not None and all(p.kind == whole.kind for p in parts):
            groups.append((parts, whole, _exhaustive(document.sentences[introduction].text)))
    for index, sentence in enumerate(document.sentences):
        groups += _inline(document, index, sentence.text)
    return groups


def _exhaustive(introduction: str) -> bool:
    return bool(lexicon.EXHAUSTIVE.search(introduction)) and not lexicon.MAINLY.search(introduction)


def _inline(document: Document, index: int, text: str) -> list[tuple[list[Quantity], Quantity, bool]]:
    """'27 892: A – 8 554, B – 8 357, C – 3 110' and '6 016, of which 4 357 grave and 1 659 others'."""
    counts = [q for q in document.of_sentence(index, COUNT, MONEY) if not document.in_brackets(q) and q.bound != "upto"]
    marks = [m.end() for m in _PART_MARK.finditer(text)] + [m.end() for m in re.finditer(r":(?=\s)", text)]
    opening = counts[0] if counts and document.is_whole(counts[0]) and not _PART_MARK.search(text) else None
    if opening is not None:
        marks.append(opening.end)
    for mark in sorted(marks):
        ahead = [q for q in counts if q.end <= mark]
        parts = [q for q in counts if q.start >= mark and not document.is_whole(q)]
        introduced = bool(_PART_MARK.match(text))
        heads = [q for q in ahead if not document.is_whole(q)] or ahead
        whole = heads[-1] if heads else (_previous_head(document, index) if introduced else list_whole(document, index))
        parts = [p for p in parts if whole is not None and p.kind == whole.kind]
        if whole is None or len(parts) < 2 or whole in parts:
            continue
        if any(growth.is_growth(document, q) for q in document.of_sentence(index, PERCENT)):
            continue
        exhaustive = _exhaustive(text) or bool(lexicon.REST.search(text[mark:]))
        return [(parts, whole, exhaustive)]
    return []


def _previous_head(document: Document, index: int) -> Quantity | None:
    first = document.of_sentence(index)
    return document.scopes.get(first[0]) if first else None


def _group_claim(document: Document, parts: list[Quantity], whole: Quantity, *, exhaustive: bool) -> Claim:
    total = sum((p.value for p in parts), Fraction(0))
    rest = whole.value - total
    params: dict[str, object] = {"parts": _plus(parts), "sum": claim_number(total), "whole": claim_number(whole.value)}
    slack = sum((Fraction(10) ** -p.decimals / 2 for p in (*parts, whole) if p.decimals < 0), Fraction(0))
    if abs(rest) <= slack:
        verdict, note = (HOLDS if rest == 0 else ROUNDED), ADDS_UP
    elif rest < 0:
        verdict, note = WRONG, TOO_MUCH
        params["excess"] = claim_number(-rest)
    else:
        verdict, note = (WRONG, TOO_LITTLE) if exhaustive else (HOLDS, LEAVES)
        params |= {"rest": claim_number(rest), "share": claim_number(Fraction(round(rest * 1000 / whole.value), 10))}
    sentence = " ".join(dict.fromkeys(document.text(p) for p in parts))
    at = (parts[0].sentence, parts[0].start)
    return Claim(sentence, _plus(parts), SUM, whole.value, total, total, whole.value, verdict, note, params, at=at)


def _singles(document: Document, used: set[Quantity]) -> list[tuple[Quantity, Quantity]]:
    """(part, whole): one part behind «из них» in its sentence, or in a sentence that speaks of «these cases»."""
    found = []
    for index in range(len(document.sentences)):
        counts = [
            q
            for q in document.of_sentence(index, COUNT, MONEY)
            if not document.in_brackets(q) and q.bound != "upto" and not document.is_whole(q)
        ]
        for q in counts:
            if q in used:
                continue
            before = document.before(q)
            mark = list(_PART_MARK.finditer(before)) or list(lexicon.SUBSET.finditer(before))
            if not mark:
                continue
            ahead = [c for c in counts if c.end <= mark[-1].start()]
            whole = ahead[-1] if ahead else document.scopes.get(q)
            near = whole is not None and document.paragraph(whole) == document.paragraph(q)
            if whole is not None and whole.kind == q.kind and whole != q and near:
                found.append((q, whole))
    return found


def _single_claim(document: Document, part: Quantity, whole: Quantity) -> Claim:
    params: dict[str, object] = {"part": claim_number(part.value), "whole": claim_number(whole.value)}
    if part.value > whole.value:
        verdict, note = WRONG, PART_ABOVE
    else:
        verdict, note = HOLDS, PART_OF
        share = Fraction(round(part.value * 1000 / whole.value), 10) if whole.value else Fraction(0)
        params["share"] = claim_number(share)
    at = (part.sentence, part.start)
    text = document.text(part)
    return Claim(
        text, part.surface, COUNT_KIND, part.value, part.value, part.value, whole.value, verdict, note, params, at=at
    )


def _rests(document: Document) -> list[tuple[Quantity, list[Quantity], Quantity]]:
    """(rest, parts named before it, whole): 'the remaining 978' behind parts of one whole."""
    found = []
    for rest in document.quantities:
        if rest.kind in {COUNT, MONEY} and lexicon.REST.search(" ".join(document.before(rest).split()[-3:])):
            named = _named_parts(document, rest) or _told_parts(document, rest)
            if named is not None:
                found.append((rest, *named))
    return found


def _named_parts(document: Document, rest: Quantity) -> tuple[list[Quantity], Quantity] | None:
    """Parts and the whole that a sentence names with them: '6 812 of 28 851 …, the remaining …'."""
    for place in (rest.sentence, rest.sentence - 1):
        pairs = document.pairs(place) if place >= 0 else []
        if not pairs:
            continue
        whole = pairs[0][1]
        parts = [q for q in _open_counts(document, place, rest) if q not in {rest, whole} and not document.is_whole(q)]
        return (parts, whole) if parts else None
    return None


def _told_parts(document: Document, rest: Quantity) -> tuple[list[Quantity], Quantity] | None:
    """Parts of what is under discussion: "2 went to court, the remaining 47 …", or of a bracketed total."""
    ahead = [q for q in _open_counts(document, rest.sentence, rest) if q != rest]
    if not ahead:
        return None
    totals = [
        q for q in document.of_sentence(rest.sentence, rest.kind) if document.in_brackets(q) and q.start > rest.start
    ]
    if totals and lexicon.ALL_OF_IT.search(document.before(totals[0])[-20:]):
        return ahead, totals[0]
    if len(ahead) > 1 and ahead[0].value > sum(q.value for q in ahead[1:]):
        return ahead[1:], ahead[0]
    scope = document.scopes.get(ahead[0])
    if scope is None or scope.kind != rest.kind or not document.is_part(ahead[0]):
        return None
    return (ahead, scope) if scope.value > sum(q.value for q in ahead) else None


def _open_counts(document: Document, place: int, rest: Quantity) -> list[Quantity]:
    return [
        q
        for q in document.of_sentence(place, rest.kind)
        if not document.in_brackets(q) and (q.sentence, q.start) < (rest.sentence, rest.start)
    ]


def _rest_claim(document: Document, rest: Quantity, parts: list[Quantity], whole: Quantity) -> Claim:
    value = whole.value - sum((p.value for p in parts), Fraction(0))
    params = {"whole": claim_number(whole.value), "parts": _plus(parts), "rest": claim_number(value)}
    verdict, note = (HOLDS, REST_OF) if value == rest.value else (WRONG, OTHER_REST)
    params["stated"] = claim_number(rest.value)
    at = (rest.sentence, rest.start)
    text = document.text(rest)
    return Claim(text, rest.surface, SUM, rest.value, value, value, whole.value, verdict, note, params, at=at)


def _stated_totals(document: Document) -> list[tuple[Quantity, list[Quantity]]]:
    """'together 20 021' behind parts: in its own sentence, or after a list."""
    found = []
    for index, sentence in enumerate(document.sentences):
        counts = [q for q in document.of_sentence(index, COUNT, MONEY) if not document.in_brackets(q)]
        for total in counts:
            near = (
                " ".join(document.before(total).split()[-7:])
                + " "
                + " ".join(re.split(r"[,;(.\d]", document.after(total))[0].split()[:4])
            )
            together = lexicon.TOGETHER.search(near)
            if not together and not lexicon.ALL_OF_IT.search(near):
                continue
            ahead = [q for q in counts if q.end <= total.start and q.kind == total.kind]
            listed = index > 0 and document.sentences[index - 1].item_of is not None
            if len(ahead) < 2 and index and (together or listed):
                ahead = _list_before(document, index, total)
            if len(ahead) >= 2 and sentence.item_of is None:
                found.append((total, ahead))
    return found


def _list_before(document: Document, index: int, total: Quantity) -> list[Quantity]:
    introduction = document.sentences[index - 1].item_of
    if introduction is not None:
        items = [i for i in range(index) if document.sentences[i].item_of == introduction]
        firsts = [document.of_sentence(i, COUNT, MONEY) for i in items]
        return [f[0] for f in firsts if f and f[0].kind == total.kind]
    if document.paragraph(total) != document.sentences[index - 1].paragraph:
        return []
    return [
        q
        for q in document.of_sentence(index - 1, COUNT, MONEY)
        if q.kind == total.kind and not document.in_brackets(q) and not document.is_whole(q)
    ]


def _total_claim(document: Document, total: Quantity, parts: list[Quantity]) -> Claim:
    value = sum((p.value for p in parts), Fraction(0))
    near = " ".join(document.before(total).split()[-7:])
    if (
        value < total.value
        and not lexicon.TOGETHER.search(near)
        and not lexicon.TOGETHER.search(document.after(total)[:40])
    ):
        # «всего 27 892» need not be only what was listed
        return _group_claim(document, parts, total, exhaustive=False)
    params: dict[str, object] = {"parts": _plus(parts), "sum": claim_number(value), "stated": claim_number(total.value)}
    slack = sum((Fraction(10) ** -p.decimals / 2 for p in (*parts, total) if p.decimals < 0), Fraction(0))
    fits = abs(value - total.value) <= slack
    verdict = HOLDS if value == total.value else ROUNDED if fits else WRONG
    note = ADDS_UP if fits else OTHER_SUM
    at = (total.sentence, total.start)
    return Claim(
        document.text(total), total.surface, SUM, total.value, value, value, None, verdict, note, params, at=at
    )


def _share_groups(document: Document) -> list[list[Quantity]]:
    """Shares of one whole: three or more in one list or enumeration, or the two halves of a known complement."""
    groups: list[list[Quantity]] = []
    lists: dict[int, list[Quantity]] = {}
    for index, sentence in enumerate(document.sentences):
        shares = [
            q
            for q in document.of_sentence(index, PERCENT)
            if not growth.is_growth(document, q) and not q.spelled and not q.bound
        ]
        if sentence.item_of is not None:
            if shares:
                lists.setdefault(sentence.item_of, []).append(shares[0])
        elif len(shares) >= 3 and not any(document.is_whole(q) for q in document.of_sentence(index, COUNT)):
            groups.append(shares)
        elif len(shares) == 2:
            one, two = (q.concepts for q in shares)
            if any((a in one and b in two) or (b in one and a in two) for a, b in lexicon.COMPLEMENTS):
                groups.append(shares)
    return groups + [g for g in lists.values() if len(g) >= 3]


def _shares_claim(document: Document, shares: list[Quantity]) -> Claim | None:
    total = sum((q.value for q in shares), Fraction(0))
    slack = sum((Fraction(10) ** -q.decimals / 2 for q in shares), Fraction(0))
    params: dict[str, object] = {"sum": claim_number(total)}
    if total == 100:
        verdict, note, params = HOLDS, ADDS_UP, {"parts": _plus(shares), "sum": "100"}
    elif abs(total - 100) <= slack:
        verdict, note = ROUNDED, SHARES_ROUNDED
    elif total > 100:
        verdict, note = WRONG, SHARES_ABOVE
    else:
        verdict, note = HOLDS, SHARES_LEAVE
        params["rest"] = claim_number(100 - total)
    sentence = " ".join(dict.fromkeys(document.text(q) for q in shares))
    at = (shares[0].sentence, shares[0].start)
    hundred = Fraction(100)
    return Claim(sentence, _plus(shares) + " %", SUM, hundred, total, total, hundred, verdict, note, params, at=at)
