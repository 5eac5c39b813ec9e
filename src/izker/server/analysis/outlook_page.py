"""The outlook page: what was published last, as it was published, and what waits for a person."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404

from izker.server.analysis.clusters_page import state_of_search, waiting
from izker.server.analysis.outlook import calibration, drifting, latest
from izker.server.analysis.record_page import summary_of


def gather(language: str) -> dict[str, Any]:
    """`page` holds words, numbers and pictures of the newest publication; None while the first one is being made."""
    place = latest()
    page = json.loads((place / f"{language}.json").read_text(encoding="utf-8")) if place else None
    if page:
        page["signals"] = [{**signal, "picture": spark} for signal, spark in zip(page["signals"], page["sparks"], strict=True)]
    record = calibration()
    return {"page": page, "new": waiting(), "searched": state_of_search(), "drift": drifting(record), "record": summary_of(record)}


def bulletin_pdf(language: str) -> bytes:
    place = latest()
    if place is None:
        raise Http404
    return (place / f"bulletin.{language}.pdf").read_bytes()
