"""Follow money bank by bank: each bank computes on its own rows and passes lots on. FIFO.

An account's places depend on nothing but its own rows, so the bank that keeps it can say, alone, what a lot there
becomes. A message names a transfer both banks know and the units of it (first, end) that were stolen; the receiving
bank knows where that transfer landed. Messages may be worked off in any order and by any split of accounts over banks:
the sum is the central trace to the unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from izker.trail.reference import UNBOUNDED, Placed, Transfer, money_line
from izker.trail.rules import Limits
from izker.words import N_, Refusal


@dataclass(frozen=True)
class Message:
    """Units [first, end) of a transfer carry the stolen money of a report: what one bank tells the next.

    `path`: transfers from the reported one to this, so that any tiyn can be walked back. `stop`: the last moment (µs)
    at which the lot is carried on, None for ever.
    """

    report_id: str
    transfer_id: int
    first: int
    end: int
    path: tuple[int, ...]
    stop: int | None = None

    @property
    def hop(self) -> int:
        return len(self.path)


@dataclass(frozen=True)
class Rest:
    """Units that stay: at an account of this bank, or beyond it as an exit."""

    report_id: str
    account: str
    amount: int
    status: str
    hop: int
    since: int
    path: tuple[int, ...]


@dataclass
class Bank:
    """One bank: its accounts, and every transfer with an account of its own on either side (nothing else is needed)."""

    name: str
    accounts: frozenset[str]
    transfers: Iterable[Transfer]
    openings: Mapping[str, int] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        own = [t for t in self.transfers if t.src in self.accounts or t.dst in self.accounts]
        self._line = money_line(own, {a: b for a, b in self.openings.items() if a in self.accounts})

    def report(self, report_id: str, transfer_id: int) -> Message:
        """Open a report on a transfer this bank knows: the first message, for the bank of the receiver (which may be
        this one)."""
        placed = self._placed(transfer_id)
        t = placed.transfer
        stop = None if self.limits.horizon_us is None else t.ts + self.limits.horizon_us
        return Message(report_id, transfer_id, 0, t.amount, (transfer_id,), stop)

    def receive(self, message: Message) -> tuple[list[Rest], list[Message]]:
        """What stays of the units in the message, and the messages for the banks they went on to.

        Raises Refusal for a transfer this bank does not know, or units the transfer does not have.
        """
        placed = self._placed(message.transfer_id)
        t = placed.transfer
        if not 0 <= message.first <= message.end <= t.amount:
            raise Refusal(N_("the message claims units the transfer {id} does not have"), id=t.id)
        size = message.end - message.first

        def rest(amount: int, status: str) -> list[Rest]:
            return [Rest(message.report_id, t.dst, amount, status, message.hop, t.ts, message.path)] if amount else []

        if t.kind != "transfer":
            return rest(size, t.kind), []
        if t.dst not in self.accounts:
            raise Refusal(N_("account {name} is not kept by bank {bank}"), name=t.dst, bank=self.name)
        why = "stopped_horizon"
        if message.hop >= (UNBOUNDED if self.limits.max_hops is None else self.limits.max_hops):
            why = "stopped_max_hops"
        elif size < self.limits.min_lot:
            why = "stopped_min_lot"
        lo, hi = placed.in_pos + message.first, placed.in_pos + message.end
        moved, stopped, onward = 0, 0, []
        for row in self._line.out.get(t.dst, []):
            u, v = max(lo, row.out_cum), min(hi, row.out_cum + row.transfer.amount)
            if u >= v:
                continue
            moved += v - u
            late = message.stop is not None and row.transfer.ts > message.stop
            if why != "stopped_horizon" or late:
                stopped += v - u
            else:
                path = (*message.path, row.transfer.id)
                onward.append(
                    Message(message.report_id, row.transfer.id, u - row.out_cum, v - row.out_cum, path, message.stop)
                )
        return rest(size - moved, "held") + rest(stopped, why), onward

    def _placed(self, transfer_id: int) -> Placed:
        placed = self._line.placed.get(transfer_id)
        if placed is None:
            raise Refusal(N_("bank {bank} does not know transfer {id}"), bank=self.name, id=transfer_id)
        return placed
