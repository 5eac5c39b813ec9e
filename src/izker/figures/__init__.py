"""Official figures: indicators counted from the register, the answer document, the checker of texts, official form 1-M."""

from izker.figures.compute import compute, to_json
from izker.figures.extract import Extract
from izker.figures.indicators import Figure, Indicator, definitions

__all__ = ["Extract", "Figure", "Indicator", "compute", "definitions", "to_json"]
