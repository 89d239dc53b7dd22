"""What mail systems say, by reason, and in which order the families are asked.

A phrase is a regular expression over a report's words in lower case, with white
space collapsed and e-mail addresses, URLs and reply codes taken out.  The first
family that matches wins, so the narrower cause stands first: "blocked: mailbox
full" is a full mailbox.  To add a phrase, write it into its family in one of the
modules beside this one, as general as it can be without meaning something else,
and add a mail that needs it to ``tests/fixtures/mail``.
"""

from bluelamp.channels.providers.email.understand.values import Reason

from . import content, network, recipient, sender

Family = tuple[Reason, tuple[str, ...]]

NOUNS = {
    "<user>": (
        r"(?:user|recipient|mailbox|address|account|addressee|alias|e-?mail(?: account|"
        r" address)?|userid|local ?part|inbox|person)"
    ),
    "<who>": (
        r"(?:user|recipient|mailbox|address|account|addressee|alias|e-?mail(?: account|"
        r" address)?|userid|user name|local ?part|inbox|person|customer|subscriber|destination|"
        r"member|name)"
    ),
    "<box>": (
        r"(?:mailbox|inbox|account|maildir|mail ?folder|mail ?file|mail|message store|"
        r"in-?tray|user)"
    ),
}
"""What stands for the many names of a mailbox inside a phrase."""

FAMILIES: tuple[Family, ...] = (
    (Reason.SUPPRESSED, recipient.SUPPRESSED),
    (Reason.SYSTEMFULL, network.SYSTEMFULL),
    (Reason.MAILBOXFULL, recipient.MAILBOXFULL),
    (Reason.CONTENTERROR, content.CONTENTERROR_FIRST),
    (Reason.EXCEEDLIMIT, recipient.EXCEEDLIMIT),
    (Reason.MESGTOOBIG, content.MESGTOOBIG),
    (Reason.NETWORKERROR, network.NETWORKERROR_FIRST),
    (Reason.SUSPEND, recipient.SUSPEND),
    (Reason.HASMOVED, recipient.HASMOVED),
    (Reason.SECURITYERROR, sender.SECURITYERROR_FIRST),
    (Reason.SPEEDING, sender.SPEEDING_FIRST),
    (Reason.FAILEDSTARTTLS, sender.FAILEDSTARTTLS_FIRST),
    (Reason.BLOCKED, sender.BLOCKED_FIRST),
    (Reason.NORELAYING, sender.NORELAYING),
    (Reason.AUTHFAILURE, sender.AUTHFAILURE),
    (Reason.REQUIREPTR, sender.REQUIREPTR),
    (Reason.NOTCOMPLIANTRFC, content.NOTCOMPLIANTRFC),
    (Reason.BADREPUTATION, sender.BADREPUTATION),
    (Reason.POLICYVIOLATION, content.POLICYVIOLATION_FIRST),
    (Reason.CONTENTERROR, content.CONTENTERROR),
    (Reason.VIRUSDETECTED, content.VIRUSDETECTED),
    (Reason.REJECTED, sender.REJECTED),
    (Reason.HOSTUNKNOWN, network.HOSTUNKNOWN),
    (Reason.NOTACCEPT, network.NOTACCEPT),
    (Reason.SPAMDETECTED, content.SPAMDETECTED),
    (Reason.TOOMANYCONN, sender.TOOMANYCONN),
    (Reason.SPEEDING, sender.SPEEDING),
    (Reason.FILTERED, recipient.FILTERED_FIRST),
)
"""Asked before anything is said of unknown users."""

REFUSED_HOST: Family = (Reason.BLOCKED, sender.BLOCKED_NEXT)

LATE: tuple[Family, ...] = (
    (Reason.EXPIRED, network.EXPIRED_SAID),
    REFUSED_HOST,
    (Reason.POLICYVIOLATION, content.POLICYVIOLATION),
    (Reason.FAILEDSTARTTLS, sender.FAILEDSTARTTLS),
    (Reason.FILTERED, recipient.FILTERED),
    (Reason.SECURITYERROR, sender.SECURITYERROR),
    (Reason.EXPIRED, network.EXPIRED_FIRST),
    (Reason.NETWORKERROR, network.NETWORKERROR),
    (Reason.MAILERERROR, recipient.MAILERERROR),
    (Reason.SYSTEMERROR, network.SYSTEMERROR),
    (Reason.SYNTAXERROR, network.SYNTAXERROR),
    (Reason.EXPIRED, network.EXPIRED),
    (Reason.BLOCKED, sender.BLOCKED),
)
"""Asked after: words so general that they also stand beside an unknown user."""

UNKNOWN_FOR_SURE = recipient.UNKNOWN_FOR_SURE
"""A directory was asked, or a provider says it outright: no filter pretends here."""

UNKNOWN_USER = recipient.UNKNOWN_USER
"""Weighed with the SMTP command: see ``judge.py``."""


_GAP, _GAP_IN_A_SENTENCE = r"\S+){", r"\S*[^\s.;!?]){"


def expand(phrase: str) -> str:
    """A phrase with its nouns written out, and with gaps that no sentence ends in."""
    for short, nouns in NOUNS.items():
        phrase = phrase.replace(short, nouns)
    return phrase.replace(_GAP, _GAP_IN_A_SENTENCE)
