"""Fonts that travel with the package, so that a document looks the same on every machine. Licence: OFL.txt."""

from pathlib import Path

FOLDER = Path(__file__).parent
FAMILIES = ("Noto Sans", "Noto Sans Math")  # the second holds arrows and minus, which the first lacks
