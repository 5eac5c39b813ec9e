"""Training: a multinomial logistic model over `features`, fitted by AdaGrad with feature dropout, in a fixed order.

Method: Duchi, Hazan, Singer, "Adaptive Subgradient Methods", JMLR 12 (2011); dropout of inputs as in Srivastava et al.,
JMLR 15 (2014), which makes the model lean on many words rather than few. Temperature and the map of the winner's
log-odds (Guo et al., ICML 2017; Platt 1999) and the threshold of abstention are fitted on statements that stand to the
model as a new report will: written by a hand that neither it nor the lexicon's author has read. They were labelled a
second time, blind: a probability learned from one writer's labels would carry his slips and stay too low. No test set
takes part.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy.optimize import minimize, minimize_scalar

from izker.schemes import ngrams
from izker.schemes.corpus import LATER, Line, lines
from izker.schemes.features import layout, see
from izker.schemes.model import Output, payload
from izker.schemes.noise import dirty
from izker.schemes.taxonomy import taxonomy

COPIES = 2
"""Each statement is shown as it was written and in this many dirtied copies."""
EPOCHS = 4
RATE = 0.25
DECAY = 3e-4
DROP = 0.35
FOLDS = 6
"""The groups of the corpus are held out in this many portions."""
FITS = 2
"""The final model is the mean of this many fits."""
ALSO = 0.15
"""Share of the target that second right schemes get."""
ABSTAIN = 0.07
"""Share of held-out statements on which the classifier is to abstain; a tenth is allowed."""
ALARM = 0.01
"""Share of held-out small talk and notices that may raise an alarm; sets the working threshold."""
SEED = 20_260_116

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def outputs() -> tuple[Output, ...]:
    """What is told apart: each scheme with its usual Ministry class, and the two that have another one at times."""
    usual = [(code, scheme.ministry_class) for code, scheme in taxonomy().items()]
    return (*usual, ("marketplace_phishing", "advance_payment"), ("loan_in_name", "impersonation"))


@dataclass(frozen=True, slots=True)
class Rows:
    """Sparse rows, one a text: features of row i are `index[start[i]:start[i+1]]` with `value`."""

    start: Ints
    index: npt.NDArray[np.int32]
    value: Floats


def rows(texts: Sequence[str]) -> Rows:
    """Texts as the model sees them."""
    start = np.zeros(len(texts) + 1, np.int64)
    index, value = [], []
    for i, text in enumerate(texts):
        seen = see(text)
        features, _places = ngrams.hashed(seen.data)
        index += [features, seen.extra]
        value += [np.full(features.size, 1 / np.sqrt(max(features.size, 1))), seen.extra_value]
        start[i + 1] = start[i] + features.size + seen.extra.size
    return Rows(start, np.concatenate(index), np.concatenate(value).astype(np.float64))


def targets(samples: Sequence[Line]) -> Floats:
    """(samples, outputs): how right each output is; a row sums to one."""
    known = outputs()
    place = {output: i for i, output in enumerate(known)}
    usual = {scheme: i for i, (scheme, _class) in reversed(list(enumerate(known)))}
    out = np.zeros((len(samples), len(known)))
    for row, sample in zip(out, samples, strict=True):
        row[place[sample.scheme, sample.ministry_class]] = 1 - ALSO * bool(sample.also)
        for also in sample.also:
            row[usual[also]] += ALSO / len(sample.also)
    return out


@njit(cache=True, nogil=True)
def _fit(
    start: Ints, index: npt.NDArray[np.int32], value: Floats, target: Floats, features: int, order: Ints,
    rate: float, decay: float, drop: float, seed: int,
) -> tuple[Floats, Floats]:  # fmt: skip
    classes = target.shape[1]
    weights = np.zeros((features, classes))
    squares = np.full((features, classes), 1e-3)
    bias = np.zeros(classes)
    bias_squares = np.full(classes, 1.0)
    state = np.uint64(seed)
    limit = np.uint64(int(drop * 4294967296.0))
    scale = 1.0 / (1.0 - drop)
    kept = np.empty(index.size, np.int64)
    z = np.empty(classes)
    for o in range(order.size):
        row = order[o]
        n = 0
        for i in range(start[row], start[row + 1]):
            state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
            if (state >> np.uint64(32)) >= limit:
                kept[n] = i
                n += 1
        z[:] = bias
        for j in range(n):
            f = index[kept[j]]
            x = value[kept[j]] * scale
            for k in range(classes):
                z[k] += weights[f, k] * x
        top = z.max()
        total = 0.0
        for k in range(classes):
            z[k] = np.exp(z[k] - top)
            total += z[k]
        for k in range(classes):
            z[k] = z[k] / total - target[row, k]
            bias_squares[k] += z[k] * z[k]
            bias[k] -= rate * 0.1 * z[k] / np.sqrt(bias_squares[k])
        for j in range(n):
            f = index[kept[j]]
            x = value[kept[j]] * scale
            for k in range(classes):
                g = z[k] * x + decay * weights[f, k]
                squares[f, k] += g * g
                weights[f, k] -= rate * g / np.sqrt(squares[f, k])
    return weights, bias


@dataclass(frozen=True)
class Material:
    """All that is shown to a model: statements as written, then their dirtied copies, one after another.

    `origin[i]`: which of `lines` sample i is or was made of.
    """

    lines: list[Line]
    data: Rows
    target: Floats
    origin: Ints = field(repr=False)

    @classmethod
    def of(cls, given: Sequence[Line], seed: int = SEED) -> Material:
        rng = random.Random(seed)
        copies = [dirty(line.text, line.language, rng) for _copy in range(COPIES) for line in given]
        target = np.tile(targets(given), (COPIES + 1, 1))
        origin = np.tile(np.arange(len(given)), COPIES + 1)
        return cls(list(given), rows([line.text for line in given] + copies), target, origin)

    def fit(self, chosen: Ints, seed: int) -> tuple[Floats, Floats]:
        """Weights (features, outputs) and bias from the lines numbered in `chosen`; one named twice counts twice."""
        times = np.bincount(chosen, minlength=len(self.lines))
        shown = np.repeat(np.arange(self.origin.size), times[self.origin]).tolist()
        rng = random.Random(seed)
        order: list[int] = []
        for _epoch in range(EPOCHS):
            rng.shuffle(shown)
            order += shown
        d = self.data
        weights, bias = _fit(
            d.start, d.index, d.value, self.target, layout()["size"], np.array(order, np.int64), RATE, DECAY, DROP, seed
        )
        return weights, bias

    def scores(self, chosen: Ints, weights: Floats, bias: Floats) -> Floats:
        """Raw scores of the lines numbered in `chosen`, as written."""
        d = self.data
        parts = [slice(d.start[i], d.start[i + 1]) for i in chosen]
        return np.array([bias + d.value[part] @ weights[d.index[part]] for part in parts]).reshape(-1, bias.size)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Scores of whole statements by models that never saw a line of their group, with the right answers."""

    scores: Floats
    lines: list[Line]


def held_out(material: Material) -> HeldOut:
    """Every group's whole statements, scored by a model of none but other groups."""
    groups = sorted({line.group for line in material.lines})
    portion = {group: i % FOLDS for i, group in enumerate(groups)}

    def score(number: int) -> tuple[Floats, list[Line]]:
        others, mine = [], []
        for i, line in enumerate(material.lines):
            if portion[line.group] != number:
                others.append(i)
            elif not line.opening:
                mine.append(i)
        fitted = material.fit(np.array(others), SEED + 1 + number)
        return material.scores(np.array(mine), *fitted), [material.lines[i] for i in mine]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = list(pool.map(score, range(min(FOLDS, len(groups)))))
    return HeldOut(np.concatenate([z for z, _l in done]), [line for _z, part in done for line in part])


def softmax(z: Floats) -> Floats:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def by_scheme(p: Floats) -> Floats:
    """(texts, schemes) of probabilities over outputs."""
    codes = list(taxonomy())
    member = np.array([[scheme == code for code in codes] for scheme, _class in outputs()], float)
    return np.asarray(p @ member)


def right(given: Sequence[Line], winners: Ints) -> npt.NDArray[np.bool_]:
    """Whether each winning scheme (a place in the taxonomy) is the scheme or a second right one."""
    codes = list(taxonomy())
    return np.array([codes[w] == line.scheme or codes[w] in line.also for line, w in zip(given, winners, strict=True)])


def log_odds(p: Floats) -> Floats:
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(p / (1 - p)))


def calibrated(top: Floats, slope: float, shift: float) -> Floats:
    """Probability of the likeliest scheme being right, from its share `top` of the softmax."""
    return np.asarray(1 / (1 + np.exp(-(slope * log_odds(top) + shift))))


def calibrate(held: HeldOut) -> dict[str, float]:
    """Temperature, slope and shift of the winner's log-odds, threshold of abstention (from held-out lines of the later
    writers that were read twice) and of alarm (from small talk)."""
    judged = np.array([line.read_twice and line.group in LATER for line in held.lines])
    truth = targets(held.lines)[judged]

    def loss(log_t: float) -> float:
        p = softmax(held.scores[judged] / np.exp(log_t))
        return float(-(truth * np.log(np.maximum(p, 1e-12))).sum(axis=1).mean())

    temperature = round(float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x)), 3)
    p = by_scheme(softmax(held.scores / temperature))
    top = p.max(axis=1)
    odds = log_odds(top[judged])
    hit = right(held.lines, p.argmax(axis=1))[judged]

    def platt(x: Floats) -> float:
        z = x[0] * odds + x[1]
        return float(np.logaddexp(0, np.where(hit, -z, z)).mean())

    slope, shift = (round(float(v), 3) for v in minimize(platt, np.array([1.0, 0.0]), method="Nelder-Mead").x)
    probability = calibrated(top, slope, shift)
    threshold = round(float(np.quantile(probability[judged], ABSTAIN)), 3)
    none = list(taxonomy()).index("none")
    fraud = np.where(
        p.argmax(axis=1) == none, 1 - probability, 1 - (1 - probability) * p[:, none] / np.maximum(1 - top, 1e-9)
    )
    talk = np.array([line.plain for line in held.lines])
    alarm = round(float(min(np.quantile(fraud[talk], 1 - ALARM), 0.99)), 3)
    return {"temperature": temperature, "slope": slope, "shift": shift, "threshold": threshold, "alarm": alarm}


def train(corrections: Sequence[Line] = ()) -> tuple[bytes, dict[str, Any]]:
    """The content of a model file and what the held-out check said. `corrections` are shown twice beside the corpus."""
    written = Material.of(lines())
    held = held_out(written)
    settings = calibrate(held)
    everything = Material.of([*lines(), *corrections]) if corrections else written
    shown = np.arange(len(everything.lines))
    shown = np.concatenate([shown, shown[len(written.lines) :]])
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        fits = list(pool.map(lambda number: everything.fit(shown, SEED + 100 + number), range(FITS)))
    weights, bias = (sum(parts[1:], parts[0]) / FITS for parts in zip(*fits, strict=True))
    winners = by_scheme(softmax(held.scores)).argmax(axis=1)
    twice = sum(line.read_twice for line in written.lines)
    about = {
        "statements": len(written.lines),
        "writers": len({line.group for line in written.lines if not line.plain}),
        "read_twice": twice,
        "samples": everything.origin.size,
        "corrections": len(corrections),
        "held_out_accuracy": round(float(right(held.lines, winners).mean()), 4),
        "seed": SEED,
    }
    return payload(outputs(), weights, bias, {**settings, "about": about}), about
