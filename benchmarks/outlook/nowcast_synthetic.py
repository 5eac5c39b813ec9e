"""The nowcast on synthetic worlds: `python -m benchmarks.outlook.nowcast_synthetic [part of a world's name]`.

Beside it two simple nowcasts. *Plain*: hazards pooled over all that is remembered, gamma Bornhuetter-Ferguson with the mean of
the last steps worth 8 reports, negative binomial intervals. *Oracle*: the same with the true share reported by each age.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import numpy.typing as npt
from scipy import stats

from benchmarks.outlook.nowcast_worlds import WORLDS, Past, World, draw, triangle
from izker.outlook import delays, wis
from izker.outlook.nowcast import HORIZON, of_triangle
from izker.outlook.steps import weekdays

Floats = npt.NDArray[np.float64]
ISSUES, SEEDS = 8, (1, 2)
WORTH = 8.0  # reports that the recent mean is worth to the simple nowcasts


def simple(known: Floats, share: Floats) -> Floats:
    """Quantiles (series, h, L) of totals from `known` (series, h) by age and the `share` reported (series, h)."""
    seen = np.maximum(share, 1e-6)
    mean = np.maximum(known.sum(axis=1) / seen.sum(axis=1), 1e-6)[:, None]
    size = known + WORTH
    missing = size / (seen + WORTH / mean) * (1.0 - seen)
    odds = size / (size + np.maximum(missing, 1e-9))
    out = known[..., None] + stats.nbinom.ppf(wis.LEVELS, size[..., None], odds[..., None])
    return np.asarray(out)


def plain_share(cube: Floats, cuts: npt.NDArray[np.int64], daily: bool, depth: int) -> Floats:
    """Share reported by ages 0..depth-1 from pooled hazards of one series' cube (n, H+1)."""
    n, ages = cube.shape
    ahead = (cuts[-1] + 1 + np.arange(ages)) % 7
    classes = np.concatenate([cuts, ahead]) if daily else np.zeros(n + ages, dtype=np.int64)
    kinds, memory = (7, 56) if daily else (1, 40)
    silent = np.zeros(n, dtype=np.bool_)
    table = delays.pooled_links(cube, classes[:n], kinds, silent, np.ones((n, ages - 1)), memory, n - 1)
    growth = delays.growth(table, classes, silent, n - 1)[n - 1]
    return np.asarray(1.0 / np.maximum(growth[:depth], 1.0))


def one(past: Past, issue: int) -> dict[str, tuple[Floats, Floats]]:
    """Losses and truth-in-interval flags by method and level: (name -> (WIS, covered 50, covered 95))."""
    world = past.world
    cells = triangle(past, issue)
    back = min(HORIZON[world.step], cells.known.shape[1] - 1, cells.known.shape[2] - 1)
    found = of_triangle(cells, horizon=back, draws=0)
    series = len(found.keys)
    values = found.rows.select(f"q{level:g}" for level in wis.LEVELS).to_numpy().astype(float)
    ours = values.reshape(series, back + 1, -1)[:, ::-1]
    refs = issue - np.arange(back + 1)
    truth, share = past.final[:, refs], past.share[:, refs, np.arange(back + 1)]
    known = past.known[:, refs, issue]
    cube = cells.known
    if world.parts > 1:
        weight = np.maximum(truth, 0.5)
        truth = np.concatenate([truth.sum(axis=0)[None], truth])
        share = np.concatenate([(share * weight).sum(axis=0)[None] / weight.sum(axis=0), share])
        known = np.concatenate([known.sum(axis=0)[None], known])
        cube = np.concatenate([cube.sum(axis=0)[None], cube])
    daily = world.step == "day"
    days = weekdays(cells.cuts)
    guess = np.stack([plain_share(c, days, daily, back + 1) for c in cube])
    out: dict[str, tuple[Floats, Floats]] = {"truth": (truth, known)}
    for name, q in (("ours", ours), ("plain", simple(known, guess)), ("oracle", simple(known, share))):
        out[name] = (
            wis.wis(wis.LEVELS, q, truth),
            np.stack([wis.covered(wis.LEVELS, q, truth, c) for c in (0.5, 0.95)]).astype(float),
        )
    return out


def score(world: World) -> dict[str, tuple[float, float, float, float]]:
    """By level: WIS over the oracle's, over the plain one's, coverage 50 %, 95 %."""
    found = []
    for seed in SEEDS:
        past = draw(world, seed)
        for issue in np.linspace(world.steps - world.scored, world.steps - 1, ISSUES).astype(int):
            found.append(one(past, int(issue)))
    out = {}
    for level, part in (("whole", slice(0, 1)), ("parts", slice(1, None))):
        if level == "parts" and world.parts == 1:
            continue
        loss = {m: float(np.nanmean([f[m][0][part].mean() for f in found])) for m in ("ours", "plain", "oracle")}
        inside = [float(np.mean([f["ours"][1][c, part].mean() for f in found])) for c in (0, 1)]
        out[level] = (loss["ours"] / loss["oracle"], loss["ours"] / loss["plain"], inside[0], inside[1])
    return out


def run(part: str = "") -> list[str]:
    """The table as Markdown lines."""
    lines = ["| world | level | WIS / oracle | WIS / plain | 50 % | 95 % |", "|---|---|---|---|---|---|"]
    every: dict[str, list[tuple[float, float, float, float]]] = {"whole": [], "parts": []}
    for world in WORLDS:
        if part not in world.name:
            continue
        for level, row in score(world).items():
            every[level].append(row)
            lines.append(f"| {world.name} | {level} | {row[0]:.2f} | {row[1]:.2f} | {row[2]:.3f} | {row[3]:.3f} |")
    for level, rows in every.items():
        if rows:
            table = np.array(rows)
            mean = np.exp(np.log(table[:, :2]).mean(axis=0))
            off = np.abs(table[:, 3] - 0.95).mean()
            lines.append(
                f"| all | {level} | {mean[0]:.3f} | {mean[1]:.3f} | {table[:, 2].mean():.3f} | "
                f"{table[:, 3].mean():.3f} (off by {off:.3f}) |"
            )
    return lines


if __name__ == "__main__":
    began = time.perf_counter()
    print("\n".join(run(sys.argv[1] if len(sys.argv) > 1 else "")))
    print(f"{time.perf_counter() - began:.0f} s")
