"""Addresses of the record."""

from django.urls import path

from bluelamp.audit import views

console = [
    path("", views.acts, name="acts"),
    path("acts/<int:pk>/", views.act, name="act"),
    path("seals/", views.seals, name="seals"),
]
