"""What a report says about whom: evidence, one entry a recipient."""

from __future__ import annotations

import logging
import re
from dataclasses import replace

from flufl.bounce import all_failures

from . import addresses, codes, dialogue, notices, prose, report, returned, signs
from .message import Mail
from .values import Evidence

# Its detectors log a traceback for every oddly made mail before raising.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

_WORDS = re.compile(r"[^\W\d_]{3,}")


def read(mail: Mail) -> list[Evidence]:
    """Evidence for every recipient the report names, at least one entry."""
    found = notices.read(mail)
    if found:
        return found
    spoken, _ = returned.split(signs.forwarded(mail) or mail.report)
    found = _unique(_failures(report.read(mail))) or [
        Evidence(recipient=address) for address in _named(mail, spoken)
    ]
    names = [entry.recipient for entry in found]
    # A gateway may return the report of the next system in place of our message.
    nested = dialogue.refusals(returned.source(mail))
    rest = f"{spoken}\n{mail.header('Subject')}\n{nested}"
    return [_completed(entry, spoken, names, rest) for entry in found] or [
        Evidence(diagnostic=spoken, rest=rest)
    ]


def _failures(found: list[Evidence]) -> list[Evidence]:
    """Recipients that were reached are news only where no other failed."""
    bad = [entry for entry in found if entry.action not in ("delivered", "relayed", "expanded")]
    return bad or found


def _unique(found: list[Evidence]) -> list[Evidence]:
    """One entry an address: reports repeat themselves when they are forwarded."""
    kept: dict[str, Evidence] = {}
    for entry in found:
        kept.setdefault(entry.recipient.casefold(), entry)
    return list(kept.values())


def _named(mail: Mail, spoken: str) -> list[str]:
    """Recipients where no field names them.

    The header that Exim and Gmail write, the lines where programs put them,
    flufl.bounce, any sentence, the returned message's own ``To``, and last whatever
    address there is: sentences of languages not known here.
    """
    header = addresses.all_in(mail.header("X-Failed-Recipients"))
    if header:
        return header
    ours = {mail.address("From"), mail.address("To"), mail.address("Return-Path")} - {""}
    return (
        prose.in_lines(spoken, ours)
        or [name for name in _flufl(mail) if name.casefold() in spoken.casefold()]
        or prose.in_sentences(spoken, ours)
        or addresses.all_in(returned.header(returned.source(mail), "To"))[:1]
        or prose.anywhere(spoken, ours)
    )


def _flufl(mail: Mail) -> list[str]:
    try:
        temporary, permanent = all_failures(mail.message)
    except Exception:  # its detectors raise on mail that is malformed in new ways
        return []
    names = {name.decode("ascii", "replace") for name in temporary | permanent}
    return [name for name in sorted(names) if "@" in name]


def _completed(entry: Evidence, spoken: str, names: list[str], rest: str) -> Evidence:
    """Add the words about this recipient, and use them where no field has any."""
    others = [name for name in names if not addresses.same(name, entry.recipient)]
    about = prose.section(spoken, entry.recipient, others)
    if not others and not about.strip():
        about = spoken
    said = entry.diagnostic
    if not _WORDS.search(said):
        quoted = dialogue.refusals(spoken, entry.recipient if others else "")
        quoted = quoted or codes.answer_in(about) or ("" if others else codes.answer_in(spoken))
        said = f"{said} {quoted if _WORDS.search(quoted) else about}".strip()
    return replace(entry, diagnostic=said, prose=about, rest=rest)
