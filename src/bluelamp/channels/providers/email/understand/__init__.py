"""Incoming mail understood: bytes in, values out.  No Django, no I/O, no clock.

:func:`understand` says what a mail is and about whom, :func:`read_human` what a
person wrote, :func:`is_automatic` whether it may be answered at all.
"""

from .automatic import is_automatic
from .findings import understand
from .human import read_human, reply_text
from .values import Finding, HumanMail, Kind, Reason

__all__ = [
    "Finding",
    "HumanMail",
    "Kind",
    "Reason",
    "is_automatic",
    "read_human",
    "reply_text",
    "understand",
]
