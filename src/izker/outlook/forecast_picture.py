"""The fan chart of a panel and its forecast: recent past, nowcast draws where there are any, what comes next."""

from __future__ import annotations

import numpy as np

from izker.money import TIYN
from izker.outlook.forecast import Forecast
from izker.outlook.forecast_panel import Panel
from izker.outlook.pictures import fan_chart
from izker.words import _

PAST = 25  # periods of history drawn


def fan_of(
    panel: Panel, found: Forecast, *, series: int = 0, palette: str = "page", width: float = 936, height: float = 380
) -> str:
    """SVG of one series (0 = the whole). Money is drawn in millions of tenge; the past of a complete table is a
    line.
    """
    scale = 1.0 if panel.kind == "count" else 1.0 / (TIYN * 1_000_000)
    known = panel.hierarchy.aggregate(panel.values)[series] * scale
    past = np.repeat(known[:, None], len(found.levels), axis=1)
    if panel.draws is not None:
        whole = panel.hierarchy.aggregate(panel.draws)[:, series] * scale
        past[-whole.shape[1] :] = np.quantile(whole, found.levels, axis=0).T
    start = max(len(panel.dates) - PAST, 0)
    quantiles = np.concatenate([past[start:], found.quantiles[series] * scale])
    seen = np.concatenate([known[start:], np.full(len(found.dates), np.nan)])
    unit = {
        ("count", "week"): _("a week"),
        ("count", "month"): _("a month"),
        ("count", "day"): _("a day"),
        ("damage", "week"): _("million ₸ a week"),
        ("damage", "month"): _("million ₸ a month"),
        ("damage", "day"): _("million ₸ a day"),
    }[panel.kind, panel.step]
    return fan_chart(
        (*panel.dates[start:], *found.dates),
        quantiles,
        found.levels,
        known=seen,
        forecast_from=len(panel.dates) - start,
        title=_("reported so far, corrected for late reporting, and forecast"),
        unit=unit,
        palette=palette,
        width=width,
        height=height,
    )
