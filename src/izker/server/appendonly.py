"""Make a table append-only in the database itself: triggers refuse UPDATE and DELETE, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from typing import Any

from django.db import migrations


class AppendOnly(migrations.RunPython):
    """Migration operation: `AppendOnly("register_event")`."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(self._forward, self._backward)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return ("AppendOnly", [self.table], {})

    def _forward(self, apps: Any, editor: Any) -> None:
        for statement in _statements(self.table, editor.connection.vendor):
            editor.execute(statement)

    def _backward(self, apps: Any, editor: Any) -> None:
        on = f" ON {self.table}" if editor.connection.vendor == "postgresql" else ""
        for verb in ("update", "delete"):
            editor.execute(f"DROP TRIGGER {self.table}_no_{verb}{on}")


def _statements(table: str, vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [
            f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$ LANGUAGE plpgsql",
            *(
                f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
                for verb in ("update", "delete")
            ),
        ]
    return [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("update", "delete")
    ]
