"""Which parts of a text are already spoken for: an identifier found first keeps its letters."""

from __future__ import annotations


class Taken:
    """Marks over a text; asking whether a span is free costs one search in bytes."""

    __slots__ = ("_marks",)

    def __init__(self, length: int) -> None:
        self._marks = bytearray(length)

    def free(self, start: int, end: int) -> bool:
        return self._marks.find(1, start, end) < 0

    def take(self, start: int, end: int) -> None:
        self._marks[start:end] = b"\1" * (end - start)
