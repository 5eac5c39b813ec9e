"""What happens around every request: security headers, the language for the library below, a request id, and the policy gate."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language

from izker.server import policy
from izker.words import Refusal, using

GetResponse = Callable[[HttpRequest], HttpResponse]
current_request_id: ContextVar[str] = ContextVar("request_id", default="")

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def security_headers(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def language_below(get_response: GetResponse) -> GetResponse:
    """The library floor speaks the language of the request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with using((get_language() or settings.LANGUAGE_CODE)[:2]):
            return get_response(request)

    return middleware


def request_id(get_response: GetResponse) -> GetResponse:
    """One id per request, in the answer's headers and in every audit line it causes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = current_request_id.set(uuid.uuid4().hex)
        try:
            response = get_response(request)
            response.headers["X-Request-Id"] = current_request_id.get()
            return response
        finally:
            current_request_id.reset(token)

    return middleware


class RefusalMiddleware:
    """A refusal that no view has handled becomes a page that says what is wrong, in the reader's language, not an error 500."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refusal):
            return None
        language = (get_language() or settings.LANGUAGE_CODE)[:2]
        return render(request, "refused.html", {"problems": [p.line(language) for p in error.problems]}, status=422)


class PolicyMiddleware:
    """Deny by default: a route that no policy names is closed to everybody."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        match = request.resolver_match
        rule = policy.of_route(match.view_name) if match else None
        if rule is None:
            raise PermissionDenied
        if rule.allows(request.user):
            return None
        if not request.user.is_authenticated and not request.path.startswith("/api/"):
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied
