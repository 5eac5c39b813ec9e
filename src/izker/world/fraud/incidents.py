"""Frauds of the ledger: the registered ones that fall into its window and the four in five that nobody reported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from izker.money import TIYN
from izker.world.parameters import values
from izker.world.people import People
from izker.world.register.cases import (
    NEVER,
    SCHEMES,
    Cases,
    awake,
    draw_losses,
    ministry_class,
    scheme_figures,
    scheme_table,
)
from izker.world.register.clock import DAY, HOUR
from izker.world.streams import BoolArray, FloatArray, IntArray, choose, stream

NO_CASE = -1
CAMPAIGN = 12 * DAY


@dataclass
class Frauds:
    """One element a fraud, by time. `case` is a row of the cases or NO_CASE; `stolen` is tiyn; `campaign` numbers the
    organisation's script, phones and sites of a fortnight."""

    scheme: IntArray
    organisation: IntArray
    campaign: IntArray
    victim: IntArray
    case: IntArray
    occurred: IntArray
    reported: IntArray
    stolen: IntArray
    home_sale: BoolArray

    def __len__(self) -> int:
        return len(self.scheme)


def in_window(cases: Cases, start: int, end: int) -> IntArray:
    """Rows whose money moved inside the ledger and whose report was made by now; home sales need room before the
    first payment.
    """
    room = np.where(cases.home_sale, 5 * DAY, 6 * HOUR)
    return np.flatnonzero((cases.occurred > start + room) & (cases.reported <= end) & (cases.withdrawn == NEVER))


def link_cases(seed: int, cases: Cases, start: int, end: int, wanted: int, fresh_share: float) -> IntArray:
    """Which cases have ledger rows: all in the window or, in a sample, `wanted` of them.

    A sample holds a home sale and one of every scheme where there is one. `fresh_share` of it was reported lately (four
    days), those with the latest payments first, so that money is still on its way when the world is looked at.
    """
    rows = in_window(cases, start, end)
    if not wanted or len(rows) <= wanted:
        return rows
    rows = stream(seed, "fraud", "link").permutation(rows)
    fresh = rows[cases.reported[rows] > end - 4 * DAY]
    fresh = fresh[np.argsort(-cases.occurred[fresh], kind="stable")][: round(wanted * fresh_share)]
    typical = [rows[cases.home_sale[rows]][:1]]
    typical += [rows[(cases.scheme[rows] == code) & ~cases.home_sale[rows]][:1] for code in range(len(SCHEMES))]
    ordered = np.concatenate([*typical, fresh, rows[cases.reported[rows] <= end - 4 * DAY]])
    _values, first = np.unique(ordered, return_index=True)
    return np.sort(ordered[np.sort(first)][:wanted])


def make_frauds(
    seed: int, cases: Cases, linked: IntArray, people: People, window: tuple[int, int], organisations: int
) -> Frauds:
    """Registered frauds with their victims, and unreported ones in the proportion of the survey (79.3 % never
    report).
    """
    rng, rule = stream(seed, "fraud", "incidents"), values("fraud")
    start, end = window
    silent = round(len(linked) * (1 - rule["reported_share"]) / rule["reported_share"])
    copied = linked[rng.integers(0, len(linked), silent)]
    scheme = np.concatenate([cases.scheme[linked], cases.scheme[copied]])
    hidden = np.arange(len(scheme)) >= len(linked)
    even = rng.random(silent) < 0.5
    when = np.where(
        even,
        start + DAY + (rng.random(silent) * (end - start - DAY)).astype(np.int64),
        cases.occurred[copied] + (rng.normal(0, 2.5, silent) * DAY).astype(np.int64),
    )
    when = np.maximum(awake(np.minimum(when, end - HOUR)), start + HOUR)
    small = np.maximum(draw_losses(rng, scheme[hidden]) * rule["unreported_amount_factor"], rule["min_loss"])
    stolen = np.concatenate([cases.damage[linked], (np.round(small, -2) * TIYN).astype(np.int64)])
    never = np.full(silent, NEVER)
    occurred = np.concatenate([cases.occurred[linked], when])
    organisation = _organisations(rng, scheme, organisations)
    frauds = Frauds(
        scheme=scheme,
        organisation=organisation,
        campaign=(occurred - start) // CAMPAIGN,
        victim=_victims(rng, cases, linked, people, silent),
        case=np.concatenate([linked, np.full(silent, NO_CASE)]),
        occurred=occurred,
        reported=np.concatenate([cases.reported[linked], never]),
        stolen=stolen,
        home_sale=np.concatenate([cases.home_sale[linked], np.zeros(silent, dtype=np.bool_)]),
    )
    order = np.argsort(frauds.occurred, kind="stable")
    frauds = Frauds(**{name: getattr(frauds, name)[order] for name in Frauds.__dataclass_fields__})
    _earlier_victims(rng, frauds)
    return frauds


def _organisations(rng: np.random.Generator, scheme: IntArray, count: int) -> IntArray:
    """Each organisation works two or three schemes; sizes are heavy-tailed."""
    size = 1.0 / np.arange(1, count + 1) ** 0.7
    weight: FloatArray = np.full((len(SCHEMES), count), 0.004)
    share = scheme_figures("share") * np.array([8554, 8357, 3110, 7871])[ministry_class(np.arange(len(SCHEMES)))]
    for org in range(count):
        weight[choose(rng, share, 3), org] = 1.0
    out = np.zeros(len(scheme), dtype=np.int64)
    for code in range(len(SCHEMES)):
        rows = np.flatnonzero(scheme == code)
        out[rows] = choose(rng, weight[code] * size, len(rows))
    return out


def _victims(rng: np.random.Generator, cases: Cases, linked: IntArray, people: People, silent: int) -> IntArray:
    """A person of the case's region, sex and nearly its age; the person's birth year and sex are then set to the
    case's.
    """
    key = people.region * 2 + people.woman
    order = np.lexsort((people.birth_year, key))
    sorted_key = key[order] * 10_000 + people.birth_year[order]
    group = cases.region[linked] * 2 + cases.woman[linked]
    at = np.searchsorted(sorted_key, group * 10_000 + 2025 - cases.age[linked]) + rng.integers(-2, 3, len(linked))
    low, high = np.searchsorted(sorted_key, group * 10_000), np.searchsorted(sorted_key, (group + 1) * 10_000)
    taken = np.zeros(len(people), dtype=np.bool_)
    out = np.zeros(len(linked), dtype=np.int64)
    for i in range(len(linked)):
        place = int(np.clip(at[i], low[i], max(high[i] - 1, low[i])))
        for step in range(64):  # the nearest free neighbour in age; in a small world a person may be a victim twice
            other = place + (step + 1) // 2 * (1 if step % 2 else -1)
            if low[i] <= other < high[i] and not taken[order[other]]:
                place = other
                break
        out[i] = order[min(place, len(order) - 1)]
        taken[out[i]] = True
    people.birth_year[out] = 2025 - cases.age[linked]
    people.woman[out] = cases.woman[linked]
    return np.concatenate([out, rng.integers(0, len(people), silent)])


def _earlier_victims(rng: np.random.Generator, frauds: Frauds) -> None:
    """Recovery fraud finds people who were robbed before. A reported one keeps its victim and an earlier silent
    fraud gets that victim.
    """
    recovery = SCHEMES.index("recovery")
    share = values("fraud")["recovery_earlier_victim"]
    for row in np.flatnonzero(frauds.scheme == recovery):
        if rng.random() >= share:
            continue
        reported = frauds.case[row] != NO_CASE
        for _try in range(20):
            other = int(rng.integers(0, max(int(row), 1)))
            usable = frauds.scheme[other] != recovery and frauds.occurred[other] < frauds.occurred[row] - 3 * DAY
            if usable and reported and frauds.case[other] == NO_CASE:
                frauds.victim[other] = frauds.victim[row]
                break
            if usable and not reported:
                frauds.victim[row] = frauds.victim[other]
                break


def payment_counts(rng: np.random.Generator, frauds: Frauds) -> IntArray:
    mean = np.where(
        frauds.home_sale, values("fraud")["home_sale"]["payments"], scheme_figures("payments")[frauds.scheme]
    )
    count = 1 + rng.poisson(mean - 1.0)
    return np.minimum(count, np.maximum(frauds.stolen // (20_000 * TIYN), 1)).astype(np.int64)


def channel_of(rng: np.random.Generator, scheme: IntArray) -> list[str]:
    """Channel of each fraud, drawn from its scheme's shares."""
    out = np.full(len(scheme), "", dtype=object)
    draws = rng.random(len(scheme))
    for code, entry in enumerate(scheme_table().values()):
        shares = entry["channel"]
        rows = np.flatnonzero(scheme == code)
        place = np.searchsorted(np.cumsum(list(shares.values())), draws[rows], side="right")
        out[rows] = np.array(list(shares), dtype=object)[np.minimum(place, len(shares) - 1)]
    return [str(name) for name in out]
