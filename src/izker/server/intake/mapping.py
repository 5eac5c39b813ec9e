"""How a foreign table of reports becomes ours: a TOML file names its columns, its currency and its channels; values are parsed here.

Parsing is done column by column; a value that cannot be read leaves the row in quarantine with its place and reason, the other rows land.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from izker.server.intake.form import CHANNELS
from izker.times import LOCAL
from izker.words import N_, Problem, Refusal

FOLDER = Path(__file__).parent / "mappings"
FIELDS = ("id", "reported_at", "occurred_at", "amount", "region", "category", "channel", "text", "attempt")
NEEDED = ("id", "reported_at")
MOMENT = pl.Datetime("us", "UTC")
FORMATS = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d/%m/%Y")
LARGEST = 9.2e18


@dataclass(frozen=True, slots=True)
class Mapping:
    name: str
    source: str
    jurisdiction: str
    currency: str
    minor_units: int
    amount_is_minor: bool
    columns: dict[str, str]
    channels: dict[str, str]
    attempts: tuple[str, ...]
    concordance: str

    @classmethod
    def load(cls, name: str) -> Mapping:
        path = FOLDER / f"{name}.toml"
        if not path.is_file():
            known = ", ".join(sorted(p.stem for p in FOLDER.glob("*.toml")))
            raise Refusal(N_("there is no mapping {name}; there are: {known}"), name=name, known=known)
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls(
            name=name,
            source=raw["source"],
            jurisdiction=raw["jurisdiction"],
            currency=raw["currency"],
            minor_units=raw["minor_units"],
            amount_is_minor=raw["amount_is_minor"],
            columns=raw["columns"],
            channels=raw.get("channels", {}),
            attempts=tuple(raw.get("attempt", {}).get("values", ())),
            concordance=raw.get("concordance", ""),
        )


def parse(frame: pl.DataFrame, mapping: Mapping, file: str) -> tuple[pl.DataFrame, list[Problem]]:
    """Rows with our fields (id, reported_at, occurred_at, amount in minor units, region, category, channel, text, attempt) and `row`
    (place in the file, header = 1), and a problem for every row that could not be read."""
    missing = [mapping.columns[f] for f in NEEDED if mapping.columns[f] not in frame.columns]
    if missing:
        have = ", ".join(frame.columns)
        raise Refusal(
            problems=tuple(
                Problem(N_("column {column} is missing; the file has: {have}"), {"column": c, "have": have}, file=file, column=c) for c in missing
            )
        )
    present = {f: c for f, c in mapping.columns.items() if c in frame.columns}
    rows = frame.select(pl.col(c).alias(f) for f, c in present.items()).with_row_index("row", offset=2)
    rows = rows.with_columns(pl.col(pl.Categorical).cast(pl.String), pl.col("id").cast(pl.String).str.strip_chars())
    rows = rows.with_columns(pl.lit(None, dtype=pl.String).alias(f) for f in FIELDS if f not in rows.columns)
    reader = _Reader(rows, mapping, file)
    reader.moments("reported_at", needed=True)
    reader.moments("occurred_at", needed=False)
    reader.amounts()
    reader.reject(pl.col("id").is_null() | (pl.col("id") == ""), "id", N_("the row has no number of its own"))
    reader.twice()
    channels = {**{c: c for c in CHANNELS}, **mapping.channels}
    good = reader.rows.filter(~pl.col("row").is_in(list(reader.bad))).with_columns(
        pl.col("channel").cast(pl.String).replace_strict(channels, default="unknown"),
        pl.col("attempt").cast(pl.String).is_in(mapping.attempts or [""]).fill_null(value=False),
        *(pl.col(c).cast(pl.String).fill_null("") for c in ("region", "category", "text")),
    )
    return good, reader.problems


class _Reader:
    def __init__(self, rows: pl.DataFrame, mapping: Mapping, file: str) -> None:
        self.rows = rows
        self.mapping = mapping
        self.file = file
        self.bad: set[int] = set()
        self.problems: list[Problem] = []

    def reject(self, wrong: pl.Expr, field: str, reason: str) -> None:
        """Quarantine the rows where `wrong` holds; `{value}` in the reason is what stands there."""
        found = self.rows.filter(wrong.fill_null(value=False)).select("row", pl.col(field).cast(pl.String).alias("value"))
        column = self.mapping.columns.get(field, field)
        for row, value in found.iter_rows():
            if row not in self.bad:
                self.bad.add(row)
                self.problems.append(Problem(reason, {"value": value}, file=self.file, row=row, column=column))

    def moments(self, field: str, *, needed: bool) -> None:
        kind = self.rows.schema[field]
        column = pl.col(field)
        if kind == pl.String:
            text = column.str.strip_chars()
            tries = [text.str.to_datetime(f, strict=False, time_unit="us") for f in FORMATS]
            parsed = pl.coalesce(*tries).dt.replace_time_zone(LOCAL.key, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
            zoned = text.str.replace(r"Z$", "+00:00").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", strict=False, time_unit="us")
            parsed = pl.coalesce(zoned.dt.convert_time_zone("UTC"), parsed)
        elif isinstance(kind, pl.Datetime) and kind.time_zone:
            parsed = column.dt.cast_time_unit("us").dt.convert_time_zone("UTC")
        elif kind in (pl.Date, pl.Datetime) or isinstance(kind, pl.Datetime):
            parsed = column.cast(pl.Datetime("us")).dt.replace_time_zone(LOCAL.key, ambiguous="earliest", non_existent="null")
            parsed = parsed.dt.convert_time_zone("UTC")
        else:
            parsed = pl.from_epoch(column.cast(pl.Int64), time_unit="us").dt.replace_time_zone("UTC")
        self.rows = self.rows.with_columns(parsed.cast(MOMENT).alias("_parsed"))
        wrong = pl.col("_parsed").is_null() & (pl.lit(value=True) if needed else column.is_not_null())
        self.reject(wrong, field, N_("“{value}” is no day or moment: write it like 2025-01-31 14:05"))
        self.rows = self.rows.with_columns(pl.col("_parsed").alias(field)).drop("_parsed")

    def amounts(self) -> None:
        column = pl.col("amount")
        if self.rows.schema["amount"] == pl.String:
            text = column.str.replace_all(r"[\s\u{a0}\u{2009}\u{202f}₸$]|тенге|теңге|тг", "").str.replace(",", ".", literal=True)
            value = text.cast(pl.Decimal(38, 4), strict=False)
        else:
            value = column.cast(pl.Decimal(38, 4), strict=False)
        factor = 1 if self.mapping.amount_is_minor else self.mapping.minor_units
        self.rows = self.rows.with_columns((value * factor).alias("_minor"))
        self.reject(pl.col("_minor").is_null() & column.is_not_null(), "amount", N_("“{value}” is no sum of money"))
        self.reject(pl.col("_minor") < 0, "amount", N_("the sum {value} is negative"))
        self.reject(pl.col("_minor") > LARGEST, "amount", N_("the sum {value} is larger than any ledger can hold"))
        minor = pl.when(pl.col("row").is_in(list(self.bad))).then(0).otherwise(pl.col("_minor").fill_null(0).round(0))
        self.rows = self.rows.with_columns(minor.cast(pl.Int64).alias("amount")).drop("_minor")

    def twice(self) -> None:
        """A number that stands twice: the first row lands, an equal second one is nothing new, a different one is quarantined."""
        good = self.rows.filter(~pl.col("row").is_in(list(self.bad)))
        content = pl.struct(c for c in good.columns if c != "row").hash()
        marked = good.with_columns(content.alias("_hash"), pl.col("row").first().over("id").alias("_first"))
        again = marked.filter(pl.col("row") != pl.col("_first"))
        if again.is_empty():
            return
        firsts = marked.filter(pl.col("row") == pl.col("_first")).select("id", pl.col("_hash").alias("_same"))
        for row, number, same in again.join(firsts, on="id").select("row", "id", pl.col("_hash") == pl.col("_same")).iter_rows():
            self.bad.add(row)
            reason = N_("the row stands twice") if same else N_("number {value} stands twice with different content: only the first landed")
            self.problems.append(Problem(reason, {"value": number}, file=self.file, row=row, column=self.mapping.columns["id"]))
