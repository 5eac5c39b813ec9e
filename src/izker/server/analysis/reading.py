"""What the classifier reads in a report's text, kept with its reasons for the case page and the review queue."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from izker.identifiers import extract
from izker.schemes import Classifier
from izker.server.analysis.models import SchemeReview

if TYPE_CHECKING:
    from izker.schemes import Verdict
    from izker.server.register.models import Report


@lru_cache(maxsize=1)
def classifier() -> Classifier:
    return Classifier.load()


def read_text(text: str) -> Verdict:
    return classifier().classify([text])[0]


def remember(report: Report, verdict: Verdict) -> SchemeReview:
    """Keep the verdict beside the report. Words that are identifiers are left out: reasons never show personal data."""
    private = {i.raw.lower() for i in extract(report.text)}
    return SchemeReview.objects.create(
        report=report,
        scheme=verdict.scheme,
        probability=verdict.probability,
        abstained=verdict.abstained,
        because=[word for word in verdict.because if word.lower() not in private],
        facets={"channel": verdict.channel, "technique": list(verdict.technique), "money_route": verdict.money_route},
        alternatives=[[code, round(p, 4)] for code, p in verdict.alternatives],
        model=verdict.version,
    )
