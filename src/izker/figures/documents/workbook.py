"""The figures as XLSX: figures with formulas that recompute in the sheet, regions, and the two official lists of
methods.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from izker.figures.concordance import Concordance
from izker.figures.documents.content import BAND, basis, exact_text, how_printed
from izker.figures.indicators import Figure
from izker.figures.regional import Regional
from izker.figures.rounding import ROUNDED, at_precision
from izker.files import replacing
from izker.money import TIYN
from izker.words import N_, _

RELATIONS = {"part": N_("lies wholly inside"), "overlap": N_("overlaps; how far is not published")}
FIGURE_HEAD = (
    N_("Code"),
    N_("Figure"),
    N_("Printed"),
    N_("Numerator"),
    N_("Denominator"),
    N_("Value"),
    N_("Exact value"),
    N_("How printed"),
    N_("Formula"),
    N_("Official answer"),
    N_("Source"),
)
REGION_HEAD = (
    N_("Code"),
    N_("Region"),
    N_("Population"),
    N_("Registered"),
    N_("Per 100 000 people"),
    N_("Solved"),
    N_("Disclosure rate, %"),
    N_("Home sales"),
)
METHOD_HEAD = (
    N_("Method of the second list"),
    N_("Cases"),
    N_("Relation"),
    N_("Method of the first list"),
    N_("Cases"),
)
WITHHELD = N_("withheld")


def write_xlsx(
    figures: list[Figure],
    path: Path,
    language: str,
    *,
    regions: Sequence[Regional] = (),
    methods: Concordance | None = None,
) -> None:
    """Write the workbook atomically. Shares are written as sheet formulas over their numerator and denominator."""
    import xlsxwriter

    with replacing(path) as temporary:
        book = xlsxwriter.Workbook(str(temporary))
        sheets = _Sheets(book, language, figures[0].synthetic)
        _figures(sheets, figures)
        if regions:
            _regions(sheets, regions)
        if methods is not None and methods.period == figures[0].period[0].year:
            _methods(sheets, methods)
        book.close()


class _Sheets:
    """Sheets with the same head: band where synthetic, title row, bold column names, frozen head."""

    def __init__(self, book: Any, language: str, synthetic: bool) -> None:
        self.book, self.language, self.synthetic = book, language, synthetic
        self.bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"})
        self.count = book.add_format({"num_format": "# ##0"})
        self.share = book.add_format({"num_format": "0.0000"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.band = book.add_format({"bold": True, "pattern": 4, "fg_color": "#47545E", "bg_color": "#FFFFFF"})

    def add(self, name: str, head: Sequence[str], widths: Sequence[int]) -> tuple[Any, int]:
        """(sheet, first free row)"""
        sheet = self.book.add_worksheet(_(name, self.language)[:31])
        row = 0
        if self.synthetic:
            sheet.write(0, 0, _(BAND, self.language), self.band)
            row = 1
        for column, (text, width) in enumerate(zip(head, widths, strict=True)):
            sheet.write(row, column, _(text, self.language), self.bold)
            sheet.set_column(column, column, width)
        sheet.freeze_panes(row + 1, 2)
        return sheet, row + 1


def _figures(sheets: _Sheets, figures: list[Figure]) -> None:
    sheet, row = sheets.add(N_("Figures"), FIGURE_HEAD, (24, 44, 16, 12, 12, 12, 16, 16, 60, 14, 40))
    for figure in figures:
        sheet.write(row, 0, figure.code)
        sheet.write(row, 1, figure.name[sheets.language], sheets.wrap)
        sheet.write(row, 2, figure.printed[sheets.language])
        if figure.numerator is not None:
            value = figure.numerator // TIYN if figure.kind == "money" else figure.numerator
            sheet.write_number(row, 3, value, sheets.count)
        if figure.denominator is not None:
            sheet.write_number(row, 4, figure.denominator, sheets.count)
        formula = {"share": "=D{r}/E{r}*100", "growth": "=(D{r}/E{r}-1)*100", "ratio": "=D{r}/E{r}"}.get(figure.kind)
        if formula and figure.value is not None:
            sheet.write_formula(row, 5, formula.format(r=row + 1), sheets.share, figure.value)
        elif figure.value is not None:
            sheet.write_formula(
                row, 5, f"=D{row + 1}", sheets.count, figure.value // TIYN if figure.kind == "money" else figure.value
            )
        sheet.write(row, 6, exact_text(figure, sheets.language))
        sheet.write(row, 7, how_printed(figure, sheets.language))
        sheet.write(row, 8, figure.formula[sheets.language], sheets.wrap)
        sheet.write(row, 9, figure.official or "")
        sheet.write(row, 10, figure.source, sheets.wrap)
        row += 1
    sheet.write(row + 1, 0, basis(figures[0], sheets.language))


def _regions(sheets: _Sheets, regions: Sequence[Regional]) -> None:
    sheet, row = sheets.add(N_("Regions"), REGION_HEAD, (8, 32, 14, 12, 16, 12, 16, 14))
    first = row
    for region in regions:
        sheet.write(row, 0, region.code)
        sheet.write(row, 1, region.name[sheets.language])
        for column, value in ((2, region.population), (3, region.registered), (5, region.solved)):
            sheet.write_number(row, column, value, sheets.count)
        sheet.write_formula(
            row, 4, f"=D{row + 1}/C{row + 1}*100000", sheets.share, float(at_precision(region.per_100k, 4, ROUNDED))
        )
        if region.disclosure is not None:
            sheet.write_formula(row, 6, f"=F{row + 1}/D{row + 1}*100", sheets.share, float(region.disclosure))
        sheet.write(row, 7, _(WITHHELD, sheets.language) if region.home_sales is None else region.home_sales)
        row += 1
    for column, total in (
        (2, sum(r.population for r in regions)),
        (3, sum(r.registered for r in regions)),
        (5, sum(r.solved for r in regions)),
    ):
        letter = "ABCDEFGH"[column]
        sheet.write_formula(row, column, f"=SUM({letter}{first + 1}:{letter}{row})", sheets.count, total)


def _methods(sheets: _Sheets, methods: Concordance) -> None:
    sheet, row = sheets.add(N_("Two lists of methods"), METHOD_HEAD, (44, 12, 36, 40, 12))
    sheet.write(row, 0, methods.second_name[sheets.language])
    sheet.write_number(row, 1, methods.second_total, sheets.count)
    sheet.write(row, 3, methods.first_name[sheets.language])
    sheet.write_number(row, 4, methods.first_total, sheets.count)
    for joined in methods.methods:
        row += 1
        sheet.write(row, 0, joined.name[sheets.language], sheets.wrap)
        sheet.write_number(row, 1, joined.second, sheets.count)
        sheet.write(row, 2, _(RELATIONS[joined.relation], sheets.language))
        sheet.write(row, 3, joined.first_name)
        sheet.write_number(row, 4, joined.first, sheets.count)
    sheet.write(row + 2, 0, methods.source)
