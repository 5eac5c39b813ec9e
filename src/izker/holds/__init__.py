"""What to hold: legal clocks, the plan of holds, requests to banks and their answers, apportionment among victims."""

from izker.holds.hazard import Hazard
from izker.holds.plan import Options, explain, plan

__all__ = ["Hazard", "Options", "explain", "plan"]
