"""Rules of the house that a search can see: no long files, no unfinished marks, no catch-alls, no paths of a machine, no registry hosts."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 420
CODE = {".py", ".html", ".css", ".sh"}
UNFINISHED = re.compile(r"\bTO" r"DO\b|\bFIX" r"ME\b|\bXX" r"X\b|NotImplemented" r"Error")
CATCH_ALL = re.compile(r"except( Exception| BaseException)?:\s*(pass)?$", re.M)
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home/\w+)/")
HOST = re.compile(r"(pypi\.or" r"g|pythonhosted\.or" r"g|registry\.npmj" r"s|deb\.debian\.or" r"g)")


def main() -> int:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    wrong = []
    for name in filter(None, names):
        path = ROOT / name
        if not path.is_file() or path.suffix in {".ttf", ".woff2", ".png", ".parquet", ".bin", ".npz", ".gz"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if name.startswith("src/") and path.suffix == ".py" and text.count("\n") > LONGEST:
            wrong.append(f"{name}: {text.count(chr(10))} lines (the house's measure is about 400)")
        if path.suffix in CODE and name != "tools/house_rules.py":
            wrong += [f"{name}: {found.group().strip()}" for rule in (UNFINISHED, CATCH_ALL) for found in rule.finditer(text)]
        wrong += [f"{name}: {found.group()}" for rule in (MACHINE, HOST) for found in rule.finditer(text) if name != "tools/house_rules.py"]
        if path.name == "uv.lock":
            wrong.append(f"{name}: names hosts; requirements/*.txt are the lock")
    print("\n".join(wrong) if wrong else "the house rules hold")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
