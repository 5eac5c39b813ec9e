"""Texts to verdicts: scheme, facets, calibrated probability, the words that decided; abstains when unsure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from izker.schemes import ngrams
from izker.schemes.features import Seen, see
from izker.schemes.model import DEFAULT, Model, load
from izker.schemes.rules import facets, rules, suggest
from izker.schemes.taxonomy import taxonomy
from izker.schemes.text import NUMBER, URL, fold
from izker.words import N_

ARABIC = N_("the text is in Arabic script, which the classifier does not read: a person must read it")
EMPTY = N_("there are no words to judge by")
UNSURE = N_("no scheme is likely enough: a person must read it")
Floats = npt.NDArray[np.float64]
_WORDS = 6
_FILLERS = frozenset(
    part
    for word in """
    деп деді деген болып мен мені маған менің оны оған және үшін екен кейін соң шалып да де ғой қой осы бір сол еді
    жүр тұр отыр бар жоқ что как это мне меня мой моя мою его она они был была было были для при под над или уже еще
    ещё потом через после якобы мол есть нет сказал сказали the and was were for with that this they them her his
    she had has have from into not said told me my you your are been who when then than but
    """.split()  # noqa: SIM905
    for keep_latin in (True, False)
    for part in fold(word, keep_latin=keep_latin)
)
"""Words too common to explain anything."""


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule that fired and the spans (start, end in `Verdict.text`) of the words that fired it."""

    rule: str
    scheme: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the classifier thinks of one text.

    `ministry_class`: the likeliest of the Ministry's classes, all schemes summed. `probability`: calibrated, of `scheme`
    being right. `fraud`: calibrated probability that it is a fraud at all;
    `alarm`: True where that passes the working threshold and a scheme was named. `abstained`: a person must decide
    (`reason` says why); `scheme` is then the best guess only. `because`: words that decided, strongest first.
    `alternatives`: the next schemes with their probabilities. `suggested`: what the rules alone say.
    `version`: hash of the model. `text`: the cleaned text that spans point into.
    """

    scheme: str
    ministry_class: str
    probability: float
    abstained: bool
    reason: str
    fraud: float
    alarm: bool
    channel: str
    technique: list[str]
    money_route: str
    because: list[str]
    alternatives: list[tuple[str, float]]
    suggested: str
    rules: tuple[RuleHit, ...]
    script: str
    text: str
    version: str

    def as_json(self) -> dict[str, Any]:
        """The record of the command line contract, with more keys."""
        return {
            "scheme": self.scheme, "ministry_class": self.ministry_class, "probability": self.probability,
            "abstained": self.abstained, "channel": self.channel, "technique": self.technique,
            "money_route": self.money_route,
            "because": self.because, "alternatives": [[s, p] for s, p in self.alternatives], "fraud": self.fraud,
            "alarm": self.alarm, "suggested": self.suggested, "script": self.script, "version": self.version[:12],
            "rules": [{"rule": r.rule, "scheme": r.scheme, "spans": [list(s) for s in r.spans]} for r in self.rules],
        }  # fmt: skip


class Classifier:
    """A loaded model. Safe to share between threads: it holds no state of a call."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._none = model.schemes.index("none")

    @classmethod
    def load(cls, path: Path = DEFAULT) -> Classifier:
        return cls(load(path))

    @property
    def version(self) -> str:
        return self.model.version

    def classify(self, texts: Sequence[str]) -> list[Verdict]:
        """One verdict a text, in order."""
        return [self._one(text) for text in texts]

    def probabilities(self, text: str) -> Floats:
        """Temperature-scaled probabilities over `model.schemes` (before the winner is calibrated)."""
        return self._by_scheme(self._softmax(self._score(see(text))[0]))

    def _score(self, seen: Seen) -> tuple[ngrams.Floats, ngrams.Ints, ngrams.Ints]:
        m = self.model
        result: tuple[ngrams.Floats, ngrams.Ints, ngrams.Ints] = ngrams.score(
            seen.data, seen.extra, seen.extra_value, m.weights, m.bias
        )
        return result

    def _softmax(self, scores: ngrams.Floats) -> Floats:
        z = scores.astype(np.float64) / self.model.temperature
        z = np.exp(z - z.max())
        return np.asarray(z / z.sum())

    def _by_scheme(self, p: Floats) -> Floats:
        return np.asarray(np.bincount(self.model.scheme_of, p), np.float64)

    def _calibrated(self, p: float) -> float:
        p = min(max(p, 1e-6), 1 - 1e-6)
        z = self.model.slope * math.log(p / (1 - p)) + self.model.shift
        return 1 / (1 + math.exp(-z))

    def _one(self, text: str) -> Verdict:
        seen = see(text)
        if seen.tokens.arabic or seen.tokens.script == "none":
            return self._silent(seen, ARABIC if seen.tokens.arabic else EMPTY)
        m = self.model
        scores, features, places = self._score(seen)
        outputs = self._softmax(scores)
        p = self._by_scheme(outputs)
        order = np.argsort(-p, kind="stable")[:4].tolist()
        scheme = m.schemes[order[0]]
        probability = self._calibrated(float(p[order[0]]))
        left = 1 - probability
        rest = max(1 - float(p[order[0]]), 1e-9)
        fraud = left if scheme == "none" else 1 - left * float(p[self._none]) / rest
        abstained = probability < m.threshold
        said = ngrams.shares(
            features, places, seen.extra, seen.extra_value, seen.extra_token, m.weights,
            int(np.where(m.scheme_of == order[0], outputs, -1).argmax()), len(seen.tokens.folded),
        )  # fmt: skip
        channel, technique, route = facets(seen.concepts, seen.first, scheme, NUMBER in seen.tokens.folded)
        likely = taxonomy()[scheme]
        return Verdict(
            scheme=scheme,
            ministry_class=m.classes[int(np.bincount(m.class_of, outputs).argmax())],
            probability=round(probability, 4),
            abstained=abstained,
            reason=UNSURE if abstained else "",
            fraud=round(fraud, 4),
            alarm=likely.fraud and not abstained and fraud >= m.alarm,
            channel=channel,
            technique=technique,
            money_route=route,
            because=_because(seen, said),
            alternatives=[(m.schemes[k], round(float(p[k]) * left / rest, 4)) for k in order[1:]],
            suggested=suggest(seen.fired)[0],
            rules=_cite(seen),
            script=seen.tokens.script,
            text=seen.tokens.text,
            version=m.version,
        )

    def _silent(self, seen: Seen, reason: str) -> Verdict:
        return Verdict(
            "none", "none", 0.0, True, reason, 0.0, False, "unknown", [], "unknown", [], [], suggest(seen.fired)[0],
            _cite(seen),
            seen.tokens.script, seen.tokens.text, self.model.version,
        )  # fmt: skip


def _because(seen: Seen, said: ngrams.Floats) -> list[str]:
    words: list[str] = []
    for i in np.argsort(-said, kind="stable")[: 3 * _WORDS].tolist():
        if said[i] <= 0 or len(words) == _WORDS:
            break
        folded = seen.tokens.folded[i]
        if folded in (NUMBER, URL) or folded in _FILLERS or len(folded) < 3:
            continue
        word = seen.tokens.word(i)
        if word not in words:
            words.append(word)
    return words


def _cite(seen: Seen) -> tuple[RuleHit, ...]:
    cited = []
    for i in seen.fired:
        rule = rules()[i]
        wanted = rule.all | rule.any
        spans = []
        for hit in seen.hits:
            if wanted >> hit.concept & 1 and seen.first[hit.concept] == hit.start:
                span = (seen.tokens.spans[hit.start][0], seen.tokens.spans[hit.end][1])
                if span not in spans:
                    spans.append(span)
        cited.append(RuleHit(rule.name, rule.scheme, tuple(spans)))
    return tuple(cited)


@lru_cache(maxsize=1)
def default() -> Classifier:
    """The classifier with the model that came with the program."""
    return Classifier.load()


def classify(texts: Sequence[str]) -> list[Verdict]:
    """One verdict a text, by the model that came with the program."""
    return default().classify(texts)
