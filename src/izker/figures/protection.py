"""Small counts of people are withheld so that nobody can work them back out of what is published.

First every count from 1 to threshold-1 is withheld; then, while a linear program over everything published pins a
withheld count within the margin, the smallest open count is withheld too. Method: primary and complementary cell
suppression with an audit by linear programming (Fischetti and Salazar, Mathematical Programming 84 (1999) 283-312;
tau-Argus does the same).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog


@dataclass(frozen=True, slots=True)
class Protected:
    """`shown`: counts by key, None where withheld. `ranges`: for each withheld key the smallest and largest count the
    reader can prove.
    """

    shown: dict[str, int | None]
    ranges: dict[str, tuple[float, float]]
    total: int | None


def provable(sums: list[tuple[list[str], int]], keys: list[str]) -> dict[str, tuple[float, float]]:
    """The interval that published `sums` (keys that add up to a number) leave for each withheld count, each known to
    be at least 1.

    Raises ValueError where no counts fit the sums.
    """
    place = {key: i for i, key in enumerate(keys)}
    matrix = np.zeros((len(sums), len(keys)))
    for row, (members, _total) in enumerate(sums):
        matrix[row, [place[m] for m in members]] = 1.0
    totals = np.array([total for _members, total in sums], dtype=float)
    ranges = {}
    for key in keys:
        goal = np.zeros(len(keys))
        goal[place[key]] = 1.0
        low = linprog(goal, A_eq=matrix, b_eq=totals, bounds=(1, None), method="highs")
        high = linprog(-goal, A_eq=matrix, b_eq=totals, bounds=(1, None), method="highs")
        if low.status == 2 or high.status == 2:
            raise ValueError("the published sums contradict each other")
        ranges[key] = (float(low.fun or 0.0), float("inf") if high.status == 3 else -float(high.fun or 0.0))
    return ranges


def protect(counts: Mapping[str, int], *, threshold: int, margin: int) -> Protected:
    """Counts whose total is published: withheld so that no withheld one can be proved within ± `margin`.

    Where even that cannot be reached (too few people in all) the whole list is withheld, total included.
    """
    hidden = {key for key, count in counts.items() if 0 < count < threshold}
    total = sum(counts.values())
    while hidden:
        keys = sorted(hidden)
        ranges = provable([(keys, sum(counts[k] for k in keys))], keys)
        if all(high - low > 2 * margin for low, high in ranges.values()):
            return Protected({k: None if k in hidden else c for k, c in counts.items()}, ranges, total)
        open_counts = [k for k, c in counts.items() if k not in hidden and c > 0]
        if not open_counts:
            return Protected(dict.fromkeys(counts), {}, None)
        hidden.add(min(open_counts, key=lambda k: (counts[k], k)))
    return Protected(dict(counts), {}, total)
