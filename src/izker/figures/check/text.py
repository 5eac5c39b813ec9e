"""A text as sentences: read from a file (plain text in UTF-8 or cp1251, or DOCX), split so that list items know their
introduction.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from izker import tables
from izker.words import N_, Refusal

_BULLET = re.compile(r"^\s*(?:[–—•*·▪]|-|\d{1,2}[.)]|[a-zа-я]\))\s+")
_ENDS = re.compile(r"(?<=[.!?…])[»\"”)]*\s+(?=[«\"“(–—-]*\s*[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ\d])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:г|гг|ж|жж|ст|п|пп|ч|т|д|им|ул|см|руб|тг|коп|обл|р|б|бап|No|no|art|Art|Mr|Mrs|Ms|Dr|vs|approx|e\.g|i\.e|[А-ЯЁӘҒҚҢӨҰҮҺІA-Z])"
    r"|т\.\s?[деч]|т\.\s?с)\.$"
)
_TERMINATED = re.compile(r"[.!?:;…][»\"”)]*\s*$")
_PDF, _ZIP = b"%PDF", b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Sentence:
    """`paragraph`: number of the paragraph; `item_of`: index of the sentence that introduces the list this item
    stands in.
    """

    text: str
    paragraph: int
    item_of: int | None = None


def read(path: Path) -> str:
    """The text of a file by its content. Refuses PDF and other binary files, and an empty one."""
    if not path.is_file():
        raise Refusal(N_("there is no such file: check the path"), file=str(path))
    with path.open("rb") as file:
        head = file.read(4)
    if head == _PDF:
        raise Refusal(N_("a PDF does not say what is a sentence: save the text as TXT or DOCX"), file=path.name)
    if head == _ZIP:
        return _docx(path)
    return tables.decode(path)


def _docx(path: Path) -> str:
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = docx.Document(str(path))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise Refusal(
            N_("the document is broken or no DOCX: save it again as DOCX or plain text"), file=path.name
        ) from error
    lines = [p.text for p in document.paragraphs]
    for table in document.tables:
        lines += [" ".join(dict.fromkeys(cell.text for cell in row.cells)) for row in table.rows]
    if not any(line.strip() for line in lines):
        raise Refusal(N_("the file is empty (0 bytes of content): export it again"), file=path.name)
    return "\n\n".join(lines)


def sentences(text: str) -> list[Sentence]:
    """The sentences in order. A line that a wrapped text broke is joined; a bullet is a sentence of its own."""
    found: list[Sentence] = []
    introduction: int | None = None
    for number, block in enumerate(_blocks(text)):
        bullet = _BULLET.match(block)
        body = block[bullet.end() :] if bullet else block
        pieces = _split(body)
        listed = introduction if bullet or (introduction is not None and _looks_listed(body)) else None
        for piece in pieces:
            found.append(Sentence(piece, number, listed))
        if pieces and pieces[-1].rstrip().endswith(":"):
            introduction = len(found) - 1
        elif listed is None or block.rstrip().endswith("."):
            introduction = None
    return found


def _looks_listed(body: str) -> bool:
    return body.rstrip().endswith(";")


def _blocks(text: str) -> list[str]:
    """Paragraphs and list items: lines joined where a wrap broke them."""
    blocks: list[str] = []
    blank = True
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        stripped = line.strip()
        if not stripped:
            blank = True
            continue
        wrapped = not blank and blocks and not _BULLET.match(line) and not _TERMINATED.search(blocks[-1])
        if wrapped and (
            stripped[0].islower() or stripped[0] in "(%₸" or (stripped[0].isdigit() and len(blocks[-1]) > 60)
        ):
            blocks[-1] += " " + stripped
        else:
            blocks.append(stripped)
        blank = False
    return blocks


def _split(block: str) -> list[str]:
    pieces: list[str] = []
    start = 0
    for end in _ENDS.finditer(block):
        piece = block[start : end.start()]
        if _ABBREVIATION.search(piece):
            continue
        pieces.append(piece.strip())
        start = end.end()
    rest = block[start:].strip()
    return [p for p in (*pieces, rest) if p]
