"""Counts of all offences and all frauds by month and region, beside which the internet frauds stand."""

from __future__ import annotations

import numpy as np
import polars as pl

from izker.world.parameters import figures
from izker.world.register.margins import all_counts, internet_fraud, region_codes
from izker.world.streams import apportion


def offences_table() -> pl.DataFrame:
    """year, month, region, all_offences, all_fraud, internet_fraud, all_fraud_december_cut (the larger count known
    in December).
    """
    frames = []
    for year in (2024, 2025):
        offences, fraud, internet = all_counts(year, "offences"), all_counts(year, "fraud"), internet_fraud(year)
        cut = fraud.copy()
        if year == 2025:
            later = figures()["all_fraud_2025_december_cut"] - figures()["all_fraud_2025"]
            cut = fraud + apportion(later, fraud.ravel().astype(np.float64)).reshape(fraud.shape)
        rows, months = fraud.shape
        frames.append(
            pl.DataFrame(
                {
                    "year": np.full(rows * months, year),
                    "month": np.tile(np.arange(1, months + 1), rows),
                    "region": np.repeat(np.array(region_codes()), months),
                    "all_offences": offences.ravel(),
                    "all_fraud": fraud.ravel(),
                    "internet_fraud": internet.ravel(),
                    "all_fraud_december_cut": cut.ravel(),
                }
            )
        )
    return pl.concat(frames).sort("year", "month", "region")
