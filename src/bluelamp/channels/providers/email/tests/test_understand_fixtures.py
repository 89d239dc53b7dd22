"""Every mail of our own, in the manner of a real system, read to the last field."""

from __future__ import annotations

import pytest

from bluelamp.channels.providers.email.tests import corpora
from bluelamp.channels.providers.email.tests.corpora import Expected
from bluelamp.channels.providers.email.understand import Finding, understand

OWN = corpora.own()
VERP = "alerts+b7k2@mail.brackenshire.example.test"


def seen(finding: Finding) -> Expected:
    return Expected(
        kind=finding.kind.value,
        hard=finding.hard,
        reason=finding.reason.value,
        recipient=finding.recipient,
        status=finding.status,
        reply_code=finding.reply_code,
        original_message_id=finding.original_message_id,
        feedback_type=finding.feedback_type,
    )


def test_every_mail_is_in_the_table() -> None:
    assert set(OWN.mails) == set(OWN.expected)


@pytest.mark.parametrize("name", sorted(OWN.mails))
def test_mail(name: str) -> None:
    found = understand(OWN.mails[name], VERP)
    assert [seen(finding) for finding in found] == OWN.expected[name]
    assert {finding.envelope_recipient for finding in found} == {VERP}


@pytest.mark.parametrize("name", sorted(OWN.mails))
def test_line_ends_do_not_matter(name: str) -> None:
    lines = OWN.mails[name].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    expected = understand(OWN.mails[name])
    assert understand(lines) == expected
    assert understand(lines.replace(b"\n", b"\r\n")) == expected


def test_a_technical_report_is_no_wish_to_leave() -> None:
    abuse, dmarc = (
        understand(OWN.mails[f"feedback_{name}.eml"])[0] for name in ("abuse", "auth_failure")
    )
    assert abuse.wants_out
    assert not dmarc.wants_out


def test_a_person_never_wants_out_by_a_reply() -> None:
    assert not understand(OWN.mails["human_reply.eml"])[0].wants_out
