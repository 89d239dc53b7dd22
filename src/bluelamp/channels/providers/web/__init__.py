"""What comes in by our own contact page and desks."""

from bluelamp.channels.providers.web.adapter import ADAPTER, WebAdapter

__all__ = ["ADAPTER", "WebAdapter"]
