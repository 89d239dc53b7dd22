"""Text messages by GOV.UK Notify."""

from bluelamp.channels.providers.notify.adapter import ADAPTER, NotifyAdapter

__all__ = ["ADAPTER", "NotifyAdapter"]
