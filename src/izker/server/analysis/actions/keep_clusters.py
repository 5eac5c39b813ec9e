"""What a search for new schemes found goes into the register: new groups wait for a person, known ones grow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from izker.server.actions import Action
from izker.server.analysis.models import ClusterState, ClusterStep, SchemeCluster
from izker.server.clock import now
from izker.server.register.models import Report

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from izker.outlook.text_clusters import TextCluster
    from izker.server.accounts.models import User


class KeepClusters(Action[list[SchemeCluster]]):
    """The groups that are new. A found group is a kept one if it has its number or most of the reports of the smaller of the two."""

    act = "cluster.find"

    def __init__(self, actor: User | None, day: date, found: Sequence[TextCluster]) -> None:
        super().__init__(actor)
        self.day = day
        self.found = found

    def execute(self) -> list[SchemeCluster]:
        fresh, grown = [], 0
        kept = {c.number: c for c in SchemeCluster.objects.exclude(state=ClusterState.DISMISSED).prefetch_related("reports")}
        members = {number: {r.number for r in c.reports.all()} for number, c in kept.items()}
        for group in self.found:
            ids = set(group.report_ids)
            same = [n for n, have in members.items() if n == group.cluster_id or len(have & ids) * 2 > min(len(have), len(ids))]
            if same:
                known = kept[min(same, key=lambda n: (kept[n].state == ClusterState.MERGED, -len(members[n] & ids)))]
                grown += self._grow(known, group, members[known.number])
            elif group.flagged:
                fresh.append(self._keep(group))
        self.target = self.day.isoformat()
        self.detail = {"found": [c.number for c in fresh], "grown": grown}
        return fresh

    def _keep(self, group: TextCluster) -> SchemeCluster:
        moment = now()
        cluster = SchemeCluster.objects.create(number=group.cluster_id, found_at=moment, seen_at=moment, **_read(group))
        cluster.reports.set(Report.objects.filter(number__in=group.report_ids))
        ClusterStep.objects.create(
            cluster=cluster, verb="found", what={"reports": len(group.report_ids), "as_of": self.day.isoformat()}, actor="system", at=moment
        )
        return cluster

    def _grow(self, cluster: SchemeCluster, group: TextCluster, have: set[str]) -> int:
        more = set(group.report_ids) - have
        cluster.reports.add(*Report.objects.filter(number__in=more))
        terms = sorted({*cluster.terms, *group.terms})
        values = _read(group) | {"terms": terms, "seen_at": now()}
        if not group.words:  # in a later window the words may be the past's: what a person was shown stays
            del values["words"], values["chance"]
        SchemeCluster.objects.filter(pk=cluster.pk).update(**values)
        return 1 if more else 0


def _read(group: TextCluster) -> dict[str, object]:
    words = [{"text": w.text, "language": w.language, "per_1000": w.per_1000, "before": w.per_1000_before} for w in group.words]
    return {"words": words, "terms": list(group.terms), "chance": group.chance if math.isfinite(group.chance) else None}
