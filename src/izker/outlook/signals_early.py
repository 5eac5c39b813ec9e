"""The early detector: offences of the last weeks as far as they were reported by now, against what was known as early in past weeks.

Correcting a young week for late reporting costs certainty, and counting by week of report mixes in reports of old offences.
Here like is compared with like: S_k(t), the offences of the k weeks up to t that were reported by the end of week t, is put to
the negative-binomial detector against its own past S_k(t - 1), S_k(t - 2) ... for k = 1 .. 4. The four p-values of a week are
joined by Simes' rule (Biometrika 1986), which holds for such nested sums. Reporting that suddenly becomes faster looks
like an outbreak here; the nowcast is shown beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from izker.outlook import signals_nb

Floats = npt.NDArray[np.float64]
WINDOWS = 4  # weeks of offences looked at together, at most


@dataclass(frozen=True)
class Early:
    """(N, K) each: the window (weeks) with the smallest p of its own, its count, expectation and bound, and Simes' p of all."""

    window: npt.NDArray[np.int64]
    observed: Floats
    expected: Floats
    bound: Floats
    p: Floats


def windows(snapshots: npt.ArrayLike) -> Floats:
    """(W, n, T) counts S_k(t) from snapshots (n, T, ages): what was known at the end of week t of offences `age` weeks before."""
    known = np.asarray(snapshots, dtype=np.float64)
    most = min(WINDOWS, known.shape[2])
    return np.stack([np.nan_to_num(known[:, :, :k], nan=0.0).sum(axis=2) for k in range(1, most + 1)])


def early(seen: Floats, targets: Sequence[int], alpha: float) -> Early:
    """Judge the weeks `targets` of every series: seen (W, N, T) as made by `windows`. NaN bound, p = 1 where history is short."""
    count, series = seen.shape[:2]
    at = np.asarray(targets, dtype=np.int64)
    p = np.empty((count, series, at.size))
    mean, bound = np.empty_like(p), np.empty_like(p)
    for k in range(count):
        fit = signals_nb.fit(seen[k], targets)
        mean[k] = fit[..., 0]
        bound[k] = signals_nb.quantile(fit[..., 0], fit[..., 1], fit[..., 2], 1 - alpha)
        p[k] = signals_nb.tail(seen[k][:, at], fit[..., 0], fit[..., 1], fit[..., 2])
    ranked = np.sort(p, axis=0) * count / np.arange(1, count + 1)[:, None, None]
    best = p.argmin(axis=0)
    observed, expected, limit = (np.take_along_axis(v, best[None], axis=0)[0] for v in (seen[:, :, at], mean, bound))
    return Early(best + 1, observed, expected, limit, np.minimum(ranked.min(axis=0), 1.0))
