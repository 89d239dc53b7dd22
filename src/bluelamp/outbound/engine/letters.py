"""From contact points to what the wire needs: who may still be told, and their tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import repeat

from bluelamp.channels.contract import Recipient
from bluelamp.kit.tokens import Sealer
from bluelamp.members.queries import SENDABLE_SQL
from bluelamp.outbound.engine.ledger import Connection, array

Seal = Callable[[Sequence[int]], list[str]]
"""From contact points to a token each."""


@dataclass(slots=True)
class Letters:
    """The recipients of one window: plain and tracked apart, and who may not be told."""

    plain: list[Recipient] = field(default_factory=list)
    tracked: list[Recipient] = field(default_factory=list)
    withheld: list[int] = field(default_factory=list)


class Addresser:
    """Turns contact points of one message into recipients.

    Suppression, consent, verification and pause are read here again, in the
    moment before a window is sent; fanout's reading may be hours old.
    """

    def __init__(
        self, *, message: int, force: int, channel: str, purpose: str, domain: str,
        slots: Sequence[str],
    ) -> None:  # fmt: skip
        self._values = {"force": force, "channel": channel, "purpose": purpose, "unverified": False}
        self._domain = domain
        self._mails = Sealer("mail", message).mails
        makers: dict[str, Seal] = {
            "link": Sealer("link", message).links,
            "leave": Sealer("leave", message).links,
        }
        self._makers = [makers.get(name) for name in slots]

    def message_ids(self, points: Sequence[int]) -> list[str]:
        """Return the Message-IDs of contact points, the same on every attempt."""
        return [f"{token}@{self._domain}" for token in self._mails(points)]

    async def letters(
        self, connection: Connection, points: Sequence[int], *, tracking: bool
    ) -> Letters:
        """Read who of ``points`` may be told now, and address them."""
        values = {**self._values, "points": array(points), "tracking": tracking}
        rows = await (await connection.execute(SENDABLE_SQL, values)).fetchall()
        recipients = self._recipients([row[0] for row in rows], [row[1] for row in rows])
        made = Letters()
        if tracking:
            for recipient, (_point, _address, agrees, _language) in zip(
                recipients, rows, strict=True
            ):
                (made.tracked if agrees else made.plain).append(recipient)
        else:
            made.plain = recipients
        if len(rows) < len(points):
            may = {row[0] for row in rows}
            made.withheld = [point for point in points if point not in may]
        return made

    def _recipients(self, points: Sequence[int], addresses: Sequence[str]) -> list[Recipient]:
        """Address many at once: a token sealed by itself costs ten times as much."""
        mails = self._mails(points)
        columns = [make(points) if make else mails for make in self._makers]
        slots = [[token.encode("ascii") for token in column] for column in columns]
        filled = zip(*slots, strict=True) if slots else repeat(())
        domain = self._domain
        return [
            Recipient(point, address, f"{token}@{domain}", f"bounce-{token}@{domain}", values)
            for point, address, token, values in zip(points, addresses, mails, filled)  # noqa: B905
        ]
