"""One official workbook of form 1-M: its sheets by printed line and column codes, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from izker import files, tables
from izker.figures.form_1m.layout import Layout, layout, region_of
from izker.words import N_, Problem, Refusal

NO_SHEET = N_("sheet {sheet} is missing: this is not a whole form 1-M; there are: {have}")
NO_HEAD = N_("no row of column codes (А, Б, 1, 2 …) in the first {rows} rows: this is not a sheet of form 1-M")
NO_COLUMN = N_("column {column} of the form is missing")
NO_LINE = N_("line {line} ({name}) is missing")
OTHER_LINE = N_("line {line} is called «{name}», expected «{expected}»: the form has changed")
NOT_A_COUNT = N_("«{value}» is no whole number of offences")
TWICE = N_("line {line} stands twice; the first one counts")
NO_REGION = N_("the file's name does not say the region: name it after one, for example «Kostanay Region.XLSX»")
_HEAD_ROWS = 30
Row = dict[int, int | None]


@dataclass(frozen=True)
class Sheet:
    """`lines`: line code -> (name, {column code -> count, None where unreadable}); `rows`: line code -> row number in
    the file.
    """

    name: str
    lines: dict[int, tuple[str, Row]]
    rows: dict[int, int]

    def value(self, line: int, column: int) -> int | None:
        return self.lines[line][1].get(column) if line in self.lines else None


@dataclass(frozen=True)
class Form1M:
    """A workbook read: region (KATO code), its file and fingerprint, counts by (line measure, column measure), and
    problems.

    `problems` keep something from landing; `differences` are totals that are not the sum of their parts: they land as
    printed.
    """

    region: str
    file: str
    sha256: str
    counts: Mapping[str, Mapping[str, int]]
    sheets: Mapping[str, Sheet]
    problems: tuple[Problem, ...] = ()
    differences: tuple[Problem, ...] = field(default=())


def read_workbook(path: Path, *, region: str | None = None, jurisdiction: str = "kz") -> Form1M:
    """Read one workbook. Refuses, naming file, sheet, row and column, what has no region, no sheet R1 or none of its
    key counts.

    A bad cell elsewhere is a problem of the result; everything else is kept.
    """
    form = layout(jurisdiction)
    if not path.is_file():
        raise Refusal(N_("there is no such file: check the path"), file=str(path))
    if not path.stat().st_size:
        raise Refusal(N_("the file is empty (0 bytes of content): export it again"), file=path.name)
    book = tables.workbook(path)
    code = region or region_of(path.stem, jurisdiction)
    if code is None:
        raise Refusal(NO_REGION, file=path.name)
    problems: list[Problem] = []
    sheets: dict[str, Sheet] = {}
    for name in form.sheets:
        if name not in book.sheet_names:
            missing = Problem(
                NO_SHEET, {"sheet": name, "have": ", ".join(book.sheet_names)}, file=path.name, sheet=name
            )
            if name == form.sheets[0]:
                raise Refusal(problems=(missing,))
            problems.append(missing)
            continue
        sheets[name] = _sheet(path.name, name, book.get_sheet_by_name(name).to_python(skip_empty_area=False), problems)
    counts = _key_counts(path.name, sheets[form.sheets[0]], form, problems)
    return Form1M(
        code,
        path.name,
        files.sha256(path),
        counts,
        sheets,
        tuple(problems),
        tuple(_differences(path.name, sheets, form)),
    )


def _sheet(file: str, name: str, rows: list[list[object]], problems: list[Problem]) -> Sheet:
    head = next((i for i, row in enumerate(rows[:_HEAD_ROWS]) if _is_head(row)), None)
    if head is None:
        raise Refusal(NO_HEAD, file=file, sheet=name, rows=_HEAD_ROWS)
    code_at = next(j for j, cell in enumerate(rows[head]) if cell == "Б")
    columns = {code: j for j, cell in enumerate(rows[head]) if j > code_at and (code := _code(cell)) is not None}
    lines: dict[int, tuple[str, Row]] = {}
    places: dict[int, int] = {}
    for number, row in enumerate(rows[head + 1 :], head + 2):
        line = _code(row[code_at]) if code_at < len(row) else None
        if line is None:
            continue
        if line in lines:
            problems.append(Problem(TWICE, {"line": line}, file=file, sheet=name, row=number))
            continue
        label = next((str(c).strip() for c in reversed(row[:code_at]) if str(c).strip()), "")
        values: Row = {}
        for column, j in columns.items():
            cell = row[j] if j < len(row) else ""
            values[column] = _count(cell)
            if values[column] is None:
                problems.append(
                    Problem(
                        NOT_A_COUNT, {"value": str(cell)[:40]}, file=file, sheet=name, row=number, column=str(column)
                    )
                )
        lines[line], places[line] = (label, values), number
    return Sheet(name, lines, places)


def _is_head(row: list[object]) -> bool:
    return "Б" in row and _code(row[row.index("Б") + 1] if row.index("Б") + 1 < len(row) else "") == 1


def _code(cell: object) -> int | None:
    text = str(cell).strip().removesuffix(".0")
    return int(text) if text.isdigit() else None


def _count(cell: object) -> int | None:
    """A count; an empty cell of the printed form is a zero."""
    if cell == "" or cell is None:
        return 0
    if isinstance(cell, bool):
        return None
    if isinstance(cell, float | int):
        return int(cell) if cell >= 0 and float(cell).is_integer() else None
    text = str(cell).strip().replace("\u00a0", "").replace(" ", "")
    return int(text) if text.isdigit() else None


def _key_counts(file: str, sheet: Sheet, form: Layout, problems: list[Problem]) -> dict[str, dict[str, int]]:
    """{line measure: {column measure: count}}; refuses where one of the counts that everything rests on cannot be
    read.
    """
    fatal: list[Problem] = []
    counts: dict[str, dict[str, int]] = {}
    for measure, (wanted, name) in form.lines.items():
        line = _line(file, sheet, wanted, name, problems)
        if line is None:
            fatal.append(Problem(NO_LINE, {"line": wanted, "name": name}, file=file, sheet=sheet.name))
            continue
        counts[measure] = {}
        for column_measure, column in form.columns.items():
            values = sheet.lines[line][1]
            value = values.get(column)
            if value is not None:
                counts[measure][column_measure] = value
            elif column not in values:
                fatal.append(Problem(NO_COLUMN, {"column": column}, file=file, sheet=sheet.name, column=str(column)))
            else:
                fatal.append(_unreadable(file, sheet, line, column, problems))
    if fatal:
        raise Refusal(problems=tuple(_unique(fatal)))
    return counts


def _line(file: str, sheet: Sheet, wanted: int, name: str, problems: list[Problem]) -> int | None:
    """The line of that code if its name is the expected one, else the line of that name."""
    found = sheet.lines.get(wanted)
    if found and found[0].lower().startswith(name):
        return wanted
    by_name = next((code for code, (label, _values) in sheet.lines.items() if label.lower().startswith(name)), None)
    if found and by_name is not None:
        problems.append(
            Problem(
                OTHER_LINE,
                {"line": wanted, "name": found[0], "expected": name},
                file=file,
                sheet=sheet.name,
                row=sheet.rows[wanted],
            )
        )
    return by_name


def _unreadable(file: str, sheet: Sheet, line: int, column: int, problems: list[Problem]) -> Problem:
    """The problem that was noted for this cell when the sheet was read, moved from the list to the refusal."""
    for problem in problems:
        if (problem.sheet, problem.row, problem.column) == (sheet.name, sheet.rows[line], str(column)):
            problems.remove(problem)
            return problem
    return Problem(NOT_A_COUNT, {"value": ""}, file=file, sheet=sheet.name, row=sheet.rows[line], column=str(column))


def _unique(problems: list[Problem]) -> list[Problem]:
    seen: dict[tuple[object, ...], Problem] = {}
    for problem in problems:
        seen.setdefault((problem.reason, problem.sheet, problem.row, problem.column), problem)
    return list(seen.values())


def _differences(file: str, sheets: Mapping[str, Sheet], form: Layout) -> list[Problem]:
    from izker.figures.form_1m.sums import differences

    return differences(file, sheets, form)
