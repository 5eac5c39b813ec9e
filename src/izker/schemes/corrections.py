"""Officers' corrections: texts whose scheme a person decided. They are shown to the next training."""

from __future__ import annotations

from pathlib import Path

from izker import tables
from izker.schemes.corpus import Line, line
from izker.schemes.taxonomy import taxonomy
from izker.schemes.text import tokens
from izker.words import N_, Problem

ALIASES = {"scheme": ("chosen", "chosen_scheme", "label"), "by": ("officer",), "at": ("when", "ts")}


def read(path: Path) -> tuple[list[Line], list[Problem]]:
    """Corrections from a table (JSON Lines, Parquet, CSV, XLSX) with columns text, scheme, by, at.

    A row without text, with an unknown scheme, without who decided or when is left out and told; the last decision on
    a text counts.
    """
    frame, problems = tables.read_with_problems(path)
    frame = tables.require(frame, ("text", "scheme", "by", "at"), path.name, aliases=ALIASES)
    known = taxonomy()
    kept: dict[str, Line] = {}
    for number, row in enumerate(frame.iter_rows(named=True), 2):
        text = str(row["text"] or "").strip()
        scheme = str(row["scheme"] or "").strip()
        if not text:
            problems.append(
                Problem(N_("the correction has no text: leave the row out"), file=path.name, row=number, column="text")
            )
        elif scheme not in known:
            reason = N_("there is no scheme {scheme}: use one of {known}")
            params = {"scheme": scheme, "known": ", ".join(known)}
            problems.append(Problem(reason, params, file=path.name, row=number, column="scheme"))
        elif row["by"] is None or row["at"] is None:
            problems.append(
                Problem(
                    N_("the correction does not say who decided and when: fill in by and at"),
                    file=path.name,
                    row=number,
                    column="by",
                )
            )
        else:
            kept.pop(text, None)
            kept[text] = line(text, scheme, (), language(text), "officers")
    return list(kept.values()), problems


def language(text: str) -> str:
    """kk, ru or en, good enough to choose how a text is dirtied for training."""
    read_text = tokens(text)
    if read_text.script == "en":
        return "en"
    return "kk" if read_text.script == "latn" or any(c in "әғқңөұүһі" for c in text.lower()) else "ru"
