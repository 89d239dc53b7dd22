"""The arithmetic of the record: leaves, the Merkle tree, the actor's mark.

Three digests, all SHA-256 over JSON arrays of texts as PostgreSQL writes them:

* ``content digest = H(salt ‖ content)``: salt and content can be erased, the
  digest stays, and without the 32 random bytes of salt it tells nothing;
* ``leaf = H([kind, id, ..., content digest])``: all that stays of an entry;
* ``mark = HMAC(key, [nonce, actor ...])``: made by the acting process with a key
  that the database never has, so that an act written by hand is known.

The tree is that of RFC 6962 section 2.1 (leaf prefix 0, node prefix 1).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves (RFC 6962)."""


def canonical(fields: Sequence[str | None]) -> bytes:
    """Write fields as PostgreSQL's ``jsonb_build_array(...)::text`` does, in UTF-8."""
    return json.dumps(list(fields), ensure_ascii=False, separators=(", ", ": ")).encode()


def content_digest(salt: bytes, content: str) -> bytes:
    """Commit to an entry's content; hiding as long as the salt is unknown."""
    return hashlib.sha256(salt + content.encode()).digest()


def leaf(fields: Sequence[str | None]) -> bytes:
    """Digest what stays of an entry."""
    return hashlib.sha256(canonical(fields)).digest()


def mark(key: bytes, fields: Sequence[str | None]) -> bytes:
    """Return the acting process's mark under an act."""
    return hmac.digest(key, canonical(fields), "sha256")


class MerkleTree:
    """A root over leaves that are added one by one, in memory of O(log n)."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, bytes]] = []
        self.count = 0

    def add(self, leaf_digest: bytes) -> None:
        """Append one leaf."""
        self.count += 1
        height, digest = 0, hashlib.sha256(b"\x00" + leaf_digest).digest()
        while self._peaks and self._peaks[-1][0] == height:
            left = self._peaks.pop()[1]
            height, digest = height + 1, _node(left, digest)
        self._peaks.append((height, digest))

    def root(self) -> bytes:
        """Return the root over all leaves added so far."""
        if not self._peaks:
            return EMPTY_ROOT
        digest = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            digest = _node(left, digest)
        return digest


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """Return the RFC 6962 root of ``leaves`` in their order."""
    tree = MerkleTree()
    for digest in leaves:
        tree.add(digest)
    return tree.root()
