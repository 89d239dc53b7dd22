"""The provider that ships as a fake: it remembers what it was given."""

from bluelamp.channels.providers.memory.adapter import ADAPTER, STORE, MemoryAdapter, Store

__all__ = ["ADAPTER", "STORE", "MemoryAdapter", "Store"]
