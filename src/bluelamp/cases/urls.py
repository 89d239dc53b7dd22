"""Addresses of cases in the console."""

from __future__ import annotations

from django.urls import path

from bluelamp.cases import api
from bluelamp.cases.public import pages as everyone
from bluelamp.cases.views import (
    attainment,
    beside,
    casefile,
    deeds,
    files,
    guidance,
    handovers,
    incidents,
    person,
    queue,
    replies,
    reviews,
    routing,
    same,
    showing,
    systems,
    tags,
    targets,
    words,
)
from bluelamp.cases.views import board as control
from bluelamp.cases.views import briefing as briefs
from bluelamp.cases.views import place as placing
from bluelamp.cases.views import settings as rooms

console = [
    path("", queue.queue, name="queue"),
    path("news/", queue.news, name="news"),
    path("gather/", incidents.gather, name="gather"),
    path("incidents/", incidents.listed, name="incidents"),
    path("incidents/<int:incident>/", incidents.incident, name="incident"),
    path("incidents/<int:incident>/answer/", incidents.answer, name="answer_all"),
    path("incidents/<int:incident>/facts/", incidents.facts, name="round_facts"),
    path("incidents/<int:incident>/close/", incidents.close, name="close_all"),
    path("incidents/<int:incident>/leave/", incidents.leave, name="leave"),
    path("handover/", handovers.desk, name="handovers"),
    path("handover/<int:handover>/", handovers.handover, name="handover"),
    path("handover/<int:handover>/accept/", handovers.accept, name="accept"),
    path("handover/<int:handover>/finish/", handovers.finish, name="finish"),
    path("tags/", tags.listed, name="tags"),
    path("tags/<int:tag>/", tags.changed, name="tag"),
    path("guidance/", guidance.listed, name="articles"),
    path("guidance/new/", guidance.begun, name="begin_article"),
    path("guidance/<int:article>/", guidance.article, name="article"),
    path("guidance/<int:article>/change/", guidance.changed, name="change_article"),
    path("guidance/<int:article>/publish/", guidance.publish, name="publish"),
    path("guidance/<int:article>/retire/", guidance.retire, name="retire"),
    path("guidance/<int:article>/review/", guidance.review, name="review"),
    path("<str:reference>/", casefile.case, name="case"),
    path("<str:reference>/tag/", tags.put_on, name="tag_on"),
    path("<str:reference>/tag/<int:tag>/off/", tags.take_off, name="tag_off"),
    path("<str:reference>/guidance/", beside.found, name="guidance_found"),
    path("<str:reference>/guidance/<int:article>/judge/", beside.judge, name="judge"),
    path("<str:reference>/guidance/<int:article>/use/", beside.use, name="use_reply"),
    path("<str:reference>/facts/", casefile.facts, name="facts"),
    path("<str:reference>/files/<int:file>/", files.attachment, name="attachment"),
    path("<str:reference>/files/<int:file>/preview/", files.preview, name="preview"),
    path("<str:reference>/history/", casefile.history, name="history"),
    path("<str:reference>/place/", placing.place, name="place"),
    path("<str:reference>/take/", deeds.take, name="take"),
    path("<str:reference>/release/", deeds.release, name="release"),
    path("<str:reference>/give/", deeds.give, name="give"),
    path("<str:reference>/send/", deeds.send, name="send"),
    path("<str:reference>/close/", showing.close, name="close"),
    path("<str:reference>/reopen/", deeds.reopen, name="reopen"),
    path("<str:reference>/assess/", deeds.assess, name="assess"),
    path("<str:reference>/note/", deeds.note, name="note"),
    path("<str:reference>/task/", deeds.task, name="task"),
    path("<str:reference>/task/<int:task>/", deeds.task_done, name="task_done"),
    path("<str:reference>/hold/<int:row>/", deeds.hold, name="hold"),
    path("<str:reference>/showing/", showing.decide, name="showing"),
    path("<str:reference>/reply/", replies.reply, name="reply"),
    path("<str:reference>/reply/save/", replies.save, name="reply_save"),
    path("<str:reference>/reply/fit/", replies.fit, name="reply_fit"),
    path("<str:reference>/reply/<int:reply>/approve/", replies.approve, name="approve"),
    path("<str:reference>/reply/<int:reply>/return/", replies.send_back, name="send_back"),
]
public = [
    path("hooks/cases/<int:system>/", api.told, name="told"),
    path("case/", everyone.ask, name="ask"),
    path("case/code", everyone.code, name="code"),
    path("case/now", everyone.now, name="now"),
    path("case/add", everyone.add, name="add"),
    path("case/added", everyone.added, name="added"),
    path("case/stop", everyone.stop, name="stop"),
    path("case/stopped", everyone.stopped, name="stopped"),
    path("case/finish", everyone.finish, name="finish"),
    path("case/leave", everyone.leave, name="leave"),
]

briefings = [
    path("", briefs.listed, name="briefings"),
    path("<int:briefing>/", briefs.briefing, name="briefing"),
    path("<int:briefing>/map.json", briefs.spots, name="spots"),
    path("<int:briefing>/read/", briefs.mark, name="read"),
]

contacts = [
    path("", reviews.home, name="home"),
    path("reviews/", reviews.listed, name="reviews"),
    path("reviews/<int:review>/", reviews.review, name="review"),
    path("reviews/<int:review>/end/", reviews.end, name="end"),
    path("same/", same.same, name="same"),
    path("same/<int:suggestion>/take/", same.take, name="take"),
    path("same/<int:suggestion>/refuse/", same.refuse, name="refuse"),
    path("merges/<int:link>/undo/", same.part, name="part"),
    path("<int:contact>/", person.person, name="contact"),
]

board = [
    path("", control.board, name="board"),
    path("facts/", control.facts, name="facts"),
    path("map.json", control.dots, name="dots"),
    path("cases/", control.behind, name="behind"),
    path("staffing/", control.needed, name="staffing"),
    path("attainment/", attainment.attainment, name="attainment"),
    path("attainment/cases/", attainment.cases, name="attainment_cases"),
    path("attainment.csv", attainment.download, name="attainment_csv"),
    path("systems/", control.systems, name="systems"),
]

settings = [
    path("", rooms.home, name="home"),
    path("routing/", routing.routing, name="routing"),
    path("routing/before/<int:before>/", routing.earlier, name="earlier"),
    path("routing/begin/", routing.begin, name="begin"),
    path("routing/draft/", routing.draft, name="draft"),
    path("routing/draft/add/", routing.add, name="add"),
    path("routing/draft/<int:number>/", routing.edit, name="edit"),
    path("routing/draft/arrange/", routing.arrange, name="arrange"),
    path("routing/draft/throw-away/", routing.throw_away, name="throw_away"),
    path("routing/draft/tried/", routing.tried, name="tried"),
    path("routing/draft/tried/cases/", routing.behind, name="behind"),
    path("routing/draft/put/", routing.put, name="put"),
    path("promises/", targets.targets, name="targets"),
    path("promises/<int:severity>/<str:kind>/", targets.target, name="target"),
    path("words/", words.words, name="words"),
    path("words/<slug:kind>/", words.listed, name="word_list"),
    path("words/<slug:kind>/line/", words.line, name="line"),
    path("words/<slug:kind>/export/", words.export, name="word_export"),
    path("words/<slug:kind>/import/", words.bring, name="word_import"),
    path("systems/", systems.systems, name="systems"),
    path("systems/add/<slug:kind>/", systems.add, name="system_add"),
    path("systems/<int:system>/", systems.system, name="system"),
    path("systems/<int:system>/fields/", systems.fields, name="system_fields"),
    path("systems/<int:system>/secret/", systems.secret, name="system_secret"),
    path("systems/<int:system>/check/", systems.check, name="system_check"),
    path("systems/<int:system>/again/", systems.again, name="system_again"),
]
