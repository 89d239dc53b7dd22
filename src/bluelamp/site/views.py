"""The console's first page and the health check."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bluelamp.org.gate import everyone, officers


@officers()
def console(request: HttpRequest) -> HttpResponse:
    """Show what waits for this officer."""
    return render(request, "site/console.html")


@everyone
def health(request: HttpRequest) -> HttpResponse:
    """Say that web and database work, for a supervisor or load balancer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
