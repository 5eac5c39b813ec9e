"""Rates for so many people: '141 for every 100 000 people', held against a count and a population of the text."""

from __future__ import annotations

import re
from fractions import Fraction

from izker.figures.check import lexicon
from izker.figures.check.claim import CANNOT_TELL, RATE, WRONG, Claim, judge, judge_rounded_inputs, spread
from izker.figures.check.discourse import Document
from izker.figures.check.growth import claim_number
from izker.figures.check.quantities import COUNT, Quantity
from izker.words import N_

FITS = N_("{count} / {population} × 100 000 = {rate}")
NO_POPULATION = N_("the text gives no count and population from which this rate could be recomputed")
SCALE = 100_000
_SCALE = re.compile(
    r"(?<![\d,.])100(?:[\s\u00a0\u2009\u202f]?тыс\w*\.?|[\s\u00a0\u2009\u202f]мың|[\s\u00a0\u2009\u202f,]000(?!\d)|\sthousand)",
    re.I,
)
_PEOPLE = re.compile(r"(?<!\w)(?:населени|жител|халық|халқы|тұрғын саны|population|inhabitants|residents)", re.I)
_NEAR = 45  # characters between a rate and its scale: a few words


def claims(document: Document) -> tuple[list[Claim], set[Quantity]]:
    """The claims, and the quantities that are rates and so no counts."""
    found, used = [], set()
    for index, sentence in enumerate(document.sentences):
        for scale in _SCALE.finditer(sentence.text):
            rate = _rate(document, index, scale)
            if rate is not None and rate not in used:
                used.add(rate)
                found.append(_claim(document, rate))
    return found, used


def _rate(document: Document, index: int, scale: re.Match[str]) -> Quantity | None:
    """The number next to the scale: before it in Russian and English, behind it in Kazakh."""
    counts = [q for q in document.of_sentence(index, COUNT) if q.end <= scale.start() or q.start >= scale.end()]
    ahead = [q for q in counts if q.end <= scale.start() and scale.start() - q.end <= _NEAR]
    behind = [q for q in counts if q.start >= scale.end() and q.start - scale.end() <= _NEAR]
    if behind and re.match(r"^[^.;]{0,30}шаққанда", document.sentences[index].text[scale.end() :], re.I):
        return behind[0]
    return ahead[-1] if ahead else behind[0] if behind else None


def _claim(document: Document, rate: Quantity) -> Claim:
    people = [q for q in document.quantities if q.kind == COUNT and _counts_people(document, q) and q != rate]
    counts = [
        q
        for q in document.quantities
        if q.kind == COUNT and "offence" in q.concepts | _loose(q) and q not in (rate, *people)
    ]
    at = (rate.sentence, rate.start)
    text = document.text(rate)
    if not people or not counts:
        return Claim(text, rate.surface, RATE, rate.value, None, None, None, CANNOT_TELL, NO_POPULATION, at=at)
    count = min(counts, key=lambda q: (abs(q.sentence - rate.sentence), -q.value))
    population = min(people, key=lambda q: abs(q.sentence - rate.sentence))
    value = count.value / population.value * SCALE
    (low, high), (few, many) = spread(count), spread(population)
    verdict = (
        judge(value, rate)
        or judge_rounded_inputs(low / many * SCALE, high / max(few, Fraction(1)) * SCALE, rate)
        or WRONG
    )
    params = {
        "count": claim_number(count.value),
        "population": claim_number(population.value),
        "rate": claim_number(value),
    }
    return Claim(
        text, rate.surface, RATE, rate.value, value, count.value, population.value, verdict, FITS, params, at=at
    )


def _counts_people(document: Document, quantity: Quantity) -> bool:
    near = " ".join(document.before(quantity).split()[-4:]) + " | " + " ".join(document.after(quantity).split()[:3])
    return quantity.value > SCALE and bool(_PEOPLE.search(near))


def _loose(quantity: Quantity) -> frozenset[str]:
    """Frauds and registered cases are offences too."""
    return frozenset({"offence"}) if quantity.concepts & {"fraud", "registered"} - lexicon.SPECIFIC else frozenset()
