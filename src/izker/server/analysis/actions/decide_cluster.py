"""A person says what a group of reports is: a new scheme with a name, nothing new, or one with another group. Each can be taken back.

The next search is told (`clusters.decisions`): words of a dismissed group stay known, a confirmed scheme grows without alarm, merged
groups are one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from izker.server.actions import Action, Changed
from izker.server.analysis.clusters import head
from izker.server.analysis.models import ClusterState, ClusterStep, SchemeCluster
from izker.server.clock import now
from izker.words import N_, Refusal

if TYPE_CHECKING:
    from izker.server.accounts.models import User

LEAST_REASON = 8  # characters: "не схема" is the shortest reason that says anything
LEAST_NAME = 3


class _Decide(Action[SchemeCluster]):
    """One verb on the group as the caller saw it: `seen` is the number of its last step, and nobody may have been faster."""

    act = "cluster.decide"
    verb = ""

    def __init__(self, actor: User, cluster: SchemeCluster, seen: int) -> None:
        super().__init__(actor)
        self.cluster = cluster
        self.seen = seen

    def _set(self, what: dict[str, Any], **values: Any) -> SchemeCluster:
        """Compare and set, then history; refuses where another step came between."""
        cluster = self.cluster
        last = cluster.steps.order_by("-id").values_list("id", flat=True).first()
        before = {"state": cluster.state, "name": cluster.name, "into": cluster.into.number if cluster.into else ""}
        updated = SchemeCluster.objects.filter(pk=cluster.pk, state=cluster.state, name=cluster.name, into=cluster.into).update(**values)
        if updated != 1 or last != self.seen:
            raise Changed(cluster.number)
        actor = self.actor.username if self.actor else "system"
        ClusterStep.objects.create(cluster=cluster, verb=self.verb, what=what | {"before": before}, actor=actor, at=now())
        self.target = cluster.number
        self.detail = {"verb": self.verb, **what}
        cluster.refresh_from_db()
        return cluster

    def _open(self) -> None:
        if self.cluster.state != ClusterState.OPEN:
            raise Refusal(N_("{number} is decided already: take the decision back first"), number=self.cluster.number)


class ConfirmCluster(_Decide):
    """It is a new scheme, and this is its name."""

    verb = "confirm"

    def __init__(self, actor: User, cluster: SchemeCluster, seen: int, name: str) -> None:
        super().__init__(actor, cluster, seen)
        self.name = " ".join(name.split())

    def execute(self) -> SchemeCluster:
        self._open()
        if not LEAST_NAME <= len(self.name) <= 120:
            raise Refusal(N_("give the scheme a name of {least} to {most} characters"), least=LEAST_NAME, most=120)
        return self._set({"name": self.name}, state=ClusterState.CONFIRMED, name=self.name)


class DismissCluster(_Decide):
    """It is nothing new, and this is why."""

    verb = "dismiss"

    def __init__(self, actor: User, cluster: SchemeCluster, seen: int, reason: str) -> None:
        super().__init__(actor, cluster, seen)
        self.reason = reason.strip()

    def execute(self) -> SchemeCluster:
        self._open()
        if len(self.reason) < LEAST_REASON:
            raise Refusal(N_("write why it is no new scheme: at least {least} characters"), least=LEAST_REASON)
        return self._set({"reason": self.reason[:200]}, state=ClusterState.DISMISSED)


class MergeCluster(_Decide):
    """It is the same scheme as another group, open or confirmed."""

    verb = "merge"

    def __init__(self, actor: User, cluster: SchemeCluster, seen: int, into: str) -> None:
        super().__init__(actor, cluster, seen)
        self.into = into.strip()

    def execute(self) -> SchemeCluster:
        self._open()
        found = SchemeCluster.objects.filter(number=self.into).first()
        if found is None:
            raise Refusal(N_("there is no group {number}"), number=self.into or "–")
        target = head(found)
        if target.pk == self.cluster.pk:
            raise Refusal(N_("a group cannot be merged with itself"))
        if target.state == ClusterState.DISMISSED:
            raise Refusal(N_("{number} was dismissed: take that back before anything is merged into it"), number=target.number)
        return self._set({"into": target.number}, state=ClusterState.MERGED, into=target)


class UndoCluster(_Decide):
    """Take the last decision back: everything stands as it stood before."""

    verb = "undo"

    def execute(self) -> SchemeCluster:
        last = self.cluster.steps.order_by("-id").first()
        if last is None or last.verb not in ("confirm", "dismiss", "merge"):
            raise Refusal(N_("{number} has no decision that could be taken back"), number=self.cluster.number)
        before = last.what["before"]
        into = SchemeCluster.objects.filter(number=before["into"]).first() if before["into"] else None
        return self._set({"step": last.pk, "undone": last.verb}, state=before["state"], name=before["name"], into=into)
