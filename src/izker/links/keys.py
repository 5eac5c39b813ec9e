"""From a table of reports to one row an identifier: (report, kind, value), normalised the same way for a table and for one report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import polars as pl

from izker.identifiers import normalise, registered
from izker.jurisdictions import data
from izker.links.model import COLUMNS, KINDS

CODE = {kind: code for code, kind in enumerate(KINDS)}
_NONSENSE = re.compile(r"(.)\1*")


@lru_cache
def public(jurisdiction: str = "kz") -> frozenset[tuple[str, str]]:
    """(kind, value) of identifiers that belong to the public: hot lines, marketplaces, banks' own sites. They join nothing."""
    return frozenset((row["kind"], row["value"]) for row in data(jurisdiction, "identifiers")["public"])


def of_table(reports: pl.DataFrame) -> pl.DataFrame:
    """Long table of `reports` (one row a report, in order): report (row index, i64), kind (code, u8), value (text). No value stands twice in a report."""
    parts = []
    for column in COLUMNS:
        if column not in reports.columns:
            continue
        values = reports.select(pl.int_range(pl.len(), dtype=pl.Int64).alias("report"), pl.col(column).alias("value"))
        if isinstance(values.schema["value"], pl.List):
            values = values.explode("value")
        values = values.with_columns(pl.col("value").cast(pl.String)).drop_nulls()
        if column == "url":
            parts.extend(_urls(values))
        else:
            cleaned = values.with_columns(_cleaned(column, pl.col("value")).alias("value"))
            parts.append(_tagged(cleaned.filter(_sensible(column)), column))
    if not parts:
        return pl.DataFrame(schema={"report": pl.Int64, "kind": pl.UInt8, "value": pl.String})
    return pl.concat(parts).unique(maintain_order=True)


def of_report(report: Mapping[str, object]) -> list[tuple[str, str]]:
    """(kind, value) of one report given as a mapping of the same columns; a value may be a text or a list of texts."""
    fields = {column: report[column] for column in COLUMNS if report.get(column) is not None}
    if not fields:
        return []
    row = {k: list(v) if isinstance(v, (list, tuple, set)) else [v] for k, v in fields.items()}
    found: list[tuple[str, str]] = []
    for column, values in row.items():
        for value in values:
            found.extend(_one(column, str(value)))
    return list(dict.fromkeys(found))


@lru_cache(maxsize=65536)
def _one(column: str, value: str) -> tuple[tuple[str, str], ...]:
    """One cell through the same expressions as a whole column, so that both ways always agree."""
    long = of_table(pl.DataFrame({column: [value]}))
    return tuple((KINDS[kind], text) for kind, text in long.select("kind", "value").iter_rows())


def _tagged(values: pl.DataFrame, kind: str) -> pl.DataFrame:
    return values.select("report", pl.lit(CODE[kind], pl.UInt8).alias("kind"), "value")


def _cleaned(column: str, value: pl.Expr) -> pl.Expr:
    if column == "phone":
        digits = value.str.replace_all(r"\D", "").str.strip_prefix("00")
        ten = digits.str.len_bytes() == 10
        eight = (digits.str.len_bytes() == 11) & digits.str.starts_with("8")
        return pl.when(eight).then("+7" + digits.str.slice(1)).when(ten & digits.str.contains("^[79]")).then("+7" + digits).otherwise("+" + digits)
    if column == "card":
        return pl.when(value.str.contains(r"[*•xXхХ]")).then(None).otherwise(value.str.replace_all(r"\D", ""))
    if column == "iban":
        return value.str.to_uppercase().str.replace_all(r"[^0-9A-Z]", "")
    if column == "wallet":
        trimmed = value.str.strip_chars()
        return pl.when(trimmed.str.contains("^(0[xX]|[bB][cC]1)")).then(trimmed.str.to_lowercase()).otherwise(trimmed)
    if column == "handle":
        bare = value.str.strip_chars().str.to_lowercase().str.replace(r"^(?:https?://)?(?:www\.)?", "")
        name = bare.str.replace(r"^(?:t\.me|telegram\.me)/(?:s/)?", "").str.strip_chars("/")
        return pl.when(name.str.contains("[/@]")).then(name).otherwise("@" + name)
    return value.str.strip_chars().str.to_lowercase()


def _sensible(column: str) -> pl.Expr:
    value = pl.col("value")
    least = {"phone": 8, "card": 12, "iban": 15, "wallet": 26, "handle": 4, "email": 6}[column]
    sensible = value.is_not_null() & (value.str.len_chars() >= least)
    if column in ("phone", "card"):
        return sensible & (value.str.len_chars() <= 20) & ~value.str.contains(r"^\+?\d{0,2}(0{7,}|1{7,}|2{7,}|3{7,}|4{7,}|5{7,}|6{7,}|7{8,}|8{7,}|9{7,})$")
    return sensible


def _urls(values: pl.DataFrame) -> list[pl.DataFrame]:
    """A link gives two values: its registered domain and the whole link (host and path), for hosts that many hands share."""
    bare = (
        pl.col("value").str.strip_chars().str.replace_all(r"\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)", ".").str.replace(r"(?i)^\s*(?:h(?:tt|xx)ps?|ftp)\s*(?:\[:\]|:)\s*//", "")
        .str.replace(r"(?i)^www\.", "").str.replace(r"[/?#.,;]+$", "")
    )  # fmt: skip
    split = values.with_columns(bare.alias("value")).with_columns(
        pl.col("value").str.extract(r"^([^/?#:\s]+)", 1).str.to_lowercase().alias("host"), pl.col("value").str.extract(r"^[^/?#]+(.*)$", 1).fill_null("").alias("path")
    ).filter(pl.col("host").str.contains(r"\."))  # fmt: skip
    hosts = split.select("host").unique()
    named = hosts.with_columns(pl.col("host").map_elements(_plain_host, return_dtype=pl.String).alias("plain"))
    named = named.with_columns(pl.col("plain").map_elements(registered, return_dtype=pl.String).alias("domain"))
    split = split.join(named, on="host", how="left", maintain_order="left")
    whole = split.select("report", (pl.col("plain") + pl.col("path")).alias("value"))
    return [_tagged(whole.filter(split["path"] != ""), "url"), _tagged(split.select("report", pl.col("domain").alias("value")), "domain")]


def _plain_host(host: str) -> str:
    if host.isascii():
        return host
    found = normalise("domain", host)
    return found.value
