"""What became of published alarms: held up by the final count or not, and how many days before raw counts would have shown as much.

An alarm holds up if the final count of its week and series is above the bound that was published for complete counts; one
that does not is false. An early alarm of several weeks is judged by each of them that had such a bound in the same
publication. A tested week whose final count is above its bound without an alarm in any publication was missed. The lead is
the day on which the reports that had come in passed the bound by themselves, less the day of the alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from izker.outlook.forecast_panel import as_date

Row = Mapping[str, Any]
Key = tuple[str | None, ...]
LEAST = 3.0  # cases below which nothing is an outbreak


def against_final(
    rows: Iterable[Row],
    columns: Sequence[str],
    final: Callable[[date, Key], float | None],
    passed: Callable[[date, Key, float], date | None],
) -> dict[str, Any]:
    """Figures of published signal rows (with `as_of`): alarms, held_up, false, waiting, missed, tested, weeks, lead_days (median), and
    each scored alarm in `alarms_told`, newest first.

    final: final count of a week and series, None while it is not settled; passed: the day raw counts of it passed a bound.
    """
    first: dict[tuple[date, Key], tuple[date, float, Row]] = {}
    quiet: dict[tuple[date, Key], float] = {}
    weeks: set[date] = set()
    kept = [(place, issued, row) for row in rows if (place := _place(row, columns)) and (issued := as_date(row.get("as_of")))]
    bounds = {(issued, place): float(row["bound"]) for place, issued, row in kept if row.get("detector") != "early" and row.get("bound")}
    for place, issued, row in kept:
        day, key = place
        early = row.get("detector") == "early"
        judged = [(day - timedelta(days=7 * back), key) for back in range(int(row.get("weeks") or 1))] if early else [place]
        judged = [p for p in judged if (issued, p) in bounds]
        if row.get("alarm") and judged:
            best = max(judged, key=lambda p: (final(*p) or 0.0) - bounds[issued, p])
            if best not in first or issued < first[best][0]:
                first[best] = issued, bounds[issued, best], row
        elif not early and (issued, place) in bounds and final(*place) is not None:
            quiet[place] = max(quiet.get(place, 0.0), bounds[issued, place])
            weeks.add(day)
    told, waiting = [], 0
    for place, (issued, bound, row) in first.items():
        truth = final(*place)
        if truth is None:
            waiting += 1
            continue
        weeks.add(place[0])
        held = truth > bound
        seen = passed(*place, bound) if held else None
        told.append(
            {
                "date": place[0].isoformat(),
                "key": list(place[1]),
                "as_of": issued.isoformat(),
                "detector": row.get("detector") or "",
                "bound": bound,
                "final": truth,
                "held_up": held,
                "lead": (seen - issued).days if seen else None,
            }
        )
    missed = 0
    for place, limit in quiet.items():
        truth = final(*place)
        if place not in first and truth is not None and truth > limit and truth >= LEAST:
            missed += 1
    leads = [t["lead"] for t in told if t["lead"] is not None]
    false = sum(not t["held_up"] for t in told)
    return {
        "alarms": len(told),
        "held_up": len(told) - false,
        "false": false,
        "waiting": waiting,
        "missed": missed,
        "tested": len(quiet.keys() | {p for p in first if final(*p) is not None}),
        "weeks": len(weeks),
        "false_a_week": false / len(weeks) if weeks else None,
        "lead_days": float(np.median(leads)) if leads else None,
        "alarms_told": sorted(told, key=lambda t: (t["date"], t["as_of"]), reverse=True),
    }


def _place(row: Row, columns: Sequence[str]) -> tuple[date, Key] | None:
    day = as_date(row.get("date"))
    return None if day is None else (day, tuple(None if row.get(c) is None else str(row[c]) for c in columns))
