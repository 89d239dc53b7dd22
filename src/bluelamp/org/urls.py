"""Addresses of people and duties."""

from django.urls import path

from bluelamp.org import public as everyone
from bluelamp.org import views

console = [
    path("", views.people, name="people"),
    path("officers/<int:pk>/", views.officer, name="officer"),
    path("officers/<int:pk>/grant/", views.give, name="grant"),
    path("officers/<int:pk>/deactivate/", views.deactivate, name="deactivate"),
    path("officers/<int:pk>/reactivate/", views.reactivate, name="reactivate"),
    path("officers/<int:pk>/end-sessions/", views.end_sessions, name="end_sessions"),
    path("grants/<int:pk>/revoke/", views.revoke, name="revoke"),
    path("rota/", views.rota, name="rota"),
]
public = [
    path("look/colours.css", everyone.colours, name="colours"),
    path("look/crest", everyone.crest, name="crest"),
]
