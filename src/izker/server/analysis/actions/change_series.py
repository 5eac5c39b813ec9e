"""A person splits, merges, accepts, rejects or takes back: one step in the log, tried on the linker before it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from izker.server.actions import Action
from izker.server.analysis.models import SeriesStep
from izker.server.analysis.series_book import apply, forget, linker
from izker.server.bulk import lock
from izker.server.clock import now
from izker.words import N_, Refusal

if TYPE_CHECKING:
    from izker.server.accounts.models import User

VERBS = ("split", "merge", "accept", "reject", "undo")


class ChangeSeries(Action[str]):
    """Number of the series that the caller should look at next. `what`: a report (split), a series (merge), a link or change number."""

    act = "series.change"

    def __init__(self, actor: User, series: str, verb: str, what: str) -> None:
        super().__init__(actor)
        self.series = series
        self.verb = verb
        self.what = what.strip()

    def execute(self) -> str:
        lock(SeriesStep)  # steps become visible in the order of their numbers: the log is replayed in it
        book = linker()
        arguments = self._arguments()
        anchor = book.members(self.series)[0] if self.verb in ("split", "merge") else ""
        actor = self.actor.username if self.actor else "system"
        step = SeriesStep(kind=self.verb, what=arguments, actor=actor, at=now())
        try:
            apply(book, step)  # refuses what cannot be; the replay of the log in other processes cannot fail then
        finally:
            forget()
        step.save()
        self.target = self.series[:64]
        self.detail = {"verb": self.verb, **arguments}
        after = linker()
        return after.series_of(anchor) if anchor else self.series

    def _arguments(self) -> dict[str, Any]:
        match self.verb:
            case "split":
                return {"series": self.series, "reports": [r for r in self.what.replace(",", " ").split() if r]}
            case "merge":
                return {"series": self.series, "other": self.what}
            case "accept" | "reject":
                return {"link": self._number()}
            case "undo":
                return {"change": self._number()}
        raise Refusal(N_("there is no such act: {verb}"), verb=self.verb)

    def _number(self) -> int:
        if not self.what.isdigit():
            raise Refusal(N_("{what} is no number"), what=self.what)
        return int(self.what)
