"""Addresses of people, duties and opening hours."""

from django.urls import path

from bluelamp.org import public as everyone
from bluelamp.org.views import calendars, people

console = [
    path("", people.people, name="people"),
    path("officers/<int:pk>/", people.officer, name="officer"),
    path("officers/<int:pk>/grant/", people.give, name="grant"),
    path("officers/<int:pk>/deactivate/", people.deactivate, name="deactivate"),
    path("officers/<int:pk>/reactivate/", people.reactivate, name="reactivate"),
    path("officers/<int:pk>/end-sessions/", people.end_sessions, name="end_sessions"),
    path("grants/<int:pk>/revoke/", people.revoke, name="revoke"),
    path("rota/", people.rota, name="rota"),
    path("calendars/", calendars.listed, name="calendars"),
    path("calendars/add/", calendars.add, name="calendar_add"),
    path("calendars/<int:calendar>/", calendars.shown, name="calendar"),
    path("calendars/<int:calendar>/week/", calendars.change, name="calendar_week"),
    path("calendars/<int:calendar>/day/", calendars.except_day, name="calendar_day"),
    path(
        "calendars/<int:calendar>/bank-holidays/",
        calendars.bank_holidays,
        name="calendar_bank_holidays",
    ),
    path("calendars/days/<int:closure>/remove/", calendars.restore, name="calendar_restore"),
]
public = [
    path("look/colours.css", everyone.colours, name="colours"),
    path("look/crest", everyone.crest, name="crest"),
]
