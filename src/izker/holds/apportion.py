"""Who is owed what of a held sum, when the stolen money of several victims ran through the same account.

Two trails may claim the same units: the transfer one victim reports can itself carry money stolen from another. Units
never overlap, only claims do. The line of the account is cut at every edge of a claim; in each piece the claimants are
known, and a rule divides its units. Whatever the rule, what is given out equals what is held, to the tiyn (largest
remainder, ties to the earlier report).

Rules: `first_in_time` (the money stays the first victim's: nemo dat quod non habet), `last_in_time` (the latest
transfer gave it away), `equal` (claimants of a unit share it equally), `pro_rata` (claimants of a unit share it in
proportion to their claims on the account),
`by_loss` (the whole held sum in proportion to losses, whatever the units: the rule of a common fund, as in an
insolvency).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import polars as pl

from izker.words import N_, Refusal

APPORTION_RULES = ("first_in_time", "last_in_time", "equal", "pro_rata", "by_loss")


@dataclass(frozen=True)
class Claim:
    """Units [lo, hi) of an account's line that the trail of a report says are held there; `ts`: when the reported
    transfer ran."""

    report_id: str
    account: str
    lo: int
    hi: int
    ts: int


def claims_of(lots: pl.DataFrame, stolen: pl.DataFrame) -> list[Claim]:
    """Claims on what rests, from `Trails.lots` and `Trails.stolen` of a FIFO trace (a lot is consumed from its
    front)."""
    when = dict(stolen.select("report_id", "ts").iter_rows())
    resting = lots.filter(
        (pl.col("rest") > 0)
        & pl.col("status").is_in(["held", "stopped_horizon", "stopped_min_lot", "stopped_max_hops"])
    )
    return [
        Claim(str(r["report_id"]), r["account"], r["hi"] - r["rest"], r["hi"], when[r["report_id"]])
        for r in resting.iter_rows(named=True)
    ]


def apportion(
    claims: list[Claim],
    *,
    rule: str = "first_in_time",
    held: Mapping[str, int] | None = None,
    losses: Mapping[str, int] | None = None,
) -> pl.DataFrame:
    """Divide what is held among the reports: account, report_id, claimed (units its trail points to), given (units it
    gets).

    `held` (account -> units the bank really holds) may be less than the trails say; the units furthest down the line
    are then the ones that are there (what is missing left first), and more is never given out than was claimed.
    `losses` (report -> units stolen) is needed by `by_loss`; given sums there are capped at the loss.
    """
    if rule not in APPORTION_RULES:
        raise Refusal(N_("there is no rule {rule}; there are: {have}"), rule=rule, have=", ".join(APPORTION_RULES))
    rows = []
    for account in dict.fromkeys(c.account for c in claims):
        mine = [c for c in claims if c.account == account]
        pieces = _pieces(mine)
        union = sum(hi - lo for lo, hi, _ in pieces)
        available = min(union, union if held is None else held.get(account, 0))
        given = _divide(mine, _keep_last(pieces, available), rule, losses or {})
        for report_id in dict.fromkeys(c.report_id for c in mine):
            claimed = sum(c.hi - c.lo for c in mine if c.report_id == report_id)
            rows.append((account, report_id, claimed, given.get(report_id, 0)))
    return pl.DataFrame(
        rows,
        schema={"account": pl.String, "report_id": pl.String, "claimed": pl.Int64, "given": pl.Int64},
        orient="row",
    )


def _pieces(claims: list[Claim]) -> list[tuple[int, int, list[Claim]]]:
    """The line cut at every edge: (lo, hi, claims that cover it), only where there is any."""
    edges = sorted({c.lo for c in claims} | {c.hi for c in claims})
    pieces = []
    for lo, hi in pairwise(edges):
        over = [c for c in claims if c.lo <= lo and hi <= c.hi]
        if over:
            pieces.append((lo, hi, over))
    return pieces


def _keep_last(pieces: list[tuple[int, int, list[Claim]]], units: int) -> list[tuple[int, int, list[Claim]]]:
    """The last `units` units of the pieces."""
    kept = []
    for lo, hi, over in reversed(pieces):
        take = min(units, hi - lo)
        if take:
            kept.append((hi - take, hi, over))
        units -= take
    return kept[::-1]


def _divide(
    claims: list[Claim], pieces: list[tuple[int, int, list[Claim]]], rule: str, losses: Mapping[str, int]
) -> dict[str, int]:
    order = {
        r: i
        for i, r in enumerate(dict.fromkeys(c.report_id for c in sorted(claims, key=lambda c: (c.ts, c.report_id))))
    }
    total = sum(hi - lo for lo, hi, _ in pieces)
    if rule == "by_loss":
        missing = [r for r in order if r not in losses]
        if missing:
            raise Refusal(N_("the loss of report {report_id} is not known"), report_id=missing[0])
        return _capped({r: losses[r] for r in order}, total, order)
    claimed: dict[str, int] = {}
    for c in claims:
        claimed[c.report_id] = claimed.get(c.report_id, 0) + c.hi - c.lo
    exact: dict[str, Fraction] = {r: Fraction(0) for r in order}
    for lo, hi, over in pieces:
        reports = sorted({c.report_id for c in over}, key=order.__getitem__)
        if rule in ("first_in_time", "last_in_time"):
            exact[reports[0 if rule == "first_in_time" else -1]] += hi - lo
            continue
        weights = {r: 1 if rule == "equal" else claimed[r] for r in reports}
        for r in reports:
            exact[r] += Fraction((hi - lo) * weights[r], sum(weights.values()))
    return _whole(exact, total, order)


def _capped(losses: dict[str, int], total: int, order: Mapping[str, int]) -> dict[str, int]:
    """`total` in proportion to losses, none above its loss."""
    whole = sum(losses.values())
    total = min(total, whole)
    return _whole(
        {r: Fraction(total * loss, whole) if whole else Fraction(0) for r, loss in losses.items()}, total, order
    )


def _whole(exact: Mapping[str, Fraction], total: int, order: Mapping[str, int]) -> dict[str, int]:
    """Exact shares in whole units that add up to `total`: the largest remainders get the units that are left."""
    given = {r: int(share) for r, share in exact.items()}
    left = total - sum(given.values())
    for r in sorted(exact, key=lambda r: (int(exact[r]) - exact[r], order[r]))[:left]:
        given[r] += 1
    return given
