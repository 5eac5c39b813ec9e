"""The training corpus: statements written for it by several hands.

`corpus/<writer>/<scheme>.toml` holds statements in kk, ru and en, one a line (`whole`); the house's files also hold
openings of a story (`entry`). After ` | ` may stand, with commas, second schemes that are also right and `prepaid` (a
buyer who paid ahead through a link or QR). `corpus/second-reading.tsv` holds what a second reader, who saw no labels,
called a random choice of them. Nothing here was taken from a test set.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from izker.schemes.taxonomy import ministry_class
from izker.words import LANGUAGES

CORPUS = Path(__file__).parent / "corpus"
PREPAID = "prepaid"
PLAIN = frozenset(["none-chat", "none-notices"])
"""Files of small talk and ordinary notices: what may raise an alarm least of all."""
LATER = frozenset(["bulletin", "capital", "elders", "hotline", "north", "south"])
"""Writers who came after the lexicon of fields: their words are as new to it as those of a report will be."""
BLOCK = 5  # neighbouring lines of a file often tell one idea: they are held out together


@dataclass(frozen=True, slots=True)
class Line:
    """One written statement. `also`: second schemes that are right too; `ministry_class`: see `taxonomy`; `group`: the
    lines that are held out together, a writer's or half of the small talk; `opening`: only the beginning of a story;
    `plain`: small talk or a notice; `read_twice`: a second reader's codes stand in `also` where they differ."""

    text: str
    scheme: str
    also: tuple[str, ...]
    ministry_class: str
    language: str
    group: str
    opening: bool = False
    plain: bool = False
    read_twice: bool = False


def line(text: str, scheme: str, marks: tuple[str, ...], language: str, group: str, **kind: bool) -> Line:
    """A line whose Ministry class follows from its scheme and marks."""
    also = tuple(m for m in marks if m not in (PREPAID, scheme))
    prepaid = PREPAID in marks or "advance_payment" in marks
    pretext = any(m.startswith("impersonation_") for m in marks)
    return Line(text, scheme, also, ministry_class(scheme, prepaid=prepaid, pretext=pretext), language, group, **kind)


@lru_cache(maxsize=1)
def lines() -> tuple[Line, ...]:
    """All written lines, in a fixed order."""
    return tuple(found for path in sorted(CORPUS.glob("*/*.toml")) for found in _read(path))


@lru_cache(maxsize=1)
def second_reading() -> dict[str, tuple[str, ...]]:
    """Codes that the second reader gave, by the beginning of a statement's SHA-256."""
    rows = (row.split("\t") for row in (CORPUS / "second-reading.tsv").read_text("utf-8").splitlines())
    return {key: tuple(codes.split(",")) for key, codes in rows}


def key(text: str) -> str:
    """What names a statement in the second reading."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _read(path: Path) -> list[Line]:
    with path.open("rb") as file:
        table = tomllib.load(file)
    scheme, plain = path.stem.partition("-")[0], path.stem in PLAIN
    found = []
    for kind in ("whole", "entry"):
        for language in LANGUAGES:
            written = [raw for raw in table.get(kind, {}).get(language, "").splitlines() if raw.strip()]
            for place, raw in enumerate(written):
                text, _, rest = (part.strip() for part in raw.partition("|"))
                marks = tuple(m.strip() for m in rest.split(",") if m.strip())
                block = hashlib.sha256(f"{path.stem}:{place // BLOCK}".encode()).digest()[0]
                group = f"talk {block % 2}" if plain else path.parent.name
                one = line(text, scheme, marks, language, group, opening=kind == "entry", plain=plain)
                if (second := second_reading().get(key(text))) is not None:
                    also = tuple(dict.fromkeys((*one.also, *(code for code in second if code != scheme))))
                    one = replace(one, also=also, read_twice=True)
                found.append(one)
    return found
