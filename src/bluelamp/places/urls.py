"""Addresses of the areas' pages."""

from __future__ import annotations

from django.urls import path

from bluelamp.places import api, views

console = [
    path("", views.areas, name="areas"),
    path("map.json", api.officers_map, name="map"),
    path("import/", views.upload, name="import"),
    path("import/<int:pk>/", views.check, name="check"),
    path("<int:pk>/", views.area, name="area"),
    path("<int:pk>/unit/", views.unit, name="unit"),
]

public = [path("areas.json", api.public_map, name="map")]
