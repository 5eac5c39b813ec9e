"""An officer names the scheme; the machine's word stays beside it and the correction teaches the next model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from izker.schemes import taxonomy
from izker.server.actions import Action, Changed
from izker.server.analysis.models import SchemeReview
from izker.server.clock import now
from izker.server.register.record import record
from izker.words import N_, Refusal

if TYPE_CHECKING:
    from izker.server.accounts.models import User


class CorrectScheme(Action[SchemeReview]):
    act = "scheme.correct"

    def __init__(self, actor: User, review: SchemeReview, scheme: str) -> None:
        super().__init__(actor)
        self.review = review
        self.scheme = scheme

    def execute(self) -> SchemeReview:
        schemes = taxonomy()
        if self.scheme not in schemes:
            raise Refusal(N_("there is no scheme {scheme}: choose one of the list"), scheme=self.scheme)
        case = self.review.report.case
        actor = self.actor.username if self.actor else "system"
        updated = SchemeReview.objects.filter(pk=self.review.pk, chosen=self.review.chosen).update(
            chosen=self.scheme, chosen_by=actor, chosen_at=now()
        )
        if updated != 1:
            raise Changed(self.review.report.number)
        self.target = case.number if case else self.review.report.number
        self.detail = {"was": self.review.chosen or self.review.scheme, "now": self.scheme}
        if case:
            sets = {"scheme": self.scheme, "ministry_class": schemes[self.scheme].ministry_class}
            record(case, "scheme_set", actor=actor, sets=sets, expected={"scheme": case.scheme}, facts={"was": case.scheme})
        self.review.refresh_from_db()
        return self.review
