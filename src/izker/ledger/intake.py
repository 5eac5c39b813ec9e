"""Transfers from files or frames: read in batches, parsed, every bad row set aside with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from izker import tables
from izker.words import N_, Problem, Refusal

Source = Path | pl.DataFrame
KINDS = ("transfer", "cash", "abroad", "crypto", "merchant", "reversal")
REVERSAL = KINDS.index("reversal")
HOME_CURRENCY = "KZT"
BATCH_ROWS = 2_000_000
WHOLE_FILE_BYTES = 64 * 1024 * 1024  # text files up to this size are read whole, which names ragged rows exactly
MAX_PROBLEMS = 10_000  # named one by one; what is beyond is counted

REQUIRED = ("id", "ts", "src", "dst", "amount")
OPTIONAL = ("kind", "bank_src", "bank_dst", "currency")
ALIASES = {
    "id": ("transfer_id", "txid", "tx_id"),
    "ts": ("timestamp", "time", "datetime"),
    "src": ("from", "sender", "source"),
    "dst": ("to", "receiver", "destination"),
    "amount": ("amount_tiyn", "sum"),
}
_MARK = r" \([A-Z0-9]{2,10}\)$"  # how an account in a foreign currency is shown


@dataclass
class Problems:
    """Collects problems up to a limit and counts the rest."""

    items: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, problem: Problem) -> None:
        self.count += 1
        if len(self.items) < MAX_PROBLEMS:
            self.items.append(problem)

    def rows(self, frame: pl.DataFrame, bad: pl.Series, reason: str, file: str, column: str) -> None:
        """One problem for each row of `frame` where `bad`; `value` is what stood in `column`."""
        hits = frame.filter(bad)
        for row, value in zip(hits["_row"].head(MAX_PROBLEMS - len(self.items)), hits[column], strict=False):
            self.items.append(Problem(reason, {"value": value}, file=file, row=row, column=column))
        self.count += hits.height

    def listed(self) -> list[Problem]:
        if self.count <= len(self.items):
            return self.items
        more = Problem(
            N_("{count} more rows were set aside; the first ones are named"), {"count": self.count - len(self.items)}
        )
        return [*self.items, more]


def batches(sources: Sequence[Source], problems: Problems) -> Iterator[tuple[pl.DataFrame, int]]:
    """Parsed batches: (frame with id, ts, src, dst, amount, kind, bank_src, bank_dst, rows read for it).

    id, ts and amount are Int64 (ts in UTC µs), kind is an index into KINDS, src and dst carry the currency where it is
    not the home currency. Rows that cannot be read are missing from the frame and stand in `problems`.
    """
    for number, source in enumerate(sources, 1):
        if isinstance(source, pl.DataFrame):
            name = f"#{number}" if len(sources) > 1 else ""
            for start in range(0, max(source.height, 1), BATCH_ROWS):
                yield _parse(source.slice(start, BATCH_ROWS), start + 1, name, problems)
            continue
        for raw, first_row in _raw(source, problems):
            yield _parse(raw, first_row, source.name, problems)


def _raw(path: Path, problems: Problems) -> Iterator[tuple[pl.DataFrame, int]]:
    """Unparsed batches of a file with the number of their first row as a person counts it."""
    if not path.is_file():
        raise Refusal(N_("there is no such file: check the path"), file=str(path))
    with path.open("rb") as file:
        head = file.read(65536)
    if head.startswith(tables.PARQUET_MAGIC):
        yield from _parquet(path)
    elif (
        path.stat().st_size <= WHOLE_FILE_BYTES
        or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
        or b"\x00" in head
    ):
        frame, found = tables.read_with_problems(path)
        for problem in found:
            problems.add(problem)
        ragged = {p.row for p in found}
        if ragged and all(t == pl.String for t in frame.dtypes):
            rows = pl.Series("_row", np.arange(frame.height) + 2)
            frame = frame.filter(~rows.is_in(list(ragged)))  # a row with cells missing or left over cannot be trusted
        yield frame, 2
    else:
        yield from _csv(path, head)


def _parquet(path: Path) -> Iterator[tuple[pl.DataFrame, int]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    first = 1
    try:
        with pq.ParquetFile(path, memory_map=False, pre_buffer=False) as file:
            wanted = {c for names in ALIASES.values() for c in names} | {*REQUIRED, *OPTIONAL}
            columns = [c for c in file.schema_arrow.names if c.strip().lower() in wanted]
            for batch in file.iter_batches(BATCH_ROWS, columns=columns or None):
                frame = pl.from_arrow(pa.Table.from_batches([batch]))
                assert isinstance(frame, pl.DataFrame)
                yield frame, first
                first += frame.height
    except (pa.ArrowException, OSError) as error:
        text = (str(error).splitlines() or [type(error).__name__])[0][:160]
        raise Refusal(
            N_("the Parquet file is damaged ({error}): copy it again from its source"), file=path.name, error=text
        ) from error


def _csv(path: Path, head: bytes) -> Iterator[tuple[pl.DataFrame, int]]:
    import pyarrow as pa
    import pyarrow.csv as pc

    try:
        head[: head.rfind(b"\n")].decode("utf-8")
        encoding = "utf8"
    except UnicodeDecodeError:
        encoding = "cp1251"
    line = head.splitlines()[0]
    delimiter = max(b",;\t|", key=line.count)
    names = [
        c.strip().strip('"') for c in line.decode(encoding, errors="replace").lstrip("\ufeff").split(chr(delimiter))
    ]
    try:
        reader = pc.open_csv(
            path,
            read_options=pc.ReadOptions(
                block_size=64 * 1024 * 1024, encoding=encoding, column_names=names, skip_rows=1
            ),
            parse_options=pc.ParseOptions(delimiter=chr(delimiter), newlines_in_values=False),
            convert_options=pc.ConvertOptions(
                column_types={c: pa.large_string() for c in names}, strings_can_be_null=True, null_values=[""]
            ),
        )
        first = 2
        for batch in reader:
            frame = pl.from_arrow(pa.Table.from_batches([batch]))
            assert isinstance(frame, pl.DataFrame)
            yield frame, first
            first += frame.height
    except pa.ArrowException as error:
        text = (str(error).splitlines() or [type(error).__name__])[0][:160]
        raise Refusal(N_("the CSV cannot be read: {error}"), file=path.name, error=text) from error


def _parse(raw: pl.DataFrame, first_row: int, file: str, problems: Problems) -> tuple[pl.DataFrame, int]:
    if not raw.columns:
        return _empty(), 0
    frame = tables.require(raw, REQUIRED, file, aliases=ALIASES)
    have = {c.lower(): c for c in frame.columns}
    frame = frame.select(
        *REQUIRED, *(pl.col(have[c]).alias(c) if c in have else pl.lit(None, pl.String).alias(c) for c in OPTIONAL)
    ).with_row_index("_row", offset=first_row)
    parsed = frame.with_columns(
        integer(frame["id"]),
        moment(frame["ts"]),
        integer(frame["amount"]),
        text(frame["src"]),
        text(frame["dst"]),
        kind=_kind(frame["kind"]),
        bank_src=text(frame["bank_src"]),
        bank_dst=text(frame["bank_dst"]),
        currency=text(frame["currency"]).str.to_uppercase(),
    )
    good = pl.repeat(True, frame.height, dtype=pl.Boolean, eager=True)
    foreign = "currency" in have
    for column, reason in (
        ("id", N_("the id is no whole number: {value}")),
        ("ts", N_("the time cannot be read: {value} (give 2026-01-16T14:46:00+05:00 or microseconds)")),
        ("src", N_("the sending account is missing")),
        ("dst", N_("the receiving account is missing")),
        ("amount", N_("the amount is no whole number of minor units: {value}")),
        ("kind", N_("unknown kind {value}: give transfer, cash, abroad, crypto, merchant or reversal")),
    ):
        bad = parsed[column].is_null() & good
        if bad.any():
            problems.rows(frame, bad, reason, file, column)
            good &= ~bad
    negative = (parsed["amount"] < 0).fill_null(False) & good
    if negative.any():
        problems.rows(
            frame, negative, N_("the amount is negative: {value} (send the money back as a transfer)"), file, "amount"
        )
        good &= ~negative
    if foreign:
        for column in ("src", "dst"):
            bad = parsed[column].str.contains(_MARK).fill_null(False) & good
            if bad.any():
                problems.rows(frame, bad, N_("the account ends like a currency mark: {value}"), file, column)
                good &= ~bad
        is_foreign = pl.col("currency").is_not_null() & (pl.col("currency") != HOME_CURRENCY)
        parsed = parsed.with_columns(
            pl.when(is_foreign).then(pl.format("{} ({})", c, "currency")).otherwise(pl.col(c)).alias(c)
            for c in ("src", "dst")
        )
    if not good.all():
        parsed = parsed.filter(good)
    return parsed.drop("currency"), raw.height


def _empty() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            "_row": pl.UInt32,
            "id": pl.Int64,
            "ts": pl.Int64,
            "src": pl.String,
            "dst": pl.String,
            "amount": pl.Int64,
            "kind": pl.Int8,
            "bank_src": pl.String,
            "bank_dst": pl.String,
        }
    )


def integer(values: pl.Series) -> pl.Series:
    """Whole numbers as Int64; null where a value is none (a float counts if it is whole and exact)."""
    if values.dtype.is_integer():
        return values.cast(pl.Int64, strict=False)
    if values.dtype.is_float():
        whole = values.cast(pl.Float64)
        exact = (whole == whole.floor()) & (whole.abs() < 2.0**53)
        return whole.cast(pl.Int64, strict=False).set(~exact.fill_null(False), None)
    if values.dtype.is_decimal():
        return values.set(values.round(0) != values, None).cast(pl.Int64, strict=False)
    cleaned = values.cast(pl.String).str.replace_all(r"[ \u00a0\u2009\u202f]", "").str.strip_prefix("+")
    return cleaned.set(~cleaned.str.contains(r"^-?\d{1,19}$").fill_null(False), None).cast(pl.Int64, strict=False)


def moment(values: pl.Series) -> pl.Series:
    """UTC microseconds as Int64; null where a value is no time. Text without an offset, and naive timestamps, are
    local time."""
    if values.dtype.is_integer() or values.dtype.is_float():
        return integer(values)
    if isinstance(values.dtype, pl.Datetime):
        if values.dtype.time_zone is None:
            values = values.dt.replace_time_zone("Asia/Almaty", ambiguous="earliest", non_existent="null")
        return values.dt.epoch("us")
    if isinstance(values.dtype, pl.Date):
        return moment(values.cast(pl.Datetime("us")))
    if not isinstance(values.dtype, pl.String):
        return pl.Series(values.name, [None] * len(values), pl.Int64)
    stripped = values.str.strip_chars()
    result = stripped.set(~stripped.str.contains(r"^-?\d{1,19}$").fill_null(False), None).cast(pl.Int64, strict=False)
    if result.null_count() == values.null_count():
        return result
    iso = stripped.str.replace(" ", "T")
    aware = iso.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", strict=False, time_unit="us").dt.epoch("us")
    result = pl.select(pl.coalesce(result, aware)).to_series().alias(values.name)
    for form in (
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d",
        "%d.%m.%YT%H:%M:%S%.f",
        "%d.%m.%YT%H:%M",
        "%d.%m.%Y",
    ):
        if result.null_count() == values.null_count():
            break
        if form.endswith("d") or form.endswith("%Y"):
            naive = iso.str.to_date(form, strict=False).cast(pl.Datetime("us"))
        else:
            naive = iso.str.to_datetime(form, strict=False, time_unit="us")
        local = naive.dt.replace_time_zone("Asia/Almaty", ambiguous="earliest", non_existent="null").dt.epoch("us")
        result = pl.select(pl.coalesce(result, local)).to_series().alias(values.name)
    return result


def text(values: pl.Series) -> pl.Series:
    """Text without surrounding spaces; null where nothing is left."""
    stripped = (values if isinstance(values.dtype, pl.String) else values.cast(pl.String)).str.strip_chars()
    return stripped.set((stripped == "").fill_null(False), None)


def _kind(values: pl.Series) -> pl.Series:
    if values.null_count() == len(values):
        return pl.repeat(0, len(values), dtype=pl.Int8, eager=True).alias("kind")
    lowered = text(values).str.to_lowercase().fill_null("transfer")
    return lowered.replace_strict(list(KINDS), list(range(len(KINDS))), default=None, return_dtype=pl.Int8).alias(
        "kind"
    )
