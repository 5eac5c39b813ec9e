"""The front page, and a health line for whoever runs the house."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


def front(request: HttpRequest) -> HttpResponse:
    return render(request, "public/front.html")


def health(request: HttpRequest) -> JsonResponse:
    """200 with `ok` when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})
