"""The answer as plain content: paragraphs of text runs, each figure with its footnote; no layout. PDF and DOCX are
made from it.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from izker.figures import kazakh, printing
from izker.figures.extract import REGISTER, SIMULATED
from izker.figures.indicators import Figure
from izker.figures.printing import russian
from izker.figures.rounding import EXACT, ROUNDED, TRUNCATED
from izker.jurisdictions import data
from izker.money import NBSP
from izker.words import N_, _

BAND = N_("SYNTHETIC DATA")
SYNTHETIC = N_("Synthetic data: no person, case or sum in this document exists.")
CALIBRATED = N_(
    "The simulated register was calibrated to the published counts of {year}; they are not evidence for it."
)
_TOKEN = re.compile(r"\{(?P<again>=?)(?P<code>\w+)(?::(?P<form>\w+))?(?:\|(?P<forms>[^{}]*))?\}")
_CASES = frozenset({"genitive", "dative", "accusative", "locative", "ablative", "possessive", "instrumental"})
_RU_DAYS_FROM = ("дня", "дней", "дней")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text; `note` is the text of its footnote, `strong` marks the figures themselves."""

    text: str
    strong: bool = False
    note: str = ""


@dataclass(frozen=True)
class Answer:
    """Everything an answer says. `rows`: (name, printed, fraction, exact, how printed) of the table of figures."""

    language: str
    title: str
    addressee: str
    date_line: str
    paragraphs: tuple[tuple[Run, ...], ...]
    list_intro: str
    items: tuple[tuple[Run, ...], ...]
    homes: tuple[Run, ...]
    table_title: str
    table_head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    basis: str
    signatory: str
    synthetic: str
    synthetic_band: str


@lru_cache
def _templates() -> dict[str, Any]:
    with (Path(__file__).parent / "answer.toml").open("rb") as file:
        return tomllib.load(file)


def addressee(day: date, language: str, jurisdiction: str = "kz") -> str:
    """To whom an answer written on `day` goes: institutions change, so this is dated data and only a default."""
    for row in data(jurisdiction, "figures")["addressee"]:
        if "until" not in row or day <= row["until"]:
            return str(row[language])
    raise ValueError("the last addressee of figures.toml must be open-ended")


def answer(
    figures: list[Figure],
    language: str,
    *,
    to: str | None = None,
    written: date | None = None,
    signatory: str = "",
    calibrated: bool = False,
) -> Answer:
    """The answer in `language`. `to` overrides the addressee, `written` the date (default: the cut-off)."""
    by_code = {f.code: f for f in figures}
    first = figures[0]
    day = written or first.cut_off
    words = _templates()[language]
    maker = _Maker(by_code, language, first.period[0].year)
    paragraphs = tuple(maker.sentences(group) for group in words["paragraphs"])
    items = tuple(
        maker.item(code, text, i == len(words["method_items"]) - 1)
        for i, (code, text) in enumerate(words["method_items"])
    )
    synthetic = _(SYNTHETIC, language) if first.synthetic else ""
    if synthetic and calibrated:
        synthetic += " " + _(CALIBRATED, language).format(year=first.period[0].year)
    return Answer(
        language=language,
        title=words["title"].format(year=first.period[0].year),
        addressee=to if to is not None else addressee(day, language),
        date_line=day_text(day, language),
        paragraphs=tuple(p for p in paragraphs if p),
        list_intro=words["methods"] if items else "",
        items=items,
        homes=maker.sentences(words["homes"]) if by_code["home_sales"].value else (),
        table_title=_("Figures and how each was made", language),
        table_head=tuple(
            _(h, language)
            for h in (N_("Figure"), N_("Printed"), N_("Numerator / denominator"), N_("Exact value"), N_("How printed"))
        ),
        rows=tuple(_row(f, language) for f in figures),
        basis=basis(first, language),
        signatory=signatory,
        synthetic=synthetic,
        synthetic_band=_(BAND, language) if synthetic else "",
    )


def day_text(day: date, language: str) -> str:
    if language == "en":
        return day.isoformat()
    return day.strftime("%d.%m.%Y")


def basis(figure: Figure, language: str) -> str:
    """Period, cut-off and source in one line."""
    text = _("Period: {first} to {last}. Cut-off: {cut_off}. Source: {source}.", language)
    return text.format(
        first=day_text(figure.period[0], language),
        last=day_text(figure.period[1], language),
        cut_off=day_text(figure.cut_off, language),
        source=source_text(figure.source, language),
    )


def source_text(source: str, language: str) -> str:
    """The source in the document's language where it is the simulated country or the register; other sources keep their words."""
    for known in (SIMULATED, REGISTER):
        if source.startswith(known):
            return _(known, language) + source.removeprefix(known)
    return source


def how_printed(figure: Figure, language: str) -> str:
    if figure.value is None:
        return _("not in the register", language)
    if figure.kind == "days":
        return _("whole days", language)
    if figure.rounding == EXACT:
        return _("exact count", language)
    return _({ROUNDED: N_("rounded"), TRUNCATED: N_("truncated")}[figure.rounding], language)


def fraction_text(figure: Figure, language: str) -> str:
    if figure.numerator is None or figure.denominator is None or figure.kind in {"money", "days"}:
        return ""
    return f"{printing.number(figure.numerator, language)} / {printing.number(figure.denominator, language)}"


def exact_text(figure: Figure, language: str) -> str:
    """The exact value in the language's digits; empty for plain counts, which are their own exact value."""
    if not figure.exact or figure.kind in {"count", "money", "days"}:
        return ""
    text = figure.exact if language == "en" else figure.exact.replace(".", ",")
    return text.replace("-", printing.MINUS) + ("" if figure.kind == "ratio" else " %")


def footnote(figure: Figure, language: str) -> str:
    """Formula in words, the numbers put in, how it was rounded, and notes. The basis stands once, under the table,
    and here in short.
    """
    parts = [_("Formula: {formula}", language).format(formula=figure.formula[language])]
    fraction = fraction_text(figure, language)
    if fraction and figure.kind != "count":
        parts.append(f"{fraction} → {exact_text(figure, language)}, {how_printed(figure, language)}")
    if figure.interval and figure.kind == "share":
        low, high = (printing.percent(Decimal(f"{end:.2f}"), language) for end in figure.interval)
        parts.append(_("95 % interval (Wilson) {low} to {high}", language).format(low=low, high=high))
    parts += [_(note, language) for note in figure.notes]
    return "; ".join(parts) + ". " + basis(figure, language)


def _row(figure: Figure, language: str) -> tuple[str, ...]:
    return (
        figure.name[language],
        figure.printed[language],
        fraction_text(figure, language),
        exact_text(figure, language),
        how_printed(figure, language),
    )


class _Maker:
    """Fills templates; each figure gets its footnote the first time it is printed."""

    def __init__(self, by_code: dict[str, Figure], language: str, year: int) -> None:
        self.by_code = by_code
        self.language = language
        self.year = year
        self.noted: set[str] = set()

    def sentences(self, group: list[str]) -> tuple[Run, ...]:
        runs: list[Run] = []
        for sentence in group:
            made = self._sentence(sentence)
            if made:
                runs += ([Run(" ")] if runs else []) + made
        return tuple(runs)

    def item(self, code: str, text: str, last: bool) -> tuple[Run, ...]:
        return (Run(f"{text} – "), self._figure(code, "", None, again=False), Run("." if last else ";"))

    def _sentence(self, template: str) -> list[Run]:
        codes = [m["code"] for m in _TOKEN.finditer(template) if m["code"] != "year"]
        if any(self.by_code[c].value is None for c in codes):
            return []
        runs: list[Run] = []
        position = 0
        for token in _TOKEN.finditer(template):
            if token.start() > position:
                runs.append(Run(template[position : token.start()]))
            runs.append(self._token(token))
            position = token.end()
        return [*runs, Run(template[position:])] if position < len(template) else runs

    def _token(self, token: re.Match[str]) -> Run:
        code, form, forms = token["code"], token["form"] or "", token["forms"]
        if code == "year":
            return Run(str(self.year))
        if form == "grew":
            up, down = (forms or "").split("|")
            return Run(up if (self.by_code[code].value or 0) >= 0 else down)
        return self._figure(code, form, forms.split("|") if forms else None, again=bool(token["again"]))

    def _figure(self, code: str, form: str, forms: list[str] | None, *, again: bool) -> Run:
        figure = self.by_code[code]
        text = (
            figure.printed[self.language].removeprefix(printing.MINUS)
            if figure.kind == "growth"
            else figure.printed[self.language]
        )
        whole = int(figure.value or 0)
        if form in _CASES:
            text += self._ending(figure, form)
        elif form == "bare":
            text = printing.number(whole, self.language)
        elif form == "from":
            text = printing.number(whole, self.language) + NBSP + russian(whole, *_RU_DAYS_FROM)
        if forms and len(forms) == 3:
            text += NBSP + russian(whole, forms[0], forms[1], forms[2])
        note = "" if again or code in self.noted else footnote(figure, self.language)
        if not again:
            self.noted.add(code)
        return Run(text, strong=not again, note=note)

    def _ending(self, figure: Figure, case: str) -> str:
        if figure.kind in {"share", "growth"}:
            return kazakh.percent_suffix(case)
        if figure.kind in {"money", "days"}:
            return kazakh.ending(figure.printed["kk"].split(NBSP)[-1], case)
        return kazakh.suffix(int(figure.value or 0), case)
