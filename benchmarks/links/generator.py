"""Synthetic reports with a known hand behind each: SYNTHETIC, made to compare methods, not to tell about the world.

Built after section 5 of the design's analytics: sizes of series follow a Pareto law up to 4 000 with 60 % singletons; a
series has a few phones, cards, IBANs and domains and lives for some weeks; 10.5 % of reports carry no identifier; 2.5 %
of phones are mistyped; 1.5 % of identifiers return in other hands later; 12 hub phones stand in 3 % and 10 hub links in
5 % of the reports.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

DAYS = 3 * 365
START_US = 1_672_531_200_000_000  # 2023-01-01
DAY_US = 86_400_000_000


def sizes(n: int, rng: np.random.Generator) -> NDArray[Any]:
    """Sizes of series that sum to n: 19 % of the reports stand alone, the rest in Pareto(1.15) series of 2..4 000."""
    out = [np.ones(int(0.19 * n), np.int64)]
    left = n - len(out[0])
    while left > 0:
        drawn = np.minimum((2 * (1 - rng.random(max(left // 8, 64))) ** (-1 / 1.15)).astype(np.int64), 4000)
        keep = np.cumsum(drawn) <= left
        out.append(drawn[keep])
        left -= int(drawn[keep].sum())
        if not keep.all() and left < 4000:
            out.append(np.array([left], np.int64))
            break
    return np.concatenate(out)


def reports(n: int, seed: int = 7) -> pl.DataFrame:
    """report_id, reported_at (µs), phone, card, iban, url, and `truth`, the hand."""
    rng = np.random.default_rng(seed)
    size = sizes(n, rng)
    series = len(size)
    truth = np.repeat(np.arange(series), size)
    n = len(truth)
    born = rng.random(series) * DAYS
    life = np.minimum(rng.lognormal(np.log(9), 0.8, series) * (1 + np.log1p(size) / 3), 75)
    at = born[truth] + life[truth] * rng.beta(1.3, 2.2, n)
    has = rng.random(n) >= 0.105
    columns: dict[str, NDArray[Any]] = {}
    chance = {"phone": 0.72, "card": 0.33, "iban": 0.16, "url": 0.32}
    draw = {name: (rng.random(n) < share) & has for name, share in chance.items()}
    none = has & ~np.logical_or.reduce(list(draw.values()))
    draw["phone"] |= none
    for name, per in (("phone", 60), ("card", 45), ("iban", 45), ("url", 250)):
        pool = 1 + size // per
        first = np.concatenate(([0], np.cumsum(pool)))
        # A hand uses its numbers one after the other, with some overlap.
        place = (at - born[truth]) / life[truth] * pool[truth] + rng.normal(0, 0.6, n)
        chosen = np.clip(place, 0, pool[truth] - 1).astype(np.int64)
        number = first[truth] + chosen
        total = int(first[-1])
        # Recycled: 1.5 % of the identifiers are another, long-dead hand's again.
        alias = np.arange(total)
        again = rng.random(total) < 0.015
        alias[again] = rng.integers(0, total, again.sum())
        columns[name] = np.where(draw[name], alias[number], -1)
    hub_phone = rng.random(n) < 0.03
    hub_url = rng.random(n) < 0.05
    code = np.array([700, 701, 702, 705, 707, 708, 747, 771, 775, 776, 777, 778])
    shuffled = rng.permutation(120_000_000)[: int(columns["phone"].max()) + 13] if n > 10_000_000 else None
    space = rng.choice(120_000_000, int(columns["phone"].max()) + 13, replace=False, shuffle=True) if shuffled is None else shuffled
    full = 70_000_000_000 + code[space // 10_000_000] * 10_000_000 + space % 10_000_000
    phone = np.where(columns["phone"] >= 0, full[np.maximum(columns["phone"], 0)], 0)
    typo = (rng.random(n) < 0.025) & (phone > 0)
    place = 10 ** rng.integers(0, 7, n)
    digit = (phone // place) % 10
    phone = np.where(typo, phone + (((digit + rng.integers(1, 10, n)) % 10) - digit) * place, phone)
    phone = np.where(hub_phone, full[-12:][rng.integers(0, 12, n)], phone)
    url = np.where(hub_url, -2 - rng.integers(0, 10, n), columns["url"])
    frame = pl.DataFrame({"phone": phone, "card": columns["card"], "iban": columns["iban"], "url": url, "truth": truth, "_at": at})
    card_space, iban_space = (rng.permutation(int(columns[name].max()) + 1) for name in ("card", "iban"))
    cards = _luhn_closed(440_043_000_000_000 + card_space[np.maximum(columns["card"], 0)] * 377)
    ibans = 901 * 10**13 + iban_space[np.maximum(columns["iban"], 0)] * 7919
    checks = 98 - ((ibans % 97) * (10**6 % 97) + 203_500) % 97
    return (
        frame.with_columns(_card=pl.Series(cards), _iban=pl.Series(ibans), _check=pl.Series(checks))
        .with_columns(
            reported_at=(START_US + pl.col("_at") * DAY_US).cast(pl.Int64),
            phone=pl.when(pl.col("phone") > 0).then("+" + pl.col("phone").cast(pl.String)),
            card=pl.when(pl.col("card") >= 0).then(pl.col("_card").cast(pl.String)),
            iban=pl.when(pl.col("iban") >= 0).then("KZ" + pl.col("_check").cast(pl.String).str.zfill(2) + pl.col("_iban").cast(pl.String)),
            url=pl.when(pl.col("url") >= 0)
            .then("https://pay-" + pl.col("url").cast(pl.String) + ".top/in")
            .when(pl.col("url") <= -2)
            .then("https://market" + (-pl.col("url")).cast(pl.String) + ".kz/item"),
        )
        .drop("_at", "_card", "_iban", "_check")
        .sample(fraction=1.0, shuffle=True, seed=seed)
        .with_row_index("report_id")
        .with_columns(pl.col("report_id").cast(pl.String).str.zfill(8))
    )


def _luhn_closed(fifteen: NDArray[Any]) -> NDArray[Any]:
    """16-digit numbers: the 15 digits and their Luhn digit."""
    total = np.zeros(len(fifteen), np.int64)
    left = fifteen.copy()
    for place in range(15):
        digit = left % 10
        left //= 10
        doubled = digit * 2
        total += np.where(place % 2 == 0, doubled - 9 * (doubled > 9), digit)
    return fifteen * 10 + (10 - total % 10) % 10


def _pairs(table: pl.DataFrame, columns: list[str]) -> int:
    size = pl.col("len").cast(pl.Int64)
    return int(table.group_by(columns).len().select((size * (size - 1) // 2).sum()).item())


def pair_scores(truth: NDArray[Any], found: NDArray[Any]) -> tuple[float, float, float, int]:
    """Pair precision, recall, B-cubed F1 and the largest found series."""
    table = pl.DataFrame({"t": truth, "f": found})
    both, in_truth, in_found = _pairs(table, ["t", "f"]), _pairs(table, ["t"]), _pairs(table, ["f"])
    cubed = table.with_columns(
        b=pl.len().over("t", "f").cast(pl.Float64),
        t_n=pl.len().over("t").cast(pl.Float64),
        f_n=pl.len().over("f").cast(pl.Float64),
    ).select(p=(pl.col("b") / pl.col("f_n")).mean(), r=(pl.col("b") / pl.col("t_n")).mean())
    p, r = cubed.row(0)
    largest = int(table.group_by("f").len()["len"].to_numpy().max())
    return both / max(in_found, 1), both / max(in_truth, 1), 2 * p * r / (p + r), largest
