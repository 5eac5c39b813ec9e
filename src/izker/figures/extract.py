"""What the figures are counted from: frames of cases, persons and offences as the register knew them on a day.

The server hands them from its register; the command line reads a folder of Parquet (the simulated country writes one).
The figures never touch live tables.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from izker.times import LOCAL
from izker.words import N_, Refusal

REGISTER = N_("the register of this installation")
SIMULATED = N_("SYNTHETIC: simulated country")  # the source of an extract of the simulated country, its seed behind it
LOCAL_ZONE = LOCAL.key
_MOMENTS = ("registered_at", "occurred_at", "reported_at", "solved_at", "to_court_at", "interrupted_at", "withdrawn_at")
_CASE_TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "case_no": pl.String,
    "region": pl.String,
    "scheme": pl.String,
    "ministry_class": pl.String,
    "article": pl.String,
    "gravity": pl.String,
    "damage": pl.Int64,
    "victim_age": pl.Int32,
    "home_sale": pl.Boolean,
    "status": pl.String,
}


def _moment(frame: pl.DataFrame, column: str, table: str) -> pl.Series:
    """The column as UTC microseconds: integers are microseconds, naive times are UTC, dates are local midnights."""
    series = frame.get_column(column)
    kind = series.dtype
    if kind == pl.Null:
        return series.cast(pl.Datetime("us", "UTC"))
    if kind.is_integer():
        return series.cast(pl.Int64).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    if isinstance(kind, pl.Datetime):
        series = series.dt.cast_time_unit("us")
        return series.dt.replace_time_zone("UTC") if kind.time_zone is None else series.dt.convert_time_zone("UTC")
    if kind == pl.Date:
        return series.cast(pl.Datetime("us")).dt.replace_time_zone(LOCAL_ZONE).dt.convert_time_zone("UTC")
    raise Refusal(
        N_("column {column} of {table} holds {kind}; give times, dates or UTC microseconds"),
        file=table,
        column=column,
        table=table,
        kind=str(kind),
    )


def _need(frame: pl.DataFrame, columns: tuple[str, ...], table: str) -> None:
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        raise Refusal(
            N_("column {column} is missing; the file has: {have}"),
            file=table,
            column=missing[0],
            have=", ".join(frame.columns),
        )


def _cases(frame: pl.DataFrame) -> pl.DataFrame:
    _need(frame, ("case_no", "registered_at", "region"), "cases")
    columns: list[pl.Series] = []
    for name, kind in _CASE_TYPES.items():
        if name in frame.columns:
            columns.append(frame.get_column(name).cast(kind).alias(name))
        else:
            columns.append(pl.repeat(None, frame.height, dtype=kind, eager=True).alias(name))
    for name in _MOMENTS:
        if name in frame.columns:
            columns.append(_moment(frame, name, "cases").alias(name))
        else:
            columns.append(pl.repeat(None, frame.height, dtype=pl.Datetime("us", "UTC"), eager=True).alias(name))
    cases = pl.DataFrame(columns)
    unnamed = cases.filter(pl.col("case_no").is_null() | pl.col("registered_at").is_null())
    if unnamed.height:
        raise Refusal(
            N_("{count} cases have no number or no day of registration: repair them first"),
            file="cases",
            count=unnamed.height,
        )
    twice = cases.filter(pl.col("case_no").is_duplicated()).get_column("case_no").unique().sort()
    if twice.len():
        raise Refusal(
            N_("{count} case numbers stand twice, the first is {first}: an extract holds one row for each case"),
            file="cases",
            count=twice.len(),
            first=twice[0],
        )
    return cases


def _persons(frame: pl.DataFrame) -> pl.DataFrame:
    """People prosecuted; the simulated country calls the columns person and decided_at."""
    for name, other in (("person_id", "person"), ("charged_at", "decided_at")):
        if name not in frame.columns and other in frame.columns:
            frame = frame.rename({other: name})
    _need(frame, ("person_id", "charged_at"), "persons")
    return pl.DataFrame(
        [frame.get_column("person_id").cast(pl.String), _moment(frame, "charged_at", "persons").alias("charged_at")]
    )


def _month(frame: pl.DataFrame) -> pl.Series:
    """The first day of the month: from a date, from '2025-01', or from whole numbers in the columns year and month."""
    month = frame.get_column("month")
    if isinstance(month.dtype, pl.Datetime):
        month = _moment(frame, "month", "offences").dt.convert_time_zone(LOCAL_ZONE).dt.date()
    elif month.dtype.is_integer() and "year" in frame.columns:
        month = frame.select(pl.date(pl.col("year"), pl.col("month"), 1)).to_series()
    elif month.dtype == pl.String:
        month = (month.str.slice(0, 7) + "-01").str.to_date("%Y-%m-%d", strict=False)
    if month.dtype != pl.Date or month.null_count():
        raise Refusal(N_("the month must be written 2025-01"), file="offences", column="month")
    return month.dt.month_start()


def _offences(frame: pl.DataFrame) -> pl.DataFrame:
    """Monthly totals. `all_fraud_first`: all frauds as counted by the end of their year, before later corrections."""
    _need(frame, ("month", "all_offences", "all_fraud"), "offences")
    region = (
        frame.get_column("region")
        if "region" in frame.columns
        else pl.repeat("", frame.height, dtype=pl.String, eager=True)
    )
    first = next((c for c in ("all_fraud_first", "all_fraud_december_cut") if c in frame.columns), "all_fraud")
    return pl.DataFrame(
        [
            _month(frame).alias("month"),
            region.cast(pl.String).alias("region"),
            frame.get_column("all_offences").cast(pl.Int64),
            frame.get_column("all_fraud").cast(pl.Int64),
            frame.get_column(first).cast(pl.Int64).alias("all_fraud_first"),
        ]
    )


@dataclass(frozen=True)
class Extract:
    """Frames of the register as of a day.

    cases (one row a case): case_no, registered_at, region (KATO code), and where known occurred_at, reported_at,
    scheme, ministry_class (impersonation, advance_payment, investment, other, none), article, gravity (minor, medium,
    grave, especially_grave), damage (tiyn), victim_age, home_sale, solved_at, to_court_at, interrupted_at, status,
    withdrawn_at (joined to another case or re-qualified away: from that day it no longer counts).
    persons: person_id, charged_at. offences: month, region, all_offences, all_fraud (and all_fraud_first). Times: UTC
    (integers are microseconds).
    `known_until`: the last day the register knows, where the source says so.
    """

    cases: pl.DataFrame
    persons: pl.DataFrame
    offences: pl.DataFrame
    synthetic: bool
    source: str
    known_until: date | None = None
    manifest: dict[str, object] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cases", _cases(self.cases))
        object.__setattr__(self, "persons", _persons(self.persons))
        object.__setattr__(self, "offences", _offences(self.offences))

    @classmethod
    def read(cls, folder: Path) -> Extract:
        """The folder's cases.parquet, persons.parquet and offences.parquet; manifest.json says whether they are
        synthetic.
        """
        if not folder.is_dir():
            raise Refusal(N_("there is no such folder: check the path"), file=str(folder))
        frames = {}
        for name in ("cases", "persons", "offences"):
            path = folder / f"{name}.parquet"
            if not path.is_file():
                raise Refusal(
                    N_(
                        "the folder holds no {name}: give the folder of a register extract, "
                        "as `izker world build --out` writes"
                    ),
                    file=str(folder),
                    name=path.name,
                )
            try:
                frames[name] = pl.read_parquet(path)
            except (pl.exceptions.PolarsError, OSError) as error:
                raise Refusal(
                    N_("the Parquet file is damaged ({error}): copy it again from its source"),
                    file=path.name,
                    error=str(error).splitlines()[0],
                ) from error
        withdrawn = folder / "withdrawn.parquet"  # cases that counted once and no longer do
        if withdrawn.is_file():
            frames["cases"] = pl.concat([frames["cases"], pl.read_parquet(withdrawn)], how="diagonal_relaxed")
        manifest = _manifest(folder)
        synthetic = bool(manifest.get("synthetic", False))
        known = manifest.get("as_of") or manifest.get("now")
        return cls(
            **frames,
            synthetic=synthetic,
            source=str(manifest.get("source") or _source(manifest, synthetic, folder)),
            known_until=date.fromisoformat(str(known)[:10]) if known else None,
            manifest=manifest,
        )


def _manifest(folder: Path) -> dict[str, object]:
    path = folder / "manifest.json"
    if not path.is_file():
        path = folder.parent / "manifest.json"
    if not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise Refusal(
            N_("the manifest is not JSON ({error}): build the extract again"), file=path.name, error=str(error)
        ) from error
    if not isinstance(value, dict):
        raise Refusal(N_("the manifest is not a JSON object: build the extract again"), file=path.name)
    return value


def _source(manifest: dict[str, object], synthetic: bool, folder: Path) -> str:
    if not synthetic:
        return folder.name
    seed = manifest.get("seed")
    return SIMULATED if seed is None else f"{SIMULATED}, seed {seed}"
