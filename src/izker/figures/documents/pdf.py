"""The answer as PDF: typst with the fonts of the package, so that it looks the same on every machine."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from izker import fonts
from izker.figures.documents.content import Answer
from izker.files import replacing

TEMPLATE = Path(__file__).parent / "answer.typ"


def write_pdf(answer: Answer, path: Path) -> None:
    """Write the PDF atomically; the same answer gives the same bytes (no clock goes in)."""
    import typst

    document: bytes = typst.compile(
        str(TEMPLATE),
        font_paths=[str(fonts.FOLDER)],
        ignore_system_fonts=True,
        sys_inputs={"answer": json.dumps(asdict(answer), ensure_ascii=False)},
        timestamp=0,
    )
    with replacing(path) as temporary:
        temporary.write_bytes(document)
