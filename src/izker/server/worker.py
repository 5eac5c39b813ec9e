"""`python -m izker.server.worker`: delivers the outbox until it is told to stop. Many may run side by side."""

from __future__ import annotations

import logging
import signal
import time
from types import FrameType

from izker.server.boot import start

PAUSE_S = 0.25  # between looks into an empty outbox
AFTER_ERROR_S = 5.0

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

    from izker.server.relay.deliver import drain

    stop = Stop()
    with httpx.Client(trust_env=False) as client:
        while not stop.now:
            try:
                close_old_connections()
                if drain(client) == 0:
                    time.sleep(PAUSE_S)
            except OperationalError:
                log.exception("the database did not answer; trying again")
                time.sleep(AFTER_ERROR_S)


if __name__ == "__main__":
    main()
