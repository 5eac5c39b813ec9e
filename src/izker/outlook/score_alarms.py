"""What became of published alarms: held up by the final count or not, and how many days before raw counts would have shown as much.

An alarm holds up if the final count of its series, over the weeks it speaks of, is above the bound that was published for
complete counts; one that does not is false. Alarms of one series whose weeks overlap are one, the first. A tested week
whose final count is above its bound without an alarm in any publication was missed. The lead is the day on which the
reports that had come in passed that bound by themselves, less the day of the alarm; replayed rows have none, for an alarm
that is looked for every fourth week cannot be early.
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
    passed: Callable[[date, int, Key, float], date | None],
) -> dict[str, Any]:
    """Figures of published signal rows (with `as_of`): alarms, held_up, false, waiting, missed, tested, weeks, lead_days (median), and
    each scored alarm in `alarms_told`, newest first.

    final: final count of a week and series, None while it is not settled; passed: the day on which raw counts of the weeks (the last one,
    how many) passed a bound.
    """
    first: dict[tuple[date, int, Key], tuple[date, float, Row]] = {}
    quiet: dict[tuple[date, Key], float] = {}
    alarmed: set[tuple[date, Key]] = set()
    weeks: set[date] = set()
    for row in rows:
        day, issued, bound = as_date(row.get("date")), as_date(row.get("as_of")), row.get("final_bound", row.get("bound"))
        if day is None or issued is None or bound is None:
            continue
        key = tuple(None if row.get(c) is None else str(row[c]) for c in columns)
        width = int(row.get("weeks") or 1)
        if row.get("alarm"):
            alarmed |= {(day - timedelta(days=7 * back), key) for back in range(width)}
            if (day, width, key) not in first or issued < first[day, width, key][0]:
                first[day, width, key] = issued, float(bound), row
        elif row.get("detector") != "early" and final(day, key) is not None:
            quiet[day, key] = max(quiet.get((day, key), 0.0), float(bound))
            weeks.add(day)
    told: list[dict[str, Any]] = []
    leads: list[int | None] = []
    waiting = 0
    spoken: set[tuple[date, Key]] = set()
    for (day, width, key), (issued, bound, row) in sorted(first.items(), key=lambda f: (f[1][0], f[0][0], f[0][1])):
        mine = {(day - timedelta(days=7 * back), key) for back in range(width)}
        if spoken & mine:  # the same rise, told again by another detector or a week later
            spoken |= mine
            continue
        spoken |= mine
        counts = [final(day - timedelta(days=7 * back), key) for back in range(width)]
        settled = [c for c in counts if c is not None]
        if len(settled) < width:
            waiting += 1
            continue
        weeks.add(day)
        held = sum(settled) > bound
        seen = passed(day, width, key, bound) if held and not row.get("replayed") else None
        leads.append((seen - issued).days if seen else None)
        told.append(
            {
                "date": day.isoformat(),
                "weeks": width,
                "key": list(key),
                "as_of": issued.isoformat(),
                "detector": row.get("detector") or "",
                "bound": bound,
                "final": sum(settled),
                "held_up": held,
                "lead": leads[-1],
            }
        )
    missed = 0
    for place, limit in quiet.items():
        truth = final(*place)
        if place not in alarmed and truth is not None and truth > limit and truth >= LEAST:
            missed += 1
    early = [lead for lead in leads if lead is not None]
    false = sum(not t["held_up"] for t in told)
    return {
        "alarms": len(told),
        "held_up": len(told) - false,
        "false": false,
        "waiting": waiting,
        "missed": missed,
        "tested": len(quiet.keys() | {(day, key) for day, _width, key in first if final(day, key) is not None}),
        "weeks": len(weeks),
        "false_a_week": false / len(weeks) if weeks else None,
        "lead_days": float(np.median(early)) if early else None,
        "alarms_told": sorted(told, key=lambda t: (t["date"], t["as_of"]), reverse=True),
    }

