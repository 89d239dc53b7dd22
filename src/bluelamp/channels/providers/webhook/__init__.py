"""Any system that can sign what it posts."""

from bluelamp.channels.providers.webhook.adapter import ADAPTER, WebhookAdapter

__all__ = ["ADAPTER", "WebhookAdapter"]
