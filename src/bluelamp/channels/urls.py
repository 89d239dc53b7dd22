"""Addresses of the accounts' pages."""

from __future__ import annotations

from django.urls import path

from bluelamp.channels import views

console = [
    path("", views.accounts, name="accounts"),
    path("add/<slug:provider>/", views.add, name="add"),
    path("<int:pk>/", views.account, name="account"),
    path("<int:pk>/secret/", views.secret, name="secret"),
    path("<int:pk>/check/", views.check, name="check"),
]
