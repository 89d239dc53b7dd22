"""Roles, ranks of units and the one table of acts."""

from __future__ import annotations

from enum import StrEnum


class UnitKind(StrEnum):
    """What a unit is; the tree may skip levels."""

    FORCE = "force"
    AREA = "area"  # a territorial policing area, a borough
    DISTRICT = "district"
    TEAM = "team"  # a neighbourhood policing team
    DEPARTMENT = "department"  # communications, control room, professional standards


class Nation(StrEnum):
    """Whose bank holidays; the names are GOV.UK's."""

    ENGLAND_AND_WALES = "england-and-wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern-ireland"


class Role(StrEnum):
    """What a grant makes of an officer within a unit and all below it."""

    WRITER = "writer"
    APPROVER = "approver"
    COMMANDER = "commander"  # urgent break-glass sending
    COMMUNICATIONS = "communications"
    HANDLER = "handler"  # works on cases: control room, front desk
    SUPERVISOR = "supervisor"  # of handlers: assigns, approves, sets the rules
    MEMBERSHIP = "membership"  # looks after members' records
    ANALYST = "analyst"  # figures, never people
    ADMINISTRATOR = "administrator"  # officers, grants, areas, accounts
    AUDITOR = "auditor"


class Acts(StrEnum):
    """Everything that is guarded, ``floor.act``; nothing is allowed that is not here."""

    AUDIT_READ = "audit.read"
    ORG_READ = "org.read"
    ORG_MANAGE = "org.manage"
    GRANT_MANAGE = "org.grant"
    ROTA_MANAGE = "org.rota"
    AREA_READ = "places.read"
    AREA_IMPORT = "places.import"
    MEMBER_SEARCH = "members.search"
    MEMBER_READ = "members.read"
    MEMBER_CHANGE = "members.change"
    MEMBER_IMPORT = "members.import"
    MEMBER_EXPORT = "members.export"
    MEMBER_ERASE = "members.erase"
    CONTACT_MERGE = "members.merge"
    AUDIENCE_COUNT = "members.count"
    SUPPRESSION_MANAGE = "members.suppress"
    ACCOUNT_READ = "channels.read"
    ACCOUNT_MANAGE = "channels.manage"
    MESSAGE_READ = "outbound.read"
    MESSAGE_WRITE = "outbound.write"
    MESSAGE_TEST = "outbound.test"
    MESSAGE_APPROVE = "outbound.approve"
    MESSAGE_SEND_URGENT = "outbound.break_glass"
    MESSAGE_STOP = "outbound.stop"
    MESSAGE_AMEND = "outbound.amend"
    MESSAGE_RECALL = "outbound.recall"
    REPLY_READ = "outbound.replies"
    INBOUND_READ = "inbound.read"
    CASE_READ = "cases.read"
    CASE_WORK = "cases.work"  # take, note, assess, answer, close
    CASE_ASSIGN = "cases.assign"  # give to another officer or unit
    CASE_APPROVE = "cases.approve"  # another's public answer
    CASE_HOLD = "cases.hold"  # keep what its author took down
    REVIEW_DECIDE = "cases.review"  # how a person fares who turns to us again and again
    CASE_SHOW = "cases.show"  # let the citizen see a case that was hidden from them
    ROUTING_MANAGE = "cases.routing"  # rules, promises
    TRIAGE_MANAGE = "language.triage"  # words that say how soon somebody must look
    WORDS_MANAGE = "language.words"  # words that moderation warns of
    WORDING_MANAGE = "cases.wording"  # what goes out by itself, in the force's own words
    SETTING_MANAGE = "org.settings"  # the force's own numbers and switches
    TAG_MANAGE = "cases.tags"  # the list; who works on a case puts them on
    GUIDANCE_WRITE = "cases.guide"
    GUIDANCE_PUBLISH = "cases.guide_publish"
    GUIDANCE_PUBLISH_OWN = "cases.guide_own"  # what one wrote oneself
    BOARD_READ = "cases.board"  # the control room's figures
    BRIEFING_READ = "cases.briefing"  # what a team is told as its shift begins


_GUIDES = frozenset({Acts.GUIDANCE_WRITE, Acts.GUIDANCE_PUBLISH, Acts.TAG_MANAGE})
_EDITORS = _GUIDES | {Acts.GUIDANCE_PUBLISH_OWN}
_READERS = frozenset(
    {Acts.ORG_READ, Acts.AREA_READ, Acts.MESSAGE_READ, Acts.AUDIENCE_COUNT, Acts.ACCOUNT_READ}
)
_WRITER = _READERS | {
    Acts.MESSAGE_WRITE, Acts.MESSAGE_TEST, Acts.MESSAGE_STOP, Acts.REPLY_READ,
    Acts.CASE_READ, Acts.CASE_WORK, Acts.BRIEFING_READ,
}  # fmt: skip
_APPROVER = _WRITER | {Acts.MESSAGE_APPROVE, Acts.MESSAGE_AMEND, Acts.MESSAGE_RECALL}
_HANDLER = _READERS | {
    Acts.CASE_READ, Acts.CASE_WORK, Acts.BOARD_READ, Acts.REPLY_READ, Acts.INBOUND_READ,
    Acts.GUIDANCE_WRITE,
    Acts.BRIEFING_READ,
}  # fmt: skip

ROLE_ACTS: dict[Role, frozenset[Acts]] = {
    Role.WRITER: _WRITER,
    Role.APPROVER: _APPROVER,
    Role.COMMANDER: _APPROVER | {Acts.MESSAGE_SEND_URGENT},
    Role.COMMUNICATIONS: _APPROVER | _EDITORS | {
        Acts.ACCOUNT_MANAGE, Acts.INBOUND_READ, Acts.CASE_APPROVE, Acts.WORDS_MANAGE,
        Acts.WORDING_MANAGE,
    },
    Role.HANDLER: _HANDLER,
    Role.SUPERVISOR: _HANDLER | _GUIDES
    | {
        Acts.CASE_ASSIGN, Acts.CASE_APPROVE, Acts.CASE_HOLD, Acts.CASE_SHOW, Acts.ROUTING_MANAGE,
        Acts.REVIEW_DECIDE,
        Acts.CONTACT_MERGE,
        Acts.ROTA_MANAGE, Acts.TRIAGE_MANAGE, Acts.WORDS_MANAGE, Acts.WORDING_MANAGE,
        Acts.SETTING_MANAGE,
    },
    Role.MEMBERSHIP: _READERS
    | {
        Acts.MEMBER_SEARCH, Acts.MEMBER_READ, Acts.MEMBER_CHANGE, Acts.MEMBER_IMPORT,
        Acts.MEMBER_EXPORT, Acts.MEMBER_ERASE, Acts.SUPPRESSION_MANAGE, Acts.INBOUND_READ,
        Acts.CONTACT_MERGE,
    },
    Role.ANALYST: _READERS,
    Role.ADMINISTRATOR: _READERS
    | {
        Acts.ORG_MANAGE, Acts.GRANT_MANAGE, Acts.ROTA_MANAGE, Acts.AREA_IMPORT,
        Acts.ACCOUNT_MANAGE, Acts.SETTING_MANAGE,
    },
    Role.AUDITOR: _READERS | {Acts.AUDIT_READ},
}  # fmt: skip
"""The one table: what each role may do.  What is not here is refused."""


class SecondFactor(StrEnum):
    """Whether a force's officers need a second factor (``rules/signin.py``)."""

    REQUIRED = "required"
    NONE = "none"
