"""The rules by which stolen money is attributed, the limits of a trail, and the words for what became of a lot."""

from __future__ import annotations

from dataclasses import dataclass

from izker.words import N_, Refusal

# Conserved rules answer "where is it"; reach and poison are upper bounds and say so.
CONSERVED = ("fifo", "lifo", "pro_rata", "taint_first")
BOUNDS = ("reach", "poison")
RULES = (*CONSERVED, *BOUNDS)
RULE_NAMES = {
    "fifo": N_("first in, first out (Clayton's rule)"),
    "lifo": N_("last in, first out"),
    "pro_rata": N_("in proportion to the balance"),
    "taint_first": N_("stolen money leaves first"),
    "reach": N_("every account the money can have reached (upper bound)"),
    "poison": N_("whole balance of every account reached (upper bound)"),
}

STATUSES = (
    "held",
    "cash",
    "abroad",
    "crypto",
    "merchant",
    "stopped_horizon",
    "stopped_min_lot",
    "stopped_max_hops",
    "moved",
)
HELD, CASH, ABROAD, CRYPTO, MERCHANT, STOPPED_HORIZON, STOPPED_MIN_LOT, STOPPED_MAX_HOPS, MOVED = range(9)
STATUS_NAMES = {
    "held": N_("held"),
    "cash": N_("cash"),
    "abroad": N_("abroad"),
    "crypto": N_("crypto"),
    "merchant": N_("merchant"),
    "stopped_horizon": N_("moved on after the horizon"),
    "stopped_min_lot": N_("too small to follow"),
    "stopped_max_hops": N_("moved on beyond the last hop"),
    "moved": N_("moved on"),
}
EXITS = STATUSES[1:5]
STOPPED = STATUSES[5:8]
NO_LIMIT = 2**62  # stands for "none" in the kernels: beyond every time, amount and hop


@dataclass(frozen=True)
class Limits:
    """Where a trail is not followed any further; what is stopped stays counted where it is.

    `horizon_us`: a lot is carried only by transfers at most this many µs after the reported one. `min_lot`: a lot
    smaller than this many minor units is not followed on. `max_hops`: a lot is followed through at most this many
    transfers, the reported one being the first. Units that nothing moves any more are `held` whatever the limits;
    `stopped_…` says that a transfer did carry them on and was not followed.
    """

    horizon_us: int | None = None
    min_lot: int = 0
    max_hops: int | None = None

    def __post_init__(self) -> None:
        for name, value, least in (
            ("horizon", self.horizon_us, 0),
            ("min-lot", self.min_lot, 0),
            ("max-hops", self.max_hops, 1),
        ):
            if value is not None and value < least:
                raise Refusal(N_("the limit {name} must be at least {least}"), name=name, least=least)

    def horizon_end(self, ts: int) -> int:
        """The last moment (µs) a lot stolen at `ts` is still carried on."""
        return NO_LIMIT if self.horizon_us is None else min(ts + self.horizon_us, NO_LIMIT)

    @property
    def hops(self) -> int:
        return NO_LIMIT if self.max_hops is None else self.max_hops


UNLIMITED = Limits()


def check_rule(rule: str) -> str:
    """`rule`, if it is one; raises Refusal naming those there are."""
    if rule not in RULES:
        raise Refusal(N_("there is no rule {rule}; there are: {have}"), rule=rule, have=", ".join(RULES))
    return rule
