"""Build a simulated country: the register, the people, the fraud, the ledger, the reports and the truth, in one
folder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from izker import files
from izker.money import TIYN
from izker.times import to_us
from izker.world import parameters, truth
from izker.world.accounts import Accounts, Exits, make_accounts, make_exits
from izker.world.clues import campaign_clues
from izker.world.filings import Complaints, cases_table, complaints, reports_table
from izker.world.fraud.chains import Chains, Legs
from izker.world.fraud.incidents import Frauds, channel_of, link_cases, make_frauds
from izker.world.fraud.mules import Mules, recruit
from izker.world.fraud.payments import LOAN, Payments, fund, make_payments
from izker.world.identity import banks
from izker.world.ledger import Written, make_plan, write_transfers
from izker.world.ordinary import Ordinary
from izker.world.people import People, make_people
from izker.world.register.cases import NEVER, SCHEMES, Cases, make_cases
from izker.world.register.clock import day_start
from izker.world.register.events import history
from izker.world.register.margins import region_codes
from izker.world.register.offences import offences_table
from izker.world.register.persons import Prosecuted, persons_table, prosecute
from izker.world.streams import IntArray, stream
from izker.world.tables import Folder, dumps, notice
from izker.world.texts import write_statements
from izker.world.texts.write import Facts

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Manifest:
    """What stands in a world's folder: sizes, fingerprints, parameters with their sources, and what it was
    calibrated to.
    """

    seed: int
    scale: str
    now: str
    counts: dict[str, int]
    files: dict[str, dict[str, object]]
    parameters: dict[str, Any]
    calibrated_to: list[dict[str, object]]

    def enrichment(self) -> float:
        """How many times more reported frauds a transfer than in the country: one registered fraud in about 544 000
        operations (dossier 3.4: 1 263.4 million operations in July 2025, 27 892 registered frauds in the year).
        """
        return self.counts["reports"] / self.counts["transfers"] * 544_000

    def as_json(self) -> dict[str, object]:
        return {
            "synthetic": True,
            "notice": notice(),
            "seed": self.seed,
            "scale": self.scale,
            "now": self.now,
            "counts": self.counts,
            "files": self.files,
            "fraud_enrichment": self.enrichment(),
            "calibrated_to": self.calibrated_to,
            "parameters": self.parameters,
        }


def build(out: Path, *, scale: str = "demo", seed: int = 1, on_progress: Progress | None = None) -> Manifest:
    """Write a whole world into the folder `out`. The same scale and seed give the same bytes; raises Refusal on an
    unknown scale.
    """
    size = parameters.scale(scale)
    step = on_progress or _silent
    folder = Folder(out, seed, scale)
    first_day, now = parameters.ledger_from(scale), parameters.now()
    start, end = day_start(first_day), to_us(now)
    (out / "truth").mkdir(parents=True, exist_ok=True)

    step("register", 0, 1)
    cases = make_cases(seed)
    numbers = cases.case_numbers()
    prosecuted = prosecute(seed, cases)
    channels = channel_of(stream(seed, "register", "channels"), cases.scheme)
    folder.write("events.parquet", history(seed, cases, prosecuted, numbers))
    folder.write("persons.parquet", persons_table(prosecuted, numbers))
    folder.write("offences.parquet", offences_table())

    step("people", 0, 1)
    people = make_people(seed, size["people"], size["panel"])
    days = [first_day + timedelta(days=n) for n in range((now.date() - first_day).days + 1)]
    accounts = make_accounts(seed, people, start, len(days) // 28 + 2)

    step("fraud", 0, 1)
    linked = link_cases(seed, cases, start, end, size["linked"], size["fresh_share"])
    frauds = make_frauds(seed, cases, linked, people, (start, end), size["organisations"])
    mules = recruit(seed, people, accounts, size["organisations"], (start, end))
    payments = make_payments(seed, frauds, end)
    funding, reserved = fund(seed, frauds, payments, people, accounts, start)
    exits = make_exits(len(accounts), len(people))
    legs = Chains(seed, frauds, mules, exits).run(payments, end)
    plan = make_plan(funding, legs, end)

    ordinary = Ordinary(seed, people, accounts, exits, size["payments_per_day"])
    written = write_transfers(
        folder,
        ordinary,
        plan,
        accounts,
        exits,
        reserved,
        np.unique(mules.account),
        days,
        end,
        lambda n, of: step("ledger", n, of),
    )
    step("filings", 0, 1)
    names = pl.concat([accounts.names(), exits.names])
    ids = written.plan_ids[plan.of_move[legs.move]]
    folder.write("people.parquet", people.table())
    folder.write("accounts.parquet", accounts.table(people).with_columns(closing_balance=pl.Series(written.balance)))
    filed = _file(
        folder, seed, cases, numbers, channels, prosecuted, frauds, legs, ids, payments, people, names, accounts
    )
    _tell(
        folder, frauds, people, numbers, channels, mules, accounts, legs, ids, names, size["organisations"], end, seed
    )
    manifest = Manifest(
        seed,
        scale,
        now.isoformat(),
        _counts(frauds, legs, filed, written, people, accounts, exits),
        folder.files,
        parameters.used(scale),
        _calibrated(),
    )
    files.write_text(out / "manifest.json", dumps(manifest.as_json()))
    return manifest


def _silent(_part: str, _done: int, _of: int) -> None:
    return


def _file(
    folder: Folder,
    seed: int,
    cases: Cases,
    numbers: list[str],
    channels: list[str],
    prosecuted: Prosecuted,
    frauds: Frauds,
    legs: Legs,
    ids: IntArray,
    payments: Payments,
    people: People,
    names: pl.Series,
    accounts: Accounts,
) -> Complaints:
    """Write cases, withdrawn cases and reports."""
    filed = complaints(frauds, legs, ids)
    registered = cases.registered <= to_us(parameters.now())
    for name, which in (("cases", cases.withdrawn == NEVER), ("withdrawn", cases.withdrawn != NEVER)):
        table = cases_table(cases, numbers, which & registered, channels, prosecuted, frauds, filed, people)
        folder.write(f"{name}.parquet", table)
    first = _first_transfers(filed, legs, ids, names)
    written = _statements(seed, cases, channels, frauds, filed, payments, people, first, accounts)
    folder.write(
        "reports.parquet", reports_table(frauds, filed, cases, numbers, registered, people, channels, written, first)
    )
    return filed


def _first_transfers(filed: Complaints, legs: Legs, ids: IntArray, names: pl.Series) -> pl.DataFrame:
    """amount, src, dst, is_transfer of the first transfer of each report."""
    row_of = {int(i): row for row, i in enumerate(ids) if legs.hop[row] == 0}
    rows = np.array([row_of[t[0]] for t in filed.transfers], dtype=np.int64)
    return pl.DataFrame(
        {
            "amount": legs.amount[rows],
            "src": names.gather(legs.src[rows]),
            "dst": names.gather(legs.dst[rows]),
            "kind": legs.kind[rows],
        }
    )


def _statements(
    seed: int,
    cases: Cases,
    channels: list[str],
    frauds: Frauds,
    filed: Complaints,
    payments: Payments,
    people: People,
    first: pl.DataFrame,
    accounts: Accounts,
) -> pl.DataFrame:
    rng = stream(seed, "texts")
    speakers, english = parameters.values("economy")["kazakh_speakers"], parameters.values("economy")["english_share"]
    kazakh = np.array([speakers[code] for code in region_codes()])
    draws = rng.random(len(filed.fraud))
    loan = np.zeros(len(frauds), dtype=np.bool_)
    loan[payments.fraud[payments.funding == LOAN]] = True
    bank_names: list[Any] = [b["name"] for b in banks()]
    facts = []
    for row, fraud in enumerate(filed.fraud):
        case = int(frauds.case[fraud])
        language = "en" if draws[row] < english else "kk" if draws[row] < english + kazakh[cases.region[case]] else "ru"
        victim = int(frauds.victim[fraud])
        clues = campaign_clues(
            seed,
            int(frauds.organisation[fraud]),
            int(frauds.campaign[fraud]),
            int(frauds.scheme[fraud]),
            victim,
            channels[case],
        )
        if first["kind"][row] == 0:
            clues.append(("iban", first["dst"][row]))
        facts.append(
            Facts(
                scheme=SCHEMES[int(frauds.scheme[fraud])],
                channel=channels[case],
                language=language,
                amount=int(frauds.stolen[fraud]) // TIYN,
                occurred=int(frauds.occurred[fraud]),
                woman=bool(people.woman[victim]),
                home_sale=bool(frauds.home_sale[fraud]),
                courier=first["kind"][row] == 1,
                loan=bool(loan[fraud]),
                bank=bank_names[int(accounts.bank[victim])],
                clues=tuple(clues),
            )
        )
    texts = write_statements(facts, rng)
    return pl.DataFrame(
        {
            "lang": [t.language for t in texts],
            "text": [t.text for t in texts],
            "identifiers": [[{"kind": k, "value": v} for k, v in t.clues] for t in texts],
        },
        schema={
            "lang": pl.String,
            "text": pl.String,
            "identifiers": pl.List(pl.Struct({"kind": pl.String, "value": pl.String})),
        },
    )


def _tell(
    folder: Folder,
    frauds: Frauds,
    people: People,
    numbers: list[str],
    channels: list[str],
    mules: Mules,
    accounts: Accounts,
    legs: Legs,
    ids: IntArray,
    names: pl.Series,
    organisations: int,
    end: int,
    seed: int,
) -> None:
    """Write the truth."""
    silent = channel_of(stream(seed, "fraud", "channels"), frauds.scheme)
    channel = [channels[c] if c >= 0 else silent[i] for i, c in enumerate(frauds.case)]
    folder.write("truth/frauds.parquet", truth.frauds_table(frauds, people, numbers, channel))
    folder.write("truth/legs.parquet", truth.legs_table(legs, ids, names))
    folder.write("truth/mules.parquet", truth.mules_table(mules, people, accounts.owner, names))
    folder.write("truth/organisations.parquet", truth.organisations_table(frauds, organisations))
    folder.write("truth/whereabouts.parquet", truth.whereabouts(frauds, legs, names, end))


def _counts(
    frauds: Frauds, legs: Legs, filed: Complaints, written: Written, people: People, accounts: Accounts, exits: Exits
) -> dict[str, int]:
    moves = len(np.unique(legs.move))
    return {
        "people": len(people),
        "accounts": len(accounts),
        "exits": len(exits.names),
        "transfers": written.rows,
        "fraud_transfers": moves,
        "frauds": len(frauds),
        "reports": len(filed.fraud),
        "stolen": int(frauds.stolen.sum()),
    }


def _calibrated() -> list[dict[str, object]]:
    """Published figures the register meets exactly, each with its source."""
    table = parameters.table("register")
    out = [{"figure": code, "value": e["value"], "source": e["source"]} for code, e in table["figures"].items()]
    out += [
        {"figure": f"months.{code}", "value": e["value"], "source": e["source"]} for code, e in table["months"].items()
    ]
    for year in ("regions_2025", "regions_2024"):
        for code, entry in table[year]["fixed"].items():
            out.append({"figure": f"{year}.{code}", "value": entry["value"], "source": entry["source"]})
    return out
