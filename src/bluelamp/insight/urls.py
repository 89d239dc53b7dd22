"""Addresses of figures in the console."""

from __future__ import annotations

from django.urls import path

from bluelamp.insight.views import attainment, board, staffing

console = [
    path("", board.board, name="board"),
    path("facts/", board.facts, name="facts"),
    path("map.json", board.dots, name="dots"),
    path("cases/", board.behind, name="behind"),
    path("staffing/", staffing.staffing, name="staffing"),
    path("attainment/", attainment.attainment, name="attainment"),
    path("attainment/cases/", attainment.cases, name="attainment_cases"),
    path("attainment.csv", attainment.download, name="attainment_csv"),
]
