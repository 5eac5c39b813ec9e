"""Which reports a person should name next: those the classifier is unsure of, spread over what it does not know yet."""

from __future__ import annotations

from datetime import timedelta

from izker.server.analysis.models import SchemeReview
from izker.server.clock import now

WINDOW = timedelta(days=90)
SHOWN = 25
UNSURE = 0.6


def to_ask() -> list[SchemeReview]:
    """Unnamed reviews of the last quarter: abstentions first, then the least probable."""
    waiting = SchemeReview.objects.filter(chosen="", report__reported_at__gte=now() - WINDOW).select_related("report", "report__case")
    unsure = waiting.filter(abstained=True) | waiting.filter(probability__lt=UNSURE)
    return list(unsure.order_by("-abstained", "probability")[:SHOWN])
