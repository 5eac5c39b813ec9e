"""All regions of form 1-M together: national sums, a table by region and per 100 000 people, and what did not land."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from izker.figures.form_1m.layout import layout
from izker.figures.form_1m.workbook import Form1M, read_workbook
from izker.jurisdictions import regions
from izker.words import N_, Problem, Refusal, language

SAME_FILE = N_("the same workbook as {other}: counted once")
SAME_REGION = N_("{region} was already read from {other} with other numbers: keep one of the two")


@dataclass(frozen=True, slots=True)
class RegionRow:
    """Counts of one region; `per_100k`: internet frauds registered for every 100 000 people (population of its last
    known day).
    """

    code: str
    name: dict[str, str]
    file: str
    population: int
    all_offences: int
    fraud: int
    internet_fraud: int
    to_court: int
    suspended: int
    unknown_suspect: int

    @property
    def per_100k(self) -> Fraction:
        return Fraction(self.internet_fraud * 100_000, self.population)

    @property
    def share_of_fraud(self) -> Fraction | None:
        return Fraction(self.internet_fraud * 100, self.fraud) if self.fraud else None

    def as_json(self) -> dict[str, object]:
        share = self.share_of_fraud
        return {
            "code": self.code,
            "name": self.name,
            "file": self.file,
            "population": self.population,
            "all_offences": self.all_offences,
            "fraud": self.fraud,
            "internet_fraud": self.internet_fraud,
            "per_100k": round(float(self.per_100k), 2),
            "share_of_fraud": None if share is None else round(float(share), 2),
            "to_court": self.to_court,
            "suspended": self.suspended,
            "unknown_suspect": self.unknown_suspect,
        }


_SUMMED = ("all_offences", "fraud", "internet_fraud", "to_court", "suspended", "unknown_suspect")


@dataclass(frozen=True)
class Form1MImport:
    """What came of a set of workbooks. `problems` kept something out; `differences` landed as printed but do not add
    up.

    read = landed + quarantined + already, counted in workbooks.
    """

    forms: tuple[Form1M, ...]
    national: dict[str, int]
    regions: tuple[RegionRow, ...]
    missing: tuple[str, ...]
    problems: tuple[Problem, ...]
    differences: tuple[Problem, ...]
    read: int
    landed: int
    already: int
    quarantined: int

    @property
    def complete(self) -> bool:
        return not self.missing

    def as_json(self) -> dict[str, object]:
        """The contract of `izker import form-1m --json`; a problem that only does not add up says so in `severity`."""
        return {
            "read": self.read,
            "landed": self.landed,
            "already": self.already,
            "quarantined": self.quarantined,
            "problems": [p.as_json() | {"severity": "refused"} for p in self.problems]
            + [p.as_json() | {"severity": "does_not_add_up"} for p in self.differences],
            "national": self.national,
            "regions": [r.as_json() for r in self.regions],
            "complete": self.complete,
            "missing_regions": list(self.missing),
            "source": layout().source["en"],
        }


def import_form_1m(
    paths: Iterable[Path],
    on_progress: Callable[[int, str], None] | None = None,
    *,
    known: frozenset[str] = frozenset(),
    jurisdiction: str = "kz",
) -> Form1MImport:
    """Read the workbooks and add them up. `known`: fingerprints (SHA-256) that landed in earlier runs: they count as
    `already`.

    `on_progress(done, file)` is called after each workbook. Never raises for a bad workbook: it is quarantined with
    its reason.
    """
    forms: list[Form1M] = []
    problems: list[Problem] = []
    by_region: dict[str, Form1M] = {}
    read = already = 0
    for path in paths:
        read += 1
        try:
            form = read_workbook(path, jurisdiction=jurisdiction)
        except Refusal as refusal:
            problems += refusal.problems
        else:
            other = by_region.get(form.region)
            if other is None:
                by_region[form.region] = form
                forms.append(form)
                problems += form.problems
                already += form.sha256 in known
            else:
                problems.append(_twice(form, other, jurisdiction))
        if on_progress:
            on_progress(read, path.name)
    combined = combine(forms, jurisdiction=jurisdiction)
    landed = len(forms) - already
    return Form1MImport(
        forms=tuple(forms),
        national=combined[0],
        regions=combined[1],
        missing=combined[2],
        problems=tuple(problems),
        differences=tuple(d for f in forms for d in f.differences),
        read=read,
        landed=landed,
        already=already,
        quarantined=read - landed - already,
    )


def _twice(form: Form1M, other: Form1M, jurisdiction: str) -> Problem:
    if form.sha256 == other.sha256:
        return Problem(SAME_FILE, {"other": other.file}, file=form.file)
    name = regions(jurisdiction)[form.region].label(language())
    return Problem(SAME_REGION, {"region": name, "other": other.file}, file=form.file)


def combine(
    forms: Iterable[Form1M], *, jurisdiction: str = "kz"
) -> tuple[dict[str, int], tuple[RegionRow, ...], tuple[str, ...]]:
    """(national sums, rows by region in official order, codes of regions without a workbook)."""
    by_region = {f.region: f for f in forms}
    rows = tuple(_row(by_region[code], jurisdiction) for code in regions(jurisdiction) if code in by_region)
    national = {name: sum(getattr(row, name) for row in rows) for name in _SUMMED}
    return national, rows, tuple(code for code in regions(jurisdiction) if code not in by_region)


def _row(form: Form1M, jurisdiction: str) -> RegionRow:
    region = regions(jurisdiction)[form.region]
    fraud = form.counts["internet_fraud"]
    return RegionRow(
        code=form.region,
        name=region.name,
        file=form.file,
        population=region.population,
        all_offences=form.counts["all_offences"]["registered"],
        fraud=form.counts["fraud"]["registered"],
        internet_fraud=fraud["registered"],
        to_court=fraud["to_court"],
        suspended=fraud["suspended"],
        unknown_suspect=fraud["unknown_suspect"],
    )
