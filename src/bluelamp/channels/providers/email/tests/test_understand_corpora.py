"""How often we are right, on our own mail and on every real corpus at hand."""

from __future__ import annotations

import pytest

from bluelamp.channels.providers.email.tests import corpora
from bluelamp.channels.providers.email.tests.corpora import Corpus, Expected
from bluelamp.channels.providers.email.understand import Finding, Kind, understand

KIND, HARD, REASON = 0.99, 0.95, 0.85
"""The shares that must be right."""

WRAPPERS = (
    b"Return-Path: <jo@example.net>\r\nFrom: Jo Field <jo@example.net>\r\n"
    b"To: alerts+x@mail.example.test\r\nSubject: Re: Burglaries in Mill Road\r\n"
    b"Message-ID: <1@example.net>\r\nIn-Reply-To: <a@mail.example.test>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n",
    b"From: jo@example.net\nTo: alerts@mail.example.test\nSubject: question\n\n",
    b"From: Jo <jo@example.net>\nTo: alerts@mail.example.test\nMIME-Version: 1.0\n"
    b"Subject: Fwd: news\nContent-Type: text/plain; charset=iso-8859-1\n\n",
)


def pairs(corpus: Corpus) -> list[tuple[Expected, Finding | None]]:
    """Each expected row with the finding in its place, in the order of the report."""
    found: list[tuple[Expected, Finding | None]] = []
    for name, rows in corpus.expected.items():
        findings = list(understand(corpus.mails[name]))
        findings += [None] * (len(rows) - len(findings))
        found += zip(rows, findings, strict=False)
    return found


def share(right: list[bool]) -> float:
    return sum(right) / len(right)


@pytest.mark.parametrize("corpus", corpora.bounces(), ids=lambda corpus: corpus.name)
def test_enough_is_right(corpus: Corpus) -> None:
    both = pairs(corpus)
    reports = [(row, finding) for row, finding in both if row.kind == "bounce"]
    assert share([bool(f) and f.kind == row.kind for row, f in both]) >= KIND
    assert share([bool(f) and f.hard is row.hard for row, f in reports]) >= HARD
    assert share([bool(f) and f.reason == row.reason for row, f in both]) >= REASON


@pytest.mark.parametrize("corpus", corpora.bounces(), ids=lambda corpus: corpus.name)
def test_as_many_findings_as_recipients(corpus: Corpus) -> None:
    counts = {name: len(rows) for name, rows in corpus.expected.items()}
    right = [len(understand(corpus.mails[name])) == count for name, count in counts.items()]
    assert share(right) >= KIND


@pytest.mark.parametrize("corpus", corpora.human_bodies(), ids=lambda corpus: corpus.name)
@pytest.mark.parametrize("head", WRAPPERS, ids=["answer", "bare", "forward"])
def test_people_are_never_taken_for_bounces(corpus: Corpus, head: bytes) -> None:
    kinds = {name: understand(head + body)[0].kind for name, body in corpus.mails.items()}
    assert {name for name, kind in kinds.items() if kind is not Kind.HUMAN} == set()
