"""Official figures: indicators counted from the register, the answer document, the checker of texts, official form 1-M.

compute(Extract.read(folder), 2025) gives the figures; to_json, to_pdf, to_docx and to_xlsx write them.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from izker.figures.compute import compute, to_json
from izker.figures.extract import Extract
from izker.figures.indicators import Figure, Indicator, definitions

__all__ = ["Extract", "Figure", "Indicator", "compute", "definitions", "to_docx", "to_json", "to_pdf", "to_xlsx"]


def to_pdf(
    figures: list[Figure],
    language: str,
    path: Path,
    *,
    to: str | None = None,
    written: date | None = None,
    signatory: str = "",
    calibrated: bool = False,
) -> None:
    """The answer as PDF in kk, ru or en; `to` overrides the addressee, `calibrated` says that the simulated register
    was fitted to the counts.
    """
    from izker.figures.documents import answer, write_pdf

    write_pdf(answer(figures, language, to=to, written=written, signatory=signatory, calibrated=calibrated), path)


def to_docx(
    figures: list[Figure],
    language: str,
    path: Path,
    *,
    to: str | None = None,
    written: date | None = None,
    signatory: str = "",
    calibrated: bool = False,
) -> None:
    """The same answer as DOCX."""
    from izker.figures.documents import answer, write_docx

    write_docx(answer(figures, language, to=to, written=written, signatory=signatory, calibrated=calibrated), path)


def to_xlsx(figures: list[Figure], language: str, path: Path, *, extract: Extract | None = None) -> None:
    """The figures as a workbook; with `extract`, also the table by region."""
    from izker.figures.concordance import concordance
    from izker.figures.documents import write_xlsx
    from izker.figures.regional import by_region

    first = figures[0]
    regional = by_region(extract, first.period[0].year, first.cut_off) if extract is not None else ()
    write_xlsx(figures, path, language, regions=regional, methods=concordance())
