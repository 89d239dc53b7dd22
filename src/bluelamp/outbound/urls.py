"""Addresses of messages: the console's, and the public's."""

from __future__ import annotations

from django.urls import path

from bluelamp.outbound import public as everyone
from bluelamp.outbound.views import deciding, following, lists, writing

console = [
    path("", lists.alerts, name="alerts"),
    path("new/", writing.new, name="new"),
    path("new/save/", writing.autosave_new, name="autosave_new"),
    path("count/", writing.count, name="count"),
    path("<int:pk>/", following.message, name="message"),
    path("<int:pk>/edit/", writing.edit, name="edit"),
    path("<int:pk>/save/", writing.autosave, name="autosave"),
    path("<int:pk>/check/", writing.checked, name="check"),
    path("<int:pk>/mail/", writing.mail, name="mail"),
    path("<int:pk>/discard/", writing.discard, name="discard"),
    path("<int:pk>/approve/", deciding.decide, name="approve"),
    path("<int:pk>/break-glass/", deciding.break_glass, name="break_glass"),
    path("<int:pk>/time/", deciding.reschedule, name="reschedule"),
    path("<int:pk>/facts/", following.facts, name="facts"),
    path("<int:pk>/behind/<slug:figure>/", following.behind, name="behind"),
    path("<int:pk>/stop/", following.stop_now, name="stop"),
    path("<int:pk>/recall/", following.recall_it, name="recall"),
    path("<int:pk>/amend/", following.amend_it, name="amend"),
    path("<int:pk>/test/", following.test_copy, name="test"),
]

public = [
    path("", everyone.home, name="home"),
    path("near", everyone.near, name="near"),
    path("area/<int:pk>-<slug:slug>", everyone.area, name="area"),
    path("area/<int:pk>", everyone.area),
    path("area/<int:pk>-<slug:slug>/feed.atom", everyone.area_feed, name="area_feed"),
    path("area/<int:pk>/feed.atom", everyone.area_feed),
    path("area/<int:pk>-<slug:slug>/cap.atom", everyone.area_cap, name="area_cap"),
    path("area/<int:pk>/cap.atom", everyone.area_cap),
    path("feed.atom", everyone.force_feed, name="feed"),
    path("cap.atom", everyone.force_cap, name="cap_index"),
    path("alert/<uuid:public_id>", everyone.alert, name="alert"),
    path("alert/<uuid:public_id>.cap", everyone.cap, name="cap"),
    path("alert/<uuid:public_id>/rate", everyone.rate, name="rate"),
    path("alert/<uuid:public_id>/map.json", everyone.shape, name="shape"),
    path("r/<str:token>/<int:stars>", everyone.rate_by_link, name="rate_by_link"),
    path("o/<str:token>.gif", everyone.opened, name="opened"),
    path("c/<str:token>/<int:number>", everyone.clicked, name="clicked"),
    path("robots.txt", everyone.robots, name="robots"),
]
