"""What a simulated bank knows: its own accounts, its own rows, and the amounts it holds. Nothing of other banks, nothing of the truth."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from izker.holds.requests import HoldAnswer, HoldLine, HoldRequest, LineAnswer, Outcome, Reason, answer_line

if TYPE_CHECKING:
    import polars as pl

SCHEMA = """
CREATE TABLE IF NOT EXISTS balance (account TEXT PRIMARY KEY, balance INTEGER NOT NULL, protected INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS hold (request TEXT, line INTEGER, account TEXT, amount INTEGER NOT NULL, until_us INTEGER, PRIMARY KEY (request, line));
CREATE TABLE IF NOT EXISTS answered (key TEXT PRIMARY KEY, answer TEXT NOT NULL);
"""


class Vault:
    """`folder/vault.sqlite3`; made once from the bank's own rows with `open_books`."""

    def __init__(self, folder: Path, bank: str) -> None:
        self.bank = bank
        self.path = folder / "vault.sqlite3"
        with closing(self._connect()) as db:
            db.executescript(SCHEMA)

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=10, isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        return db

    def open_books(self, balances: pl.DataFrame) -> None:
        """Take over balances (account, balance, protected; tiyn) of this bank's accounts at the end of the simulated day."""
        with closing(self._connect()) as db:
            db.execute("BEGIN IMMEDIATE")
            db.execute("DELETE FROM balance")
            db.executemany("INSERT INTO balance VALUES (?, ?, ?)", balances.select("account", "balance", "protected").iter_rows())
            db.execute("COMMIT")

    def answer(self, request: HoldRequest, key: str, now_us: int) -> HoldAnswer:
        """Hold what can be held, once per key: a repeated request gets the first answer again."""
        with closing(self._connect()) as db:
            db.execute("BEGIN IMMEDIATE")
            known = db.execute("SELECT answer FROM answered WHERE key = ?", (key,)).fetchone()
            if known:
                db.execute("COMMIT")
                return HoldAnswer.from_json(known[0])
            lines = tuple(self._line(db, request.request_id, line) for line in request.lines)
            answer = HoldAnswer(request.request_id, self.bank, now_us, lines)
            db.execute("INSERT INTO answered VALUES (?, ?)", (key, answer.to_json()))
            db.execute("COMMIT")
        return answer

    def _line(self, db: sqlite3.Connection, request: str, line: HoldLine) -> LineAnswer:
        row = db.execute("SELECT balance, protected FROM balance WHERE account = ?", (line.account,)).fetchone()
        if row is None:
            return LineAnswer(line.line, Outcome.REFUSED, 0, (Reason.UNKNOWN_ACCOUNT,))
        balance, protected = row
        held = db.execute("SELECT COALESCE(SUM(amount), 0) FROM hold WHERE account = ?", (line.account,)).fetchone()[0]
        free = balance - held
        available = free - protected
        if available <= 0 < free:
            return LineAnswer(line.line, Outcome.REFUSED, 0, (Reason.PROTECTED_INCOME,))
        answer = answer_line(line.line, line.amount, available, Reason.MOVED_ON if balance == 0 else Reason.INSUFFICIENT)
        if answer.held:
            db.execute("INSERT INTO hold VALUES (?, ?, ?, ?, ?)", (request, line.line, line.account, answer.held, line.until_us))
        return answer

    def totals(self) -> dict[str, int]:
        """Accounts kept, and tiyn held now."""
        with closing(self._connect()) as db:
            accounts = db.execute("SELECT COUNT(*) FROM balance").fetchone()[0]
            held = db.execute("SELECT COALESCE(SUM(amount), 0) FROM hold").fetchone()[0]
        return {"accounts": accounts, "held": held}


def write_settings(folder: Path, bank: str, secret: str, offset_us: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "bank.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps({"bank": bank, "secret": secret, "clock_offset_us": offset_us, "synthetic": True}), encoding="utf-8")
