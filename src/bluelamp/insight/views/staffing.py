"""Officers needed: each hour of a day against the rota."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from bluelamp.insight.forms import LevelForm
from bluelamp.insight.queries import staffing as found_in
from bluelamp.insight.rules.chart import chart
from bluelamp.insight.rules.desk import DESK
from bluelamp.insight.rules.hours import day_of
from bluelamp.insight.views.shared import point_of, sections
from bluelamp.kit import clock
from bluelamp.org.gate import officer_of, officers
from bluelamp.org.values import Acts


@officers(Acts.BOARD_READ)
@require_GET
def staffing(request: HttpRequest) -> HttpResponse:
    """Show who is needed each hour of a day, against the rota."""
    officer, now = officer_of(request), clock.now()
    today = day_of(now)
    measured = found_in.handling(officer, now=now)
    desk = DESK.read(officer.force.settings)
    form = LevelForm(request.GET or None, today=today, desk=desk, measured=measured)
    day, level = form.asked()
    hours = found_in.plan(officer, day, level, today=today)
    points = [point_of(one.begins, one.expected, None) for one in hours]
    short = sum(one.short for one in hours)
    return render(request, "insight/console/staffing.html", {
        "sections": sections("staffing"), "form": form, "day": day, "measured": measured,
        "chart": chart(points), "hours": list(zip(points, hours, strict=True)), "short": short,
        "said": ngettext(
            "%(n)d officer hour is short", "%(n)d officer hours are short", short
        ) % {"n": short},
    })  # fmt: skip
