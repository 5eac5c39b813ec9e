"""The trail as a picture: one ribbon a FIFO lot, from the victim to where it rests; width is amount, colour is fate.

Time flows left to right, a column a hop. The heights left and right add up, so conservation can be seen. `ribbons`
computes the layout and knows nothing of drawing (`drawing` does that).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from izker.trail.rules import EXITS

Fate = Literal["held", "move", "left"]
LEFT_COLUMN, COLUMN, CLOSE = 132.0, 229.0, 156.0  # where the first hop stands; distance of hops, of more than three
LEAST_EXIT_X = 820.0  # where what leaves the system ends; further right where hops need the room
BEYOND_EXIT = 216.0  # room right of that for its words
STUB = 64.0  # a ribbon that rests runs this far beyond its last node
TOP = 52.0
NODE_GAP = 36.0  # room for a node's name above it
END_GAP = 34.0  # room for two lines beside an end
FULL = 206.0  # height of all the stolen money
PASS_GAP = 8.0  # between a ribbon flying over and a node
LABEL = 16.0  # a line of words
OUTWARD = object()  # stands for "flying over" in a column
THIN = 0.9  # no ribbon is thinner than this, so that none is invisible
FATES: dict[str, Fate] = {
    "held": "held",
    "cash": "left",
    "abroad": "left",
    "crypto": "left",
    "merchant": "left",
    "stopped_horizon": "move",
    "stopped_min_lot": "move",
    "stopped_max_hops": "move",
}


@dataclass
class Node:
    """An account at a hop: a vertical bar where ribbons come in and go on."""

    account: str
    name: str
    hop: int
    x: float
    y: float
    height: float
    ts: int


@dataclass
class Ribbon:
    """Units of one lot from the victim to where they rest. `ys` has the top edge at each column it passes."""

    lot: int
    path: list[int]  # lots from the reported transfer to the last
    amount: int
    status: str
    fate: Fate
    height: float
    ts: int
    note: str = ""
    urgent: bool = False
    xs: list[float] = field(default_factory=list)
    ys: list[float] = field(default_factory=list)


@dataclass
class Picture:
    """A laid-out trail."""

    width: float
    height: float
    exits_x: float
    columns: list[tuple[float, int]]  # x, hop
    step: float  # from one column to the next
    nodes: list[Node]
    ribbons: list[Ribbon]
    stolen: int
    victim_ts: int
    folded: int  # ends too small to draw on their own, drawn together


def ribbons(
    lots: pl.DataFrame,
    names: Mapping[str, str] | None = None,
    fates: Mapping[int, tuple[Fate, str, bool]] | None = None,
    *,
    most: int = 24,
) -> Picture:
    """Lay out the lots of one report (`Trails.lots` of a FIFO or LIFO trace, rows of one report_id).

    `names`: account -> text above its node (default: the account itself). `fates`: lot -> (fate, note, urgent) where
    the case knows more than the ledger: a hold that was confirmed, a request under way ("move"), an end that needs a
    person now (urgent). At most `most` ends are drawn one by one; smaller ones that end alike are drawn together.
    """
    frame = lots.sort("lot")
    rows = {r["lot"]: r for r in frame.iter_rows(named=True)}
    ends = _ends(rows, fates or {})
    if not ends:
        return Picture(LEAST_EXIT_X + BEYOND_EXIT, TOP + 40, LEAST_EXIT_X, [], COLUMN, [], [], 0, 0, 0)
    ends, folded = _fold(ends, most)
    stolen = sum(e.amount for e in ends)
    for end in ends:
        end.height = max(end.amount * FULL / max(stolen, 1), THIN)
    ends.sort(key=lambda e: _order(e, rows))
    deepest = max(_depth(e) for e in ends)
    step = COLUMN if deepest <= 3 else CLOSE
    xs = [LEFT_COLUMN + i * step for i in range(deepest)]
    exits_x = max(LEAST_EXIT_X, LEFT_COLUMN + (deepest - 1) * step + STUB + CLOSE)
    nodes = _place(ends, rows, xs, exits_x, names or {})
    bottom = max([n.y + n.height for n in nodes] + [e.ys[-1] + max(e.height, LABEL) for e in ends])
    root = rows[min(rows)]
    columns = [(x, hop) for hop, x in enumerate(xs, 1)]
    return Picture(
        exits_x + BEYOND_EXIT, bottom + 12, exits_x, columns, step, nodes, ends, stolen, root["ts"], folded
    )


def _ends(rows: Mapping[int, dict[str, object]], fates: Mapping[int, tuple[Fate, str, bool]]) -> list[Ribbon]:
    """One ribbon for every run of units at rest: what a lot kept, and what it passed on without being followed."""
    found = []
    for number, row in rows.items():
        rest, stopped, status = int(str(row["rest"])), int(str(row["stopped"])), str(row["status"])
        for amount, word in (
            (rest, status if status in FATES and not status.startswith("stopped") else "held"),
            (stopped, status),
        ):
            if amount:
                fate, note, urgent = fates.get(number, (FATES[word], "", False))
                path, at = [number], row["parent_lot"]
                while at is not None:
                    path.append(int(str(at)))
                    at = rows[int(str(at))]["parent_lot"]
                found.append(Ribbon(number, path[::-1], amount, word, fate, 0.0, int(str(row["ts"])), note, urgent))
    return found


def _fold(ends: list[Ribbon], most: int) -> tuple[list[Ribbon], int]:
    """Keep the largest ends; add the amounts of the others to an end of the same fate (they still count, nothing is
    lost)."""
    if len(ends) <= most:
        return ends, 0
    by_size = sorted(ends, key=lambda e: (not e.urgent, -e.amount))
    kept, small = by_size[:most], by_size[most:]
    extra: dict[Fate, Ribbon] = {}
    for end in small:
        if end.fate in extra:
            extra[end.fate].amount += end.amount
        else:
            extra[end.fate] = end
    return kept + list(extra.values()), len(small)


def _depth(end: Ribbon) -> int:
    """How many accounts the ribbon passes; an exit is none."""
    return len(end.path) - (1 if end.status in EXITS else 0)


def _order(end: Ribbon, rows: Mapping[int, dict[str, object]]) -> tuple[object, ...]:
    """Ends in the order of a tree, so that no ribbons cross: what stays stands on top of what goes on, in order of
    time.

    A thin rest stands below instead, where its words have room.
    """
    steps: list[object] = []
    for lot in end.path[1:]:
        steps.extend((1, int(str(rows[lot]["ts"])), lot))
    return (*steps, 0 if end.height >= LABEL else 2, 0, 0)


def _place(
    ends: list[Ribbon],
    rows: Mapping[int, dict[str, object]],
    xs: list[float],
    exits_x: float,
    names: Mapping[str, str],
) -> list[Node]:
    """Give every ribbon a height in each column it passes, and each account at a hop a bar.

    A column is filled from the top. A ribbon on its way out keeps room in the columns it flies over, and where columns
    are close one that rests keeps room for its words in the next.
    """
    y = TOP
    for end in ends:
        end.xs, end.ys = [0.0], [y]
        y += end.height
    nodes: list[Node] = []
    for hop, x in enumerate(xs, 1):
        y, first = TOP, True
        before: object = None
        for end in ends:
            depth = _depth(end)
            if hop <= depth:
                row = rows[end.path[hop - 1]]
                account = str(row["account"])
                if before != account:
                    y = max(y + (0 if first else NODE_GAP), end.ys[-1] if hop > 1 else TOP)
                    nodes.append(Node(account, names.get(account, account), hop, x, y, 0.0, int(str(row["ts"]))))
                nodes[-1].height = y + end.height - nodes[-1].y
                nodes[-1].ts = min(nodes[-1].ts, int(str(row["ts"])))
                end.xs.append(x)
                end.ys.append(y)
                y += end.height
                if hop == depth and end.status not in EXITS and end.height < LABEL:
                    y += LABEL  # its words stand below it
                before, first = account, False
            elif end.status in EXITS:
                y = max(y + (0 if first or before is OUTWARD else PASS_GAP), end.ys[-1])
                end.xs.append(x)
                end.ys.append(y)
                y += end.height
                before, first = OUTWARD, False
            elif hop == depth + 1 and len(xs) > 3:  # columns stand so close that its words reach into this one
                y = max(y, end.ys[-1] + max(end.height, LABEL))
                before, first = None, False
    floor = TOP
    for end in ends:
        if end.status in EXITS:
            at = max(floor, end.ys[-1])
            end.xs.append(exits_x)
            end.ys.append(at)
            floor = at + max(end.height + 12, END_GAP)
        else:
            end.xs.append(end.xs[-1] + STUB)
            end.ys.append(end.ys[-1])
    return nodes


# the drawing is a room's neighbour, offered here so that callers need one import
from izker.trail.drawing import Labels, labels, standalone, svg  # noqa: E402

__all__ = ["Labels", "Node", "Picture", "Ribbon", "labels", "ribbons", "standalone", "svg"]
