"""`make bench`: every benchmark of the house, one after the other, each in a process of its own. Tables land in docs/benchmarks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOMS = ("server", "trail", "world", "bench", "schemes", "identifiers", "links", "outlook", "figures")


def main() -> int:
    failed = []
    here = Path(__file__).parent
    for room in sys.argv[1:] or ROOMS:
        if not (here / room / "__main__.py").exists():
            print(f"{room}: no such benchmark", file=sys.stderr)
            return 2
        print(f"== {room}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{room}"], check=False).returncode:
            failed.append(room)
    print("failed: " + ", ".join(failed) if failed else "every benchmark ran")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
