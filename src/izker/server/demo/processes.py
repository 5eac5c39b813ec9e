"""The processes of a running house: simulated banks, worker, server. One stops, all stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from izker.words import N_, Refusal

STOP_WITHIN_S = 8.0


class House:
    """Starts child processes and ends every one of them, whatever happens."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = {**os.environ, **environment}
        self.children: list[tuple[str, subprocess.Popen[bytes]]] = []

    def start(self, name: str, arguments: list[str]) -> None:
        child = subprocess.Popen([sys.executable, *arguments], env=self.environment, start_new_session=True)
        self.children.append((name, child))

    def wait_for(self, url: str, within_s: float = 30.0) -> None:
        """Until `url` answers; refuses if a child dies or nothing answers in time."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            self.check()
            try:
                with urlopen(url, timeout=2):
                    return
            except (URLError, OSError):
                time.sleep(0.1)
        raise Refusal(N_("{url} did not answer within {seconds} seconds: is the port free?"), url=url, seconds=int(within_s))

    def check(self) -> None:
        for name, child in self.children:
            if child.poll() is not None:
                raise Refusal(N_("the process {name} ended with code {code}: its message stands above"), name=name, code=child.returncode)

    def watch(self) -> None:
        """Until a child ends or the person presses Ctrl-C."""
        while True:
            self.check()
            time.sleep(0.5)

    def stop(self) -> None:
        for _name, child in reversed(self.children):
            _signal(child, signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN_S
        for _name, child in self.children:
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(child, signal.SIGKILL)
                child.wait()


def _signal(child: subprocess.Popen[bytes], which: signal.Signals) -> None:
    if child.poll() is None:
        os.killpg(child.pid, which)


def bank(house: House, folder: Path, port: int) -> None:
    house.start(f"bank {folder.name}", ["-m", "izker.world.bank", str(folder), "--port", str(port)])


def worker(house: House) -> None:
    house.start("worker", ["-m", "izker.server.worker"])


def server(house: House, host: str, port: int, workers: int = 1) -> None:
    arguments = ["-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers), "--no-ws"]
    house.start("server", [*arguments, "--blocking-threads", "4", "--log-level", "warning", "izker.server.wsgi:application"])
