"""Addresses of the members' pages, the public's and the officers'."""

from __future__ import annotations

from django.urls import path

from bluelamp.members.public import joining, leaving, preferences
from bluelamp.members.views import figures, finding, importing, record, suppression

public = [
    path("join/", joining.email, name="join"),
    path("join/code/", joining.code, name="join_code"),
    path("join/postcode/", joining.postcode, name="join_postcode"),
    path("join/area/", joining.area, name="join_area"),
    path("join/topics/", joining.topics, name="join_topics"),
    path("join/agree/", joining.agree, name="join_agree"),
    path("join/done/", joining.done, name="join_done"),
    path("preferences/", preferences.home, name="preferences"),
    path("preferences/code/", preferences.code, name="preferences_code"),
    path("preferences/topics/", preferences.topics, name="preferences_topics"),
    path("preferences/place/", preferences.place, name="preferences_place"),
    path("preferences/pause/", preferences.pause, name="preferences_pause"),
    path("preferences/language/", preferences.language, name="preferences_language"),
    path("preferences/tracking/", preferences.tracking, name="preferences_tracking"),
    path("preferences/data/", preferences.data, name="preferences_data"),
    path("preferences/leave/", preferences.leave, name="preferences_leave"),
    path("preferences/sign-out/", preferences.sign_out, name="preferences_sign_out"),
    path("p/<str:token>", preferences.by_link, name="preferences_by_link"),
    path("l/<str:token>", leaving.leave, name="leave"),
    path("l/<str:token>/why", leaving.why, name="leave_why"),
]

console = [
    path("", finding.search, name="search"),
    path("count", figures.count, name="count"),
    path("figures/", figures.figures, name="figures"),
    path("import/", importing.take_in, name="import"),
    path("suppression/", suppression.suppression, name="suppression"),
    path("suppression/<int:pk>/lift/", suppression.lift, name="lift"),
    path("<int:pk>/", record.member, name="member"),
    path("<int:pk>/data/", record.data, name="data"),
    path("<int:pk>/leave/", record.leave, name="leave"),
    path("<int:pk>/erase/", record.erase, name="erase"),
]
