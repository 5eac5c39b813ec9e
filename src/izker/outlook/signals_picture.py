"""The picture behind a signal: a year of the series, what was expected, and the bound."""

from __future__ import annotations

import numpy as np

from izker.outlook import signals_nb
from izker.outlook.forecast_panel import Panel
from izker.outlook.pictures import bound_chart
from izker.outlook.signals import Signal
from izker.words import _


def series_of(panel: Panel, signal: Signal, *, alpha: float = 0.01, weeks: int = 52, palette: str = "page") -> str:
    """SVG of the signal's series over the last `weeks` weeks with the negative-binomial expectation and bound of
    each week.
    """
    values = panel.values.copy()
    if panel.draws is not None:
        values[:, values.shape[1] - panel.draws.shape[2] :] = np.median(panel.draws, axis=0)
    best = panel.hierarchy.aggregate(values)[panel.hierarchy.keys.index(signal.key)][None]
    targets = list(range(max(best.shape[1] - weeks, 0), best.shape[1]))
    fit = signals_nb.fit(best, targets)
    bound = signals_nb.quantile(fit[..., 0], fit[..., 1], fit[..., 2], 1 - alpha)
    return bound_chart(
        [panel.dates[t] for t in targets],
        best[0, targets],
        fit[0, :, 0],
        bound[0],
        title=_("series, expectation and bound: {reason}").format(reason=signal.reason),
        unit=_("a week"),
        palette=palette,
    )
