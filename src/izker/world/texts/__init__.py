"""Statements of victims in Kazakh, Russian and English, put together from written fragments; synthetic like all the
rest.

The fragments live in grammar/<language>/*.toml. They were written for the simulated country alone: no classifier is
trained on them.
"""

from __future__ import annotations

from izker.world.texts.write import Statement, write_statements

__all__ = ["Statement", "write_statements"]
