"""RFC 3834: whom we never answer."""

from __future__ import annotations

import pytest

from bluelamp.channels.providers.email.understand import Kind, is_automatic, understand

NEVER = {
    "auto-replied": {"Auto-Submitted": "auto-replied"},
    "auto-generated with a comment": {"auto-submitted": "auto-generated (failure)"},
    "null return path": {"Return-Path": "<>"},
    "empty return path": {"Return-Path": " "},
    "bulk": {"Precedence": "Bulk"},
    "junk": {"Precedence": "junk"},
    "list": {"Precedence": "list"},
    "list id": {"List-Id": "<news.example.org>"},
    "old autoresponder": {"X-Autoreply": "yes"},
    "vacation": {"X-Autorespond": "holiday"},
    "suppress all": {"X-Auto-Response-Suppress": "All"},
    "suppress out of office": {"X-Auto-Response-Suppress": "DR, OOF, AutoReply"},
    "a bounce": {"X-Failed-Recipients": "a@example.org"},
}
MAY = {
    "a person": {"Return-Path": "<jo@example.org>", "Auto-Submitted": "no"},
    "no, said loudly": {"Auto-Submitted": "No"},
    "nothing": {},
    "only receipts suppressed": {"X-Auto-Response-Suppress": "DR, RN, NRN"},
    "first class": {"Precedence": "first-class"},
}


@pytest.mark.parametrize("name", NEVER)
def test_never_answered(name: str) -> None:
    assert is_automatic(NEVER[name])


@pytest.mark.parametrize("name", MAY)
def test_may_be_answered(name: str) -> None:
    assert not is_automatic(MAY[name])


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"From: jo@example.org\nSubject: Re: hello", Kind.HUMAN),
        (b"From: jo@example.org\nSubject: Out of office: hello", Kind.AUTO),
        (b"From: jo@example.org\nSubject: Abwesenheitsnotiz", Kind.AUTO),
        (b"From: no-reply@example.org\nSubject: Your order", Kind.AUTO),
        (b"From: jo@example.org\nPrecedence: bulk\nSubject: Re: hello", Kind.AUTO),
        (b"From: jo@example.org\nPrecedence: bulk\nList-Id: <x.y>\nSubject: hi", Kind.HUMAN),
        (b"From: jo@example.org\nSubject: Automatic gates stolen", Kind.HUMAN),
        (b"From: jo@example.org\nSubject: Holiday home broken into", Kind.HUMAN),
        (b"From: Postmaster <postmaster@example.org>\nSubject: Hello", Kind.HUMAN),
    ],
)
def test_machine_or_person(head: bytes, kind: Kind) -> None:
    assert understand(head + b"\n\nGood morning.\n")[0].kind is kind
