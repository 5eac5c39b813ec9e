"""Publish the week's outlook: nowcast, forecast and signals from the register's extract, in three languages, kept as it was published.

Beside the publications stands their record: what was published, scored against weeks that have settled since."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from izker.config import config
from izker.files import replacing, write_text
from izker.outlook import bulletin
from izker.outlook.bulletin_record import keep, line, own_record, replay, to_replay
from izker.outlook.forecast_picture import fan_of
from izker.server.analysis import clusters
from izker.server.audit.chain import write
from izker.server.clock import now
from izker.server.register.extract import write_extract
from izker.words import LANGUAGES, using

PHONE = 328  # width of a picture on the narrowest screen, px


def folder() -> Path:
    return config().home / "outlook"


def due() -> date | None:
    """The as-of day of the bulletin that should be out by now and is not."""
    day = bulletin.last_monday(now())
    return None if (folder() / day.isoformat() / "done.json").exists() else day


def waiting() -> bool:
    """Whether there is work: a bulletin, a search for new schemes, or past Sundays to replay."""
    return due() is not None or clusters.due() is not None or not (folder() / "replayed.json").exists()


def publish(day: date) -> Path:
    """Compute and keep the outlook as of `day`; published once, never changed afterwards. The texts are searched with it."""
    place = folder() / day.isoformat()
    if (place / "done.json").exists():
        return place
    clusters.search(day)
    source = folder() / "extract"
    write_extract(source, day)
    extract = bulletin.read_extract(source)
    made = bulletin.build(extract, day, record=line(own_record(folder() / "record", extract, day)))
    for language in LANGUAGES:
        with using(language):
            write_text(place / f"{language}.json", json.dumps(_page(made), ensure_ascii=False, default=str))
        with replacing(place / f"bulletin.{language}.pdf") as temporary:
            temporary.write_bytes(bulletin.pdf(made, language))
    keep(folder() / "record", made, at=now())
    write_text(place / "done.json", json.dumps({"as_of": day.isoformat(), "synthetic": made.synthetic}))
    write(actor=None, act="outlook.publish", target=day.isoformat(), detail={"signals": len(made.signals), "synthetic": made.synthetic})
    _score(extract, day)
    return place


def _page(made: bulletin.Bulletin) -> dict[str, Any]:
    """Words, numbers and pictures of the desk's page in the language in force; the fan in two widths."""
    drawn = bulletin.pictures(made, palette="page")
    return bulletin.page(made) | {
        "fan": {"wide": fan_of(made.panel, made.forecast), "slim": fan_of(made.panel, made.forecast, width=PHONE, height=300)},
        "map": drawn["map.svg"],
        "regions": bulletin.by_region(made),
        "sparks": [drawn[f"spark{i}.svg"] for i in range(len(made.signals[: bulletin.SHOWN]))],
    }


def replay_past() -> None:
    """Fill the record with past Sundays, one after the other; what is done is done if this is ended in between."""
    extract = bulletin.read_extract(folder() / "extract")
    day = json.loads((folder() / "extract" / "manifest.json").read_text(encoding="utf-8"))["as_of"]
    for past in to_replay(folder() / "record", extract, date.fromisoformat(day)):
        replay(folder() / "record", extract, past, at=now())
        _score(extract, date.fromisoformat(day))
    write_text(folder() / "replayed.json", json.dumps({"as_of": day}))


def _score(extract: bulletin.Extract, day: date) -> None:
    found = own_record(folder() / "record", extract, day)
    write_text(folder() / "calibration.json", json.dumps(found, default=str))


def calibration() -> dict[str, Any] | None:
    """The record's scores (see `bulletin_record.own_record`); None before anything was published."""
    path = folder() / "calibration.json"
    found: dict[str, Any] | None = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    return found


def drifting(record: Mapping[str, Any] | None) -> list[str]:
    """Kinds whose coverage has left its band."""
    return [kind for kind in ("nowcast", "forecast") if record and record.get(kind) and (record[kind].get("drift") or {}).get("alarm")]


def latest() -> Path | None:
    """The folder of the newest publication."""
    done = sorted(folder().glob("*/done.json"))
    return done[-1].parent if done else None
