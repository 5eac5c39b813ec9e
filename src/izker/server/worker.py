"""`python -m izker.server.worker`: delivers the outbox until it is told to stop, and publishes the outlook when one is due.

Many may deliver side by side. The outlook is computed in a process of its own, so that no bank waits for it."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import time
from types import FrameType

from izker.server.boot import start

PAUSE_S = 0.25  # between looks into an empty outbox
AFTER_ERROR_S = 5.0
LOOK_S = 60.0  # between looks whether an outlook or a search is due

log = logging.getLogger("izker.worker")


class Stop:
    """Set by SIGTERM and Ctrl-C; the message in hand is finished first."""

    def __init__(self) -> None:
        self.now = False
        for which in (signal.SIGTERM, signal.SIGINT):
            signal.signal(which, self._set)

    def _set(self, _number: int, _frame: FrameType | None) -> None:
        self.now = True


def main() -> None:
    start()
    import httpx
    from django.db import OperationalError, close_old_connections

    from izker.server.analysis.outlook import waiting
    from izker.server.relay.deliver import drain

    stop = Stop()
    outlook: subprocess.Popen[bytes] | None = None
    next_look = 0.0
    with httpx.Client(trust_env=False) as client:
        while not stop.now:
            try:
                close_old_connections()
                if time.monotonic() >= next_look and (outlook is None or outlook.poll() is not None):
                    next_look = time.monotonic() + LOOK_S
                    outlook = subprocess.Popen([sys.executable, "-m", "izker.server.analysis.publish"]) if waiting() else None
                if drain(client) == 0:
                    time.sleep(PAUSE_S)
            except OperationalError:
                log.exception("the database did not answer; trying again")
                time.sleep(AFTER_ERROR_S)
    if outlook is not None and outlook.poll() is None:
        outlook.terminate()
        outlook.wait()


if __name__ == "__main__":
    main()
