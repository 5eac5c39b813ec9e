"""Series of a whole table of reports in one pass: shared identifiers, mistyped ones, near-identical texts; hubs join
nothing.

The shape is a chain: in each group of reports that share a value, a report is joined to the one before it. So the links
of a report are as many as it has values, never as many as the reports that share them, and every link is a reason one
can read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from izker.links import hubs, keys, texts, typos
from izker.links.model import KINDS, MOST_LINKS, Rules
from izker.links.unite import chains, flatten, unite
from izker.times import US_PER_DAY
from izker.words import N_, Refusal

AGAIN = N_("the value was silent for {days} days: it may have passed to other hands")
ALIKE = N_("the texts are alike but not the same")
Ints = NDArray[np.int64]
_REASON_SCHEMA = {
    "report_a": pl.String,
    "report_b": pl.String,
    "kind": pl.String,
    "value": pl.String,
    "weight": pl.Float64,
    "gap_days": pl.Float64,
    "sharing": pl.Int64,
    "key_row": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Linked:
    """`series`: report_id, series_id ('S-' and the id of its first report); `reasons`: report_a (the earlier),
    report_b, kind, value, weight (bits), gap_days, sharing (reports with the value), key_row (row of the long table),
    one row a link that holds; `doubtful`: the same, links a person should decide; `hubs`: kind, value, reports, why,
    the values that join nothing."""

    series: pl.DataFrame
    reasons: pl.DataFrame
    doubtful: pl.DataFrame
    hubs: pl.DataFrame


def link(reports: pl.DataFrame, rules: Rules | None = None) -> Linked:
    """Join reports of the same hand.

    `reports`: report_id (text, unique), reported_at (datetime, or int µs UTC), and any of phone, card, iban, url,
    handle, wallet, email, text (text columns; identifier columns may be lists). Raises Refusal on missing or doubled
    ids.
    """
    rules = rules or Rules()
    frame = in_order(reports)
    n = frame.height
    times = frame["_us"].to_numpy()
    long = keys.of_table(frame)
    table = hubs.grouped(long, times)
    barred, why = hubs.hubs(table, n, rules)
    hubs.bar_public(table, long, barred, why)
    day = US_PER_DAY
    earlier, later, group = chains(table.starts, table.times, table.reports, barred, int(rules.doubtful_days * day))
    found = _Found(
        table.reports[earlier],
        table.reports[later],
        table.kinds[later],
        table.rows[table.starts[group]],
        table.sizes[group],
    )
    gap = (times[found.b] - times[found.a]) / day
    hold = gap <= rules.episode_days
    repaired = typos.repair(table, long, barred, rules)
    alike, similarity = _texts(frame, times, rules)
    sure = similarity >= rules.text_alike
    joined = _distinct(_stacked([found.take(hold), repaired, alike.take(sure)]), n)
    joined = joined.take(_bounded(joined, n))
    bridge = _bridges(joined, times, n, rules)
    bridges, joined = joined.take(bridge), joined.take(~bridge)
    parent = np.arange(n, dtype=np.int64)
    unite(parent, joined.a, joined.b)
    roots = flatten(parent)
    asked = _stacked([found.take(~hold), alike.take(~sure), bridges])
    asked = asked.take(roots[asked.a] != roots[asked.b])
    ids = frame["report_id"]
    series = pl.DataFrame({"report_id": ids, "series_id": "S-" + ids.gather(roots), "_row": frame["_row"]}).sort("_row").drop("_row")
    return Linked(
        series,
        _reasons(joined, ids, times, long, n),
        _reasons(asked, ids, times, long, n),
        hubs.told(table, long, barred, why),
    )


def in_order(reports: pl.DataFrame) -> pl.DataFrame:
    """The reports by time of filing, with `_us` (int µs) and `_row` (place in the input)."""
    for column in ("report_id", "reported_at"):
        if column not in reports.columns:
            raise Refusal(N_("column {column} is missing; the file has: {have}"), column=column, have=", ".join(reports.columns))
    moment = pl.col("reported_at")
    kind = reports.schema["reported_at"]
    if isinstance(kind, pl.Datetime):
        us = (moment.dt.replace_time_zone("Asia/Almaty", ambiguous="earliest", non_existent="null") if kind.time_zone is None else moment).dt.epoch("us")
    elif kind == pl.Date:
        us = moment.cast(pl.Datetime("us")).dt.epoch("us")
    else:
        us = moment.cast(pl.Int64)
    frame = reports.with_columns(us.alias("_us"), pl.col("report_id").cast(pl.String)).with_row_index("_row")
    if frame["_us"].null_count() or frame["report_id"].null_count():
        row = frame.filter(pl.col("_us").is_null() | pl.col("report_id").is_null())["_row"][0]
        raise Refusal(N_("report_id or reported_at is empty: fill it in"), row=int(row) + 2)
    doubled = frame.filter(pl.col("report_id").is_duplicated())
    if doubled.height:
        raise Refusal(
            N_("report {report} stands twice: keep one row a report"),
            row=int(doubled["_row"][1]) + 2,
            report=doubled["report_id"][1],
        )
    return frame.sort("_us", "_row")


@dataclass(frozen=True, slots=True)
class _Found:
    """Links as columns: earlier report, later report, kind code, row of the long table that holds the value (-1:
    none), how many share it."""

    a: Ints
    b: Ints
    kind: NDArray[np.uint8]
    row: Ints
    sharing: Ints

    def take(self, which: NDArray[np.bool_]) -> _Found:
        return _Found(self.a[which], self.b[which], self.kind[which], self.row[which], self.sharing[which])


def _stacked(parts: list[_Found | typos.Repaired]) -> _Found:
    return _Found(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("a", "b", "kind", "row", "sharing")))


def _distinct(found: _Found, n: int) -> _Found:
    """One link's url says all that its domain would say again."""
    pair = found.a * n + found.b
    domain = found.kind == keys.CODE["domain"]
    return found.take(~(domain & np.isin(pair, pair[found.kind == keys.CODE["url"]])))


def _bridges(found: _Found, times: Ints, n: int, rules: Rules) -> NDArray[np.bool_]:
    """Links after a long silence that alone would join two large series: a number in new hands costs most there."""
    slow = times[found.b] - times[found.a] > int(rules.bridge_days * US_PER_DAY)
    parent = np.arange(n, dtype=np.int64)
    unite(parent, found.a[~slow], found.b[~slow])
    roots = flatten(parent)
    size = np.bincount(roots, minlength=n)
    left, right = roots[found.a], roots[found.b]
    large = slow & (left != right) & (np.minimum(size[left], size[right]) >= rules.bridge_reports)
    at = np.flatnonzero(large)
    pair = np.minimum(left[at], right[at]) * n + np.maximum(left[at], right[at])
    values = pl.DataFrame({"pair": pair, "value": found.row[at]}).with_columns(pl.col("value").n_unique().over("pair").alias("values"))
    large[at[values["values"].to_numpy() > 1]] = False
    out: NDArray[np.bool_] = large
    return out


def _bounded(found: _Found, n: int) -> NDArray[np.bool_]:
    """The MOST_LINKS rarest backward links of each report; all, unless a report brings very many values."""
    counts = np.bincount(found.b, minlength=n)
    keep = np.ones(len(found.b), np.bool_)
    if len(counts) and counts.max() > MOST_LINKS:
        order = np.lexsort((found.sharing, found.b))
        first = np.searchsorted(found.b[order], found.b[order])
        keep[order] = np.arange(len(order)) - first < MOST_LINKS
    return keep


def _texts(frame: pl.DataFrame, times: Ints, rules: Rules) -> tuple[_Found, NDArray[np.float64]]:
    """Each text joined to the most alike among the last texts in its buckets, and the similarity."""
    nothing = np.zeros(0, np.int64)
    empty = _Found(nothing, nothing, nothing.astype(np.uint8), nothing, nothing)
    if "text" not in frame.columns:
        return empty, np.zeros(0)
    found, enough = texts.signatures(frame["text"].cast(pl.String).to_list(), rules.text_words)
    rows = np.flatnonzero(enough)
    if len(rows) < 2:
        return empty, np.zeros(0)
    bands = texts.band_keys(found[rows])
    best = np.full(len(frame), -1, np.int64)
    score = np.zeros(len(frame))
    sharing = np.zeros(len(frame), np.int64)
    for band in range(texts.BANDS):
        order = np.lexsort((times[rows], bands[:, band]))
        here = rows[order]
        same = bands[order[1:], band] == bands[order[:-1], band]
        a, b = here[:-1][same], here[1:][same]
        near = times[b] - times[a] <= int(rules.text_days * US_PER_DAY)
        a, b = a[near], b[near]
        alike = texts.alike(found[a], found[b])
        better = alike > score[b]
        best[b[better]], score[b[better]] = a[better], alike[better]
        _values, where, count = np.unique(bands[:, band], return_inverse=True, return_counts=True)
        sharing[rows] = np.maximum(sharing[rows], count[where])
    later = np.flatnonzero((best >= 0) & (score >= rules.text_doubtful))
    kind = np.full(len(later), keys.CODE["text"], np.uint8)
    return _Found(best[later], later, kind, np.full(len(later), -1, np.int64), sharing[later]), score[later]


def _reasons(found: _Found, ids: pl.Series, times: Ints, long: pl.DataFrame, n: int) -> pl.DataFrame:
    if not len(found.a):
        return pl.DataFrame(schema=_REASON_SCHEMA)
    values = long["value"].gather(np.maximum(found.row, 0)) if long.height else pl.Series([""] * len(found.a))
    shown = {code: "url" if kind == "domain" else kind for code, kind in enumerate(KINDS)}
    kind = pl.Series(found.kind).replace_strict(shown, return_dtype=pl.String)
    digits = values.str.len_chars()
    card = values.str.slice(0, 6) + "******" + values.str.slice(digits.cast(pl.Int64) - 4)
    return pl.DataFrame(
        {
            "report_a": ids.gather(found.a),
            "report_b": ids.gather(found.b),
            "kind": kind,
            "value": pl.select(pl.when(kind == "text").then(pl.lit("")).when(kind == "card").then(card).otherwise(values)).to_series(),
            "weight": np.maximum(0.0, np.log2(0.9 * max(n, 2) / np.maximum(found.sharing, 1))),
            "gap_days": (times[found.b] - times[found.a]) / US_PER_DAY,
            "sharing": found.sharing,
            "key_row": found.row,
        }
    )
