"""What the tests of this provider share: made-up mail, and settings for a local relay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, cast

from bluelamp.channels.contract import Content, Outcome, OutcomeKind, Recipient
from bluelamp.channels.providers.email.dkim import Signer
from bluelamp.channels.providers.email.greeting import tls_context
from bluelamp.channels.providers.email.session import PipelinedSession
from bluelamp.channels.providers.email.template import Letterhead, Template, compile_template
from bluelamp.channels.providers.email.values import EmailSettings, Security, Timeouts

DATE = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SLOTS = ("leave_url", "leave_mail")
LETTERHEAD = Letterhead(
    from_name="Brackenshire Police",
    from_address="alerts@brackenshire.example.test",
    reply_to="replies@brackenshire.example.test",
    list_id="alerts.brackenshire.example.test",
    list_name="Brackenshire alerts",
    feedback_id="alert:brackenshire:bluelamp",
)
CONTENT = Content(
    subject="Shed break-ins near Mill Lane",
    text="Hello\n\nLock your shed.\n\nLeave: [[leave_url]]\n",
    html='<p>Lock your shed.</p>\n<p><a href="[[leave_url]]">Leave</a></p>\n',
    headers={"List-Unsubscribe": "<[[leave_url]]>, <mailto:[[leave_mail]]>"},
)
QUICK = Timeouts(connect=5, greeting=5, command=5, data_start=5, data_block=5, data_end=5, quit=1)


def template(content: Content = CONTENT, *, signers: Sequence[Signer] = ()) -> Template:
    return compile_template(content, SLOTS, LETTERHEAD, date=DATE, signers=signers)


def recipient(number: int, address: str = "", slots: tuple[bytes, ...] | None = None) -> Recipient:
    token = f"{number:08x}"
    return Recipient(
        contact_point=number,
        address=address or f"member{number}@example.test",
        message_id=f"{token}@brackenshire.example.test",
        return_path=f"bounce+{token}@brackenshire.example.test",
        slots=slots
        or (
            f"https://brackenshire.example.test/leave/{token}".encode(),
            f"leave+{token}@brackenshire.example.test".encode(),
        ),
    )


def recipients(count: int, first: int = 1) -> list[Recipient]:
    return [recipient(number) for number in range(first, first + count)]


def settings(port: int, **changes: Any) -> EmailSettings:
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "security": Security.NONE,
        "connections": 2,
        "reconnects": 2,
        "reconnect_delay": 0.01,
        "timeouts": QUICK,
        "sender_address": LETTERHEAD.from_address,
    }
    return EmailSettings(**(values | changes))


async def open_session(
    port: int, content: Content = CONTENT, *, signers: Sequence[Signer] = (), **changes: Any
) -> PipelinedSession:
    account = settings(port, **changes)
    session = PipelinedSession(account, template(content, signers=signers), tls_context(account))
    await session.open()
    return session


def kinds(outcomes: Sequence[Outcome]) -> dict[int, OutcomeKind]:
    """Outcomes by contact point; fails if one came back twice."""
    found = {outcome.contact_point: outcome.kind for outcome in outcomes}
    assert len(found) == len(outcomes)
    return found


def count(outcomes: Sequence[Outcome], kind: OutcomeKind) -> int:
    return sum(outcome.kind is kind for outcome in outcomes)


def read(raw: bytes) -> EmailMessage:
    return cast("EmailMessage", message_from_bytes(raw, policy=SMTP))


def unstuffed(data: bytes) -> bytes:
    """What a receiver makes of the octets between DATA and the final dot."""
    return data.replace(b"\r\n..", b"\r\n.").removeprefix(b".") if data else data
