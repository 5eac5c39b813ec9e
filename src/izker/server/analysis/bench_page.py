"""The league table of response policies: the installation's own (IZKER_HOME/bench), else the one published with the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import izker
from izker.config import config
from izker.world.bench.policies import POLICIES

DELAYS = (1, 10, 60, 1440, 43_200)  # minutes shown: the answer the whole product starts from is in the last columns


def folder() -> Path | None:
    """Where league.json lies: own bench, package data of a wheel, docs of a checkout."""
    here = Path(izker.__file__).parent
    places = (config().home / "bench", here / "docs" / "response-bench", here.parents[1] / "docs" / "response-bench")
    return next((place for place in places if (place / "league.json").is_file()), None)


def gather(language: str) -> dict[str, Any]:
    """curves (SVG in the language), rows (policy, shares held by delay, wrongly held, requests), targets; nothing where no bench was run."""
    place = folder()
    if place is None:
        return {"rows": []}
    league = json.loads((place / "league.json").read_text(encoding="utf-8"))
    by_key = {(row["name"], row["delay"]): row for row in league["policies"]}
    names = list(dict.fromkeys(row["name"] for row in league["policies"]))
    rows = [
        {
            "name": name,
            "title": POLICIES[name].title,
            "held": [_percent(by_key[name, delay]["held_share"], language) for delay in DELAYS if (name, delay) in by_key],
            "wrong": _percent(by_key[name, 10]["wrongly_held_share"], language, 2),
            "returned": _percent(by_key[name, 10]["returned_share"], language),
            "requests": f"{by_key[name, 10]['requests_per_million']:.2f}".replace(".", "." if language == "en" else ","),
        }
        for name in names
        if (name, 10) in by_key
    ]
    curves = place / f"held_by_delay.{language}.svg"
    return {
        "rows": rows,
        "scale": league["scale"],
        "seeds": ", ".join(map(str, league["seeds"])),
        "curves": curves.read_text(encoding="utf-8") if curves.is_file() else "",
    }


def _percent(share: float | None, language: str, places: int = 1) -> str:
    if share is None:
        return "–"
    return f"{share * 100:.{places}f}".replace(".", "." if language == "en" else ",") + ("%" if language == "en" else "\u00a0%")
