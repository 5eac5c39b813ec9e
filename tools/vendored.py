"""Vendored files are what vendor.toml says: every listed file has its SHA-256, every binary in the tree is listed with its licence.

`--list` prints ready entries for the binaries that are not listed yet (ours: Apache-2.0; a foreign file needs its true origin and licence).
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BINARY = {".woff2", ".ttf", ".otf", ".js", ".png", ".bin", ".npz", ".model"}


def entry(path: str) -> str:
    digest = hashlib.sha256((ROOT / path).read_bytes()).hexdigest()
    return f'[[file]]\npath = "{path}"\nname = "{Path(path).stem}"\norigin = "made for Izker"\nsha256 = "{digest}"\nlicence = "Apache-2.0"\n'


def main() -> int:
    listed = {row["path"]: row for row in tomllib.loads((ROOT / "vendor.toml").read_text(encoding="utf-8"))["file"]}
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    tracked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    unlisted = [path for path in tracked if Path(path).suffix in BINARY and path not in listed and (ROOT / path).is_file()]
    if "--list" in sys.argv[1:]:
        print("\n".join(map(entry, unlisted)))
        return 0
    wrong = []
    for path, row in listed.items():
        file = ROOT / path
        if not file.is_file():
            wrong.append(f"{path}: listed but not there")
        elif hashlib.sha256(file.read_bytes()).hexdigest() != row["sha256"]:
            wrong.append(f"{path}: its content is not the listed one")
        if not row.get("licence"):
            wrong.append(f"{path}: no licence")
    wrong += [f"{path}: not listed in vendor.toml" for path in unlisted]
    print("\n".join(wrong) if wrong else f"{len(listed)} vendored files are as listed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
