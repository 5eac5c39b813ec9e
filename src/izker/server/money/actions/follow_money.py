"""Follow a case's money through the ledger and suggest what to hold; the answer is kept whole: rule, limits, ledger state, lots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from izker.config import config
from izker.files import replacing
from izker.holds import suggest
from izker.identifiers import mask
from izker.server.actions import Action
from izker.server.clock import now
from izker.server.fields import fingerprint
from izker.server.money.books import book
from izker.server.money.models import Hold, HoldState, Trail
from izker.server.register.models import Case
from izker.server.register.numbers import hold_number
from izker.server.register.record import record
from izker.server.relay.banks import bank_of
from izker.times import to_us
from izker.trail import Limits, trace
from izker.words import N_, Refusal

if TYPE_CHECKING:
    from izker.server.accounts.models import User

RULE = "fifo"
LIMITS = Limits(horizon_us=None, min_lot=10_000, max_hops=20)  # 100 tenge: smaller crumbs cost a bank more than they return


class FollowMoney(Action[Trail]):
    act = "trail.compute"

    def __init__(self, actor: User | None, case: Case) -> None:
        super().__init__(actor)
        self.case = case
