"""The answer as DOCX, with real footnotes (Office Open XML, ECMA-376 part 1, 17.11), which python-docx does not write
by itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from izker.figures.documents.content import Answer, Run
from izker.files import replacing

_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
FONT = "Noto Sans"
_LANGUAGE_TAGS = {"kk": "kk-KZ", "ru": "ru-RU", "en": "en-GB"}


def write_docx(answer: Answer, path: Path) -> None:
    """Write the DOCX atomically: A4, the same order as the PDF, footnotes in Word's own form."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = (
        Mm(28),
        Mm(18),
        Mm(22),
        Mm(20),
    )
    _style(document, answer.language)
    notes = _Footnotes()
    if answer.synthetic:
        section.header.paragraphs[0].add_run(answer.synthetic_band).bold = True
        document.add_paragraph(answer.synthetic)
    document.add_paragraph(answer.date_line)
    to = document.add_paragraph(answer.addressee)
    to.paragraph_format.left_indent = Mm(90)
    title = document.add_paragraph()
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(14), Pt(12)
    heading = title.add_run(answer.title)
    heading.bold, heading.font.size = True, Pt(15)
    for runs in answer.paragraphs:
        _fill(document.add_paragraph(), runs, notes)
    if answer.items:
        document.add_paragraph(answer.list_intro)
        for runs in answer.items:
            item = document.add_paragraph()
            item.paragraph_format.left_indent, item.paragraph_format.first_line_indent = Mm(8), Mm(-5)
            _fill(item, (Run("– "), *runs), notes)
    if answer.homes:
        _fill(document.add_paragraph(), answer.homes, notes)
    if answer.signatory:
        signed = document.add_paragraph()
        signed.paragraph_format.space_before = Pt(18)
        signed.add_run(answer.signatory).bold = True
    table_title = document.add_paragraph()
    table_title.paragraph_format.page_break_before = True
    table_title.add_run(answer.table_title).bold = True
    _table(document, answer, WD_ALIGN_PARAGRAPH.RIGHT)
    document.add_paragraph(answer.basis)
    notes.attach(document, answer.language)
    document.core_properties.title, document.core_properties.author = answer.title, answer.signatory
    document.core_properties.language = _LANGUAGE_TAGS[answer.language]
    with replacing(path) as temporary:
        document.save(str(temporary))


def _style(document: Any, language: str) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(10.5)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(6), 1.15
    properties = normal.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    spoken = properties.makeelement(qn("w:lang"), {qn("w:val"): _LANGUAGE_TAGS[language]})
    properties.append(spoken)


def _fill(paragraph: Any, runs: tuple[Run, ...], notes: _Footnotes) -> None:
    for run in runs:
        paragraph.add_run(run.text).bold = run.strong or None
        if run.note:
            notes.refer(paragraph, run.note)


def _table(document: Any, answer: Answer, right: Any) -> None:
    from docx.shared import Mm, Pt

    table = document.add_table(rows=1, cols=len(answer.table_head))
    table.style = "Table Grid"
    widths = (62, 24, 33, 27, 22)
    for cells, texts, head in [(table.rows[0].cells, answer.table_head, True)] + [
        (table.add_row().cells, row, False) for row in answer.rows
    ]:
        for i, (cell, text) in enumerate(zip(cells, texts, strict=True)):
            cell.width = Mm(widths[i])
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            run = paragraph.add_run(text)
            run.font.size, run.bold = Pt(8.5), head or i == 1
            if i in {1, 2, 3}:
                paragraph.alignment = right
    first = table.rows[0]._tr.get_or_add_trPr()  # the head repeats on each page
    first.append(first.makeelement(f"{{{_NAMESPACE}}}tblHeader", {f"{{{_NAMESPACE}}}val": "true"}))


class _Footnotes:
    """Footnote texts in order, and the part of the package that holds them."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def refer(self, paragraph: Any, text: str) -> None:
        """Put the mark of a new footnote at the end of the paragraph."""
        from docx.oxml.ns import qn

        self.texts.append(text)
        run = paragraph.add_run()
        run.font.superscript = True
        run._r.append(run._r.makeelement(qn("w:footnoteReference"), {qn("w:id"): str(len(self.texts))}))

    def attach(self, document: Any, language: str) -> None:
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part
        from lxml import etree  # type: ignore[import-untyped]

        w = f"{{{_NAMESPACE}}}"
        root = etree.Element(f"{w}footnotes", nsmap={"w": _NAMESPACE})
        for number, kind, mark in (
            (-1, "separator", "separator"),
            (0, "continuationSeparator", "continuationSeparator"),
        ):
            note = etree.SubElement(root, f"{w}footnote", {f"{w}type": kind, f"{w}id": str(number)})
            etree.SubElement(etree.SubElement(etree.SubElement(note, f"{w}p"), f"{w}r"), f"{w}{mark}")
        for number, text in enumerate(self.texts, 1):
            paragraph = etree.SubElement(etree.SubElement(root, f"{w}footnote", {f"{w}id": str(number)}), f"{w}p")
            mark_run = etree.SubElement(paragraph, f"{w}r")
            etree.SubElement(etree.SubElement(mark_run, f"{w}rPr"), f"{w}vertAlign", {f"{w}val": "superscript"})
            etree.SubElement(mark_run, f"{w}footnoteRef")
            text_run = etree.SubElement(paragraph, f"{w}r")
            properties = etree.SubElement(text_run, f"{w}rPr")
            etree.SubElement(properties, f"{w}sz", {f"{w}val": "16"})
            etree.SubElement(properties, f"{w}lang", {f"{w}val": _LANGUAGE_TAGS[language]})
            written = etree.SubElement(text_run, f"{w}t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
            written.text = " " + text
        blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        part = Part(PackURI("/word/footnotes.xml"), _CONTENT_TYPE, blob, document.part.package)
        document.part.relate_to(part, _RELATION)
