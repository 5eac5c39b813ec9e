"""`python -m izker.server.worker`: delivers the outbox until it is told to stop, publishes the outlook when one is due, and keeps
a snapshot of the series.

Many may deliver side by side. What takes long runs in a process of its own, so that no bank waits for it."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

from izker.server.boot import start

PAUSE_S = 0.25  # between looks into an empty outbox
AFTER_ERROR_S = 5.0
LOOK_S = 60.0  # between looks whether an outlook, a search or a snapshot is due

log = logging.getLogger("izker.worker")


class Stop:
    """Set by SIGTERM and Ctrl-C; the message in hand is finished first."""

    def __init__(self) -> None:
        self.now = False
        for which in (signal.SIGTERM, signal.SIGINT):
            signal.signal(which, self._set)

    def _set(self, _number: int, _frame: FrameType | None) -> None:
        self.now = True


class Aside:
    """A module run as a process of its own when it is due, one at a time."""

    def __init__(self, module: str, due: Callable[[], object]) -> None:
        self.module = module
        self.due = due
        self.process: subprocess.Popen[bytes] | None = None

    def look(self) -> None:
        if (self.process is None or self.process.poll() is not None) and self.due():
            self.process = subprocess.Popen([sys.executable, "-m", self.module])

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


def main() -> None:
    start()
    import httpx
    from django.db import OperationalError, close_old_connections

    from izker.server.analysis import outlook, series_snapshot
    from izker.server.relay.deliver import drain

    stop = Stop()
    asides = [Aside("izker.server.analysis.publish", outlook.waiting), Aside("izker.server.analysis.series_snapshot", series_snapshot.due)]
    next_look = 0.0
    with httpx.Client(trust_env=False) as client:
        while not stop.now:
            try:
                close_old_connections()
                if time.monotonic() >= next_look:
                    next_look = time.monotonic() + LOOK_S
                    for aside in asides:
                        aside.look()
                if drain(client) == 0:
                    time.sleep(PAUSE_S)
            except OperationalError:
                log.exception("the database did not answer; trying again")
                time.sleep(AFTER_ERROR_S)
    for aside in asides:
        aside.stop()


if __name__ == "__main__":
    main()
