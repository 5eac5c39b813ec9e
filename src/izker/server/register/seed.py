"""Load a simulated country's register: cases with every event they ever had, persons, offences. One transaction, marked synthetic."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection, transaction

from izker.server.audit.chain import write
from izker.server.bulk import fix_sequence, insert, lock, next_id
from izker.server.clock import now
from izker.server.register.fold import ATTRIBUTES, MOMENTS, as_json, default, fold
from izker.server.register.models import Case, Event, Offences, Person, Status
from izker.words import N_, Refusal

Progress = Callable[[int, int], None]
SOURCE = "izker world"
AT_REGISTRATION = ("region", "victim_age", "victim_sex", "home_sale")
FACTS = ("case_no", "occurred_at", "reported_at", *AT_REGISTRATION)


def load(world: Path, on_progress: Progress | None = None) -> dict[str, int]:
    """Rows loaded by table. Refuses a register that already holds this world's cases."""
    frames = {name: pl.read_parquet(world / f"{name}.parquet") for name in ("cases", "withdrawn", "events", "persons", "offences")}
    facts = pl.concat(frames[name].select(FACTS) for name in ("cases", "withdrawn"))
    with transaction.atomic():
        lock(Case)
        if Case.objects.filter(number=frames["cases"]["case_no"][0]).exists():
            raise Refusal(N_("this world is already in the register"))
        numbers = _cases(facts, frames["events"], on_progress)
        persons = _persons(frames["persons"], numbers)
        offences = _offences(frames["offences"])
        loaded = {"cases": len(numbers), "events": frames["events"].height, "persons": persons, "offences": offences}
        write(actor=None, act="register.import", target="world", detail={**loaded, "synthetic": True})
        fix_sequence(Case, Event, Person, Offences)
    return loaded


def _cases(cases: pl.DataFrame, events: pl.DataFrame, on_progress: Progress | None) -> dict[str, int]:
    facts = {row["case_no"]: row for row in cases.iter_rows(named=True)}
    for number, reported in events.filter(~pl.col("case_no").is_in(list(facts))).select("case_no", "valid_at").iter_rows():
        facts[number] = {"occurred_at": None, "reported_at": reported}  # reported, not registered yet: nothing else is known
    first = next_id(Case)
    numbers = {number: first + i for i, number in enumerate(facts)}
    state: dict[str, dict[str, Any]] = {}
    rows: list[tuple[Any, ...]] = []
    adapt = _moment()
    ordered = events.select("case_no", "kind", "valid_at", "recorded_at", "value").iter_rows()
    for done, (number, kind, valid, recorded, value) in enumerate(ordered, 1):
        sets = {**_sets(kind, valid, facts[number]), **json.loads(value)}
        state.setdefault(number, {}).update(fold([sets]))
        text = json.dumps({k: as_json(k, v) for k, v in sets.items()}, ensure_ascii=False)
        rows.append((numbers[number], kind, adapt(valid), adapt(recorded), text, SOURCE))
        if on_progress and done % 20_000 == 0:
            on_progress(done, events.height)
    columns = ("id", "number", "opened_at", "synthetic", "on_desk", "loaded_at", *ATTRIBUTES)
    insert(Case, columns, _case_rows(numbers, state, facts, adapt))
    insert(Event, ("case", "kind", "valid_at", "recorded_at", "value", "actor"), rows)
    if on_progress:
        on_progress(events.height, events.height)
    return numbers


def _sets(kind: str, valid: Any, facts: dict[str, Any]) -> dict[str, Any]:
    """What an event of the simulated register says of the case's attributes."""
    match kind:
        case "reported":
            return {"status": Status.REPORTED, "occurred_at": facts["occurred_at"], "reported_at": facts["reported_at"]}
        case "registered":
            return {"status": Status.REGISTERED, "registered_at": valid, **{name: facts[name] for name in AT_REGISTRATION}}
        case "interrupted":
            return {"status": Status.INTERRUPTED, "interrupted_at": valid}
        case "resumed":
            return {"status": Status.REGISTERED}
        case "solved":
            return {"status": Status.SOLVED, "solved_at": valid}
        case "sent_to_court":
            return {"status": Status.IN_COURT, "to_court_at": valid}
        case "terminated":
            return {"status": Status.TERMINATED}
        case "joined":
            return {"status": Status.JOINED, "counted": False}
        case "excluded":
            return {"status": Status.REQUALIFIED, "counted": False}
    return {}


def _case_rows(
    numbers: dict[str, int], state: dict[str, dict[str, Any]], facts: dict[str, dict[str, Any]], adapt: Callable[[Any], Any]
) -> Iterator[tuple[Any, ...]]:
    defaults = {a: default(a) for a in ATTRIBUTES}
    at = adapt(now())
    for number, key in numbers.items():
        values = {**defaults, **state.get(number, {})}
        moments = {a: adapt(values[a]) for a in MOMENTS}
        opened = adapt(facts[number]["reported_at"])
        yield (key, number, opened, True, False, at, *(moments[a] if a in moments else values[a] for a in ATTRIBUTES))


def _moment() -> Callable[[Any], Any]:
    adapt = connection.ops.adapt_datetimefield_value
    return lambda value: adapt(value) if value is not None else None


def _persons(frame: pl.DataFrame, numbers: dict[str, int]) -> int:
    first = next_id(Person)
    adapt = _moment()
    people = list(frame.select("person", "decided_at", "case_nos").iter_rows())
    insert(Person, ("id", "number", "decided_at", "synthetic"), ((first + i, n, adapt(at), True) for i, (n, at, _c) in enumerate(people)))
    links = [(first + i, numbers[c]) for i, (_n, _at, cases) in enumerate(people) for c in cases]
    through = Person.cases.through
    insert(through, ("person", "case"), links)
    return len(people)


def _offences(frame: pl.DataFrame) -> int:
    rows = [
        Offences(
            month=date(r["year"], r["month"], 1), region=r["region"], all_offences=r["all_offences"], all_fraud=r["all_fraud"],
            source=SOURCE, synthetic=True,
        )
        for r in frame.iter_rows(named=True)
    ]  # fmt: skip
    Offences.objects.bulk_create(rows)
    return len(rows)
