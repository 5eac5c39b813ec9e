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
more look, the ninth (and one more at study and POST, which did not move), was at what that gave: WIS 1.16 before, 1.03 after;
coverage .899 and .976.

Since then one change: counting noise is taken off past squared errors exactly, no longer as 1/(missing + 1), which is too little below
some ten missing. It was thought of as arithmetic and judged among about fifteen variants on the worlds, on two further histories of
each that had chosen nothing (seeds 3 and 4: WIS / oracle, whole 1.079 before, 1.078 after, parts 1.037 and 1.035; 95 % coverage
.961 and .956, .972 and .965), and on E and PRE (WIS of no row worse by more than .22 %). What it costs: where delays change quickly,
intervals that held too seldom hold .002 to .02 less still. Then one look at study, POST (a further one) and Los Angeles (the tenth),
this page: study and POST WIS within .2 % of before, coverage up to .005 lower; Los Angeles WIS 1.03 before, 1.01 now, coverage .976
both times. The targets there, at most .97 and .93 to .97, are still missed.
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
