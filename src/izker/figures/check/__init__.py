"""Reads a text in Kazakh, Russian or English and recomputes its numbers: shares, sums, growth, rates and counts."""

from izker.figures.check.checker import check_file, check_text
from izker.figures.check.claim import Claim

__all__ = ["Claim", "check_file", "check_text"]
