"""What machines read: Atom feeds, and CAP 1.2 alerts with their index."""

from bluelamp.outbound.feeds.atom import TYPE as ATOM_TYPE
from bluelamp.outbound.feeds.atom import atom
from bluelamp.outbound.feeds.cap import TYPE as CAP_TYPE
from bluelamp.outbound.feeds.cap import cap, cap_index

__all__ = ["ATOM_TYPE", "CAP_TYPE", "atom", "cap", "cap_index"]
