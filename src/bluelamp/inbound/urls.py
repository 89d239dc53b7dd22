"""Addresses of what came in."""

from __future__ import annotations

from django.urls import path

from bluelamp.inbound import api, views
from bluelamp.inbound import public as everyone

console = [
    path("", views.inbox, name="inbox"),
    path("unread/<int:raw>/again", views.again, name="again"),
    path("new", views.write_down, name="write_down"),
    path("files/<int:file>", views.attachment, name="attachment"),
    path("files/<int:file>/preview", views.preview, name="preview"),
]
public = [
    path("alert/<uuid:public_id>/reply", everyone.reply, name="reply"),
    path("hooks/<uuid:account>", api.hook, name="hook"),
    path("contact", everyone.contact, name="contact"),
    path("contact/sent/<slug:name>", everyone.contacted, name="contacted"),
]
