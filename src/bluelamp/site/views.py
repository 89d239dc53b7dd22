"""The console's first page, the statements every public site owes, and the health check."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bluelamp.org.gate import everyone, officer_of, officers
from bluelamp.site import today


@officers()
def console(request: HttpRequest) -> HttpResponse:
    """Show what waits for this officer, what is going out, and how people answer."""
    return render(request, "site/console.html", today.gathered(officer_of(request)))


@everyone
def accessibility(request: HttpRequest) -> HttpResponse:
    """State how accessible the site is (PSBAR 2018)."""
    return render(request, "site/accessibility.html")


@everyone
def privacy(request: HttpRequest) -> HttpResponse:
    """State what is kept about members, and why."""
    return render(request, "site/privacy.html")


@everyone
def health(_request: HttpRequest) -> HttpResponse:
    """Say that web and database work, for a supervisor or load balancer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
