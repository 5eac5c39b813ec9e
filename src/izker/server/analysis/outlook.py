"""Publish the week's outlook: nowcast, forecast and signals from the register's extract, in three languages, kept as it was published."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from izker.config import config
from izker.files import replacing, write_text
from izker.outlook import bulletin
from izker.outlook.bulletin_record import keep, own_record
from izker.outlook.forecast_picture import fan_of
from izker.server.audit.chain import write
from izker.server.clock import now
from izker.server.register.extract import write_extract
from izker.words import LANGUAGES, using


def folder() -> Path:
    return config().home / "outlook"


def due() -> date | None:
    """The as-of day of the bulletin that should be out by now and is not."""
    day = bulletin.last_monday(now())
    return None if (folder() / day.isoformat() / "done.json").exists() else day


def publish(day: date) -> Path:
    """Compute and keep the outlook as of `day`; published once, never changed afterwards."""
    place = folder() / day.isoformat()
    if (place / "done.json").exists():
        return place
    source = folder() / "extract"
    write_extract(source, day)
    extract = bulletin.read_extract(source)
    made = bulletin.build(extract, day, record=own_record(folder() / "record", extract, day))
    for language in LANGUAGES:
        with using(language):
            drawn = bulletin.pictures(made, palette="page")
            sparks = [drawn[name] for name in sorted(drawn) if name.startswith("spark")]
            page = bulletin.page(made) | {"fan": fan_of(made.panel, made.forecast), "map": drawn["map.svg"], "sparks": sparks}
        write_text(place / f"{language}.json", json.dumps(page, ensure_ascii=False, default=str))
        with replacing(place / f"bulletin.{language}.pdf") as temporary:
            temporary.write_bytes(bulletin.pdf(made, language))
    keep(folder() / "record", made)
    write_text(place / "done.json", json.dumps({"as_of": day.isoformat(), "synthetic": made.synthetic}))
    write(actor=None, act="outlook.publish", target=day.isoformat(), detail={"signals": len(made.signals), "synthetic": made.synthetic})
    return place


def latest() -> Path | None:
    """The folder of the newest publication."""
    done = sorted(folder().glob("*/done.json"))
    return done[-1].parent if done else None
