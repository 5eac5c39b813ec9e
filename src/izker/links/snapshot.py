"""A linker as bytes and back, exactly: what it does next is what the grown one would do.

NumPy arrays in one .npz (no pickle), texts as UTF-8 with offsets, the small rest as JSON. The bytes hold identifiers
(links name their value): whoever stores them seals them. What follows from other parts is not stored but made again.
"""

from __future__ import annotations

import gc
import io
import itertools
import json
from dataclasses import asdict
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from izker.links import keys, texts
from izker.links.linker import Change, Linker, Why
from izker.links.model import KINDS, Rules
from izker.links.postings import Postings, hashed
from izker.words import N_, Refusal

FORMAT = 1


def made_by(linker: Linker) -> str:
    """What a snapshot depends on besides its reports: format, rules, public numbers, the secret. Another one must not be
    read."""
    said = [FORMAT, asdict(linker.rules), sorted(keys.public()), list(KINDS), hashed(linker.secret, "snapshot", "")]
    return sha256(json.dumps(said).encode()).hexdigest()


def dump(linker: Linker) -> bytes:
    """The linker's whole state but its rules and secret; equal linkers give equal bytes."""
    parts, why = linker.parts, linker.why
    value_keys, value_reports = _columns(linker.values)
    band_keys, band_reports = _columns(linker.bands)
    recent = sorted(linker.recent_signatures)
    newer = np.array([linker.recent_signatures[r] for r in recent], np.uint32).reshape(-1, texts.HASHES)
    rows = np.concatenate((linker.signature_row, np.array(recent, np.int64)))
    doubts = sorted({w.doubtful for w in why})
    small = {
        "made_by": made_by(linker),
        "params": {str(n): w.params for n, w in enumerate(why) if w.params},
        "hubs": {str(key): told for key, told in linker.hubs.items()},
        "checked": {str(key): size for key, size in linker.checked_size.items()},
        "changes": [[c.verb, list(c.links), [sorted(side) for side in c.apart] if c.apart else None, c.undone] for c in linker.changes],
        "doubts": doubts,
    }
    doubt = {text: n for n, text in enumerate(doubts)}
    arrays: dict[str, Any] = {
        "small": np.frombuffer(json.dumps(small, ensure_ascii=False).encode(), np.uint8),
        "times": np.array(linker.times, np.int64),
        "part": np.array(parts.part, np.int32),
        "members": np.fromiter((r for held in parts.members.values() for r in held), np.int32),
        "member_labels": np.fromiter(parts.members, np.int32, len(parts.members)),
        "member_sizes": np.fromiter((len(held) for held in parts.members.values()), np.int32, len(parts.members)),
        "ends": np.array(parts.ends, np.int32).reshape(-1, 2),
        "marks": np.array(parts.marks, np.uint8),
        "kind": np.fromiter((KINDS.index(w.kind) for w in why), np.uint8, len(why)),
        "key": np.fromiter((w.key for w in why), np.uint64, len(why)),
        "gap": np.fromiter((w.gap for w in why), np.int64, len(why)),
        "sharing": np.fromiter((w.sharing for w in why), np.int32, len(why)),
        "doubt": np.fromiter((doubt[w.doubtful] for w in why), np.uint8, len(why)),
        "value_keys": value_keys,
        "value_reports": value_reports,
        "band_keys": band_keys,
        "band_reports": band_reports,
        "signatures": np.concatenate((linker.signatures, newer)),
        "signature_row": rows,
    }
    for name, words in (("ids", linker.ids), ("values", [w.value for w in why])):
        encoded = [word.encode() for word in words]
        arrays[name] = np.frombuffer(b"".join(encoded), np.uint8)
        arrays[f"{name}_at"] = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def _columns(held: Postings) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Keys and reports sorted by key, so that equal linkers give equal bytes."""
    keys_of, reports = held.columns()
    order = np.argsort(keys_of, kind="stable")
    return keys_of[order], reports[order]


def load(data: bytes, rules: Rules | None = None, secret: bytes | None = None) -> Linker:
    """The linker of a `dump`; refuses one made under other rules, public numbers or another secret."""
    collecting = gc.isenabled()
    gc.disable()  # millions of small objects are made and none is garbage: looking for it takes four times the work
    try:
        return _load(data, rules, secret)
    finally:
        if collecting:
            gc.enable()


def _load(data: bytes, rules: Rules | None, secret: bytes | None) -> Linker:
    linker = Linker(rules, secret)
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        held = {name: file[name] for name in file.files}
    small = json.loads(held["small"].tobytes())
    if small["made_by"] != made_by(linker):
        raise Refusal(N_("the snapshot of the series was made under other rules: the series are built anew"))
    linker.ids = _texts(held, "ids")
    linker.index = {name: at for at, name in enumerate(linker.ids)}
    linker.times = held["times"].tolist()
    parts = linker.parts
    parts.part = held["part"].tolist()
    bounds = np.cumsum([0, *held["member_sizes"].tolist()]).tolist()
    members = held["members"].tolist()
    parts.members = {label: members[a:b] for label, a, b in zip(held["member_labels"].tolist(), bounds, bounds[1:], strict=False)}
    parts.ends = [(a, b) for a, b in held["ends"].tolist()]
    parts.marks = held["marks"].tolist()
    for number, (a, b) in enumerate(parts.ends):
        parts.at.setdefault(a, []).append(number)
        parts.at.setdefault(b, []).append(number)
    columns = zip(
        *(held[name].tolist() for name in ("kind", "key", "gap", "sharing", "doubt")), _texts(held, "values"), strict=True
    )  # fmt: skip
    linker.why = [Why(KINDS[kind], value, key, gap, sharing, small["doubts"][doubt]) for kind, key, gap, sharing, doubt, value in columns]
    for number, params in small["params"].items():
        linker.why[int(number)].params = params
    linker.values = Postings.in_order(held["value_keys"], held["value_reports"])
    linker.bands = Postings.in_order(held["band_keys"], held["band_reports"])
    order = np.argsort(held["signature_row"], kind="stable")
    linker.signatures, linker.signature_row = held["signatures"][order], held["signature_row"][order]
    linker.hubs = {int(key): told for key, told in small["hubs"].items()}
    linker.checked_size = {int(key): size for key, size in small["checked"].items()}
    linker.changes = [
        Change(n, verb, tuple(links), (frozenset(apart[0]), frozenset(apart[1])) if apart else None, undone)
        for n, (verb, links, apart, undone) in enumerate(small["changes"])
    ]
    return linker


def _texts(held: dict[str, NDArray[np.generic]], name: str) -> list[str]:
    whole, at = held[name].tobytes(), held[f"{name}_at"].tolist()
    return [whole[a:b].decode() for a, b in itertools.pairwise(at)]
