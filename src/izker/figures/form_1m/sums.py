"""Totals of form 1-M against their parts: every row and column that does not add up, named by its place in the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from izker.figures.form_1m.layout import Layout
from izker.words import N_, Problem

if TYPE_CHECKING:
    from izker.figures.form_1m.workbook import Sheet

COLUMNS = N_("{total} in column {column}, but its parts in columns {parts} make {sum}")
LINES = N_("{total} in line {line}, but its parts in lines {parts} make {sum}")
CHAPTERS = N_("{total} in line {line}, but the chapters make {sum}")
LARGER = N_("column {part} holds {value}, more than column {whole}, which it is part of: {limit}")
OTHER_SHEET = N_("{value} here, but {other} on sheet {sheet}")


def differences(file: str, sheets: Mapping[str, Sheet], form: Layout) -> list[Problem]:
    """Differences of the main sheet (and of it with the sheet of current registrations) in reading order."""
    main = sheets[form.sheets[0]]
    found = _across(file, main, form) + _down(file, main, form) + _between(file, main, sheets, form)
    return sorted(found, key=lambda p: (p.row or 0, int(p.column)))


def _across(file: str, sheet: Sheet, form: Layout) -> list[Problem]:
    found = []
    for line, (_label, values) in sheet.lines.items():
        for rule in form.sums["columns"]:
            total, parts = values.get(rule["total"]), [values.get(c) for c in rule["parts"]]
            known = [p for p in parts if p is not None]
            if total is not None and len(known) == len(parts) and sum(known) != total:
                listed = f"{rule['parts'][0]}–{rule['parts'][-1]}"
                params = {"total": total, "column": rule["total"], "parts": listed, "sum": sum(known)}
                found.append(Problem(COLUMNS, params, file, sheet.name, sheet.rows[line], str(rule["total"])))
        for rule in form.sums["within"]:
            part, whole = values.get(rule["part"]), values.get(rule["whole"])
            if part is not None and whole is not None and part > whole:
                params = {"part": rule["part"], "value": part, "whole": rule["whole"], "limit": whole}
                found.append(Problem(LARGER, params, file, sheet.name, sheet.rows[line], str(rule["part"])))
    return found


def _down(file: str, sheet: Sheet, form: Layout) -> list[Problem]:
    chapter_line, prefix = form.sums["chapters"]["total"], form.sums["chapters"]["name"]
    chapters = [line for line, (label, _values) in sheet.lines.items() if label.lower().startswith(prefix)]
    rules = [(rule["total"], rule["parts"], LINES) for rule in form.sums["lines"]]
    if chapters:
        rules.append((chapter_line, chapters, CHAPTERS))
    found = []
    for total_line, part_lines, reason in rules:
        if total_line not in sheet.lines:
            continue
        for column, total in sheet.lines[total_line][1].items():
            parts = [sheet.value(line, column) for line in part_lines]
            known = [p for p in parts if p is not None]
            if total is None or len(known) != len(parts) or sum(known) == total:
                continue
            params = {
                "total": total,
                "line": total_line,
                "parts": f"{part_lines[0]}–{part_lines[-1]}",
                "sum": sum(known),
            }
            found.append(
                Problem(reason, params, file=file, sheet=sheet.name, row=sheet.rows[total_line], column=str(column))
            )
    return found


def _between(file: str, sheet: Sheet, sheets: Mapping[str, Sheet], form: Layout) -> list[Problem]:
    rule = form.sums["same"]
    other = sheets.get(rule["sheet"])
    if other is None:
        return []
    found = []
    for line in sheet.lines:
        value, there = sheet.value(line, rule["as_column"]), other.value(line, rule["column"])
        if value is not None and there is not None and value != there:
            params = {"value": value, "other": there, "sheet": rule["sheet"]}
            found.append(
                Problem(
                    OTHER_SHEET,
                    params,
                    file=file,
                    sheet=sheet.name,
                    row=sheet.rows[line],
                    column=str(rule["as_column"]),
                )
            )
    return found
