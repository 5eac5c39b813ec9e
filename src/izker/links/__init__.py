"""Series: reports by the same hand, joined by shared identifiers and near-identical texts; with reasons, doubts and
undo."""

from izker.links.batch import Linked, link
from izker.links.linker import Linker
from izker.links.model import Link, Rules

__all__ = ["Link", "Linked", "Linker", "Rules", "link"]
