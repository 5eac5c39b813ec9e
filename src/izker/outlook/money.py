"""Money still to come: loss development by Mack's chain ladder and a bootstrap of it.

Damage is stated late and restated: a triangle of cumulative paid or stated damage, a row a period of occurrence, a
column a development period, is carried to its last column. Units are those of the triangle (tiyn); results are floats.
Sources: Mack 1993, "Distribution-free calculation of the standard error of chain ladder reserve estimates", ASTIN
23(2); Mack 1999 for the last variance; England and Verrall 2002, "Stochastic claims reserving", for the residual
bootstrap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from izker.outlook.delays import Floats
from izker.words import N_, Refusal


@dataclass(frozen=True, slots=True)
class Development:
    """`ultimate`, `reserve` (still to come), `error` (Mack's standard error), all (n,); their totals; `factors`
    (n-1,).
    """

    factors: Floats
    ultimate: Floats
    reserve: Floats
    error: Floats
    total_reserve: float
    total_error: float


def mack(triangle: npt.ArrayLike) -> Development:
    """Mack's chain ladder on a cumulative run-off triangle (n, n), NaN where the future is.

    Raises `Refusal` where the triangle is not square with a known upper left half, or a whole column is zero.
    """
    c, n = _checked(triangle)
    f, sigma2 = _factors(c)
    full = c.copy()
    for k in range(n - 1):
        rows = np.arange(n - 1 - k, n)
        full[rows, k + 1] = full[rows, k] * f[k]
    ultimate = full[:, -1]
    latest = np.array([c[i, n - 1 - i] for i in range(n)])
    error2 = np.zeros(n)
    column = np.array([c[: n - 1 - k, k].sum() for k in range(n - 1)])
    term = sigma2 / f**2
    for i in range(1, n):
        later = np.arange(n - 1 - i, n - 1)
        error2[i] = ultimate[i] ** 2 * float(np.sum(term[later] * (1.0 / full[i, later] + 1.0 / column[later])))
    total2 = 0.0
    for i in range(1, n):
        later = np.arange(n - 1 - i, n - 1)
        total2 += error2[i] + ultimate[i] * float(ultimate[i + 1 :].sum()) * float(
            np.sum(2.0 * term[later] / column[later])
        )
    reserve = ultimate - latest
    return Development(f, ultimate, reserve, np.sqrt(error2), float(reserve.sum()), float(np.sqrt(total2)))


def bootstrap(triangle: npt.ArrayLike, draws: int = 2000, seed: int = 0) -> Floats:
    """`draws` of the reserve by period, (draws, n): residuals resampled, factors refitted, the future drawn from a
    gamma.

    Over-dispersed Poisson model of the increments (England and Verrall 2002): Pearson residuals, adjusted for degrees
    of freedom; process variance phi x mean. Negative increments are kept in the fit and drawn around their mean's size.
    """
    c, n = _checked(triangle)
    rng = np.random.default_rng(seed)
    f, _ = _factors(c)
    fitted = np.full((n, n), np.nan)
    for i in range(n):
        fitted[i, n - 1 - i] = c[i, n - 1 - i]
        for k in range(n - 2 - i, -1, -1):
            fitted[i, k] = fitted[i, k + 1] / f[k]
    past = ~np.isnan(c)
    mean = np.diff(fitted, axis=1, prepend=0.0)
    seen = np.diff(c, axis=1, prepend=0.0)
    size = np.sqrt(np.maximum(np.abs(mean), 1e-9))
    residual = ((seen - mean) / size)[past]
    count, parameters = int(past.sum()), 2 * n - 1
    freedom = max(count - parameters, 1)
    phi = float((residual**2).sum()) / freedom
    pool = residual[np.abs(residual) > 1e-9] * np.sqrt(count / freedom)
    if pool.size == 0:
        pool = np.zeros(1)
    pool = pool - pool.mean()
    out = np.zeros((draws, n))
    for d in range(draws):
        again = np.where(past, mean + rng.choice(pool, size=(n, n)) * size, np.nan)
        cumulative = np.maximum(np.cumsum(again, axis=1), 1e-6)
        g, _ = _factors(cumulative)
        for i in range(1, n):
            level = cumulative[i, n - 1 - i]
            ahead = level * np.diff(np.concatenate([[1.0], np.cumprod(g[n - 1 - i :])]))
            expected = np.maximum(np.abs(ahead), 1e-6)
            drawn = rng.gamma(expected / max(phi, 1e-9), max(phi, 1e-9)) * np.sign(ahead) if phi > 1e-9 else ahead
            out[d, i] = float(drawn.sum())
    return out


def _checked(triangle: npt.ArrayLike) -> tuple[Floats, int]:
    c = np.asarray(triangle, dtype=np.float64)
    n = c.shape[0]
    if c.ndim != 2 or n < 3 or c.shape[1] != n:
        raise Refusal(
            N_("a loss triangle has as many columns as rows, at least 3: this one is {shape}"),
            shape=" x ".join(map(str, c.shape)),
        )
    row, column = np.indices(c.shape)
    c = np.where(row + column < n, c, np.nan)
    if np.isnan(c[row + column < n]).any():
        raise Refusal(N_("the upper left half of the triangle has gaps: give every cell up to the latest period"))
    if any(c[: n - 1 - k, k].sum() <= 0.0 for k in range(n - 1)):
        raise Refusal(N_("a development period holds no money at all: no factor can be formed"))
    return c, n


def _factors(c: Floats) -> tuple[Floats, Floats]:
    """Volume-weighted factors and Mack's variances (n-1,); the last variance by Mack's rule min(s2^4/s3^2, s2^2,
    s3^2).
    """
    n = c.shape[0]
    f = np.ones(n - 1)
    s2 = np.zeros(n - 1)
    for k in range(n - 1):
        rows = slice(0, n - 1 - k)
        f[k] = c[rows, k + 1].sum() / c[rows, k].sum()
        if n - 2 - k > 0:
            s2[k] = float((c[rows, k] * (c[rows, k + 1] / c[rows, k] - f[k]) ** 2).sum()) / (n - 2 - k)
    if n > 3 and s2[-3] > 0:
        s2[-1] = min(s2[-2] ** 2 / s2[-3], s2[-3], s2[-2])
    else:
        s2[-1] = s2[-2]
    return f, s2
