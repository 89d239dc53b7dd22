"""Notes and tasks: what officers tell and ask each other about a case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from bluelamp.cases.actions.change import changing
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case, Note, Task
from bluelamp.kit.config import config
from bluelamp.notices.actions import tell
from bluelamp.notices.values import NoticeKind
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


def note(
    case: Case, text: str, *, by: Officer, now: datetime, mentions: Iterable[Officer] = ()
) -> Note:
    """Write a note; who is mentioned hears of it, without its words.

    :raises CaseRefusedError: no words, or somebody mentioned who may not read the case.
    """
    if not text.strip():
        raise CaseRefusedError(_("Write something."))
    named = list(mentions)
    for officer in named:
        if not permit.may(officer, Acts.CASE_READ, case):
            raise CaseRefusedError(_("%(name)s may not read this case."), name=officer.name)
    with changing(case, Acts.CASE_WORK, by=by, now=now) as found:
        return written(found, text.strip(), by=by, now=now, mentions=named)


def written(
    case: Case, text: str, *, by: Officer, now: datetime, mentions: Iterable[Officer]
) -> Note:
    """Keep a note and tell who is mentioned, in a change that was permitted and checked."""
    made = Note.objects.create(force_id=case.force_id, case=case, by=by, at=now, text=text)
    made.mentions.set(mentions)
    for officer in made.mentions.all():
        _tell(case, officer, by, now)
    return made


def _tell(case: Case, officer: Officer, by: Officer, now: datetime) -> None:
    link = f"{config().public_url}/console/cases/{case.reference}/"
    words = _("%(name)s mentioned you in case %(case)s.") % {
        "name": by.name, "case": case.reference
    }  # fmt: skip
    tell(
        officer.force, kind=NoticeKind.CASE, address=officer.email, subject=words,
        text=f"{words}\n\n{link}\n", now=now,
    )  # fmt: skip


def add_task(
    case: Case, words: str, *, by: Officer, now: datetime, officer: Officer | None = None,
    due_at: datetime | None = None,
) -> Task:  # fmt: skip
    """Note something to be done.

    :raises CaseRefusedError: no words.
    """
    if not words.strip():
        raise CaseRefusedError(_("Say what is to be done."))
    with changing(case, Acts.CASE_WORK, by=by, now=now) as found:
        return Task.objects.create(
            force_id=found.force_id, case=found, words=words.strip()[:200], officer=officer,
            due_at=due_at, made_by=by, made_at=now,
        )  # fmt: skip


def finish_task(task: Task, *, by: Officer, now: datetime) -> None:
    """Mark a task as done; a second time changes nothing."""
    with changing(task.case, Acts.CASE_WORK, by=by, now=now):
        Task.objects.filter(pk=task.pk, done_at=None).update(done_at=now)
