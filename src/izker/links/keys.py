"""From a table of reports to one row an identifier: (report, kind, value), normalised the same way for a table and
for one report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import polars as pl

from izker.identifiers import normalise, registered
from izker.jurisdictions import data
from izker.links.model import COLUMNS, KINDS

CODE = {kind: code for code, kind in enumerate(KINDS)}
_SPACES = " \t\r\n\u00a0"
_NOT_DIGIT = re.compile(r"[^0-9]")
_NOT_IBAN = re.compile(r"[^0-9A-Z]")
_MASKED = re.compile(r"[*•xXхХ]")
_WALLET_CASELESS = re.compile(r"(0[xX]|[bB][cC]1)")
_WEB_HEAD = re.compile(r"^(?:https?://)?(?:www\.)?")
_TELEGRAM = re.compile(r"^(?:t\.me|telegram\.me)/(?:s/)?")
_HIDDEN_DOT = re.compile(r"\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)")
_URL_HEAD = re.compile(r"^\s*(?:h(?:tt|xx)ps?|ftp)\s*(?:\[:\]|:)\s*//", re.I)
_WWW = re.compile(r"^www\.", re.I)
_URL_TAIL = re.compile(r"[/?#.,;]+$")
_HOST = re.compile(r"^([^/?#:\s]+)")
_REST = re.compile(r"^[^/?#]+")
_LEAST = {"phone": 8, "card": 12, "iban": 15, "wallet": 26, "handle": 4, "email": 6}
# Numbers typed to get past a form: one digit over and over.
_NONSENSE = re.compile(r"^\+?[0-9]{0,2}(?:0{7,}|1{7,}|2{7,}|3{7,}|4{7,}|5{7,}|6{7,}|7{8,}|8{7,}|9{7,})$")


@lru_cache
def public(jurisdiction: str = "kz") -> frozenset[tuple[str, str]]:
    """(kind, value) of identifiers that belong to the public: hot lines, marketplaces, banks' own sites. They join
    nothing."""
    return frozenset((row["kind"], row["value"]) for row in data(jurisdiction, "identifiers")["public"])


def of_table(reports: pl.DataFrame) -> pl.DataFrame:
    """Long table of `reports` (one row a report, in order): report (row index, i64), kind (code, u8), value (text).
    No value stands twice in a report."""
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


def _one(column: str, value: str) -> list[tuple[str, str]]:
    """One cell, cleaned as the expressions below clean a column (a test holds the two together)."""
    if column == "url":
        bare = _URL_HEAD.sub("", _HIDDEN_DOT.sub(".", value.strip(_SPACES)))
        bare = _URL_TAIL.sub("", _WWW.sub("", bare))
        found = _HOST.match(bare)
        if found is None or "." not in found.group(1):
            return []
        plain = _plain_host(found.group(1).lower())
        path = _REST.sub("", bare, count=1)
        whole = [("url", plain + path)] if path else []
        return [*whole, ("domain", registered(plain))]
    cleaned = _CLEANERS[column](value)
    if len(cleaned) < _LEAST[column] or (column in ("phone", "card") and len(cleaned) > 20) or (column == "phone" and _NONSENSE.search(cleaned)):
        return []
    return [(column, cleaned)]


def _clean_phone(value: str) -> str:
    digits = _NOT_DIGIT.sub("", value).removeprefix("00")
    if len(digits) == 11 and digits[0] == "8":
        return "+7" + digits[1:]
    return "+7" + digits if len(digits) == 10 and digits[0] in "79" else "+" + digits


def _clean_wallet(value: str) -> str:
    trimmed = value.strip(_SPACES)
    return trimmed.lower() if _WALLET_CASELESS.match(trimmed) else trimmed


def _clean_handle(value: str) -> str:
    name = _TELEGRAM.sub("", _WEB_HEAD.sub("", value.strip(_SPACES).lower(), count=1), count=1).strip("/")
    return name if "/" in name or "@" in name else "@" + name


def _clean_card(value: str) -> str:
    return "" if _MASKED.search(value) else _NOT_DIGIT.sub("", value)


def _clean_iban(value: str) -> str:
    return _NOT_IBAN.sub("", value.upper())


def _clean_email(value: str) -> str:
    return value.strip(_SPACES).lower()


_CLEANERS = {
    "phone": _clean_phone,
    "card": _clean_card,
    "iban": _clean_iban,
    "wallet": _clean_wallet,
    "handle": _clean_handle,
    "email": _clean_email,
}


def _tagged(values: pl.DataFrame, kind: str) -> pl.DataFrame:
    return values.select("report", pl.lit(CODE[kind], pl.UInt8).alias("kind"), "value")


def _cleaned(column: str, value: pl.Expr) -> pl.Expr:
    if column == "phone":
        digits = value.str.replace_all("[^0-9]", "").str.strip_prefix("00")
        ten = digits.str.len_bytes() == 10
        eight = (digits.str.len_bytes() == 11) & digits.str.starts_with("8")
        return pl.when(eight).then("+7" + digits.str.slice(1)).when(ten & digits.str.contains("^[79]")).then("+7" + digits).otherwise("+" + digits)
    if column == "card":
        return pl.when(value.str.contains(_MASKED.pattern)).then(None).otherwise(value.str.replace_all("[^0-9]", ""))
    if column == "iban":
        return value.str.to_uppercase().str.replace_all(r"[^0-9A-Z]", "")
    if column == "wallet":
        trimmed = value.str.strip_chars(_SPACES)
        return pl.when(trimmed.str.contains("^" + _WALLET_CASELESS.pattern)).then(trimmed.str.to_lowercase()).otherwise(trimmed)
    if column == "handle":
        bare = value.str.strip_chars(_SPACES).str.to_lowercase().str.replace(_WEB_HEAD.pattern, "")
        name = bare.str.replace(_TELEGRAM.pattern, "").str.strip_chars("/")
        return pl.when(name.str.contains("[/@]")).then(name).otherwise("@" + name)
    return value.str.strip_chars(_SPACES).str.to_lowercase()


def _sensible(column: str) -> pl.Expr:
    value = pl.col("value")
    sensible = value.is_not_null() & (value.str.len_chars() >= _LEAST[column])
    if column in ("phone", "card"):
        sensible = sensible & (value.str.len_chars() <= 20)
    if column == "phone":
        sensible = sensible & ~value.str.contains(_NONSENSE.pattern)
    return sensible


def _urls(values: pl.DataFrame) -> list[pl.DataFrame]:
    """A link gives two values: its registered domain and the whole link (host and path), for hosts that many hands
    share."""
    bare = (
        pl.col("value")
        .str.strip_chars(_SPACES)
        .str.replace_all(_HIDDEN_DOT.pattern, ".")
        .str.replace("(?i)" + _URL_HEAD.pattern, "")
        .str.replace("(?i)" + _WWW.pattern, "")
        .str.replace(_URL_TAIL.pattern, "")
    )
    split = (
        values.with_columns(bare.alias("value"))
        .with_columns(
            pl.col("value").str.extract(_HOST.pattern, 1).str.to_lowercase().alias("host"),
            pl.col("value").str.extract(r"^[^/?#]+(.*)$", 1).fill_null("").alias("path"),
        )
        .filter(pl.col("host").str.contains(r"\."))
    )
    hosts = split.select("host").unique()
    named = hosts.with_columns(pl.col("host").map_elements(_plain_host, return_dtype=pl.String).alias("plain"))
    named = named.with_columns(pl.col("plain").map_elements(registered, return_dtype=pl.String).alias("domain"))
    split = split.join(named, on="host", how="left", maintain_order="left")
    whole = split.select("report", (pl.col("plain") + pl.col("path")).alias("value"))
    return [
        _tagged(whole.filter(split["path"] != ""), "url"),
        _tagged(split.select("report", pl.col("domain").alias("value")), "domain"),
    ]


def _plain_host(host: str) -> str:
    if host.isascii():
        return host
    found = normalise("domain", host)
    return found.value
