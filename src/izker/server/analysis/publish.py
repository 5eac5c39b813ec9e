"""`python -m izker.server.analysis.publish`: publish the outlook that is due, in a process of its own."""

from __future__ import annotations

from izker.server.boot import start


def main() -> None:
    start()
    from izker.server.analysis.outlook import due, publish

    day = due()
    if day is not None:
        publish(day)


if __name__ == "__main__":
    main()
