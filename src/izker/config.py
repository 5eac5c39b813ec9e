"""Settings, typed, from the environment only. Every one of them is listed in docs/settings.md."""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from izker.words import N_, Refusal


@dataclass(frozen=True, slots=True)
class Config:
    home: Path  # all state: database, ledgers, documents, keys
    database: str  # empty: SQLite in `home`; else postgresql://user:password@host:port/name
    hosts: tuple[str, ...]
    origins: tuple[str, ...]  # https://… origins allowed to post forms
    secure: bool  # served over HTTPS: cookies and redirects say so
    demo: bool  # the simulated country stands behind it: every page says SYNTHETIC
    clock_offset_us: int  # the demo's clock against the machine's

    @property
    def ledger(self) -> Path:
        return self.home / "ledger"

    @property
    def world(self) -> Path:
        return self.home / "world"

    @property
    def trails(self) -> Path:
        return self.home / "trails"

    def key(self, name: str) -> bytes:
        """A 32-byte secret kept in `home/keys` (0600) or given as IZKER_KEY_<NAME> in base64."""
        given = os.environ.get(f"IZKER_KEY_{name.upper()}")
        if given:
            value = base64.urlsafe_b64decode(given)
            if len(value) != 32:
                raise Refusal(N_("the key {name} must be 32 bytes in base64"), name=name)
            return value
        path = self.home / "keys" / f"{name}.key"
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_bytes()
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        return path.read_bytes()

    def database_settings(self) -> dict[str, object]:
        if not self.database:
            return {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(self.home / "izker.sqlite3"),
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 20,
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-64000; PRAGMA mmap_size=268435456",
                },
            }
        url = urlsplit(self.database)
        if url.scheme not in {"postgres", "postgresql"}:
            raise Refusal(N_("IZKER_DATABASE must be a postgresql:// address, not {scheme}"), scheme=url.scheme)
        query = dict(parse_qsl(url.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": url.path.lstrip("/"),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": url.hostname or query.get("host", ""),
            "PORT": url.port or query.get("port", ""),
            "CONN_MAX_AGE": 60,
        }


@lru_cache
def config() -> Config:
    """The settings of this process."""
    env = os.environ.get
    home = Path(env("IZKER_HOME", "var")).absolute()
    return Config(
        home=home,
        database=env("IZKER_DATABASE", ""),
        hosts=tuple(filter(None, env("IZKER_HOSTS", "localhost,127.0.0.1,[::1]").split(","))),
        origins=tuple(filter(None, env("IZKER_ORIGINS", "").split(","))),
        secure=env("IZKER_SECURE", "") == "1",
        demo=env("IZKER_DEMO", "") == "1",
        clock_offset_us=int(env("IZKER_CLOCK_OFFSET_US", "0")),
    )
