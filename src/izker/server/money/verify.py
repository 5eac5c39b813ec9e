"""The money against itself: trails conserve, their files are there and say the same, holds fit their trails."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from izker.config import config
from izker.server.money.models import Hold, HoldState, Trail
from izker.server.money.store import read_lots
from izker.trail.rules import EXITS
from izker.words import N_, Problem


def verify() -> Iterator[Problem]:
    """One problem a trail or hold that does not fit."""
    for trail in Trail.objects.select_related("case").iterator():
        name = trail.case.number
        if not (config().trails / trail.file).is_file():
            yield Problem(N_("case {number}: the lots of its trail are missing"), {"number": name})
            continue
        lots = read_lots(trail)
        exited = int(lots.filter(pl.col("status").is_in(EXITS))["amount"].sum())
        rests = int(lots.filter(~pl.col("status").is_in(EXITS)).select((pl.col("rest") + pl.col("stopped")).sum()).item())
        if exited != trail.exited or exited + rests != trail.stolen:
            yield Problem(N_("case {number}: its lots do not add up to what was stolen"), {"number": name})
    for hold in Hold.objects.filter(held__gt=0).exclude(state__in=(HoldState.HELD, HoldState.PARTLY, HoldState.RELEASED, HoldState.RETURNED)):
        yield Problem(N_("hold {number}: {state}, and yet money is held"), {"number": hold.number, "state": hold.state})
    for hold in Hold.objects.filter(state__in=(HoldState.HELD, HoldState.PARTLY), until=None):
        yield Problem(N_("hold {number} has no legal clock"), {"number": hold.number})
