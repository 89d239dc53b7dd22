"""Bluesky: posts, answers, mentions and direct messages, over the AT Protocol."""

from bluelamp.channels.providers.bluesky.adapter import ADAPTER, BlueskyAdapter

__all__ = ["ADAPTER", "BlueskyAdapter"]
