"""Change a hold's state by compare-and-set, with its history row."""

from __future__ import annotations

from typing import Any

from izker.server.actions import Changed
from izker.server.clock import now
from izker.server.money.models import Hold, HoldChange, HoldState

MAY_FOLLOW: dict[str, frozenset[str]] = {
    HoldState.SUGGESTED: frozenset({HoldState.ASKED, HoldState.DECLINED}),
    HoldState.ASKED: frozenset({HoldState.HELD, HoldState.PARTLY, HoldState.EMPTY, HoldState.REFUSED}),
    HoldState.HELD: frozenset({HoldState.RELEASED, HoldState.RETURNED}),
    HoldState.PARTLY: frozenset({HoldState.RELEASED, HoldState.RETURNED}),
}


def move(hold: Hold, state: HoldState, *, actor: str, note: str = "", **fields: Any) -> None:
    """From the state the caller saw to `state`; `Changed` if somebody was quicker or the step does not exist."""
    was = hold.state
    if state not in MAY_FOLLOW.get(was, frozenset()):
        raise Changed(hold.number)
    if Hold.objects.filter(pk=hold.pk, state=was).update(state=state, **fields) != 1:
        raise Changed(hold.number)
    hold.state = state
    for name, value in fields.items():
        setattr(hold, name, value)
    HoldChange.objects.create(hold=hold, was=was, now=state, held=hold.held, at=now(), actor=actor, note=note)
