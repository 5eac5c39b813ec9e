"""Registered internet frauds with dates, scheme, article, damage and victim, calibrated to the published counts."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np

from izker.money import TIYN
from izker.times import to_us
from izker.world.parameters import figures, now, values
from izker.world.register.clock import DAY, HOUR, day_start, days_of_month, spread_over
from izker.world.register.margins import internet_fraud, region_codes
from izker.world.streams import BoolArray, FloatArray, IntArray, apportion, choose, lognormal, stream

CLASSES = ("impersonation", "advance_payment", "investment", "other")
NEVER = np.int64(-1)  # a moment that has not come


@dataclass
class Cases:
    """One element a filing that became, or is about to become, a registered internet fraud.

    Moments are UTC µs, NEVER where not come; damage is tiyn; `region` indexes `region_codes()`, `scheme` indexes
    `SCHEMES`,
    `article` is the part of article 190 (1..4). `withdrawn_at`: joined to another case or re-qualified away from
    internet fraud.
    """

    year: IntArray
    number: IntArray
    region: IntArray
    scheme: IntArray
    article: IntArray
    damage: IntArray
    age: IntArray
    woman: BoolArray
    home_sale: BoolArray
    occurred: IntArray
    reported: IntArray
    registered: IntArray
    solved: IntArray
    to_court: IntArray
    interrupted: IntArray
    withdrawn: IntArray

    def __len__(self) -> int:
        return len(self.year)

    def take(self, which: IntArray | BoolArray) -> Cases:
        return Cases(**{f.name: getattr(self, f.name)[which] for f in fields(self)})

    def case_numbers(self) -> list[str]:
        """15 characters: two of the year, two of the region, four zeros, seven of the serial. Invented numbering."""
        codes = region_codes()
        return [
            f"{y % 100:02d}{codes[r]}0000{n:07d}" for y, r, n in zip(self.year, self.region, self.number, strict=True)
        ]


def join(parts: list[Cases]) -> Cases:
    return Cases(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Cases)})


def scheme_table() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = values("fraud")["schemes"]
    return found


SCHEMES = tuple(scheme_table())


def ministry_class(scheme: IntArray) -> IntArray:
    """Index into CLASSES of each scheme."""
    of = np.array([CLASSES.index(str(s["class"])) for s in scheme_table().values()], dtype=np.int64)
    return of[scheme]


def scheme_figures(key: str) -> FloatArray:
    return np.array([float(s[key]) for s in scheme_table().values()], dtype=np.float64)


def _draw_schemes(rng: np.random.Generator, class_counts: IntArray) -> IntArray:
    """Exactly `class_counts` schemes a class, in random order."""
    share, of = scheme_figures("share"), ministry_class(np.arange(len(SCHEMES)))
    parts = []
    for code, count in enumerate(class_counts):
        members = np.flatnonzero(of == code)
        parts.append(np.repeat(members, apportion(int(count), share[members])))
    drawn: IntArray = np.concatenate(parts)
    return rng.permutation(drawn)


def draw_ages(rng: np.random.Generator, size: int, elder: BoolArray | None = None) -> IntArray:
    """Victims' ages after the published bands; where `elder` is given, over 60 where true and 36 to 60 where false."""
    bands = values("register")["ages"]
    band = choose(rng, [b[2] for b in bands], size)
    low, high = (np.array([b[i] for b in bands], dtype=np.int64)[band] for i in (0, 1))
    ages = low + np.floor(rng.random(size) * (high - low + 1)).astype(np.int64)
    if elder is not None:
        ages = np.where(
            elder, 61 + (rng.beta(1.3, 2.6, size) * 25).astype(np.int64), 36 + (rng.random(size) * 25).astype(np.int64)
        )
    return ages


def draw_losses(rng: np.random.Generator, scheme: IntArray) -> IntArray:
    """Losses in tenge, lognormal by scheme, on round numbers as people pay them."""
    raw = lognormal(rng, scheme_figures("median")[scheme], scheme_figures("sigma")[scheme], len(scheme))
    return round_tenge(np.clip(raw, values("fraud")["min_loss"], values("fraud")["max_loss"]))


def round_tenge(amount: FloatArray) -> IntArray:
    """Two significant figures and a half: 1 234 567 -> 1 235 000."""
    step = np.maximum(10.0 ** (np.floor(np.log10(np.maximum(amount, 1000.0))) - 2) * 5, 100.0)
    return (np.round(amount / step) * step).astype(np.int64)


def draw_delays(rng: np.random.Generator, scheme: IntArray) -> IntArray:
    """µs between the first payment and the report: lognormal by scheme, 3 minutes to 400 days."""
    pairs = np.array([s["delay"] for s in scheme_table().values()], dtype=np.float64)
    hours = lognormal(rng, pairs[scheme, 0], pairs[scheme, 1], len(scheme))
    return (np.clip(hours, 0.05, 9600.0) * HOUR).astype(np.int64)


def _calibrate_damage(damage: IntArray, region: IntArray, fixed: BoolArray) -> IntArray:
    """Scale losses so that each region has its published mean loss; `fixed` rows stay and count."""
    means, country = values("register")["mean_damage"], values("register")["mean_damage_country"]
    out = damage.astype(np.float64)
    limit, least = float(values("fraud")["max_loss"]), float(values("fraud")["min_loss"])
    for index, code in enumerate(region_codes()):
        free = (region == index) & ~fixed
        held = float(damage[(region == index) & fixed].sum())
        wanted = means.get(code, country) * float((region == index).sum()) - held
        for _round in range(4):  # the cap takes a little off each time
            out[free] = np.clip(out[free] * wanted / max(out[free].sum(), 1.0), least, limit)
    return np.where(fixed, damage, round_tenge(out))


def _make_year(seed: int, year: int, extra: int) -> Cases:
    """The filings of one year: the final ones first, then `extra` later withdrawn ones."""
    rng = stream(seed, "register", year)
    counts = internet_fraud(year)
    region = np.repeat(np.arange(len(counts)), counts.sum(axis=1))
    registered = np.concatenate(
        [_moments(rng, year, m + 1, int(n), row) for row, months in enumerate(counts) for m, n in enumerate(months)]
    )
    if extra:
        chosen = rng.integers(0, len(region), extra)
        region = np.concatenate([region, region[chosen]])
        registered = np.concatenate(
            [registered, np.minimum(registered[chosen] + rng.integers(-HOUR, HOUR, extra), registered.max())]
        )
    size, final = len(region), len(region) - extra
    if year == 2025:
        exact = np.array([figures()[f"{c}_2025"] for c in CLASSES], dtype=np.int64)
    else:
        exact = apportion(final, [figures()[f"{c}_2025"] for c in CLASSES])
    scheme = (
        np.concatenate([_draw_schemes(rng, exact), _draw_schemes(rng, apportion(extra, exact.astype(np.float64)))])
        if extra
        else _draw_schemes(rng, exact)
    )
    lag = values("register")["reported_to_registered_hours"]
    reported = registered - (np.minimum(lognormal(rng, lag["median"], lag["sigma"], size), lag["cap"]) * HOUR).astype(
        np.int64
    )
    reported = awake(reported)
    occurred = awake(reported - draw_delays(rng, scheme))
    never = np.full(size, NEVER)
    cases = Cases(
        year=np.full(size, year),
        number=np.zeros(size, dtype=np.int64),
        region=region,
        scheme=scheme,
        article=np.ones(size, dtype=np.int64),
        damage=draw_losses(rng, scheme) * TIYN,
        age=draw_ages(rng, size),
        woman=rng.random(size) < values("register")["women"],
        home_sale=np.zeros(size, dtype=np.bool_),
        occurred=occurred,
        reported=reported,
        registered=registered,
        solved=never.copy(),
        to_court=never.copy(),
        interrupted=never.copy(),
        withdrawn=never.copy(),
    )
    if year < 2026:
        _home_sales(rng, cases, final, year)
    cases.damage = _calibrate_damage(cases.damage // TIYN, region, cases.home_sale) * TIYN
    cases.article = _articles(rng, cases)
    if extra:
        low = day_start(date(2026, 1, 5))
        later = np.sort(low + rng.integers(0, 7 * DAY, extra))
        cases.withdrawn[final:] = np.maximum(later, registered[final:] + DAY)
    order = np.argsort(registered, kind="stable")
    cases = cases.take(order)
    cases.number = np.arange(1, size + 1)
    return cases


def awake(when: IntArray) -> IntArray:
    """People call, pay and report by day: moments between midnight and eight local are moved to the evening before."""
    hour = (when + 5 * HOUR) % DAY // HOUR
    return np.where(hour < 8, when - 9 * HOUR, when)


def _moments(rng: np.random.Generator, year: int, month: int, count: int, region: int) -> IntArray:
    days = days_of_month(year, month)
    if year == 2026:
        days = [d for d in days if d <= now().date()]
    if (year, month, region_codes()[region]) == (2025, 12, "27"):  # 564 registered by the middle of December
        early = min(564 - int(internet_fraud(2025)[region, :11].sum()), count)
        return np.concatenate([spread_over(rng, days[:15], early), spread_over(rng, days[15:], count - early)])
    return spread_over(rng, days, count)


def _home_sales(rng: np.random.Generator, cases: Cases, final: int, year: int) -> None:
    """Turn as many cases as published into home sales: elderly victims, payments over weeks, late reports."""
    rule, facts = values("fraud")["home_sale"], figures()
    wanted = apportion(facts[f"home_sales_{year}"], [rule[s] for s in SCHEMES if s in rule])
    chosen = []
    for code, count in zip([s for s in SCHEMES if s in rule], wanted, strict=True):
        pool = np.flatnonzero((cases.scheme[:final] == SCHEMES.index(code)) & (region_has_room(cases.region[:final])))
        chosen.append(rng.choice(pool, int(count), replace=False))
    rows = rng.permutation(np.concatenate(chosen))
    size = len(rows)
    elder = np.zeros(size, dtype=np.bool_)
    elder[: round(size * facts["home_sales_over_60_2025"] / facts["home_sales_2025"])] = True
    cases.home_sale[rows] = True
    cases.age[rows] = draw_ages(rng, size, rng.permutation(elder))
    most = facts["home_sales_max_damage_2025"]
    damage = np.clip(lognormal(rng, rule["median"], rule["sigma"], size), rule["floor"], most - 500_000)
    damage[0] = most
    cases.damage[rows] = round_tenge(damage) * TIYN
    low, high = facts["home_sales_delay_min_days"], facts["home_sales_delay_max_days"]
    days = np.round(low + (high - low) * rng.beta(1.3, 1.6, size))
    days[:2] = (low, high)
    cases.occurred[rows] = cases.reported[rows] - (days * DAY).astype(np.int64)


def region_has_room(region: IntArray) -> BoolArray:
    """Home sales are not put into Almaty oblast, whose 35 cases and small damage are an anomaly of their own."""
    return np.asarray(region != region_codes().index("19"), dtype=np.bool_)


def _articles(rng: np.random.Generator, cases: Cases) -> IntArray:
    """Part of article 190: larger losses stand under higher parts; shares are an assumption."""
    rank = np.argsort(
        np.argsort(np.log(cases.damage) + 1.1 * rng.standard_normal(len(cases)), kind="stable"), kind="stable"
    )
    edges = np.cumsum(values("register")["article_shares"])
    return np.asarray(1 + np.searchsorted(edges, (rank + 0.5) / len(cases)), dtype=np.int64).clip(1, 4)


def grave(article: IntArray) -> BoolArray:
    """Parts 3 and 4 of article 190 are grave in jurisdictions/kz/law.toml."""
    return article >= 3


def make_cases(seed: int) -> Cases:
    """Every filing of 2024, 2025 (withdrawn ones included) and January 2026 up to now; the same at every scale."""
    facts = figures()
    extra = facts["registered_2025_december_cut"] - facts["registered_2025"]
    cases = join([_make_year(seed, 2024, 0), _make_year(seed, 2025, extra), _make_year(seed, 2026, 0)])
    _solve(seed, cases)
    _interrupt(seed, cases)
    return cases


def _solve(seed: int, cases: Cases) -> None:
    """Choose which cases were solved in 2024 and 2025, exactly as many, and as many grave ones, as published."""
    rng = stream(seed, "register", "solved")
    facts, rule = figures(), values("register")["solve_days"]
    quota = {
        (2024, 2024): (facts["solved_2024"], facts["solved_grave_2024"]),
        (2024, 2025): (facts["solved_from_2024_in_2025"], facts["solved_from_2024_in_2025_grave"]),
    }
    quota[2025, 2025] = (
        facts["solved_2025"] - quota[2024, 2025][0],
        facts["solved_grave_2025"] - quota[2024, 2025][1],
    )
    west = cases.region == region_codes().index("27")
    court = [facts["home_sales_court_2025"], 0]
    for (year, solved_year), (count, heavy) in quota.items():
        ends = day_start(date(solved_year + 1, 1, 1)) - 4 * HOUR
        starts = day_start(date(solved_year, 1, 1))
        days = lognormal(rng, rule["median"] * (1 if year == solved_year else 5), rule["sigma"], len(cases))
        at = _to_office(cases.registered + (np.maximum(days, 3.0) * DAY).astype(np.int64))
        fits = (
            (cases.year == year) & (at < ends) & (at >= starts) & (cases.withdrawn == NEVER) & (cases.solved == NEVER)
        )
        weight = rng.random(len(cases)) ** (1.0 / np.array([1.3, 1.0, 0.7, 0.9])[ministry_class(cases.scheme)])
        if solved_year == 2025:  # a published number of solved cases in West Kazakhstan: those first, no others
            here = np.flatnonzero(fits & west & ~cases.home_sale)
            third = facts["west_kazakhstan_solved_2025"] // 3
            quota_west = facts["west_kazakhstan_solved_2025"] - third if year == 2025 else third
            weight[here] = 0.0
            weight[here[np.argsort(-rng.random(len(here)), kind="stable")[:quota_west]]] = 2.0
        for is_grave, wanted in ((True, heavy), (False, count - heavy)):
            pool = np.flatnonzero(fits & (grave(cases.article) == is_grave) & ~cases.home_sale)
            homes = np.flatnonzero(fits & (grave(cases.article) == is_grave) & cases.home_sale)
            homes = homes[: court[0]] if (year, solved_year) == (2025, 2025) else homes[:0]
            court[0] -= len(homes)
            best = pool[np.argsort(-weight[pool], kind="stable")[: wanted - len(homes)]]
            for rows in (homes, best):
                cases.solved[rows] = at[rows]
            goes = np.concatenate([homes, best[rng.random(len(best)) < values("register")["court_share"]]])
            cases.to_court[goes] = np.minimum(at[goes] + rng.integers(0, 12, len(goes)) * DAY, ends)


def _to_office(moment: IntArray) -> IntArray:
    """The same local day, at an hour of the office."""
    local_midnight = (moment + 5 * HOUR) // DAY * DAY - 5 * HOUR
    return local_midnight + 9 * HOUR + (moment - local_midnight) % (9 * HOUR)


def _interrupt(seed: int, cases: Cases) -> None:
    """Terms of unsolved cases are interrupted after a while, the offender being unknown."""
    rng = stream(seed, "register", "interrupted")
    rule = values("register")["interrupt_days"]
    at = _to_office(
        cases.registered
        + (np.maximum(lognormal(rng, rule["median"], rule["sigma"], len(cases)), 10) * DAY).astype(np.int64)
    )
    known = (at < to_us(now())) & (cases.withdrawn == NEVER) & ((cases.solved == NEVER) | (at < cases.solved - 3 * DAY))
    cases.interrupted[known] = at[known]
