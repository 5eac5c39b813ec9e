"""All nowcast benchmarks, written to docs/benchmarks/nowcast.md: `python -m benchmarks.outlook.nowcast`."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from benchmarks.outlook import nowcast_hosp, nowcast_lapd, nowcast_respinow, nowcast_speed, nowcast_synthetic
from izker.files import write_text

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks" / "nowcast.md"

HEAD = """# Nowcast: benchmarks

Machine: {cpus} cores, {machine}, Python {python}. Command: `python -m benchmarks.outlook.nowcast` (each part is a
module of its own).

How constants were chosen. They are in `nowcast_engine.CONSTANTS`, one set for days, weeks and months. Scores on the periods E
and PRE below (issue dates 2021-07-25..2021-11-21, before the study period) and on synthetic worlds (below) chose between about
230 configurations in all; a candidate was never taken for its study score. The study and POST scores were seen for eleven
configurations of an earlier version; a look at the second one told that the sign of the error lasted for weeks, which is why the
drift of delays is modelled at all. The present version (Poisson level, lasting signs, backlogs, power-law tail) was made on E, PRE
and the worlds and seen three times: when its constants stood; after the one constant that E and PRE still moved (the parts' drift,
500 to 200 reports); and below, after a world with a hump of late reports had bounded the power of the tail. Backlogs were thought
of when the triangle showed one on 2021-11-17, in PRE. So the study row is not a blind result; it is the result of a method frozen
on earlier data by people who had seen earlier versions scored.

The Los Angeles constants are not strictly fixed beforehand: the score was looked at four times while the earlier version was
developed, and four times with this one (with the constants as they stood, lag by lag beside the plain method, and in the two runs of
this page); the looks at this one changed nothing. Then the table as known in its first issue week (2020-11-08, before the scored
period) showed a first week of one day and two reports, which told the level's variogram of a jump and the shares of errors. The first
step and the youngest nowcasts are no longer judged: chosen on worlds of that kind, on E and PRE, among about twenty variants. One
more look, the ninth (and one more at study and POST, which did not move), is this page: WIS 1.16 before, 1.03 now; coverage .899 and
.976. The targets, at most .97 and .93 to .97, are still missed.
"""

SYNTHETIC = """Twenty-six worlds with known delay laws (`nowcast_worlds.py`), two histories of each, eight issue steps a history, every
late report counted in the truth ("week young": those within 26 weeks). *Oracle* knows the true share reported by each age, but not
the level; *plain* pools all hazards of the last 8 weeks (40 steps), without drift or tail. Below 1 is better than they. Small counts
cover more than asked because counts are whole numbers.
"""


def main() -> None:
    parts = [HEAD.format(cpus=os.cpu_count(), machine=platform.machine(), python=platform.python_version())]
    for title, lines in (
        ("German hospitalisations, hub protocol", nowcast_hosp.run()),
        ("Synthetic worlds", [SYNTHETIC, *nowcast_synthetic.run()]),
        ("Fraud reporting delays (Los Angeles police sample)", nowcast_lapd.run()),
        ("Weekly respiratory triangles (regression check, nothing is claimed)", nowcast_respinow.run()),
        ("Speed", nowcast_speed.run()),
    ):
        parts.append("\n".join([f"## {title}", "", *lines, ""]))
    write_text(PAGE, "\n".join(parts))
    print("\n".join(parts))


if __name__ == "__main__":
    main()
