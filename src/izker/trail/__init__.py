"""Follow stolen money through a ledger, exactly, under a rule a court can recompute.
`docs/how-money-is-followed.md`."""

from izker.trail.live import LiveTrail
from izker.trail.rules import RULES, STATUSES, Limits
from izker.trail.tracing import trace
from izker.trail.trails import Trails

__all__ = ["RULES", "STATUSES", "Limits", "LiveTrail", "Trails", "trace"]
