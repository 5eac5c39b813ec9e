"""Training: a multinomial logistic model over `features`, fitted by AdaGrad with feature dropout, one thread, fixed
order.

Method: Duchi, Hazan, Singer, "Adaptive Subgradient Methods", JMLR 12 (2011); dropout of inputs as in Srivastava et al.,
JMLR 15 (2014), which makes the model lean on many words rather than few. Temperature and the map of the winner's
log-odds are fitted on lines held out of training (Guo et al., ICML 2017; Platt 1999): whole statements none of whose
text the fold's model has seen. No test set takes part.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy.optimize import minimize, minimize_scalar

from izker.schemes import ngrams
from izker.schemes.compose import FOLDS, Composer, Line, Sample, lines
from izker.schemes.features import EXTRA_VALUE, layout, see
from izker.schemes.model import payload
from izker.schemes.noise import dirty
from izker.schemes.taxonomy import taxonomy

SAMPLES = 30_000
EPOCHS = 4
RATE = 0.25
DECAY = 1e-3
DROP = 0.35
FITS = 2
"""The final model is the mean of this many fits."""
ALSO = 0.25
"""Share of the target that a second right scheme gets."""
ABSTAIN = 0.085
"""Share of held-out statements on which the classifier is to abstain."""
ALARM = 0.01
"""Share of held-out ordinary chat and notices that may raise an alarm; sets the working threshold."""
SEED = 20_260_116

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Sparse rows: features of row i are `index[start[i]:start[i+1]]` with `value`; `target` (rows, classes) sums to
    one a row."""

    start: npt.NDArray[np.int64]
    index: npt.NDArray[np.int32]
    value: npt.NDArray[np.float64]
    target: Floats


def classes() -> tuple[str, ...]:
    return tuple(taxonomy())


def rows(samples: Sequence[Sample]) -> Rows:
    """Samples as the model sees them."""
    codes = {code: i for i, code in enumerate(classes())}
    start = np.zeros(len(samples) + 1, np.int64)
    index, value = [], []
    target = np.zeros((len(samples), len(codes)))
    for i, sample in enumerate(samples):
        seen = see(sample.text)
        features, _places = ngrams.hashed(seen.data)
        index += [features, seen.extra]
        value += [np.full(features.size, 1 / np.sqrt(max(features.size, 1))), np.full(seen.extra.size, EXTRA_VALUE)]
        start[i + 1] = start[i] + features.size + seen.extra.size
        target[i, codes[sample.scheme]] = 1.0
        if sample.also:
            target[i, codes[sample.scheme]] = 1 - ALSO
            target[i, codes[sample.also]] = ALSO
    return Rows(start, np.concatenate(index), np.concatenate(value), target)


@njit(cache=True)
def _fit(
    start: npt.NDArray[np.int64], index: npt.NDArray[np.int32], value: Floats, target: Floats, features: int,
    order: npt.NDArray[np.int64],
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


def fit(samples: Sequence[Sample], seed: int, weight: npt.NDArray[np.int64] | None = None) -> tuple[Floats, Floats]:
    """Weights (features, classes) and bias. `weight`: how many times each sample is shown an epoch (default once)."""
    data = rows(samples)
    order = []
    shown = np.repeat(
        np.arange(len(samples)), weight if weight is not None else np.ones(len(samples), np.int64)
    ).tolist()
    rng = random.Random(seed)
    for _epoch in range(EPOCHS):
        rng.shuffle(shown)
        order += shown
    weights, bias = _fit(
        data.start,
        data.index,
        data.value,
        data.target,
        layout()["size"],
        np.array(order, np.int64),
        RATE,
        DECAY,
        DROP,
        seed,
    )
    return weights, bias


def raw_scores(samples: Sequence[Sample], weights: Floats, bias: Floats) -> Floats:
    data = rows(samples)
    out = np.empty((len(samples), bias.size))
    for i in range(len(samples)):
        part = slice(data.start[i], data.start[i + 1])
        out[i] = bias + data.value[part] @ weights[data.index[part]]
    return out


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Scores of whole statements by models that never saw them, with the right answers."""

    scores: Floats
    samples: list[Sample]


def held_out(count: int = SAMPLES // 2) -> HeldOut:
    """Each fold's whole statements (as written and once dirtied), scored by a model of the other folds' lines."""
    scores, kept = [], []
    for fold in range(FOLDS):
        others = [line for line in lines() if line.fold != fold]
        weights, bias = fit(list(Composer(others, SEED + fold).samples(count)), SEED + fold)
        rng = random.Random(SEED + 100 + fold)
        test = []
        for line in lines():
            if line.fold == fold and line.kind == "whole":
                test.append(Sample(line.text, line.scheme, line.also, line.language, line.plain))
                test.append(
                    Sample(dirty(line.text, line.language, rng), line.scheme, line.also, line.language, line.plain)
                )
        scores.append(raw_scores(test, weights, bias))
        kept += test
    return HeldOut(np.concatenate(scores), kept)


def softmax(z: Floats) -> Floats:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def right(samples: Sequence[Sample], winners: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether each winner is the scheme or the second right one."""
    codes = classes()
    return np.array([codes[w] in (s.scheme, s.also) for s, w in zip(samples, winners, strict=True)])


def calibrate(held: HeldOut) -> dict[str, float]:
    """Temperature, slope and shift of the winner's log-odds, and the threshold of abstention, from held-out
    statements."""
    codes = {code: i for i, code in enumerate(classes())}
    truth = np.array([codes[s.scheme] for s in held.samples])

    def loss(log_t: float) -> float:
        p = softmax(held.scores / np.exp(log_t))
        return float(-np.log(np.maximum(p[np.arange(len(truth)), truth], 1e-12)).mean())

    temperature = round(float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x)), 3)
    p = softmax(held.scores / temperature)
    top = np.clip(p.max(axis=1), 1e-6, 1 - 1e-6)
    hit = right(held.samples, p.argmax(axis=1))
    odds = np.log(top / (1 - top))

    def platt(x: Floats) -> float:
        z = x[0] * odds + x[1]
        return float(np.logaddexp(0, np.where(hit, -z, z)).mean())

    slope, shift = (round(float(v), 3) for v in minimize(platt, np.array([1.0, 0.0]), method="Nelder-Mead").x)
    probability = 1 / (1 + np.exp(-(slope * odds + shift)))
    threshold = round(float(np.quantile(probability, ABSTAIN)), 3)
    none = codes["none"]
    winner_none = p.argmax(axis=1) == none
    fraud = np.where(winner_none, 1 - probability, 1 - (1 - probability) * p[:, none] / np.maximum(1 - top, 1e-9))
    chat = np.array([s.scheme == "none" and s.plain for s in held.samples])
    alarm = round(float(min(np.quantile(fraud[chat], 1 - ALARM), 0.99)), 3)
    return {"temperature": temperature, "slope": slope, "shift": shift, "threshold": threshold, "alarm": alarm}


def _mean(models: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Linear models that differ in order and dropout only, averaged."""
    return sum((w for w, _b in models[1:]), models[0][0]) / len(models), sum(
        (b for _w, b in models[1:]), models[0][1]
    ) / len(models)


def train(corrections: Sequence[Line] = ()) -> tuple[bytes, dict[str, Any]]:
    """The content of a model file and what the held-out check said. `corrections` are shown beside the corpus."""
    held = held_out()
    settings = calibrate(held)
    samples = list(Composer([*lines()], SEED).samples(SAMPLES))
    weight = np.ones(len(samples), np.int64)
    rng = random.Random(SEED + 7)
    for line in corrections:
        samples += [Sample(line.text, line.scheme, line.also, line.language)]
        samples += [
            Sample(dirty(line.text, line.language, rng), line.scheme, line.also, line.language) for _ in range(5)
        ]
    weight = np.concatenate([weight, np.full(len(samples) - weight.size, 2, np.int64)])
    weights, bias = _mean([fit(samples, SEED + i, weight) for i in range(FITS)])
    p = softmax(held.scores / settings["temperature"])
    hit = right(held.samples, p.argmax(axis=1))
    about = {
        "statements": sum(line.kind == "whole" for line in lines()),
        "openings": sum(line.kind == "entry" for line in lines()),
        "samples": len(samples),
        "corrections": len(corrections),
        "held_out_accuracy": round(float(hit.mean()), 4),
        "seed": SEED,
    }
    return payload(classes(), weights, bias, {**settings, "about": about}), about
