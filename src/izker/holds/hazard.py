"""How soon money leaves an account: a hazard by dwell time, hop and whether the account has begun to send it on.

Piecewise-constant hazard (Holford 1980; Friedman 1982): in each interval of dwell time and each stratum the rate is units
left / unit-time at risk, every lot counting once whatever its amount. Thin strata are drawn to the rate of all lots: with
PRIOR lots' worth of watching at the pooled rate added to each (the mean of a gamma posterior). Money that still stands when the
data end is censored there. Estimated from trails only: what a duty officer could know, never the truth
of a simulation.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from izker import tables
from izker.files import write_text
from izker.words import N_, Refusal

MINUTE = 60_000_000
HOUR = 60 * MINUTE
EDGES_MINUTES = (0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 60, 120, 240, 480, 1440, 2880, 4320, 10080, 20160, 43200, 64800)
STRATA = ("hop1", "hop1_began", "hop2", "hop2_began", "hop3", "hop3_began")
PRIOR = 20.0
WEAK, WEAK_CHANCE = 0.5, 0.1  # belief in an interval nobody was seen in: half a lot, a tenth of which leaves
DEFAULT = Path(__file__).parent / "hazard_default.toml"
LOT_COLUMNS = ("report_id", "lot", "parent_lot", "amount", "ts", "hop", "status")
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
EXITED = ("cash", "abroad", "crypto", "merchant")


@dataclass(frozen=True)
class Hazard:
    """`rates`: (6 strata, intervals) chance per µs that a unit leaves; strata are hops 1, 2, 3 and more, each before and after
    the account began to send this report's money on. `about`: where it comes from (lots, until, command, synthetic)."""

    edges_us: Ints
    rates: Floats
    about: Mapping[str, Any]

    @classmethod
    def fit(cls, lots: pl.DataFrame, until_us: int, about: Mapping[str, Any] | None = None) -> Hazard:
        """Estimate from the lots of past trails (`izker trace --paths`), none of which may use transfers after `until_us`.

        Refuses a table without the columns of lots or without a lot that could be watched.
        """
        frame = tables.require(lots, LOT_COLUMNS, "lots")
        left, time = _exposure(frame, until_us)
        if not time.sum():
            raise Refusal(N_("the trails hold no lot that stood on an account: nothing to learn from"))
        width = np.diff(np.array(EDGES_MINUTES, np.float64)) * MINUTE
        pooled = (left.sum(0) + WEAK) / (time.sum(0) + WEAK * width / WEAK_CHANCE)
        rates = (left + PRIOR * pooled * width) / (time + PRIOR * width)
        return cls(np.array(EDGES_MINUTES, np.int64) * MINUTE, rates, dict(about or {}) | {"lots": frame.height, "until_us": until_us})

    @classmethod
    def default(cls) -> Hazard:
        """The hazard stored with the code, learned from trails of a simulated country (see its `about`)."""
        return _stored(DEFAULT)

    @classmethod
    def load(cls, path: Path) -> Hazard:
        """The hazard in a TOML file written by `save`; refuses another file."""
        try:
            with path.open("rb") as file:
                raw = tomllib.load(file)
            edges = np.array(raw["edges_minutes"], np.int64) * MINUTE
            rates = np.array([raw["rates_per_hour"][name] for name in STRATA], np.float64) / HOUR
            about = raw["about"]
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
            raise Refusal(N_("this is not a table of hazards: make one with `izker plan --learn`"), file=str(path)) from error
        if rates.shape != (len(STRATA), edges.size - 1) or not (np.diff(edges) > 0).all() or not (rates > 0).all() or edges[0] != 0:
            raise Refusal(N_("this is not a table of hazards: make one with `izker plan --learn`"), file=str(path))
        return cls(edges, rates, about)

    def save(self, path: Path) -> None:
        """Write the hazard as TOML, with where it comes from."""
        about = "\n".join(f"{key} = {_toml(value)}" for key, value in self.about.items())
        rates = "\n".join(f"{name} = [{', '.join(f'{rate * HOUR:.6g}' for rate in row)}]" for name, row in zip(STRATA, self.rates, strict=True))
        edges = ", ".join(str(int(edge // MINUTE)) for edge in self.edges_us)
        write_text(path, f"[about]\n{about}\n\n[rates_per_hour]\n{rates}\n".replace("[about]", f"edges_minutes = [{edges}]\n\n[about]", 1))

    def cumulative(self) -> Floats:
        """(6, edges) cumulative hazard at the edges of dwell time."""
        steps = self.rates * np.diff(self.edges_us)
        return np.concatenate([np.zeros((len(STRATA), 1)), np.cumsum(steps, axis=1)], axis=1)

    def leaving(self, dwell_us: Ints, within_us: int, hop: Ints, began: npt.NDArray[np.bool_]) -> Floats:
        """Chance that money that has stood `dwell_us` leaves within the next `within_us`; all arrays of one length.

        Beyond the last edge of dwell time nothing more is known and the chance is 0.
        """
        edges, total = self.edges_us.astype(np.float64), self.cumulative()
        stratum = strata(hop, began)
        out = np.zeros(stratum.size)
        for s in np.unique(stratum):
            rows = stratum == s
            before = np.interp(dwell_us[rows], edges, total[s])
            out[rows] = -np.expm1(before - np.interp(dwell_us[rows] + within_us, edges, total[s]))
        return out


def strata(hop: Ints, began: npt.NDArray[np.bool_]) -> Ints:
    """Row of `rates`: hops 1, 2, 3 and more; the second of each pair once the account has begun to send the money on."""
    return np.clip(hop, 1, 3).astype(np.int64) * 2 - 2 + began.astype(np.int64)


def _exposure(lots: pl.DataFrame, until_us: int) -> tuple[Floats, Floats]:
    """(units left, unit-µs at risk), each (6, intervals): a lot is one unit that leaves in parts."""
    lots = lots.select("report_id", "lot", "parent_lot", "amount", "ts", "hop", "status")
    standing = lots.filter(~pl.col("status").is_in(EXITED) & (pl.col("amount") > 0) & (pl.col("ts") <= until_us))
    sent = lots.filter(pl.col("parent_lot").is_not_null() & (pl.col("ts") <= until_us)).select("report_id", lot="parent_lot", at="ts", part="amount")
    pieces = standing.join(sent, on=["report_id", "lot"], how="inner").sort("report_id", "lot", "at")
    key = ["report_id", "lot"]
    pieces = pieces.with_columns(
        share=pl.col("part") / pl.col("amount"), dwell=pl.col("at") - pl.col("ts"), first=(pl.col("at") - pl.col("ts")).min().over(key)
    )
    gone = pieces.group_by(key).agg(pl.col("share").sum(), first=pl.col("first").first())
    whole = standing.join(gone, on=key, how="left").with_columns(
        pl.col("share").fill_null(0.0).clip(0.0, 1.0), end=until_us - pl.col("ts"), first=pl.col("first").fill_null(until_us - pl.col("ts"))
    )
    edges = np.array(EDGES_MINUTES, np.float64) * MINUTE
    left = np.zeros((len(STRATA), edges.size - 1))
    time = np.zeros_like(left)
    hop, dwell, first, share = (pieces[c].to_numpy() for c in ("hop", "dwell", "first", "share"))
    at = np.clip(np.searchsorted(edges, dwell, side="right") - 1, 0, edges.size - 2)
    inside = dwell < edges[-1]
    np.add.at(left, (strata(hop, dwell > first)[inside], at[inside]), share[inside])
    stay_hop, stay_first, end, rest = (whole[c].to_numpy() for c in ("hop", "first", "end", "share"))
    for s_hop, begin, until, weight, begun in (  # what leaves is at risk until it leaves; what stays, until the data end
        (hop, np.zeros(hop.size), first, share, False),
        (hop, first, dwell, share, True),
        (stay_hop, np.zeros(stay_hop.size), stay_first, 1.0 - rest, False),
        (stay_hop, stay_first, end, 1.0 - rest, True),
    ):
        within = np.minimum(until[:, None], edges[1:]) - np.maximum(begin[:, None], edges[:-1])
        np.add.at(time, strata(s_hop, np.full(s_hop.size, begun)), np.clip(within, 0.0, None) * weight[:, None])
    return left, time


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else '"' + str(value).replace("\\", "\\\\").replace('"', "'") + '"'


@lru_cache
def _stored(path: Path) -> Hazard:
    return Hazard.load(path)
