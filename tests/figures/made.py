"""A register made by hand at full size, with exactly the counts of the official answer for 2025, so that every figure
is known beforehand.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from izker.figures import Extract

REGISTERED, SOLVED, GRAVE, PERSONS = 27_892, 6_016, 4_357, 1_750
METHODS = {"impersonation": 8_554, "advance_payment": 8_357, "investment": 3_110}
HOMES, IN_COURT, OVER_60 = 49, 2, 43
BEFORE, SOLVED_BEFORE = 22_870, 4_424
REGIONS = ("75", "71", "35", "55", "39", "10")


def _cases(year: int, count: int, solved: int, grave: int) -> pl.DataFrame:
    """`count` cases spread over the year; the last `solved` of them solved 20 days later, inside the year by
    construction of the order.
    """
    start = datetime(year, 1, 1, 6, tzinfo=UTC)
    step = timedelta(days=330) / count
    methods = [name for name, n in METHODS.items() for _ in range(n)] if year == 2025 else []
    rows = []
    for i in range(count):
        registered = start + step * i
        home = year == 2025 and i < HOMES
        rows.append(
            {
                "case_no": f"{year}-{i:06d}",
                "registered_at": registered,
                "reported_at": registered - timedelta(hours=1),
                "occurred_at": registered - timedelta(hours=1) - timedelta(days=(5 + i % 26) if home else 1, hours=3),
                "region": REGIONS[i % len(REGIONS)],
                "scheme": "HOUSE_SALE" if home else "OTHER",
                "ministry_class": methods[i] if i < len(methods) else "other",
                "gravity": "grave" if i < grave else "medium",
                "damage": 6_000_000_000 if home and i == 7 else 100_000_000,
                "victim_age": (72 if i < OVER_60 else 45) if home else 30,
                "home_sale": home,
                "solved_at": registered + timedelta(days=20) if i < solved else None,
                "to_court_at": registered + timedelta(days=25) if i < IN_COURT else None,
                "interrupted_at": registered + timedelta(days=30) if solved <= i < solved + 10_000 else None,
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def extract(*, synthetic: bool = True) -> Extract:
    cases = pl.concat(
        [_cases(2024, BEFORE, SOLVED_BEFORE, 3_000), _cases(2025, REGISTERED, SOLVED, GRAVE)], how="vertical_relaxed"
    )
    persons = pl.DataFrame(
        {
            "person_id": [f"p{i}" for i in range(PERSONS)] + ["earlier"],
            "charged_at": [datetime(2025, 6, 1, tzinfo=UTC)] * PERSONS + [datetime(2024, 6, 1, tzinfo=UTC)],
        }
    )
    offences = pl.DataFrame(
        {
            "month": [f"2025-{m:02d}" for m in range(1, 13)],
            "region": ["75"] * 12,
            "all_offences": [8_029] * 11 + [96_354 - 8_029 * 11],
            "all_fraud": [3_817] * 11 + [45_806 - 3_817 * 11],
        }
    )
    return Extract(
        cases=cases, persons=persons, offences=offences, synthetic=synthetic, source="a register made by hand"
    )
