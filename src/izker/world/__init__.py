"""The simulated country: banks, people, ordinary life and fraud whose truth is known. Everything in it is invented
and says so.
"""

from __future__ import annotations

from izker.world.build import Manifest, build

__all__ = ["Manifest", "build"]
