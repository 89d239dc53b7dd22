"""Something said, written down as JSON: what our own pages, webhooks and imports bring.

The fields are documented for outsiders in ``providers/webhook/README.md``.
"""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Base64Bytes, BaseModel, ConfigDict, Field, ValidationError

from bluelamp.channels.contract import (
    Attachment,
    Change,
    ChannelError,
    InboundItem,
    InboundKind,
    RawInbound,
    Said,
    Visibility,
)

LONGEST_TEXT = 50_000
"""Characters; nobody types more, and a document belongs into an attachment."""


class WrittenFile(BaseModel):
    """A file that came with it: its bytes, or where the sender serves it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(max_length=200)
    media_type: str = Field(default="application/octet-stream", max_length=100)
    content: Base64Bytes = b""
    url: str = Field(default="", max_length=500, pattern=r"^(?:https://.*)?$")
    stored: str = Field(default="", pattern=r"^(?:[0-9a-f]{64})?$")
    """SHA-256 of what a page of ours has put into the files already."""
    description: str = Field(default="", max_length=1500)

    def attachment(self) -> Attachment:
        """Return it as the contract has it."""
        return Attachment(
            self.name, self.media_type, self.content, self.url, self.stored, self.description
        )


class Written(BaseModel):
    """One thing that somebody said."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    text: str = Field(max_length=LONGEST_TEXT)
    kind: Literal["human", "auto"] = "human"
    change: Change = Change.NEW
    id: str = Field(default="", max_length=200)
    at: AwareDatetime | None = None
    sender: str = Field(default="", max_length=320)
    channel: str = Field(default="", max_length=20, pattern=r"^[a-z]*$")
    sender_name: str = Field(default="", max_length=200)
    subject: str = Field(default="", max_length=300)
    where: str = Field(default="", max_length=300)
    phone: str = Field(default="", max_length=30)
    visibility: Visibility = Visibility.PRIVATE
    author_id: str = Field(default="", max_length=200)
    url: str = Field(default="", max_length=500, pattern=r"^(?:https?://.*)?$")
    answers: str = Field(default="", max_length=200)
    repeats: str = Field(default="", max_length=200)
    conversation: str = Field(default="", max_length=200)
    reach: int = Field(default=0, ge=0, le=2**31 - 1)
    language: str = Field(default="", max_length=20)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    attachments: tuple[WrittenFile, ...] = Field(default=(), max_length=20)

    @property
    def words(self) -> str:
        """What was said, with where and how else the sender can be reached below it."""
        more = [("Where", self.where), ("Phone", self.phone)]
        lines = [f"{label}: {value}" for label, value in more if value]
        return "\n\n".join(part for part in (self.text, "\n".join(lines)) if part)

    def item(self, raw: RawInbound) -> InboundItem:
        """Return it as the contract has it."""
        return InboundItem(
            kind=InboundKind(self.kind), sender=self.sender, sender_name=self.sender_name,
            channel=self.channel, subject=self.subject, text=self.words, full_text=self.words,
            said=self._said(raw), attachments=tuple(one.attachment() for one in self.attachments),
            reached_at=self.phone,
        )  # fmt: skip

    def _said(self, raw: RawInbound) -> Said:
        return Said(
            external_id=self.id, at=self.at or raw.received_at, visibility=self.visibility,
            change=self.change, author_id=self.author_id, url=self.url, answers=self.answers,
            repeats=self.repeats, conversation=self.conversation, reach=self.reach,
            language=self.language, longitude=self.longitude, latitude=self.latitude,
        )  # fmt: skip


def read(raw: RawInbound) -> InboundItem:
    """Say what a stored payload of this form is.

    :raises ChannelError: permanent; naming what does not fit, never its value.
    """
    return written(raw.payload).item(raw)


def written(payload: bytes) -> Written:
    """Read a payload of this form.

    :raises ChannelError: permanent; naming what does not fit, never its value.
    """
    try:
        return Written.model_validate_json(payload)
    except ValidationError as error:
        raise ChannelError(problem(error), permanent=True) from None


def problem(error: ValidationError) -> str:
    """Return in one sentence what does not fit first, without its value."""
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "the payload"
    return f"{place}: {first['msg']}."
