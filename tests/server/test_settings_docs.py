"""docs/settings.md lists every environment variable of ours that the source reads."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"IZKER_[A-Z][A-Z0-9_]*")
KEY = re.compile(r"""\.key\(["'](\w+)["']\)""")


def test_every_variable_of_the_source_is_documented() -> None:
    sources = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "src").rglob("*.py"))]
    used = {name for text in sources for name in NAME.findall(text) if name != "IZKER_KEY_"}
    used |= {f"IZKER_KEY_{name.upper()}" for text in sources for name in KEY.findall(text)}
    documented = set(NAME.findall((ROOT / "docs" / "settings.md").read_text(encoding="utf-8")))
    assert "IZKER_HOME" in used
    assert used - documented == set()
