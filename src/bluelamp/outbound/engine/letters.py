"""From contact points to what the wire needs: who may still be told, and their tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bluelamp.channels.contract import Recipient
from bluelamp.kit.tokens import Sealer
from bluelamp.members.queries import SENDABLE_SQL
from bluelamp.outbound.engine.ledger import Connection


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
        self._mail = Sealer("mail", message)
        makers: dict[str, Callable[[int], str]] = {
            "link": Sealer("link", message).link,
            "leave": Sealer("leave", message).link,
        }
        self._makers = [makers.get(name) for name in slots]

    def message_id(self, point: int) -> str:
        """Return the Message-ID of a contact point, the same on every attempt."""
        return f"{self._mail.mail(point)}@{self._domain}"

    async def letters(
        self, connection: Connection, points: Sequence[int], *, tracking: bool
    ) -> Letters:
        """Read who of ``points`` may be told now, and address them."""
        values = {**self._values, "points": list(points), "tracking": tracking}
        cursor = await connection.execute(SENDABLE_SQL, values)
        made = Letters()
        for point, address, agrees, _language in await cursor.fetchall():
            pile = made.tracked if tracking and agrees else made.plain
            pile.append(self._recipient(point, address))
        may = {one.contact_point for one in made.plain} | {
            one.contact_point for one in made.tracked
        }
        made.withheld = [point for point in points if point not in may]
        return made

    def _recipient(self, point: int, address: str) -> Recipient:
        token = self._mail.mail(point)
        slots = tuple((make(point) if make else token).encode("ascii") for make in self._makers)
        return Recipient(
            point, address, f"{token}@{self._domain}", f"bounce-{token}@{self._domain}", slots
        )
