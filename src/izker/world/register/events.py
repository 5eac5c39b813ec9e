"""The register as append-only events with valid time and record time, so that any past day can be asked for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from izker.times import to_us
from izker.world.parameters import now, values
from izker.world.register.cases import CLASSES, NEVER, SCHEMES, Cases, grave, ministry_class
from izker.world.register.clock import DAY, HOUR
from izker.world.register.persons import Prosecuted
from izker.world.streams import BoolArray, IntArray, choose, stream
from izker.world.tables import moments

ORDER = (
    "reported",
    "registered",
    "scheme_set",
    "requalified",
    "interrupted",
    "resumed",
    "solved",
    "sent_to_court",
    "terminated",
    "person_prosecuted",
    "joined",
    "excluded",
)


def history(seed: int, cases: Cases, prosecuted: Prosecuted, numbers: list[str]) -> pl.DataFrame:
    """case_no, kind, valid_at, recorded_at, value (JSON), in the order of recording.

    `excluded`: the case stays in the register but no longer counts as internet fraud (re-qualified); `joined`: it
    became part of another case. Both were recorded in January 2026: as of 31 December 2025 the year counts 28 851, as
    of 16 January 2026 27 892.
    """
    rng = stream(seed, "register", "events")
    size, rule = len(cases), values("register")
    every = np.ones(size, dtype=np.bool_)
    lag = (rng.exponential(3.0, size) * HOUR).astype(np.int64)
    first_scheme, corrected = _first_schemes(rng, cases)
    first_article = np.where(
        rng.random(size) < rule["requalified_share"], np.where(cases.article < 4, cases.article + 1, 3), cases.article
    )
    article_changed = first_article != cases.article
    set_at = cases.registered + HOUR // 2
    change_at = cases.registered + (2 + 20 * rng.random(size)).astype(np.int64) * DAY + 3 * HOUR
    latest = np.where(cases.solved != NEVER, cases.solved - HOUR, to_us(now()))
    changes: BoolArray = change_at < np.minimum(latest, np.where(cases.withdrawn != NEVER, cases.withdrawn, latest))
    corrected &= changes
    article_changed &= changes
    first_scheme = np.where(corrected, first_scheme, cases.scheme)
    first_article = np.where(article_changed, first_article, cases.article)
    resumed = (cases.interrupted != NEVER) & (
        (cases.solved != NEVER) | (rng.random(size) < rule["reinterrupted_share"])
    )
    resume_at = np.where(
        cases.solved != NEVER,
        cases.solved - 2 * DAY,
        cases.interrupted + (20 + (40 * rng.random(size)).astype(np.int64)) * DAY,
    )
    resumed &= (resume_at < to_us(now())) & (resume_at > cases.interrupted)
    joined = (cases.withdrawn != NEVER) & (rng.random(size) < 0.55)
    target = _joined_into(rng, cases)
    scheme_value, article_value = _scheme_json, _article_json
    frames = [
        _rows("reported", every, cases.reported, lag // 4, numbers, lambda w: ["{}"] * len(w)),
        _rows(
            "registered",
            every,
            cases.registered,
            np.zeros_like(lag),
            numbers,
            lambda w: article_value(first_article[w], cases.damage[w]),
        ),
        _rows("scheme_set", every, set_at, np.zeros_like(lag), numbers, lambda w: scheme_value(first_scheme[w])),
        _rows("scheme_set", corrected, change_at, lag, numbers, lambda w: scheme_value(cases.scheme[w])),
        _rows(
            "requalified",
            article_changed,
            change_at,
            lag,
            numbers,
            lambda w: article_value(cases.article[w], cases.damage[w]),
        ),
        _rows(
            "interrupted",
            cases.interrupted != NEVER,
            cases.interrupted,
            lag,
            numbers,
            lambda w: ['{"ground": "offender_unknown"}'] * len(w),
        ),
        _rows("resumed", resumed, resume_at, lag // 8, numbers, lambda w: ["{}"] * len(w)),
        _rows("solved", cases.solved != NEVER, cases.solved, lag // 8, numbers, lambda w: ["{}"] * len(w)),
        _rows("sent_to_court", cases.to_court != NEVER, cases.to_court, lag // 8, numbers, lambda w: ["{}"] * len(w)),
        _rows(
            "terminated",
            (cases.solved != NEVER) & (cases.to_court == NEVER),
            cases.solved,
            lag // 8,
            numbers,
            lambda w: ["{}"] * len(w),
        ),
        _rows(
            "joined",
            joined,
            cases.withdrawn,
            lag // 8,
            numbers,
            lambda w: [f'{{"into": "{numbers[t]}"}}' for t in target[w]],
        ),
        _rows(
            "excluded",
            (cases.withdrawn != NEVER) & ~joined,
            cases.withdrawn,
            lag // 8,
            numbers,
            lambda w: ['{"internet_fraud": false, "ground": "requalified"}'] * len(w),
        ),
        _prosecutions(prosecuted, numbers),
    ]
    rank = pl.col("kind").replace_strict({k: i for i, k in enumerate(ORDER)}, return_dtype=pl.Int64)
    end = to_us(now())
    frame = pl.concat(frames).filter(pl.col("valid") <= end).with_columns(pl.min_horizontal("recorded", pl.lit(end)))
    frame = frame.sort([pl.col("recorded"), pl.col("valid"), rank, pl.col("case_no")], maintain_order=True)
    times = pl.DataFrame(
        {"valid_at": moments(frame["valid"].to_numpy()), "recorded_at": moments(frame["recorded"].to_numpy())}
    )
    return pl.concat([frame.select("case_no", "kind"), times, frame.select("value")], how="horizontal")


def _rows(
    kind: str,
    which: BoolArray,
    valid: IntArray,
    lag: IntArray,
    numbers: list[str],
    value: Callable[[IntArray], list[str]],
) -> pl.DataFrame:
    rows = np.flatnonzero(which)
    return pl.DataFrame(
        {
            "case_no": [numbers[r] for r in rows],
            "kind": pl.Series([kind], dtype=pl.String).new_from_index(0, len(rows)),
            "valid": valid[rows],
            "recorded": valid[rows] + lag[rows],
            "value": value(rows),
        },
        schema={"case_no": pl.String, "kind": pl.String, "valid": pl.Int64, "recorded": pl.Int64, "value": pl.String},
    )


def _scheme_json(scheme: IntArray) -> list[str]:
    text = [
        f'{{"scheme": "{s}", "ministry_class": "{CLASSES[int(c)]}"}}'
        for s, c in zip(SCHEMES, ministry_class(np.arange(len(SCHEMES))), strict=True)
    ]
    return [text[s] for s in scheme]


def _article_json(article: IntArray, damage: IntArray) -> list[str]:
    heavy = grave(article)
    return [
        f'{{"article": "190-{a}", "gravity": "{"grave" if g else "medium"}", "damage": {d}, "internet_fraud": true}}'
        for a, g, d in zip(article, heavy, damage, strict=True)
    ]


def _first_schemes(rng: np.random.Generator, cases: Cases) -> tuple[IntArray, BoolArray]:
    """The scheme code entered at registration, and whether it was corrected later to the present one."""
    wrong = choose(rng, [1.0] * len(SCHEMES), len(cases))
    corrected: BoolArray = (rng.random(len(cases)) < values("register")["scheme_corrected_share"]) & (
        wrong != cases.scheme
    )
    return np.where(corrected, wrong, cases.scheme), corrected


def _joined_into(rng: np.random.Generator, cases: Cases) -> IntArray:
    """For every case an earlier case of its year that stays in the register (used for the joined ones)."""
    stays = np.flatnonzero(cases.withdrawn == NEVER)
    before = np.searchsorted(stays, np.arange(len(cases)))
    return np.asarray(stays[np.maximum(before - 1 - rng.integers(0, 40, len(cases)), 0)], dtype=np.int64)


def _prosecutions(prosecuted: Prosecuted, numbers: list[str]) -> pl.DataFrame:
    at = prosecuted.decided[prosecuted.person]
    return pl.DataFrame(
        {
            "case_no": [numbers[c] for c in prosecuted.case],
            "kind": ["person_prosecuted"] * len(at),
            "valid": at,
            "recorded": at,
            "value": [f'{{"person": "D{p + 1:06d}"}}' for p in prosecuted.person],
        }
    )
