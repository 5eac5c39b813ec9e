"""What each number of a text speaks of: its label, the set under discussion (scope), wholes and parts, lists."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from izker.figures.check import lexicon
from izker.figures.check.quantities import AGE, COUNT, MONEY, PERCENT, TIME, TIMES, UPTO, Quantity, english, find
from izker.figures.check.text import Sentence, sentences

_EDGE = re.compile(r"[;:()]|[,.]\s|\s[–—-]\s")
_OF_BEFORE = re.compile(
    r"(?:(?<!\w)(?:из|от|среди)(?!\s+(?:них|котор|эт|указан))(?:\s+(?:общего\s+"
    r"|всего\s+)?(?:числа|количества))?(?:\s+[а-яё-]+){0,2}"
    r"|(?<!total )(?<!rise )(?<!increase )(?<!number )(?<!damage )(?<!loss )(?<!losses )(?<!sum )(?<!amount )"
    r"(?<!growth )(?<!decrease )(?<!average )(?<!maximum )"
    r"(?<!\w)(?:out\s+of|of|among)(?:\s+(?:the|all|a\s+total\s+of|some|[a-z]+['’]s))*)\s+(?:total\s+)?(?:of\s+)?$",
    re.I,
)
_INSIDE_AFTER = re.compile(r"^[-\w]*(?:\s+[\w-]+){0,3}\s+(?:ішінде|ішінен|арасында)", re.I)
_FROM_BEFORE = re.compile(r"(?<!\w)(?:с|со|from)\s+(?:[а-яёa-z]+\s+){0,1}$", re.I)
_OF_BRACKET = re.compile(
    r"(?:(?:ның|нің|дың|дің|тың|тің)|(?<!\w)(?:от|из|of|всех|all)(?:\s+[^\W\d][\w-]*){1,4})\s*\($", re.I
)
_DIVIDED = re.compile(r"\d\s*[/÷]\s*$")
_RANGE = re.compile(r"^\s*(?:-|–|—|to|до|and|мен|(?:күн|ай|сағат|апта)\w*)\s*$", re.I)


@dataclass
class Document:
    """Sentences and their labelled quantities; `scope[i]`: the count under discussion when quantity i is reached."""

    sentences: list[Sentence]
    quantities: list[Quantity]
    scopes: dict[Quantity, Quantity | None]
    by_sentence: dict[int, list[Quantity]] = field(default_factory=dict)
    known_pairs: dict[int, list[tuple[Quantity, Quantity]]] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Document:
        is_english = english(text)
        parts = sentences(text)
        quantities: list[Quantity] = []
        for index, sentence in enumerate(parts):
            found = _ranges(sentence.text, find(sentence.text, index, is_english=is_english))
            quantities += [_labelled(sentence.text, q, found) for q in found]
        document = cls(parts, quantities, {})
        for quantity in quantities:
            document.by_sentence.setdefault(quantity.sentence, []).append(quantity)
        document._follow_scope()
        return document

    def of_sentence(self, index: int, *kinds: str) -> list[Quantity]:
        return [q for q in self.by_sentence.get(index, ()) if not kinds or q.kind in kinds]

    def text(self, quantity: Quantity) -> str:
        return self.sentences[quantity.sentence].text

    def before(self, quantity: Quantity) -> str:
        return self.text(quantity)[: quantity.start]

    def after(self, quantity: Quantity) -> str:
        return self.text(quantity)[quantity.end :]

    def between(self, first: Quantity, second: Quantity) -> str:
        return self.text(first)[first.end : second.start]

    def paragraph(self, quantity: Quantity) -> int:
        return self.sentences[quantity.sentence].paragraph

    def in_brackets(self, quantity: Quantity) -> bool:
        before = self.before(quantity)
        return before.count("(") > before.count(")")

    def between_brackets(self, quantity: Quantity) -> bool:
        """Whether a count stands in the same brackets before the quantity."""
        opened = self.before(quantity).rfind("(")
        return any(opened < q.start < quantity.start for q in self.of_sentence(quantity.sentence, COUNT, MONEY))

    def is_whole(self, quantity: Quantity) -> bool:
        """Whether the text marks the count as what something is part of: «из 96 354», '96 354-тен', 'of 96,354'."""
        if quantity.kind not in {COUNT, MONEY}:
            return False
        if (
            _OF_BEFORE.search(self.before(quantity))
            or _OF_BRACKET.search(self.before(quantity))
            or _DIVIDED.search(self.before(quantity))
        ):
            return True
        if quantity.case in {"genitive", "ablative"}:
            return not re.match(r"[^,;.()]*?(?:\d[\d\s]*)-?(?:ға|ге|қа|ке)\b", self.after(quantity))
        return bool(_INSIDE_AFTER.match(self.after(quantity)))

    def is_part(self, quantity: Quantity) -> bool:
        """Whether the count is introduced as a part: «из них», 'оның ішінде', 'these cases', or «остальные»."""
        before = self.before(quantity)
        return bool(lexicon.SUBSET.search(before) or lexicon.REST.search(before[-40:]))

    def is_earlier(self, quantity: Quantity) -> bool:
        """Whether the words next to a count say that it is of an earlier time: 'a year ago', 'against 22 870'."""
        before = " ".join(re.split(r"[;\d]", self.before(quantity))[-1].split()[-5:])
        after = " ".join(re.split(r"[;\d]", self.after(quantity))[0].split()[:5])
        return bool(
            lexicon.EARLIER.search(before)
            or lexicon.EARLIER.search(after)
            or lexicon.COMPARED.search(before)
            or re.search(r"салыстырғанда", after, re.I)
        )

    def phrase(self, quantity: Quantity) -> str:
        """The words around a quantity up to the neighbouring numbers and strong boundaries."""
        text = self.text(quantity)
        others = [q for q in self.of_sentence(quantity.sentence) if q != quantity and q.kind != "age"]
        left = max(
            [q.end for q in others if q.end <= quantity.start]
            + [m.end() for m in re.finditer(r"[;:()]|,\s(?:ал|а|and|while)\s", text[: quantity.start])],
            default=0,
        )
        ends = [q.start for q in others if q.start >= quantity.end]
        edge = re.search(r"[;:()]|,\s", text[quantity.end :])
        if edge:
            ends.append(quantity.end + edge.start())
        return text[left : quantity.start] + " | " + text[quantity.end : min(ends, default=len(text))]

    def _follow_scope(self) -> None:
        scope: Quantity | None = None
        for index, sentence in enumerate(self.sentences):
            counts = self.of_sentence(index, COUNT)
            pending = scope
            for quantity in self.of_sentence(index):
                self.scopes[quantity] = pending
                if (
                    quantity not in counts
                    or self.in_brackets(quantity)
                    or quantity.bound == "upto"
                    or self.is_whole(quantity)
                ):
                    continue
                if not (self.is_part(quantity) or self.is_earlier(quantity)) and sentence.item_of is None:
                    pending = quantity
            named = self.pairs(index)
            # the part that a sentence names together with its whole is what the next sentences speak of
            scope = self._named_scope(index, named) if named and named[-1][0].kind == COUNT else pending

    def _named_scope(self, index: int, named: list[tuple[Quantity, Quantity]]) -> Quantity:
        """The part of the last pair; its whole where the sentence goes on to list further parts of it."""
        part, whole = named[-1]
        parts = [q for q in self.of_sentence(index, COUNT) if not self.in_brackets(q) and not self.is_whole(q)]
        return whole if len(parts) > 1 and whole.start < parts[0].start else part

    def pairs(self, index: int) -> list[tuple[Quantity, Quantity]]:
        """(part, whole) that one sentence names together: '27 892 …тың 49 фактісі', '49 из 27 892'."""
        if index in self.known_pairs:
            return self.known_pairs[index]
        counts = [q for q in self.of_sentence(index, COUNT, MONEY) if q.bound != "upto"]
        found = self.known_pairs.setdefault(index, [])
        for first, second in pairwise(counts):
            if first.kind != second.kind or re.search(r"[;()]", self.between(first, second)):
                continue
            if self.is_whole(second) and not self.is_whole(first):
                found.append((first, second))
            elif self.is_whole(first) and not self.is_whole(second):
                found.append((second, first))
        return found


def _ranges(sentence: str, found: list[Quantity]) -> list[Quantity]:
    """Both ends of a range take the unit of its last number: 'from 5 to 30 days'."""
    for i in range(len(found) - 2, -1, -1):
        first, second = found[i], found[i + 1]
        between = sentence[first.end : second.start]
        if first.kind == COUNT and second.kind in {TIME, PERCENT, TIMES, MONEY, AGE} and _RANGE.match(between):
            found[i] = replace(first, kind=second.kind)
        elif (
            first.kind == COUNT
            and first.decimals < 0
            and second.kind == MONEY
            and len(between) < 25
            and not re.search(r"[,;.()]", between)
        ):
            found[i] = replace(first, kind=MONEY)
        started = _FROM_BEFORE.search(sentence[: first.start]) or first.case == "ablative"
        if started and second.bound == UPTO and found[i].kind == second.kind and second.kind in {COUNT, MONEY}:
            found[i + 1] = replace(second, bound="")  # «с 4 424 до 6 016» names two counts, no upper bound
    if any(q.kind == MONEY for q in found):
        # '895 m of it', '(in 2024: 1 bn 104 m)' beside sums of money are sums of money, though their unit is left out
        for i, q in enumerate(found):
            if q.kind == COUNT and q.decimals <= -6 and not lexicon.concepts(" ".join(sentence[q.end :].split()[:2])):
                found[i] = replace(q, kind=MONEY)
    return found


def _labelled(sentence: str, quantity: Quantity, found: list[Quantity]) -> Quantity:
    others = [q for q in found if q != quantity and q.kind != "age"]
    stop = min([q.start for q in others if q.start >= quantity.end], default=len(sentence))
    start = max([q.end for q in others if q.end <= quantity.start], default=0)
    pieces = _EDGE.split(sentence[quantity.end : stop], maxsplit=2)
    after = pieces[0] if pieces[0].strip() or len(pieces) < 2 else pieces[1]  # '4 357 – grave'
    spoken = [
        p for p in re.split(r"[;:()]|\.\s", re.sub(r"\([^()]*\)", " ", sentence[start : quantity.start])) if p.strip()
    ]
    before = spoken[-1] if spoken else ""
    near = " ".join(after.split()[:7]) + " " + " ".join(before.split()[-8:])
    return replace(quantity, concepts=lexicon.concepts(near), stems=lexicon.stems(near))
