"""The space-time scan of a panel: regions of the jurisdiction on their tile map, each scheme and all schemes
together.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from izker.jurisdictions import regions
from izker.outlook import signals_nb
from izker.outlook.forecast_panel import Panel
from izker.outlook.signals import FDR, ClusterSignal, clusters
from izker.words import N_, Refusal

YEAR = 52  # weeks of history given to the scan where the detector has no expectation


def region_clusters(
    panel: Panel, *, fdr: float = FDR, simulations: int = 999, jurisdiction: str = "kz"
) -> list[ClusterSignal]:
    """Clusters in a weekly panel whose strata include `region` (codes of the jurisdiction), strongest first.

    Expected counts are those of the negative-binomial detector; a cell without enough history takes its share from
    the last year's margins. Regions that are not in the table count as regions without cases. Refuses a table
    without known regions.
    """
    places = regions(jurisdiction)
    columns = panel.hierarchy.columns
    if "region" not in columns:
        raise Refusal(N_("the scan needs a column region with codes of regions"))
    at = columns.index("region")
    other = next((c for c in range(len(columns)) if c != at), None)
    bottom = panel.hierarchy.keys[-panel.hierarchy.bottom :]
    if not any(key[at] in places for key in bottom):
        raise Refusal(N_("no value of the column region is a code of a region: use codes such as 55"))
    codes = list(places)
    schemes: list[str | None] = [None]
    if other is not None:
        schemes += sorted({str(key[other]) for key in bottom})
    full = panel.values[None].copy()
    if panel.draws is not None:
        full = np.repeat(full, panel.draws.shape[0], axis=0)
        full[:, :, full.shape[2] - panel.draws.shape[2] :] = panel.draws
    full = np.nan_to_num(full[:, :, -5 * YEAR :], nan=0.0)
    cube = np.zeros((full.shape[0], len(schemes), len(codes), full.shape[2]))
    for i, key in enumerate(bottom):
        if key[at] in places:
            region = codes.index(str(key[at]))
            cube[:, 0, region] += full[:, i]
            if other is not None:
                cube[:, schemes.index(str(key[other])), region] += full[:, i]
    median = np.median(cube, axis=0)
    weeks = min(8, median.shape[2])
    targets = list(range(median.shape[2] - weeks, median.shape[2]))
    expected = np.ones_like(median)
    for s in range(len(schemes)):
        mean = signals_nb.fit(median[s], targets)[..., 0]
        past = median[s][:, -YEAR - weeks : -weeks]
        margin = past.mean(axis=1, keepdims=True) if past.size else median[s].mean(axis=1, keepdims=True)
        expected[s][:, targets] = np.where(np.isfinite(mean), mean, margin)
    found = clusters(
        codes,
        [places[c].tile for c in codes],
        schemes,
        panel.dates,
        median,
        expected,
        draws=None if panel.draws is None else cube,
        fdr=fdr,
        simulations=simulations,
    )
    return sorted(found, key=lambda c: c.cluster.p)


def as_row(panel: Panel, found: ClusterSignal) -> dict[str, Any]:
    """One row of the machine-readable output: the strata are null, `regions` and `weeks` name the cluster, `score`
    is its ratio.
    """
    columns = panel.hierarchy.columns
    other = next((c for c in columns if c != "region"), None)
    return {
        "date": panel.dates[-1],
        **{c: found.scheme if c == other else None for c in columns},
        "observed": found.cluster.observed,
        "expected": found.cluster.expected,
        "bound": None,
        "score": found.cluster.ratio,
        "alarm": found.alarm,
        "detector": "scan",
        "regions": list(found.regions),
        "since": found.since,
        "weeks": found.cluster.weeks,
        "p": found.cluster.p,
        "probability": found.cluster.probability,
        "recurrence_years": found.recurrence_years,
    }
