"""Reports later than the longest delay that is followed one by one: a power law of hazards carried on.

Late reports follow no exponential: between one delay and twice that delay about as large a part of them comes at any scale. So
the reverse-time hazard of age j, new reports over known ones, is taken as c (j + 1)^-p in the older part of the ages that
are followed (Poisson likelihood, p on a grid) and summed beyond.
"""

from __future__ import annotations

import numpy as np

from izker.outlook.delays import Bools, Floats

OLD_SHARE = 0.5  # the law is fitted on ages from this share of the longest one on
REACH = 3.0  # and carried on to this many times the longest age
POWERS = np.arange(2.0, 6.01, 0.25)  # below 2 the mean delay would be infinite: a hump of late reports, no tail
LEAST_REPORTS = 5.0  # fewer late reports than this tell of no tail
DOUBT = 0.5  # half of the tail is doubted


def tails(known: Floats, silent: Bools, start: int) -> Floats:
    """Share of the total that comes later than ages H, H+1, ..., (n, R), by what is known by each issue step from `start` on.

    `known` (n, H+1) is the snapshot cube of the whole, `silent` (n,) its unpublished steps; zero where nothing is told.
    """
    n, ages = known.shape
    height = ages - 1
    low = max(int(OLD_SHARE * height), 1)
    far = max(int(REACH * height), height + 1)
    out = np.zeros((n, far - height))
    if height - low < 3:
        return out
    new = known[1:, low + 1 :] - known[:-1, low:-1]
    old = known[:-1, low:-1]
    use = np.isfinite(new) & np.isfinite(old) & ~(silent[1:] | silent[:-1])[:, None]
    came = np.cumsum(np.where(use, new, 0.0), axis=0)
    base = np.cumsum(np.where(use, old, 0.0), axis=0)
    shape = (np.arange(low, height) + 1.0) ** -POWERS[:, None]
    later = (np.arange(height, far) + 1.0) ** -POWERS[:, None]
    later = later[:, ::-1].cumsum(axis=1)[:, ::-1]
    for i in range(max(start, 1), n):
        more, under = np.maximum(came[i - 1], 0.0), base[i - 1]
        if more.sum() < LEAST_REPORTS:
            continue
        scale = more.sum() / np.maximum((under * shape).sum(axis=1), 1e-9)
        fit = (more * np.log(scale[:, None] * shape)).sum(axis=1)
        best = int(np.argmax(fit))
        out[i] = np.expm1(np.minimum(scale[best] * later[best], 1.0))
    return out


def add(to_come: Floats, uncertain: Floats, known: Floats, tail: Floats) -> tuple[Floats, Floats]:
    """The missing part and its log-variance with a `tail` (share of the total) added; all of one shape."""
    more = tail * (known + to_come)
    whole = to_come + more
    spread = (uncertain * to_come**2 + (DOUBT * more) ** 2) / np.maximum(whole, 1e-9) ** 2
    return whole, np.where(more > 0.0, spread, uncertain)
