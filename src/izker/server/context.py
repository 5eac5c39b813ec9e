"""What every page shows: who is signed in, where one can go, whether the data are synthetic, what time it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from izker.config import config
from izker.server import policy
from izker.server.clock import now

PLACES = (
    ("today", _("Today"), {"today"}),
    ("cases", _("Cases"), {"cases", "case"}),
    ("series_list", _("Series"), {"series_list", "series"}),
    ("registry", _("Registry"), {"registry", "registry_entry"}),
    ("review", _("Review"), {"review"}),
    ("bank_queue", _("Requests"), {"bank_queue"}),
    ("figures", _("Figures"), {"figures"}),
    ("outlook", _("Outlook"), {"outlook"}),
    ("audit", _("Audit"), {"audit"}),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    here = request.resolver_match.view_name if request.resolver_match else ""
    user = getattr(request, "user", None)
    places = [
        {"route": route, "label": label, "current": here in names}
        for route, label, names in PLACES
        if user is not None and user.is_authenticated and policy.may(user, policy.routes()[route])
    ]
    return {"places": places, "synthetic": config().demo, "now": now()}
