"""Words in Kazakh, Russian and English for the library floor, and errors a person can act on.

Catalogues are `locale/<language>/<room>.po` (one file a room; English is the source text). `make install` compiles
them into one `locale/<language>/LC_MESSAGES/django.mo`, which Django upstairs reads too: one set of words for both floors.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("kk", "ru", "en")
LOCALE_DIR = Path(__file__).parent / "locale"


def _from_environment() -> str:
    for name in ("IZKER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        code = os.environ.get(name, "")[:2].lower()
        if code in LANGUAGES:
            return code
    return "en"


_language: ContextVar[str | None] = ContextVar("izker_language", default=None)


def language() -> str:
    """The language now in force: the one set by `using`, else the environment's, else English."""
    return _language.get() or _from_environment()


@contextmanager
def using(code: str) -> Iterator[None]:
    """Speak `code` (kk, ru or en) inside the block."""
    token = _language.set(code)
    try:
        yield
    finally:
        _language.reset(token)


@lru_cache
def _catalogue(code: str) -> gettext.NullTranslations:
    return gettext.translation("django", LOCALE_DIR, [code], fallback=True)


def _(message: str, code: str | None = None) -> str:
    """`message` in `code`, or in the language in force."""
    return _catalogue(code or language()).gettext(message)


def N_(message: str) -> str:  # noqa: N802 - the gettext convention: marks a string, translates nothing
    return message


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input: where it is, what it is, what to do.

    `reason` is an English catalogue message with `{named}` fields taken from `params`.
    `row` counts from 1 as a person sees it in the file (a header is row 1).
    """

    reason: str
    params: Mapping[str, object] = field(default_factory=dict)
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def text(self, code: str | None = None) -> str:
        return _(self.reason, code).format(**self.params)

    def place(self, code: str | None = None) -> str:
        parts = [self.file] if self.file else []
        if self.sheet:
            parts.append(_("sheet {sheet}", code).format(sheet=self.sheet))
        if self.row is not None:
            parts.append(_("row {row}", code).format(row=self.row))
        if self.column:
            parts.append(_("column {column}", code).format(column=self.column))
        return ", ".join(parts)

    def line(self, code: str | None = None) -> str:
        place = self.place(code)
        return f"{place}: {self.text(code)}" if place else self.text(code)

    def as_json(self) -> dict[str, object]:
        return {"file": self.file, "sheet": self.sheet, "row": self.row, "column": self.column, "reason": self.text()}


class Refusal(Exception):
    """Input that cannot be taken. Carries one or more problems; the command line exits 1 and prints each.

    >>> raise Refusal(N_("the file is empty: save it again and retry"), file="a.csv")
    """

    def __init__(
        self,
        reason: str = "",
        *,
        file: str = "",
        sheet: str = "",
        row: int | None = None,
        column: str = "",
        problems: tuple[Problem, ...] = (),
        **params: object,
    ) -> None:
        self.problems = problems or (Problem(reason, params, file, sheet, row, column),)
        super().__init__(reason)

    def __str__(self) -> str:
        return "\n".join(p.line() for p in self.problems)
