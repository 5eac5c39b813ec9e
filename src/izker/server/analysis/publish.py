"""`python -m izker.server.analysis.publish`: publish the outlook that is due, search for new schemes, fill the record, in a process of its own."""

from __future__ import annotations

import os

from izker.server.boot import start

NICE = 10  # the past can wait; a person at the desk cannot


def main() -> None:
    start()
    from izker.server.analysis import clusters, outlook

    day = outlook.due()
    if day is not None:
        outlook.publish(day)
    searched = clusters.due()
    if searched is not None:
        clusters.search(searched)
    if not (outlook.folder() / "replayed.json").exists():
        os.nice(NICE)
        outlook.replay_past()


if __name__ == "__main__":
    main()
