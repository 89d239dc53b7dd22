"""The plain words in which a citizen is told of their case; none of them names what it is about."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bluelamp.cases.rules.standing import Next
from bluelamp.cases.values import Origin, Silence, Standing
from bluelamp.kit.moments import when
from bluelamp.org.models import Force

STANDS: dict[str, tuple[Promise, Promise]] = {
    Standing.RECEIVED: (
        gettext_lazy("We have your message"),
        gettext_lazy("It waits for somebody to read it. You do not have to do anything."),
    ),
    Standing.LOOKED_AT: (
        gettext_lazy("We are looking at it"),
        gettext_lazy("Somebody has read what you told us. You do not have to do anything."),
    ),
    Standing.ANSWERED: (
        gettext_lazy("We have answered you"),
        gettext_lazy("It is still open, and we are not finished with it."),
    ),
    Standing.WAITING: (
        gettext_lazy("We are waiting for you"),
        gettext_lazy("We have asked you something, and need your answer to go on."),
    ),
    Standing.CLOSED: (
        gettext_lazy("It is closed"),
        gettext_lazy("We have finished with it. If you add something, we open it again."),
    ),
}
"""Where a case stands: what is said large, and below it."""
ORIGINS: dict[str, Promise] = {
    Origin.FOUND: gettext_lazy("Hidden by itself, for what was said"),
    Origin.OFFICER: gettext_lazy("Decided by an officer"),
    Origin.CITIZEN: gettext_lazy("They said that it is not safe to contact them this way"),
}
SILENCES: dict[str, Promise] = {
    Silence.UNSAFE: gettext_lazy("Nothing was sent: somebody else may read it."),
    Silence.NOT_TO_US: gettext_lazy("Nothing was sent: they did not speak to us."),
    Silence.NO_WAY: gettext_lazy("Nothing was sent: there is no way to answer them."),
    Silence.DECLINED: gettext_lazy("Nothing was sent: their channel does not take these words."),
}


def next_words(coming: Next | None, stands: Standing) -> str:
    """Say when they hear next; nothing where it is their turn or over."""
    if coming is None:
        quiet = stands in {Standing.WAITING, Standing.CLOSED}
        return "" if quiet else _("We cannot say yet when you will hear from us.")
    names = {"when": when(coming.at)}
    if coming.late:
        said = _("We wanted to answer by %(when)s. We are late, and we are sorry.")
        ended = _("We wanted to be done with it by %(when)s. We are late, and we are sorry.")
    else:
        said = _("You will hear from us by %(when)s.")
        ended = _("We expect to be done with it by %(when)s.")
    return (said if coming.answer else ended) % names


# Codes ------------------------------------------------------------------------------


def code_subject() -> str:
    """Return what stands over the mail with a code: nobody learns from it what it opens."""
    return _("Your code")


def code_words(code: str) -> str:
    """Write a code for a text message or a direct one."""
    words = _("%(code)s is your code. It works for 15 minutes, once. Not yours? Ignore it.")
    return words % {"code": code}


def code_facts(force: Force, code: str) -> dict[str, str]:
    """Return what the mail with a code says, for the kit's notice."""
    return {
        "subject": code_subject(), "title": code_subject(), "force_name": force.name,
        "colour": force.colour, "contact_line": force.contact_line, "code": code,
        "body": _("This is the code that you asked for."),
        "note": _(
            "It works for 15 minutes and can be used once. If you did not ask for it, you can"
            " ignore this e-mail: nothing happens without the code."
        ),
    }  # fmt: skip


def wrong_code() -> str:
    """Say that a code opens nothing, whyever."""
    return _("That code is wrong or too old. Check it, or ask for a new one.")
