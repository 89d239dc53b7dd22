"""Which SMTP command a report says was refused."""

from __future__ import annotations

import re

_PATTERNS: tuple[tuple[str, str], ...] = (
    # The program names the command it was answering.
    (r"\bsent:[ \t]*(EHLO|HELO|MAIL|RCPT|DATA)\b", ""),  # hMailServer
    (r"in reply to (?:end of )?(CONN|EHLO|HELO|MAIL|RCPT|DATA|AUTH|STARTTLS)", ""),
    (r"in reply to (?:the )?(?:message|end of)", "DATA"),
    (r"after (?:pipelined )?(?:sending )?(?:end of )?(?:SMTP )?(EHLO|HELO|MAIL|RCPT|DATA)\b", ""),
    (
        r"after (?:transfer of mail text|(?:pipelined )?(?:end of|sending) data|end of message)",
        "DATA",
    ),
    (r"after initial connection", "CONN"),
    (r"did not like our (?:final )?(EHLO|HELO|MAIL|RCPT|DATA)", ""),
    (r"(?:in|to|at|during|on) (?:the |your |my )?(EHLO|HELO|MAIL FROM|RCPT TO|DATA)\b", ""),
    (r"\[(MAIL|RCPT|DATA)(?:[_ ](?:FROM|TO))?\]", ""),
    (r"\((EHLO|HELO|MAIL|RCPT|DATA)\)", ""),
    (r"\(state 1[5-9]\)", "DATA"),  # Gmail numbers the states of its client
    (r"\(state 14\)", "RCPT"),
    (r"\(state 13\)", "MAIL"),
    (r"SMTP[- ]command[-:\s]{1,20}(EHLO|HELO|MAIL|RCPT|DATA)", ""),
    (r"most progress was (EHLO|HELO|MAIL|RCPT|DATA)", ""),
    # qmail says it in words.
    (r"connected to \S+ but (?:connection died|greeting failed)", "CONN"),
    (r"connected to \S+ but my name was rejected", "EHLO"),
    (r"connected to \S+ but sender was rejected|does not like sender", "MAIL"),
    (r"does not like recipient", "RCPT"),
    (r"failed (?:on DATA command|after I sent the message)", "DATA"),
)
_RCPT_ONLY = re.compile(
    r"(?<!-)--- the following addresses had delivery problems ---(?!-)"  # McAfee
    r"|mail delivery agent at (?:symantec|messagelabs)|messagelabs\.com"
    r"|requested action not taken: (?:no such user here|mailbox unavailable)"  # Verizon, Hotmail
    r"|the following addresses had delivery errors---.{0,4}\[user unknown\]",
    re.IGNORECASE,
)
"""Programs that report nothing but answers to RCPT."""
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), name) for pattern, name in _PATTERNS)
_TRANSCRIPT = re.compile(
    r"^[ \t]*(>>>|<<<|-->|<--)[ \t]*(.*)$",
    re.MULTILINE,
)
_SAID, _HEARD = (">>>", "-->"), ("<<<", "<--")
_KNOWN = {"EHLO", "HELO", "MAIL", "RCPT", "DATA", "QUIT", "RSET", "AUTH", "STARTTLS", "."}


def command_in(text: str) -> str:
    """The command refused: CONN, EHLO, MAIL, RCPT, DATA or empty."""
    for pattern, name in _COMPILED:
        found = pattern.search(text)
        if found:
            return _canonical(name or found.group(1))
    return _from_transcript(text)


def command_of_program(report: str) -> str:
    """RCPT where the program that wrote the report speaks of nothing else."""
    return "RCPT" if _RCPT_ONLY.search(report) else ""


def refusals(text: str, recipient: str = "") -> str:
    """The lines with which a transcript's remote end refused (``<<< 550 ...``).

    :param recipient: only what follows ``>>> RCPT To:`` of this address, where
        the transcript holds several.
    """
    taken: list[str] = []
    listening = True
    for arrow, line in _TRANSCRIPT.findall(text):
        if arrow in _SAID and recipient and line.upper().startswith("RCPT"):
            listening = recipient.casefold() in line.casefold()
        elif arrow in _HEARD and listening and re.match(r"[45]\d\d", line) and line[:3] != "503":
            taken.append(line)
    return "\n".join(taken)


def _canonical(name: str) -> str:
    word = name.upper().split()[0]
    return {"HELO": "EHLO", ".": "DATA"}.get(word, word)


def _from_transcript(text: str) -> str:
    """``>>>`` is what we said, ``<<<`` the answer: the last one said before a refusal."""
    said = ""
    for arrow, line in _TRANSCRIPT.findall(text):
        word = re.split(r"[ :]", line.strip().upper())[0]
        if arrow in _SAID and word in _KNOWN:
            said = _canonical(word)
        elif arrow in _HEARD and re.match(r"[45]\d\d", line.strip()):
            return said if said not in ("QUIT", "RSET") else ""
    return ""
