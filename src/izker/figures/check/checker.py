"""The whole check of a text: every statement with numbers once, in the order of the text."""

from __future__ import annotations

from pathlib import Path

from izker.figures.check import counts, growth, scales, shares, sums
from izker.figures.check.claim import Claim
from izker.figures.check.discourse import Document
from izker.figures.check.text import read


def check_text(text: str) -> list[Claim]:
    """What the numbers of a text (kk, ru or en) come to. An empty list where it states none."""
    document = Document.parse(text)
    found = shares.claims(document) + growth.claims(document)
    added, used = sums.claims(document)
    rates, scaled = scales.claims(document)
    found += added + rates
    used |= scaled
    involved = {value for c in found for value in (c.numerator, c.denominator) if value is not None}
    found += counts.claims(document, used, involved)
    return sorted(found, key=lambda c: c.at)


def check_file(path: Path) -> list[Claim]:
    """`check_text` of a file: plain text in UTF-8 or cp1251, or DOCX."""
    return check_text(read(path))
