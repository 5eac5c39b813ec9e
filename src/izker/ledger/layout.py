"""What a ledger is on disk. One folder: `manifest.json` (switched by atomic rename) names one base folder and the
deltas on top.

Base folder (immutable, little endian, memory mapped; n transfers, a accounts, s = n + a slots):

* `rows.bin`    s x 4 int64: out_cum, in_pos, ts (UTC µs), link. Slots of one account stand together in (ts, id) order
and end in a
                sentinel (out_cum = all money ever out, in_pos = all money ever in), so the amount of slot k is
                out_cum[k+1] - out_cum[k] and need not be stored. link = dst << 32 | next: `next` is the first slot on
                dst
                that consumes money at in_pos (one hop is then one random read, without a search), or -kind for an exit.
* `side.bin`    s x 2 int64: balance of src and of dst before the transfer (for LIFO and pro rata).
* `ids.bin`     s int64 transfer ids.        * `ptr.bin`    a + 1 int64: first slot of an account.
* `inptr.bin`   a + 1 int64, `in.bin` n int32: slots of the transfers into an account, in time order.
* `byid.bin`    n int64 ids ascending, `byslot.bin` n int32: their slots.
* `names.bin`, `nameoff.bin` a + 1 int64, `nameorder.bin` a int32 (accounts in order of their UTF-8 names).
* `bank.bin`    a int16: index into the manifest's list of banks, -1 unknown.
* `opening.bin` pairs of int64: account, opening balance.

Delta folder: `raw.bin` (RAW rows in the order they came), `cancelled.bin` (int64 ids of transfers taken back),
`names.bin`,
`nameoff.bin`, `bank.bin` of the accounts it adds. Opening a ledger lays the deltas over the base in memory.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from izker import files
from izker.words import N_, Refusal

FORMAT = 1
MANIFEST = "manifest.json"
LOCK = "write.lock"
SENTINEL = -1  # dst of the slot that ends an account
NEVER = 2**63 - 1  # ts of a sentinel
MAX_SLOTS = 2**31 - 1
I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]
I16 = npt.NDArray[np.int16]
RAW = np.dtype(("<i8", (5,)))  # one transfer before it has a place: id, ts, amount, src << 32 | dst, kind
Rows = npt.NDArray[Any]

BASE_FILES: dict[str, tuple[str, int]] = {  # name -> (dtype, columns)
    "rows.bin": ("<i8", 4),
    "side.bin": ("<i8", 2),
    "ids.bin": ("<i8", 0),
    "ptr.bin": ("<i8", 0),
    "inptr.bin": ("<i8", 0),
    "in.bin": ("<i4", 0),
    "byid.bin": ("<i8", 0),
    "byslot.bin": ("<i4", 0),
    "names.bin": ("|u1", 0),
    "nameoff.bin": ("<i8", 0),
    "nameorder.bin": ("<i4", 0),
    "bank.bin": ("<i2", 0),
    "opening.bin": ("<i8", 2),
}
DELTA_FILES = ("raw.bin", "cancelled.bin", "names.bin", "nameoff.bin", "bank.bin")


@dataclass
class Part:
    """One folder of a ledger and the size and SHA-256 of each of its files."""

    folder: str
    rows: int
    accounts: int
    files: dict[str, tuple[int, str]] = field(default_factory=dict)


@dataclass
class Manifest:
    """What a ledger consists of now."""

    generation: int
    base: Part
    deltas: list[Part]
    banks: list[str]
    total: int  # sum of all amounts and opening balances: never above int64
    last: tuple[int, int]  # (ts, id) of the last transfer of the base
    newest: tuple[int, int]  # (ts, id) of the last transfer of all

    def as_json(self) -> str:
        def part(p: Part) -> dict[str, object]:
            return {
                "folder": p.folder,
                "rows": p.rows,
                "accounts": p.accounts,
                "files": {k: list(v) for k, v in p.files.items()},
            }

        return json.dumps(
            {
                "format": FORMAT,
                "generation": self.generation,
                "base": part(self.base),
                "deltas": [part(d) for d in self.deltas],
                "banks": self.banks,
                "total": self.total,
                "last": self.last,
                "newest": self.newest,
            },
            ensure_ascii=False,
            indent=1,
        )


def read_manifest(path: Path) -> Manifest:
    """The manifest of the ledger in folder `path`; refuses a folder that holds none and a format it does not know."""
    file = path / MANIFEST
    if not file.is_file():
        raise Refusal(N_("there is no ledger here: build one with `izker ledger build`"), file=str(path))
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        if raw["format"] != FORMAT:
            raise Refusal(
                N_("the ledger has format {format}, this version reads {known}"),
                file=str(path),
                format=raw["format"],
                known=FORMAT,
            )

        def part(p: dict[str, Any]) -> Part:
            return Part(p["folder"], p["rows"], p["accounts"], {k: (v[0], v[1]) for k, v in p["files"].items()})

        return Manifest(
            raw["generation"],
            part(raw["base"]),
            [part(d) for d in raw["deltas"]],
            raw["banks"],
            raw["total"],
            (raw["last"][0], raw["last"][1]),
            (raw["newest"][0], raw["newest"][1]),
        )
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise Refusal(N_("the manifest of the ledger is damaged: restore it from a copy"), file=str(file)) from error


def commit(path: Path, manifest: Manifest) -> None:
    """Make `manifest` the state of the ledger: everything it names is on disk before, what it no longer names is
    removed after."""
    for part in (manifest.base, *manifest.deltas):
        files.sync(path / part.folder)
    files.sync(path)
    files.write_text(path / MANIFEST, manifest.as_json())
    sweep_up(path, manifest)


def sweep_up(path: Path, manifest: Manifest | None) -> None:
    """Remove the folders of a write that never finished or is superseded (only under the lock)."""
    keep = {p.folder for p in (manifest.base, *manifest.deltas)} if manifest else set()
    for child in path.iterdir():
        if child.is_dir() and child.name.startswith(("base-", "delta-", "scratch-")) and child.name not in keep:
            shutil.rmtree(child)


@contextmanager
def writing(path: Path) -> Iterator[Manifest | None]:
    """Hold the ledger's write lock; yields its manifest, or None where there is no ledger yet. Leftovers of a killed
    writer go."""
    path.mkdir(parents=True, exist_ok=True)
    strangers = [
        c.name for c in path.iterdir() if not c.name.startswith(("base-", "delta-", "scratch-", ".", MANIFEST, LOCK))
    ]
    if strangers:
        raise Refusal(
            N_("the folder holds other files ({names}): give an empty one"),
            file=str(path),
            names=", ".join(strangers[:3]),
        )
    fd = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refusal(
                N_("another process is writing to this ledger: try again when it is done"), file=str(path)
            ) from error
        manifest = read_manifest(path) if (path / MANIFEST).exists() else None
        sweep_up(path, manifest)
        yield manifest
    finally:
        os.close(fd)


def write_rows(file: BinaryIO, array: npt.NDArray[Any]) -> None:
    """Append an array to an open file as little-endian bytes."""
    if array.size:
        file.write(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).data)


def read_raw(file: BinaryIO, count: int) -> I64:
    """Up to `count` RAW rows from an open file."""
    found: I64 = np.fromfile(file, RAW, count)
    return found


def seal(folder: Path, rows: int, accounts: int) -> Part:
    """Flush every file of `folder` to disk and take its size and fingerprint."""
    from concurrent.futures import ThreadPoolExecutor

    paths = sorted(folder.iterdir(), key=lambda p: -p.stat().st_size)

    def one(path: Path) -> tuple[str, tuple[int, str]]:
        files.sync(path)
        return path.name, (path.stat().st_size, files.sha256(path))

    with ThreadPoolExecutor(2) as pool:
        found = dict(pool.map(one, paths))
    return Part(folder.name, rows, accounts, found)


def refuse_size(path: Path, actual: int, expected: int) -> Refusal:
    """The refusal of a truncated segment."""
    return Refusal(
        N_("the segment file has {actual} bytes where {expected} belong: restore it or build the ledger again"),
        file=str(path),
        actual=actual,
        expected=expected,
    )


def map_file(folder: Path, name: str, size: int, *, random: bool = False) -> npt.NDArray[Any]:
    """A file as an array over private, copy-on-write pages: the file itself can never be changed through it.

    Raises Refusal where the file is missing or not `size` bytes long (a truncated segment).
    """
    path = folder / name
    actual = path.stat().st_size if path.is_file() else -1
    if actual != size:
        raise refuse_size(path, max(actual, 0), size)
    dtype, columns = BASE_FILES[name]
    shape = (-1, columns) if columns else (-1,)
    if size == 0:
        return np.zeros((0, columns) if columns else (0,), dtype)
    mapped = np.memmap(path, dtype=dtype, mode="c")
    if random:
        import mmap

        inner = mapped._mmap  # type: ignore[attr-defined]  # numpy keeps the mmap object there; it has no public way to advise
        inner.madvise(mmap.MADV_RANDOM)
    return np.asarray(mapped).reshape(shape)
