"""What every provider promises: the values that cross the line, and the methods.

A provider is a folder in ``channels/providers``; its adapter implements those
methods whose :class:`Capability` it declares.  Nothing here knows a platform
or a business noun: a message is an :class:`Envelope`, a person is an address.
"""

from bluelamp.channels.contract.adapter import Adapter
from bluelamp.channels.contract.base import Capability, ChannelError, Limits
from bluelamp.channels.contract.delivery import (
    BulkSession,
    Content,
    Envelope,
    Outcome,
    OutcomeKind,
    Recipient,
)
from bluelamp.channels.contract.handles import Handles
from bluelamp.channels.contract.inbound import (
    Attachment,
    Change,
    InboundItem,
    InboundKind,
    Polled,
    RawInbound,
    Receipt,
    ReceiptKind,
    Said,
    Visibility,
)
from bluelamp.channels.contract.speech import Fit, Media, Posted, Utterance

__all__ = [
    "Adapter",
    "Attachment",
    "BulkSession",
    "Capability",
    "Change",
    "ChannelError",
    "Content",
    "Envelope",
    "Fit",
    "Handles",
    "InboundItem",
    "InboundKind",
    "Limits",
    "Media",
    "Outcome",
    "OutcomeKind",
    "Polled",
    "Posted",
    "RawInbound",
    "Receipt",
    "ReceiptKind",
    "Recipient",
    "Said",
    "Utterance",
    "Visibility",
]
