"""Series as the connected parts of the links that hold; links are the truth, parts follow from them.

A link that something speaks against carries a mark (cut by a split, doubtful, rejected, its value became a hub). Marks
are independent of each other, so taking one back gives exactly the state in which it was never set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

CUT, DOUBTFUL, REJECTED, HUB, GONE = 1, 2, 4, 8, 16


class Parts:
    """Reports by index, links by number: ends, marks; and the part of every report."""

    def __init__(self) -> None:
        self.part: list[int] = []  # label of each report's part: the index of some member
        self.members: dict[int, list[int]] = {}  # parts of more than one report
        self.ends: list[tuple[int, int]] = []
        self.marks: list[int] = []
        self.at: dict[int, list[int]] = {}  # report -> numbers of its links

    def add_report(self) -> int:
        self.part.append(len(self.part))
        return len(self.part) - 1

    def add_link(self, a: int, b: int, mark: int) -> int:
        number = len(self.ends)
        self.ends.append((a, b))
        self.marks.append(mark)
        self.at.setdefault(a, []).append(number)
        self.at.setdefault(b, []).append(number)
        if not mark:
            self._join(a, b)
        return number

    def of(self, report: int) -> list[int]:
        """Members of the report's part."""
        return self.members.get(self.part[report]) or [report]

    def size(self, report: int) -> int:
        held = self.members.get(self.part[report])
        return len(held) if held else 1

    def mark(self, numbers: Iterable[int], mark: int) -> None:
        """Set `mark` on the links and split what they held together."""
        touched: set[int] = set()
        for number in numbers:
            held = not self.marks[number]
            self.marks[number] |= mark
            if held:
                touched.update(self.ends[number])
        self._recount(touched)

    def unmark(self, numbers: Iterable[int], mark: int) -> None:
        """Take `mark` back; a link without any other mark holds again."""
        for number in numbers:
            before = self.marks[number]
            self.marks[number] = before & ~mark
            if before and not self.marks[number]:
                self._join(*self.ends[number])

    def holding(self, report: int) -> Iterator[tuple[int, int]]:
        """(number, other report) of the links that hold at `report`."""
        for number in self.at.get(report, ()):
            if not self.marks[number]:
                a, b = self.ends[number]
                yield number, b if a == report else a

    def _join(self, a: int, b: int) -> None:
        left, right = self.part[a], self.part[b]
        if left == right:
            return
        ours, theirs = self.members.get(left) or [left], self.members.get(right) or [right]
        if len(ours) < len(theirs):
            left, right, ours, theirs = right, left, theirs, ours
        for report in theirs:
            self.part[report] = left
        ours.extend(theirs)
        self.members[left] = ours
        self.members.pop(right, None)

    def _recount(self, touched: set[int]) -> None:
        """Find the parts again of every report that was in a part with one of `touched`."""
        left = {report for label in {self.part[t] for t in touched} for report in (self.members.get(label) or [label])}
        for label in {self.part[t] for t in touched}:
            self.members.pop(label, None)
        while left:
            start = left.pop()
            found, queue = [start], [start]
            while queue:
                for _number, other in self.holding(queue.pop()):
                    if other in left:
                        left.discard(other)
                        found.append(other)
                        queue.append(other)
            for report in found:
                self.part[report] = start
            if len(found) > 1:
                self.members[start] = found
