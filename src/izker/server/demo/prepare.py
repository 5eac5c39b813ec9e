"""Make the demonstration once: world, ledger, register, banks, people, fresh reports. Every step can be killed and is simply done again."""

from __future__ import annotations

import json
import os
import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from izker.config import config
from izker.words import N_, Refusal

Say = Callable[[str], None]
PEOPLE = (
    ("serik", "Серік А.", "duty", ""),
    ("aigul", "Айгүл Қ.", "investigator", ""),
    ("dana", "Дана М.", "analyst", ""),
    ("marat", "Марат Б.", "prosecutor", ""),
    ("saule", "Сәуле Т.", "press", ""),
    ("esil", "Есіл Банк", "bank", "esil"),
    ("admin", "Әкімші", "admin", ""),
)
FIRST_PORT = 8701
SEED = 1


def files(home: Path, say: Say) -> Path:
    """The world and its ledger under `home`; made if they are not there. Needs no Django."""
    world = home / "world"
    if not (world / "manifest.json").exists():
        from izker.world import build

        say("world")
        build(world, scale="demo", seed=SEED)
    if not (home / "ledger" / "manifest.json").exists():
        from izker.ledger import Ledger

        say("ledger")
        Ledger.build([world / "transfers.parquet"], home / "ledger", openings=openings(world))
    return world


def openings(world: Path) -> Any:
    """Opening balances the banks supply: account, balance."""
    import polars as pl

    return pl.read_parquet(world / "accounts.parquet").select("account", pl.col("opening_balance").alias("balance"))


def free_ports(count: int) -> int:
    """First of `count` free loopback ports in a row."""
    for first in range(FIRST_PORT + 100, FIRST_PORT + 20_000, count):
        probes = [socket.socket() for _ in range(count)]
        try:
            for number, probe in enumerate(probes):
                probe.bind(("127.0.0.1", first + number))
        except OSError:
            continue
        else:
            return first
        finally:
            for probe in probes:
                probe.close()
    raise Refusal(N_("no {count} free ports in a row were found on this machine"), count=count)


def state(say: Say, first_port: int = FIRST_PORT) -> dict[str, Any]:
    """Database, banks and people; returns the demo accounts. Django must be started."""
    from izker.server.boot import migrate
    from izker.server.register import seed
    from izker.server.register.models import Case

    migrate()
    world = config().world
    if not Case.objects.filter(synthetic=True).exists():
        say("register")
        seed.load(world)
    banks(world, first_port)
    accounts = people()
    from izker.server.demo.reports import file_reports

    file_reports(world, say)
    if not (config().home / "examples.json").exists():
        from izker.server.demo.examples import write_examples

        write_examples(world)
    return accounts


def banks(world: Path, first_port: int) -> None:
    """Six banks on the relay, each with its own folder: own rows, own balances, own secret."""
    from izker.jurisdictions import data
    from izker.server.relay.models import Bank

    for number, bank in enumerate(data("kz", "banks")["bank"]):
        found = Bank.objects.filter(pk=bank["id"]).first()
        if found is None:
            found = Bank(id=bank["id"], code=bank["code"], names=bank["name"], secret=secrets.token_hex(32), synthetic=True)
        found.url = f"http://127.0.0.1:{first_port + number}"
        found.save()
        _open_books(config().home / "banks" / found.pk, found.pk, found.secret, world)


def _open_books(folder: Path, bank: str, secret: str, world: Path) -> None:
    from izker.world.bank.books import balances, own_rows
    from izker.world.bank.vault import Vault, write_settings

    write_settings(folder, bank, secret, config().clock_offset_us)
    ready = folder / "books.ok"
    if ready.exists():
        return
    rows = own_rows(world, bank)
    rows.write_parquet(folder / "transfers.parquet")
    Vault(folder, bank).open_books(balances(world, bank, rows))
    ready.touch()


def people() -> dict[str, Any]:
    """Demo accounts, one a role, with one password made on this machine and kept in home/demo.json (0600)."""
    from izker.server.accounts.models import User

    path = config().home / "demo.json"
    if path.exists():
        known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    else:
        known = {"password": secrets.token_urlsafe(9), "people": [{"user": u, "name": n, "role": r} for u, n, r, _bank in PEOPLE]}
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(known, file, ensure_ascii=False)
    for user, name, role, bank in PEOPLE:
        if not User.objects.filter(username=user).exists():
            User.objects.create_user(username=user, password=known["password"], first_name=name, role=role, bank=bank)
    return known
