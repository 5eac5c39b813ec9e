"""Draws of the nowcast that add up: what the forecast starts from and what the detectors run on."""

from __future__ import annotations

import numpy as np
from scipy import stats

from izker.outlook import intervals
from izker.outlook.coherence import Tree, sums
from izker.outlook.delays import Floats

GRID = np.concatenate([[0.001, 0.005], np.linspace(0.0125, 0.9875, 79), [0.995, 0.999]])
ALONG = 0.9  # correlation of errors of neighbouring dates: one slow report day touches them all
ACROSS = 0.5  # correlation of errors of the strata


def coherent_draws(
    tree: Tree, known: Floats, missing: Floats, variance: Floats, count: int, rng: np.random.Generator
) -> Floats:
    """`count` draws of the totals, (count, K, n), from `known`, `missing`, `variance` (K, n) with the whole's own
    spread.

    Leaves are drawn with a Gaussian copula (one factor across strata, first-order autoregression along dates), then
    scaled
    so that the sum of their missing parts takes the whole's own distribution at the same rank. NaN where there is no
    data.
    """
    leaves = list(tree.leaves)
    width = known.shape[1]
    values = intervals.quantiles(np.zeros_like(known), missing, variance, GRID)
    common = _walk(rng.standard_normal((count, 1, width)))
    own = _walk(rng.standard_normal((count, len(leaves), width)))
    u = stats.norm.cdf(np.sqrt(ACROSS) * common + np.sqrt(1.0 - ACROSS) * own)
    parts = np.empty((count, len(leaves), width))
    for at, k in enumerate(leaves):
        for t in range(width):
            parts[:, at, t] = np.interp(u[:, at, t], GRID, values[k, t])
    if len(leaves) > 1 or leaves != [0]:
        whole = parts.sum(axis=1)
        rank = (np.argsort(np.argsort(whole, axis=0), axis=0) + 0.5) / max(count, 1)
        for t in range(width):
            wanted = np.interp(rank[:, t], GRID, values[0, t])
            scale = np.where(whole[:, t] > 1e-9, wanted / np.maximum(whole[:, t], 1e-9), 1.0)
            parts[:, :, t] *= scale[:, None]
    totals = sums(tree, np.moveaxis(parts, 1, 0) + known[leaves][:, None, :])
    return np.moveaxis(totals, 0, 1)


def _walk(noise: Floats) -> Floats:
    out = noise.copy()
    for t in range(1, out.shape[-1]):
        out[..., t] = ALONG * out[..., t - 1] + np.sqrt(1.0 - ALONG**2) * noise[..., t]
    return out
