"""Names of things on Bluesky: record keys made from ours, addresses taken apart."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from .values import POST

_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
_EPOCH = 1_577_836_800_000_000
"""2020-01-01 in microseconds, and"""
_SPAN = 5 * 365 * 86_400 * 1_000_000
"""five years of them: a key that speaks of the past is never taken for a post to come."""
_CLOCKS = 1024


def record_key(key: str) -> str:
    """Return the record key for an utterance's key: the same on every attempt.

    It has the form that the lexicon asks for, a TID (13 letters of base 32 for 53 bits
    of microseconds and 10 of a clock's id), filled from a hash instead of the time.
    """
    number = int.from_bytes(hashlib.sha256(key.encode()).digest())
    rest, clock = divmod(number, _CLOCKS)
    value = (_EPOCH + rest % _SPAN) * _CLOCKS + clock
    return "".join(_LETTERS[value >> shift & 31] for shift in range(60, -1, -5))


class Uri(NamedTuple):
    """``at://did/collection/rkey``: where a record is."""

    did: str
    collection: str
    rkey: str

    @classmethod
    def read(cls, uri: str) -> Uri:
        """Take an address apart.

        :raises ValueError: it is none of a record.
        """
        did, collection, rkey = uri.removeprefix("at://").split("/")
        return cls(did, collection, rkey)

    @property
    def page(self) -> str:
        """Where people see it."""
        return f"https://bsky.app/profile/{self.did}/post/{self.rkey}"

    def __str__(self) -> str:
        return f"at://{self.did}/{self.collection}/{self.rkey}"


class MessageName(NamedTuple):
    """A direct message; its id means something in its conversation alone."""

    conversation: str
    message: str

    @classmethod
    def read(cls, name: str) -> MessageName:
        """Take a name apart that :meth:`__str__` made."""
        conversation, _, message = name.partition("/")
        return cls(conversation, message)

    @property
    def page(self) -> str:
        """Where its conversation is shown to its members."""
        return f"https://bsky.app/messages/{self.conversation}"

    def __str__(self) -> str:
        return f"{self.conversation}/{self.message}"


def is_record(external_id: str) -> bool:
    """Say whether an id names a record; else it names a message."""
    return external_id.startswith("at://")


def is_post(external_id: str) -> bool:
    """Say whether an id names a post."""
    return is_record(external_id) and f"/{POST}/" in external_id
