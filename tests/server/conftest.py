"""People with names, a small world with its ledger, and banks that answer over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from django.test import Client

from izker.config import config
from izker.server.accounts.models import Role, User
from izker.server.analysis import series_book
from izker.server.register.models import Report
from izker.server.relay.models import Bank
from izker.world.bank.__main__ import Bank as BankProcess
from izker.world.bank.books import balances, own_rows
from izker.world.bank.vault import Vault, write_settings

SECRET = "s" * 64


@pytest.fixture(scope="session")
def world() -> Path:
    """The demo world and its ledger in this process's home."""
    from izker.server.demo.prepare import files

    return files(config().home, lambda _step: None)


@pytest.fixture(autouse=True)
def _forget_series() -> Iterator[None]:
    series_book.forget()
    yield
    series_book.forget()


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """One person a role; the bank officer works for Esil."""
    return {
        role: User.objects.create(username=f"{role}-person", role=role, bank="esil" if role == Role.BANK else "") for role in Role.values
    }


@pytest.fixture
def duty(people: dict[str, User], client: Client) -> Client:
    client.force_login(people["duty"], backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def relay(db: None, world: Path, tmp_path: Path) -> Iterator[dict[str, BankProcess]]:
    """Six banks on the relay, each its own HTTP server with its own vault."""
    from izker.jurisdictions import data

    servers: dict[str, BankProcess] = {}
    for bank in data("kz", "banks")["bank"]:
        folder = tmp_path / bank["id"]
        write_settings(folder, bank["id"], SECRET, config().clock_offset_us)
        Vault(folder, bank["id"]).open_books(balances(world, bank["id"], own_rows(world, bank["id"])))
        server = BankProcess(folder, 0)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        Bank.objects.create(id=bank["id"], code=bank["code"], names=bank["name"], url=url, secret=SECRET, synthetic=True)
        servers[bank["id"]] = server
    yield servers
    for server in servers.values():
        server.shutdown()
        server.server_close()


@pytest.fixture
def fresh_fraud(world: Path, db: None) -> dict[str, str]:
    """A transfer of the last two days nobody reported, whose money still lies within reach."""
    from izker.server.demo.examples import examples, write_examples

    write_examples(world)
    found = examples()[0]
    return {**found, "text": found["text"]["kk"], "texts": found["text"]}


@pytest.fixture
def reports(world: Path) -> pl.DataFrame:
    return pl.read_parquet(world / "reports.parquet")


def last_report() -> Report:
    return Report.objects.order_by("-id")[0]
