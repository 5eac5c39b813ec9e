"""Read a table by its content, not its name: CSV (comma, semicolon, tab; UTF-8 or cp1251), XLSX, Parquet, JSON Lines, JSON.

A text table arrives with every column as text, so that the room that knows the meaning parses it and can name the row
that is wrong. Parquet and JSON keep their types.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from izker.words import N_, Problem, Refusal

PARQUET_MAGIC = b"PAR1"
ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
GZIP_MAGIC = b"\x1f\x8b"


def read(path: Path, *, sheet: str | None = None) -> pl.DataFrame:
    """The table in `path` as a frame; column names are stripped of spaces. Refuses what is empty or no table.

    Ragged CSV rows are kept: a short row is filled with nulls and a long one loses nothing that has a header; use
    `read_with_problems` to be told of them.
    """
    return read_with_problems(path, sheet=sheet)[0]


def read_with_problems(path: Path, *, sheet: str | None = None) -> tuple[pl.DataFrame, list[Problem]]:
    """The table and the rows that do not have as many cells as the header."""
    kind = _kind(path)
    if kind == "parquet":
        try:
            return _clean(pl.read_parquet(path)), []
        except (pl.exceptions.PolarsError, OSError) as error:
            raise Refusal(
                N_("the Parquet file is damaged ({error}): copy it again from its source"), file=path.name, error=_first(error)
            ) from error
    if kind == "xlsx":
        return _clean(_read_xlsx(path, sheet)), []
    text = decode(path)
    if kind == "json":
        return _read_json(path, text)
    return _read_csv(path, text)


def decode(path: Path) -> str:
    """Text of a file in UTF-8 (with or without a byte-order mark), UTF-16 with a mark, or cp1251. Refuses an empty or binary file."""
    raw = path.read_bytes()
    if not raw.strip():
        raise Refusal(N_("the file is empty (0 bytes of content): export it again"), file=path.name)
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    if b"\x00" in raw:
        raise Refusal(N_("this is not a table of text: give CSV, XLSX, Parquet or JSON Lines"), file=path.name)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1251", errors="replace")


def require(frame: pl.DataFrame, columns: Sequence[str], file: str, *, aliases: Mapping[str, Sequence[str]] | None = None) -> pl.DataFrame:
    """The frame with `columns` present under these names (aliases renamed, case ignored); refuses, naming every missing one."""
    by_lower = {name.lower(): name for name in frame.columns}
    renames = {}
    missing = []
    for wanted in columns:
        found = next((by_lower[c.lower()] for c in (wanted, *(aliases or {}).get(wanted, ())) if c.lower() in by_lower), None)
        if found is None:
            missing.append(wanted)
        elif found != wanted:
            renames[found] = wanted
    if missing:
        raise Refusal(
            problems=tuple(
                Problem(
                    N_("column {column} is missing; the file has: {have}"), {"column": c, "have": ", ".join(frame.columns)}, file=file, column=c
                )
                for c in missing
            )
        )
    return frame.rename(renames)


def _first(error: BaseException) -> str:
    return str(error).splitlines()[0][:160] if str(error) else type(error).__name__


def _kind(path: Path) -> str:
    if not path.is_file():
        raise Refusal(N_("there is no such file: check the path"), file=str(path))
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(PARQUET_MAGIC):
        return "parquet"
    if head.startswith(ZIP_MAGIC):
        return "xlsx"
    if head.startswith(OLE_MAGIC):
        raise Refusal(N_("this is an old XLS or encrypted workbook: save it as XLSX without a password"), file=path.name)
    if head.startswith(GZIP_MAGIC):
        raise Refusal(N_("the file is compressed: unpack it first"), file=path.name)
    return "json" if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") else "csv"


def _clean(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.rename({c: c.strip() for c in frame.columns if c != c.strip()})


def workbook(path: Path) -> Any:
    """The calamine workbook in `path`; refuses a broken one."""
    import python_calamine

    try:
        return python_calamine.load_workbook(str(path))
    except (python_calamine.CalamineError, zipfile.BadZipFile, OSError) as error:
        raise Refusal(N_("the workbook is broken ({error}): download it again"), file=path.name, error=_first(error)) from error


def _read_xlsx(path: Path, sheet: str | None) -> pl.DataFrame:
    book = workbook(path)
    if sheet is not None and sheet not in book.sheet_names:
        raise Refusal(N_("there is no sheet {sheet}; there are: {have}"), file=path.name, sheet=sheet, have=", ".join(book.sheet_names))
    rows = book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python()
    rows = [[None if cell == "" else cell for cell in row] for row in rows]
    if not rows:
        raise Refusal(N_("the sheet is empty"), file=path.name)
    header = [str(c).strip() if c is not None else f"column_{i + 1}" for i, c in enumerate(rows[0])]
    return pl.DataFrame({name: [_cell(r[i]) for r in rows[1:]] for i, name in enumerate(header)}, schema=dict.fromkeys(header, pl.String))


def _cell(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _read_json(path: Path, text: str) -> tuple[pl.DataFrame, list[Problem]]:
    if text.lstrip()[:1] == "[":
        try:
            values = json.loads(text)
        except json.JSONDecodeError as error:
            raise Refusal(N_("the JSON is broken at line {line}: {error}"), file=path.name, line=error.lineno, error=error.msg) from error
        return _clean(pl.DataFrame(values, infer_schema_length=None)), []
    rows, problems = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            problems.append(Problem(N_("the line is not JSON: {error}"), {"error": error.msg}, file=path.name, row=number))
            continue
        if isinstance(row, dict):
            rows.append(row)
        else:
            problems.append(Problem(N_("the line is not a JSON object"), file=path.name, row=number))
    if not rows:
        raise Refusal(problems=tuple(problems)) if problems else Refusal(N_("the file holds no rows"), file=path.name)
    return _clean(pl.DataFrame(rows, infer_schema_length=None, strict=False)), problems


def _read_csv(path: Path, text: str) -> tuple[pl.DataFrame, list[Problem]]:
    lines = text.splitlines()
    header_line = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t|", key=header_line.count)
    csv.field_size_limit(64 * 1024 * 1024)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    header: list[str] = []
    cells: list[list[str | None]] = []
    problems: list[Problem] = []
    try:
        for row in rows:
            if not any(c.strip() for c in row):
                continue
            if not header:
                header = [c.strip() or f"column_{i + 1}" for i, c in enumerate(row)]
                continue
            if len(row) != len(header):
                problems.append(
                    Problem(
                        N_("the row has {cells} cells where the header has {columns}"),
                        {"cells": len(row), "columns": len(header)},
                        file=path.name,
                        row=rows.line_num,
                    )
                )
            cells.append([c if c.strip() else None for c in (row + [""] * len(header))[: len(header)]])
    except csv.Error as error:
        raise Refusal(N_("the CSV cannot be read at line {line}: {error}"), file=path.name, line=rows.line_num, error=str(error)) from error
    if len(set(header)) != len(header):
        twice = sorted({c for c in header if header.count(c) > 1})
        raise Refusal(N_("columns stand twice in the header: {columns}"), file=path.name, columns=", ".join(twice))
    columns = list(zip(*cells, strict=True)) if cells else [()] * len(header)
    return pl.DataFrame({name: list(col) for name, col in zip(header, columns, strict=True)}, schema=dict.fromkeys(header, pl.String)), problems
