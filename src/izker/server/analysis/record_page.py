"""The calibration page: Izker's own record, scored in public, with pictures and the tables behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from izker.outlook.bulletin import place_name
from izker.outlook.pictures import number, short_date
from izker.outlook.pictures_map import pit_strip
from izker.outlook.pictures_record import beside, coverage, histogram, intervals, percent
from izker.outlook.score import BAND, wilson
from izker.server.analysis.outlook import PHONE, calibration
from izker.words import N_, _, language

LEVELS = {"whole": N_("whole country"), "region": N_("regions"), "scheme": N_("schemes")}
NAMES = {
    "naive": N_("last value"),
    "mean of 8": N_("mean of 8 weeks"),
    "seasonal naive": N_("the same week a year ago"),
    "reported so far": N_("reported so far"),
    "mean of 8 complete weeks": N_("mean of 8 complete weeks"),
}
OURS = "Izker"
ALARMS = 20  # shown in the table


def gather() -> dict[str, Any]:
    """What the page shows of the record; `record` is None before anything was published."""
    record = calibration()
    if record is None:
        return {"record": None}
    return {
        "record": record,
        "settled": short_date(date.fromisoformat(record["settled"])) + " " + record["settled"][:4],
        "kinds": [_kind(record, kind) for kind in ("nowcast", "forecast")],
        "signals": _signals(record["signals"]),
    }


def summary_of(record: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The strip and the figures of the outlook page: nowcasts of the newest week of the whole country; None while nothing is scored."""
    rows = _newest(record) if record else []
    if not record or not rows:
        return None
    inside = {level: sum(low <= r["final"] <= high for r in rows for low, high in [_ends(r, level)]) for level in (50, 95)}
    loss = record["nowcast"]["levels"]["whole"]
    naive = loss["benchmarks"].get("reported so far")
    return {
        "count": len(rows),
        "strip": _both(lambda width: pit_strip([r["pit"] for r in rows], title=_("where final counts fell in what was published"), width=width)),
        "inside": [
            {"level": percent(level / 100), "share": percent(n / len(rows)), "hits": n, "of": len(rows)} for level, n in inside.items()
        ],
        "wis": _figure(loss["wis"]),
        "naive": _figure(naive["wis"]) if naive else "",
        "replayed": record["replayed"],
        "live": record["live"],
    }


def _newest(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Nowcasts of the whole country, each week once: by the first publication that spoke of it."""
    first: dict[str, dict[str, Any]] = {}
    for row in record["weeks"]:
        if row["kind"] == "nowcast" and (row["date"] not in first or row["issued"] < first[row["date"]]["issued"]):
            first[row["date"]] = row
    return list(first.values())


def _ends(row: Mapping[str, Any], level: int) -> tuple[float, float]:
    values = row["values"]
    return (values[0], values[4]) if level == 95 else (values[1], values[3])


def _kind(record: Mapping[str, Any], kind: str) -> dict[str, Any]:
    title = _("Nowcast: the last eight weeks, corrected for late reporting") if kind == "nowcast" else _("Forecast: one to four weeks ahead")
    figures = record[kind]
    if not figures:
        return {"title": title, "figures": None}
    weeks = _newest(record) if kind == "nowcast" else [r for r in record["weeks"] if r["kind"] == "forecast"]
    levels = [(_(LEVELS[name]), row) for name, row in figures["levels"].items() if name in LEVELS]
    shares = [_share(name, row) for name, row in levels]
    scores = [(name, {OURS: row["wis"], **{_(NAMES.get(b, b)): v["wis"] for b, v in row["benchmarks"].items()}}) for name, row in levels]
    days = [date.fromisoformat(r["date"]) for r in weeks]
    drift = figures["drift"]
    whole = figures["levels"].get("whole", figures)
    return {
        "title": title,
        "figures": figures,
        "weeks": _both(
            lambda width: intervals(
                days,
                [r["values"] for r in weeks],
                [r["final"] for r in weeks],
                title=_("what was published for each week and the final count"),
                unit=_("a week"),
                width=width,
                height=280 if width > PHONE else 220,
            )
        ),
        "coverage": _both(lambda width: coverage(shares, title=_("share of final counts inside the 95 % interval"), band=BAND, width=width)),
        "scores": _both(lambda width: beside(scores, title=_("mean score beside simple benchmarks"), ours=OURS, width=width)),
        "pit": _both(
            lambda width: histogram(whole["pit"], title=_("where final counts fell in what was published"), width=min(width, 456))
        ),
        "levels": [_level_row(name, row) for name, row in levels],
        "benchmarks": [_(NAMES.get(b, b)) for b in (levels[0][1]["benchmarks"] if levels else ())],
        "rows": [_week_row(r) for r in reversed(weeks)],
        "worst": [_worst(r) for r in figures["worst"]],
        "drift": drift and {
            "alarm": drift["alarm"],
            "share": percent(drift["coverage"]),
            "low": percent(drift["interval"][0]),
            "high": percent(drift["interval"][1]),
            "dates": drift["dates"],
        },
    }  # fmt: skip


def _share(name: str, row: Mapping[str, Any]) -> tuple[str, float, tuple[float, float], str]:
    """A level's coverage with Wilson's interval; weeks of one level miss together, so the interval counts what is really independent: weeks."""
    share = float(row["coverage"]["0.95"])
    ends = wilson(share * row["dates"], row["dates"])
    return name, share, ends, _("{share} of {count}").format(share=percent(share, 1), count=number(row["rows"]))


def _level_row(name: str, row: Mapping[str, Any]) -> list[str]:
    shares = [percent(row["coverage"].get(level, float("nan")), 1) for level in ("0.5", "0.8", "0.95")]
    mase = "—" if row["mase"] is None else _figure(row["mase"])
    return [name, number(row["rows"]), *shares, _figure(row["wis"]), *(_figure(b["wis"]) for b in row["benchmarks"].values()), mase]


def _week_row(row: Mapping[str, Any]) -> dict[str, Any]:
    low, first, middle, third, high = row["values"]
    return {
        "cells": [
            _day(row["date"]),
            _day(row["issued"]),
            number(middle),
            f"{number(first)}–{number(third)}",
            f"{number(low)}–{number(high)}",
            number(row["final"]),
        ],
        "out": not low <= row["final"] <= high,
        "replayed": row["replayed"],
    }


def _worst(row: Mapping[str, Any]) -> list[str]:
    median = float("nan") if row["median"] is None else row["median"]
    return [_day(row["date"]), place_name(row["key"]), number(median), number(row["truth"]), _figure(row["wis"])]


def _signals(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: number(found[name]) for name in ("alarms", "held_up", "false", "waiting", "missed", "tested", "weeks")},
        "any": bool(found["alarms"] or found["tested"]),
        "false_a_week": "—" if found["false_a_week"] is None else _figure(round(found["false_a_week"], 2)),
        "lead_days": "—" if found["lead_days"] is None else number(found["lead_days"]),
        "rows": [
            {
                "cells": [
                    _day(t["date"]),
                    place_name(t["key"]),
                    _day(t["as_of"]),
                    number(t["bound"]),
                    number(t["final"]),
                    _("held up") if t["held_up"] else _("false"),
                    "—" if t["lead"] is None else number(t["lead"]),
                ],
                "out": not t["held_up"],
            }
            for t in found["alarms_told"][:ALARMS]
        ],
        "more": max(len(found["alarms_told"]) - ALARMS, 0),
    }


def _day(text: str) -> str:
    return f"{short_date(date.fromisoformat(text))} {text[:4]}"


def _figure(value: float | None) -> str:
    if value is None:
        return "—"
    text = f"{value:.3g}" if abs(value) < 1000 else number(value)
    return text if language() == "en" else text.replace(".", ",")


def _both(draw: Callable[[float], str]) -> dict[str, str]:
    """The picture for a desk and for a phone."""
    return {"wide": draw(936), "slim": draw(PHONE)}
