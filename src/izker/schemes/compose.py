"""The training corpus: statements written for it, and statements composed from written parts.

`corpus/<scheme>.toml` holds, for kk, ru and en, whole statements (`whole`) and openings of the story (`entry`), one a
line. A line may end in `| code` for a second scheme that is also right. `corpus/shared.toml` holds parts that say
nothing about the scheme (who tells, how much was lost, how it ended) or that go on with a story of impersonation.

Nothing here was taken from a test set.
"""

from __future__ import annotations

import hashlib
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

from izker.schemes.noise import dirty, pick
from izker.schemes.taxonomy import taxonomy

CORPUS = Path(__file__).parent / "corpus"
LANGUAGES = ("kk", "ru", "en")
_SHARE = {"kk": 0.42, "ru": 0.36, "en": 0.22}
FOLDS = 5
GROUP = 5
"""Lines of one file, kind and language that share a fold; the same places in other languages join them."""
_THEN = {"kk": "Артынан", "ru": "Потом", "en": "Then"}


@dataclass(frozen=True, slots=True)
class Line:
    """One written line. `kind`: whole or entry; `fold`: the part of a held-out check that it belongs to; `plain`:
    small talk or a notice."""

    scheme: str
    also: str
    language: str
    kind: str
    text: str
    fold: int
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    text: str
    scheme: str
    also: str
    language: str
    plain: bool = False


@lru_cache(maxsize=1)
def lines() -> tuple[Line, ...]:
    """All written lines, in a fixed order."""
    found = []
    for path in sorted(CORPUS.glob("*.toml")):
        if path.stem == "shared":
            continue
        with path.open("rb") as file:
            table = tomllib.load(file)
        scheme = path.stem.partition("-")[0]
        plain = path.stem in {"none-chat", "none-notices"}
        for kind in ("whole", "entry"):
            for language in LANGUAGES:
                written = [raw for raw in table.get(kind, {}).get(language, "").splitlines() if raw.strip()]
                for place, raw in enumerate(written):
                    text, _, also = (part.strip() for part in raw.partition("|"))
                    # Neighbouring lines, and those at the same place in the other languages, often tell one idea:
                    # they are held out together.
                    group = f"{path.stem}:{kind}:{place // GROUP}"
                    fold = hashlib.sha256(group.encode()).digest()[0] % FOLDS
                    found.append(Line(scheme, also, language, kind, text, fold, plain))
    return tuple(found)


@lru_cache(maxsize=1)
def shared() -> dict[str, dict[str, list[str]]]:
    """Parts by name and language: before, mid, loss, after."""
    with (CORPUS / "shared.toml").open("rb") as file:
        table = tomllib.load(file)
    return {
        name: {lang: [t for t in text.splitlines() if t.strip()] for lang, text in value.items()}
        for name, value in table.items()
    }


class Composer:
    """Draws samples from a set of lines; the same seed gives the same samples on any machine."""

    def __init__(self, pool: list[Line], seed: int) -> None:
        self._rng = random.Random(seed)
        self._lines: dict[tuple[str, str, str], list[Line]] = {}
        for line in pool:
            self._lines.setdefault((line.scheme, line.language, line.kind), []).append(line)

    def samples(self, count: int, extra_none: float = 1.4) -> Iterator[Sample]:
        """`count` samples, schemes evenly but `none` `extra_none` times as often."""
        codes = list(taxonomy())
        weights = [extra_none if c == "none" else 1.0 for c in codes]
        total = sum(weights)
        for _i in range(count):
            at = self._rng.random() * total
            sample = self._draw(codes[next(i for i, reached in enumerate(accumulate(weights)) if at < reached)])
            if sample is not None:
                yield sample

    def _draw(self, scheme: str) -> Sample | None:
        rng = self._rng
        at = rng.random()
        language = "kk" if at < _SHARE["kk"] else "ru" if at < _SHARE["kk"] + _SHARE["ru"] else "en"
        whole = self._lines.get((scheme, language, "whole"), [])
        entry = self._lines.get((scheme, language, "entry"), [])
        if not whole and not entry:
            return None
        if whole and (not entry or rng.random() < 0.55):
            line = whole[int(rng.random() * len(whole))]
            text = line.text
            if scheme == "none":
                text = self._piece(text)
            elif rng.random() < 0.25:
                text = self._around(text, language, light=True)
        else:
            line = entry[int(rng.random() * len(entry))]
            text = line.text
            if scheme.startswith("impersonation_"):
                if rng.random() < 0.55:
                    text = f"{text}. {self._part('mid', language)}"
                if not line.also and rng.random() < 0.25:
                    second = self._second(scheme, language)
                    line, text = replace(line, also=second.scheme), f"{text}. {_THEN[language]} {second.text}"
            if scheme != "none":
                text = self._around(text, language, light=False)
        return Sample(dirty(text, language, rng), scheme, line.also, language)

    def _second(self, scheme: str, language: str) -> Line:
        """The second voice of a two-stage story: a bank or the police, whoever did not speak first."""
        other = (
            "impersonation_police"
            if scheme == "impersonation_bank" or self._rng.random() < 0.5
            else "impersonation_bank"
        )
        if other == scheme:
            other = "impersonation_bank"
        lines = self._lines[other, language, "entry"]
        return lines[int(self._rng.random() * len(lines))]

    def _piece(self, text: str) -> str:
        """Now and then only some words of an ordinary text: chat comes in scraps."""
        words = text.split()
        if len(words) < 4 or self._rng.random() > 0.3:
            return text
        start = int(self._rng.random() * (len(words) - 2))
        return " ".join(words[start : start + 2 + int(self._rng.random() * 6)])

    def _around(self, text: str, language: str, *, light: bool) -> str:
        rng = self._rng
        if rng.random() < (0.3 if light else 0.5):
            text = f"{self._part('before', language)} {text}"
        if not light and rng.random() < 0.6:
            text = f"{text}. {self._part('loss', language)}"
        if rng.random() < 0.5:
            text = f"{text}. {self._part('after', language)}"
        return text

    def _part(self, name: str, language: str) -> str:
        return pick(self._rng, shared()[name][language])
