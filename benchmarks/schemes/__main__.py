"""The scheme classifier on texts it never saw.

`python -m benchmarks.schemes [TABLE.jsonl]` writes docs/benchmarks/schemes.md.

TABLE has the columns of the narratives' development set (see docs/schemes.md); without it the development set is used.
"""

from __future__ import annotations

import platform
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from izker import tables
from izker.files import write_text
from izker.identifiers import extract
from izker.schemes import Classifier, Verdict, corpus, taxonomy
from izker.schemes.noise import latin, letterless
from izker.schemes.training import Material, by_scheme, calibrate, calibrated, held_out, right, softmax

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
CLASSES = ("impersonation", "advance_payment", "investment", "other")


def f1(truth: Sequence[str], given: Sequence[str], labels: Sequence[str]) -> float:
    """Macro-F1 over `labels`."""
    scores = []
    for label in labels:
        hit = sum(t == label == g for t, g in zip(truth, given, strict=True))
        wrong = sum((t == label) != (g == label) for t, g in zip(truth, given, strict=True))
        scores.append(2 * hit / max(2 * hit + wrong, 1))
    return float(np.mean(scores))


def ece(probability: Sequence[float], right_: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error with equal-width bins (Guo et al., 2017)."""
    p, hit = np.array(probability), np.array(right_)
    at = np.minimum((p * bins).astype(int), bins - 1)
    return float(
        sum(abs(p[at == b].mean() - hit[at == b].mean()) * (at == b).mean() for b in range(bins) if (at == b).any())
    )


def lenient_f1(
    first: Sequence[str], also: Sequence[Sequence[str] | None], given: Sequence[str], labels: Sequence[str]
) -> tuple[float, list[bool]]:
    """Macro-F1 over `labels` (a hit on a second right scheme counts as a hit on the first) and the hits."""
    truth = [g if g in (a or ()) else t for t, a, g in zip(first, also, given, strict=True)]
    return f1(truth, given, labels), [t == g for t, g in zip(truth, given, strict=True)]


def scheme_f1(frame: pl.DataFrame, verdicts: Sequence[Verdict]) -> tuple[float, list[bool]]:
    """`lenient_f1` of verdicts on the codes present."""
    first = frame["scheme"].to_list()
    return lenient_f1(first, frame["schemes_also"].to_list(), [v.scheme for v in verdicts], sorted(set(first)))


def speed(classifier: Classifier, texts: list[str]) -> tuple[float, float]:
    """Texts per second, one thread, medians of five runs over 2 000 texts: classified, and classified and extracted."""
    batch = (texts * (2000 // len(texts) + 1))[:2000]
    runs, both = [], []
    for _run in range(5):
        start = time.perf_counter()
        classifier.classify(batch)
        runs.append(len(batch) / (time.perf_counter() - start))
        for text in batch:
            extract(text)
        both.append(len(batch) / (time.perf_counter() - start))
    return statistics.median(runs), statistics.median(both)


def chat(name: str) -> list[str]:
    text = (DATA / "tg_spam" / name).read_text(encoding="utf-8", errors="replace")
    return [line for line in text.splitlines() if line.strip()]


def main() -> None:
    classifier = Classifier.load()
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA / "narratives" / "narratives_dev.jsonl"
    frame = tables.read(path)
    verdicts = classifier.classify(frame["text"].to_list())
    kept = [i for i, v in enumerate(verdicts) if not v.abstained]
    all_f1, hits = scheme_f1(frame, verdicts)
    kept_f1, _kept_hits = scheme_f1(frame[kept], [verdicts[i] for i in kept])
    truth = frame["mvd_class"].to_list()
    ministry = [
        f1([truth[i] for i in chosen], [verdicts[i].ministry_class for i in chosen], CLASSES)
        for chosen in (range(len(verdicts)), kept)
    ]
    kazakh = frame.filter((pl.col("lang") == "kk") & (pl.col("script") == "cyrl"))
    plain, _hits = scheme_f1(kazakh, classifier.classify(kazakh["text"].to_list()))
    bare, _hits = scheme_f1(kazakh, classifier.classify([letterless(t) for t in kazakh["text"]]))
    latins = [
        scheme_f1(kazakh, classifier.classify([latin(t, style) for t in kazakh["text"]]))[0] for style in range(4)
    ]
    alarms = {name: classifier.classify(chat(f"{name}-samples.txt")) for name in ("ham", "spam")}
    ham = sum(v.alarm for v in alarms["ham"]) / len(alarms["ham"])
    spam = sum(v.alarm for v in alarms["spam"]) / len(alarms["spam"])
    fraud = [v for v, t in zip(verdicts, frame["scheme"].to_list(), strict=True) if t != "none"]
    held = held_out(Material.of(corpus.lines()))
    settings = calibrate(held)
    guess = by_scheme(softmax(held.scores / settings["temperature"]))
    held_hits = right(held.lines, guess.argmax(axis=1))
    held_p = calibrated(guess.max(axis=1), settings["slope"], settings["shift"])
    codes = list(taxonomy())
    held_f1, _hits = lenient_f1(
        [line.scheme for line in held.lines], [line.also for line in held.lines],
        [codes[w] for w in guess.argmax(axis=1)], codes,
    )  # fmt: skip
    judged = np.array([line.read_twice and line.group in corpus.LATER for line in held.lines])
    rate, both = speed(classifier, frame["text"].to_list())
    lines = [
        "# Schemes: what the classifier scored", "",
        f"`python -m benchmarks.schemes {path.name if len(sys.argv) > 1 else ''}`".replace(" `", "`")
        + f" on {platform.machine()}, Python {platform.python_version()}, model `{classifier.version[:12]}`.", "",
        f"Texts: {frame.height} narratives ({path.name}), never trained on.",
        "docs/model-card.md tells how often they were looked at.", "",
        "| what | figure | target |", "|---|---|---|",
        f"| macro-F1, scheme codes, every text | {all_f1:.3f} | |",
        f"| macro-F1, scheme codes, not abstained | {kept_f1:.3f} | >= 0.80 |",
        f"| right, every text | {np.mean(hits):.3f} | |",
        f"| abstained | {1 - len(kept) / frame.height:.3f} | <= 0.10 |",
        f"| macro-F1, the Ministry's four classes, every text | {ministry[0]:.3f} | |",
        f"| macro-F1, the Ministry's four classes, not abstained | {ministry[1]:.3f} | >= 0.90 |",
        f"| ECE, 10 bins, these {frame.height} texts | {ece([v.probability for v in verdicts], hits):.3f} | <= 0.05 |",
        f"| right / macro-F1, {len(held.lines):,} statements of our corpus, their writer unread | "
        f"{held_hits.mean():.3f} / {held_f1:.3f} | |",
        f"| right, {judged.sum():,} of them that were labelled twice, by later writers | {held_hits[judged].mean():.3f} | |",
        f"| ECE, the same (T, a and b are fitted on them) | "
        f"{ece(held_p[judged].tolist(), held_hits[judged].tolist()):.3f} | |",
        f"| macro-F1, ordinary Kazakh ({kazakh.height}) | {plain:.3f} | |",
        f"| the same typed without its letters | {bare:.3f} | within 0.10 |",
        f"| the same in Latin letters (four spellings) | {min(latins):.3f}..{max(latins):.3f} | within 0.10 |",
        f"| alarms on ordinary chat (tg_spam ham, {len(alarms['ham'])}) | {ham:.4f} | <= 0.01 |",
        f"| alarms on tg_spam spam ({len(alarms['spam'])}; mostly advertising) | {spam:.3f} | |",
        f"| alarms on narratives of fraud ({len(fraud)}) | {np.mean([v.alarm for v in fraud]):.3f} | |",
        f"| texts a second, one core, verdict with reasons | {rate:,.0f} | |",
        f"| texts a second, one core, verdict and identifiers | {both:,.0f} | >= 2 000 |",
        "",
    ]  # fmt: skip
    text = "\n".join(lines)
    write_text(ROOT / "docs" / "benchmarks" / "schemes.md", text)
    print(text)


if __name__ == "__main__":
    main()
