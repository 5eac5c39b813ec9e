"""Every route of the house. Each needs a policy (see policy.py); a test walks them all."""

from __future__ import annotations

from django.urls import include, path

from izker.server.api import api

urlpatterns = [
    path("", include("izker.server.public.urls")),
    path("", include("izker.server.intake.urls")),
    path("", include("izker.server.register.urls")),
    path("", include("izker.server.money.urls")),
    path("", include("izker.server.relay.urls")),
    path("", include("izker.server.analysis.urls")),
    path("", include("izker.server.registry.urls")),
    path("", include("izker.server.triage.urls")),
    path("", include("izker.server.audit.urls")),
    path("", include("izker.server.accounts.urls")),
    path("api/v1/", api.urls),
]
