"""Addresses of what came in."""

from __future__ import annotations

from django.urls import path

from bluelamp.inbound import public as everyone
from bluelamp.inbound import views

console = [path("", views.inbox, name="inbox")]
public = [
    path("alert/<uuid:public_id>/reply", everyone.reply, name="reply"),
    path("contact", everyone.contact, name="contact"),
    path("contact/sent/<slug:name>", everyone.contacted, name="contacted"),
]
