"""Mastodon: posts, answers, mentions and private mentions, over its client API."""

from bluelamp.channels.providers.mastodon.adapter import ADAPTER, MastodonAdapter

__all__ = ["ADAPTER", "MastodonAdapter"]
