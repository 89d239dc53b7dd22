"""What Notify says: the fields of its JSON that we read; more may come, and is left alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


def _in_utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


Moment = Annotated[datetime, AfterValidator(_in_utc)]
"""A time; where no zone is given it is UTC, as the documentation says."""


class _Answer(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class Taken(_Answer):
    """The answer to a text message that was taken."""

    id: str


class SentText(_Answer):
    """A text message that was taken earlier."""

    id: str
    reference: str | None
    created_at: Moment


class SentTexts(_Answer):
    """A page of them, newest first."""

    notifications: tuple[SentText, ...]


class ReceivedText(_Answer):
    """A text message that somebody sent, as a page holds it."""

    id: str
    user_number: str
    content: str
    created_at: Moment


class ReceivedTexts(_Answer):
    """A page of them, newest first."""

    received_text_messages: tuple[ReceivedText, ...]


class Template(_Answer):
    """The template of an account."""

    name: str
    type: str
    version: int
    body: str


class TextCallback(_Answer):
    """A text message that somebody sent, as a callback tells of it."""

    id: str
    source_number: str
    message: str
    date_received: Moment


class ReceiptCallback(_Answer):
    """What became of a text message of ours."""

    id: str
    reference: str | None
    to: str
    status: str
    created_at: Moment
    completed_at: Moment | None = None
