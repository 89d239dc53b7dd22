"""Addresses of what rings."""

from __future__ import annotations

from django.urls import path

from bluelamp.notices import public as everyone

public = [path("answer/<str:token>", everyone.answer, name="answer")]
