"""Scores extraction on Kazakh, Russian and English texts with exact spans, written before the rules of extraction were
read and never used to tune a single one: `blind.jsonl` (324) and, by another hand that never saw the rules,
`others.jsonl` (400).

A row: id, lang, text, identifiers (kind, value, start, end, valid; `loose` where careful readers may differ: neither a
hit nor a false alarm counts). A hit has the kind, the validity, the value and an overlapping place. A host counts in
its ASCII form, a name without its network; a date and a wa.me link (its telephone counts) are left out.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from izker.identifiers import extract

BLIND = Path(__file__).parent / "blind.jsonl"
OTHERS = Path(__file__).parent / "others.jsonl"
STRICT = ("phone", "card", "iban", "url")


def score(path: Path = BLIND) -> dict[str, tuple[int, int, int]]:
    """By kind (' (invalid)' behind it where the form's rule fails): right, missed and false identifiers."""
    right, missed, false = Counter[str](), Counter[str](), Counter[str]()
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        found = [i for i in extract(row["text"]) if i.kind != "date" and not i.value.startswith("wa.me/")]
        for truth in row["identifiers"]:
            hit = next((i for i in found if _same(i, truth)), None)
            if hit is not None:
                found.remove(hit)
            if not truth.get("loose"):
                (right if hit is not None else missed)[_key(truth["kind"], truth["valid"])] += 1
        loose = [t for t in row["identifiers"] if t.get("loose")]
        rest = [i for i in found if not any(i.start < t["end"] and t["start"] < i.end for t in loose)]
        false.update(_key(i.kind, i.valid) for i in rest)
    return {key: (right[key], missed[key], false[key]) for key in sorted({*right, *missed, *false})}


def rates(counts: tuple[int, int, int]) -> tuple[float, float]:
    """Precision and recall."""
    right, missed, false = counts
    return right / max(right + false, 1), right / max(right + missed, 1)


def _key(kind: str, valid: bool) -> str:
    return kind if valid else f"{kind} (invalid)"


def _same(one: Any, truth: dict[str, Any]) -> bool:
    if one.kind != truth["kind"] or one.valid != truth["valid"] or one.start >= truth["end"] or truth["start"] >= one.end:
        return False
    if one.kind == "amount" and " " not in truth["value"]:
        return _plain("amount", one.value.split()[0]) == _plain("amount", truth["value"])
    return _plain(one.kind, one.value) == _plain(one.kind, truth["value"])


def _plain(kind: str, value: str) -> object:
    if kind == "url":
        parts = urlsplit(value if "://" in value else "https://" + value)
        return _host(parts.hostname or ""), parts.port, parts.path.rstrip("/"), parts.query
    if kind == "domain":
        return _host(value)
    if kind == "handle":
        return re.sub(r"^(?:t\.me|instagram\.com)/", "", value).lstrip("@")
    if kind == "amount":
        number, _space, code = value.partition(" ")
        return Decimal(number), code
    return value


def _host(host: str) -> str:
    import idna

    return host if host.isascii() else idna.encode(host, uts46=True).decode()
