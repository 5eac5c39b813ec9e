"""Reports as the text detector reads them: when, what was written, whether the classifier could place it; and what people said before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from izker.outlook.forecast_panel import as_date
from izker.outlook.score import load_rows
from izker.tables import require
from izker.words import N_, Problem, Refusal

YES, NO = {"1", "true", "yes"}, {"0", "false", "no"}
UNSURE_BELOW = 0.5  # classifier probability under which a report counts as unsure


@dataclass(frozen=True, slots=True)
class TextReport:
    """`unsure`: the classifier abstained (or its probability is below 0.5)."""

    report_id: str
    reported_at: datetime
    text: str
    unsure: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said of a group: kind confirmed, dismissed or merged; `reports` and `words` (terms) as shown.

    merged: `reports` are those of both groups, `into` is the id they are shown under.
    """

    kind: str
    cluster_id: str
    reports: frozenset[str]
    words: frozenset[str]
    into: str = ""

    def __post_init__(self) -> None:
        if self.kind not in ("confirmed", "dismissed", "merged"):
            raise Refusal(N_("a decision is confirmed, dismissed or merged, not {kind}"), kind=self.kind)
        if self.kind == "merged" and not self.into:
            raise Refusal(N_("a merge names the group it goes into"))


def read_decisions(path: Path) -> list[Decision]:
    """Decisions from a JSON list or JSON Lines file: kind, cluster, reports, terms and, for a merge, into."""
    found = []
    for number, row in enumerate(load_rows(path), 1):
        reports, words = row.get("reports"), row.get("terms") or []
        if not row.get("cluster") or not isinstance(reports, list) or not isinstance(words, list):
            raise Refusal(N_("a decision needs kind, cluster, reports and terms"), file=path.name, row=number)
        kind = str(row.get("kind") or row.get("decision") or "")
        found.append(Decision(kind, str(row["cluster"]), frozenset(map(str, reports)), frozenset(map(str, words)), str(row.get("into") or "")))
    return found


def read_reports(frame: pl.DataFrame, *, file: str = "") -> tuple[list[TextReport], list[Problem]]:
    """Reports from a table with report_id, reported_at, text and unsure (true/1) or probability; bad rows become
    problems.
    """
    frame = require(
        frame,
        ["report_id", "reported_at", "text"],
        file,
        aliases={"report_id": ["id"], "reported_at": ["date", "reported"]},
    )
    names = {c.lower(): c for c in frame.columns}
    flag, chance = names.get("unsure") or names.get("abstained"), names.get("probability")
    if flag is None and chance is None:
        raise Refusal(
            N_("the table needs a column unsure or probability: which reports the classifier could not place"),
            file=file,
        )
    reports, problems = [], []
    for number, row in enumerate(frame.iter_rows(named=True), 2):
        when = row["reported_at"]
        if not isinstance(when, datetime):
            day = as_date(when)
            when = None if day is None else _moment(str(when), day)
        if when is None or not row["text"]:
            problems.append(
                Problem(N_("a report needs reported_at and text: the row is left out"), {}, file=file, row=number)
            )
            continue
        try:
            unsure = _unsure(row, flag, chance)
        except ValueError:
            value = row[flag or chance or ""]
            text = N_("{value} does not say whether the classifier was unsure: write true, false or a probability")
            problems.append(Problem(text, {"value": value}, file=file, row=number))
            continue
        reports.append(TextReport(str(row["report_id"]), when.replace(tzinfo=None), str(row["text"]), unsure))
    return reports, problems


def _unsure(row: Mapping[str, object], flag: str | None, chance: str | None) -> bool:
    if flag is not None:
        word = str(row[flag]).strip().lower()
        if word not in YES | NO:
            raise ValueError(word)
        return word in YES
    return float(str(row[chance or ""])) < UNSURE_BELOW


def _moment(text: str, day: date) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local wall clock, as in the register
