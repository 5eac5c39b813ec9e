"""How a count grows after its date: development links by report-day class, and what they say is still to come.

Notation used by the whole nowcast. A *snapshot cube* `known[k, i, h]` holds, for series `k`, what was known at the
end of
issue step `i` about the reference step `i - h` (age `h` = 0..H). NaN: not known (before the data begin). A link is the
growth of a count from one report step to the next; it is the reverse-time hazard of the right-truncated delay
distribution (Lawless 1994, "Adjustments for reporting delays"; chain ladder: Mack 1993): numerator and denominator hold
only what was reported by the issue step, so truncation does not bias them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SUNDAY = 6
MONDAY = 0
POOL = 8  # steps of each class that the pooled (multiplicative) hazard remembers, see `pooled_links`
POOL_PLAIN = 40  # the same where there is only one class (weeks, months)
BACKLOG_STEPS, BACKLOG_TIMES, BACKLOG_REPORTS = 8, 5.0, 20.0  # see `believed`
SILENT_SHARE = 0.02
SILENT_USUAL = 5.0
SILENT_EXPECTED = 20.0


def report_classes(weekdays: Ints, holidays: Bools) -> Ints:
    """Class of every report day: its weekday; a holiday counts as Sunday, a working day right after a free day as
    Monday.

    `weekdays` (n,) with 0 = Monday; `holidays` (n,) True on public holidays. A Saturday after a holiday stays a
    Saturday.
    """
    free = holidays | (weekdays == SUNDAY)
    classes = weekdays.astype(np.int64).copy()
    after = np.zeros(len(weekdays), dtype=np.bool_)
    after[1:] = free[:-1]
    classes[after & ~free & (weekdays < 5)] = MONDAY
    classes[free] = SUNDAY
    return classes


def silent_steps(known: Floats, classes: Ints) -> Bools:
    """Issue steps on which nothing was published although something should have been: (n,), True = unpublished.

    `known` (n, H+1) is the cube of the whole. A step is silent when its new reports are under 2 % of the median of the
    last eight steps of its class, where that median is at least 5; and so are all of a last run of steps without a
    report
    in which at least 20 were to be expected.
    """
    n = known.shape[0]
    new = np.full(n, np.nan)
    new[1:] = np.nansum(known[1:, 1:] - known[:-1, :-1], axis=1) + np.nan_to_num(known[1:, 0])
    silent = np.zeros(n, dtype=np.bool_)
    usual = np.zeros(n)
    for i in range(4, n):
        past = new[:i][(classes[:i] == classes[i]) & ~silent[:i]]
        past = past[np.isfinite(past)][-8:]
        if len(past) >= 4:
            usual[i] = float(np.median(past))
            silent[i] = usual[i] >= SILENT_USUAL and new[i] < SILENT_SHARE * usual[i]
    quiet = n
    while quiet > 1 and new[quiet - 1] == 0.0:
        quiet -= 1
    if n - quiet > 0:
        before = new[max(quiet - 56, 1) : quiet]
        if len(before) and float(np.nanmean(before)) * (n - quiet) >= SILENT_EXPECTED:
            silent[quiet:] = True
    return silent


@njit(cache=True)
def believed(known: Floats, classes: Ints, silent: Bools, bands: Ints) -> Floats:
    """Share of the new reports of each step and age that links may learn from, (n, H); `known` (n, H+1) of the whole.

    A backlog sent in at once is no habit: what a step brings to a band of ages beyond five times the median rate of the
    last eight steps of its class, and 20 reports, is not learned from. Such a step is told by earlier ones only.
    """
    n, ages = known.shape
    height = ages - 1
    share = np.ones((n, height))
    rates = np.full((n, len(bands) - 1), np.nan)
    for s in range(1, n):
        if silent[s] or silent[s - 1]:
            continue
        for b in range(len(bands) - 1):
            low, high = bands[b], min(bands[b + 1], height)
            came, base = 0.0, 0.0
            for j in range(low, high):
                new, old = known[s, j + 1], known[s - 1, j]
                if not (np.isnan(new) or np.isnan(old)):
                    came += new - old
                    base += old
            if base <= 0.0:
                continue
            rates[s, b] = came / base
            past = np.empty(BACKLOG_STEPS)
            found = 0
            for back in range(s - 1, -1, -1):
                if found == BACKLOG_STEPS:
                    break
                if classes[back] == classes[s] and not np.isnan(rates[back, b]):
                    past[found] = rates[back, b]
                    found += 1
            if found < BACKLOG_STEPS // 2:
                continue
            limit = BACKLOG_TIMES * max(np.median(past[:found]), 0.0) * base + BACKLOG_REPORTS
            if came > limit:
                for j in range(low, high):
                    share[s, j] = limit / came
    return share


@njit(cache=True)
def pooled_links(
    known: Floats, classes: Ints, kinds: int, silent: Bools, share: Floats, memory: int, first: int
) -> Floats:
    """Multiplicative hazards of one series: age effect x report-class effect, (n, kinds, H).

    Age effect: new reports over known ones in the last `memory` steps, all classes together. Class effect: observed
    over
    expected new reports of that class, shrunk towards 1 by 20 reports. The prior of every finer link.
    """
    n, ages = known.shape
    height = ages - 1
    table = np.zeros((n, kinds, height))
    for i in range(first, n):
        rate = np.zeros(height)
        for j in range(height):
            more, base = 0.0, 0.0
            for s in range(max(1, i - memory + 1), i + 1):
                if silent[s] or silent[s - 1]:
                    continue
                new, old = known[s, j + 1], known[s - 1, j]
                if np.isnan(new) or np.isnan(old):
                    continue
                more += share[s, j] * (new - old)
                base += old
            rate[j] = max(more, 0.0) / (base + 0.5)
        seen = np.full(kinds, 20.0)
        expected = np.full(kinds, 20.0)
        for s in range(max(1, i - memory + 1), i + 1):
            if silent[s] or silent[s - 1]:
                continue
            for j in range(height):
                new, old = known[s, j + 1], known[s - 1, j]
                if np.isnan(new) or np.isnan(old):
                    continue
                seen[classes[s]] += share[s, j] * (new - old)
                expected[classes[s]] += rate[j] * old
        for c in range(kinds):
            effect = max(seen[c], 1.0) / expected[c] if kinds > 1 else 1.0
            for j in range(height):
                table[i, c, j] = rate[j] * effect
    return table


@njit(cache=True)
def links(
    known: Floats,
    classes: Ints,
    kinds: int,
    silent: Bools,
    share: Floats,
    last: int,
    strength: float,
    prior: Floats,
    first: int,
) -> Floats:
    """Growth rates by report class and age, (n, kinds, H), of one series `known` (n, H+1).

    rate = (sum new + strength * prior) / (sum known + strength) over the `last` published steps of the class. `strength`
    counts reports. A negative sum is kept: revisions.
    """
    n, ages = known.shape
    height = ages - 1
    table = np.zeros((n, kinds, height))
    steps = np.empty(last, dtype=np.int64)
    for i in range(first, n):
        for c in range(kinds):
            found = 0
            s = i
            while s > 0 and found < last and i - s < kinds * (last + 3):
                if classes[s] == c and not silent[s] and not silent[s - 1]:
                    steps[found] = s
                    found += 1
                s -= 1
            for j in range(height):
                more, base = 0.0, 0.0
                for used in range(found):
                    new, old = known[steps[used], j + 1], known[steps[used] - 1, j]
                    if not (np.isnan(new) or np.isnan(old)):
                        more += share[steps[used], j] * (new - old)
                        base += old
                table[i, c, j] = (more + strength * prior[i, c, j]) / (base + strength)
    return table


@njit(cache=True)
def drift(
    known: Floats,
    table: Floats,
    classes: Ints,
    silent: Bools,
    share: Floats,
    span: int,
    bands: Ints,
    strength: float,
    prior: Floats,
    first: int,
) -> Floats:
    """Log ratio (n, bands) of the reports of the last `span` steps to what `table` says of them, by band of ages.

    Positive: reports come faster than the table's average past. `bands` are edges of ages. Shrunk by `strength` reports
    towards `prior` (n, bands).
    """
    n = known.shape[0]
    height = known.shape[1] - 1
    out = np.zeros((n, len(bands) - 1))
    for i in range(first, n):
        for b in range(len(bands) - 1):
            came, expected = 0.0, 0.0
            for s in range(max(i - span + 1, 1), i + 1):
                if silent[s] or silent[s - 1]:
                    continue
                for j in range(bands[b], min(bands[b + 1], height)):
                    new, old = known[s, j + 1], known[s - 1, j]
                    if not (np.isnan(new) or np.isnan(old)):
                        came += share[s, j] * (new - old)
                        expected += table[i, classes[s], j] * old
            out[i, b] = np.log((max(came, 0.0) + strength * np.exp(prior[i, b])) / (max(expected, 0.0) + strength))
    return out


@njit(cache=True)
def bend(table: Floats, ratio: Floats, bands: Ints, share: float) -> Floats:
    """The table with `share` of the drift carried on: rate x exp(share x ratio of its band)."""
    out = table.copy()
    for i in range(table.shape[0]):
        for b in range(len(bands) - 1):
            factor = np.exp(share * ratio[i, b])
            for j in range(bands[b], min(bands[b + 1], table.shape[2])):
                for c in range(table.shape[1]):
                    out[i, c, j] *= factor
    return out


@njit(cache=True)
def growth(table: Floats, classes: Ints, silent: Bools, first: int) -> Floats:
    """Total growth still ahead, (n, H+1): product of (1 + rate) from the last published step to age H; 1 = complete.

    `classes` must reach H steps beyond the last issue step. NaN for ages younger than the last published step.
    """
    n, _, height = table.shape
    ahead = np.full((n, height + 1), np.nan)
    for i in range(first, n):
        back = 0
        while i - back > 0 and silent[i - back]:
            back += 1
        for h in range(back, height + 1):
            product = 1.0
            for step in range(1, height - (h - back) + 1):
                product *= max(1.0 + table[i, classes[i - back + step], h - back + step - 1], 1e-6)
            ahead[i, h] = product
    return ahead
