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
from dataclasses import asdict

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluelamp.audit.values import SealBody, SignedSeal

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


FIRST_PREVIOUS = "0" * 64
"""What the first seal names as its predecessor."""


def seal_bytes(body: SealBody) -> bytes:
    """Write a seal's body as what is signed: JSON, sorted keys, no spaces."""
    return json.dumps(asdict(body), sort_keys=True, separators=(",", ":")).encode()


def seal_digest(body: SealBody) -> str:
    """Return the digest by which the next seal names this one."""
    return hashlib.sha256(seal_bytes(body)).hexdigest()


def sign(seed: bytes, body: SealBody, key_id: int) -> SignedSeal:
    """Sign a body with the Ed25519 key of that seed (RFC 8032)."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return SignedSeal(body, key_id, key.sign(seal_bytes(body)).hex())


def signed_by(seed: bytes, seal: SignedSeal) -> bool:
    """Say whether the signature is that of the key of this seed."""
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    try:
        public.verify(bytes.fromhex(seal.signature), seal_bytes(seal.body))
    except (InvalidSignature, ValueError):
        return False
    return True


def to_line(seal: SignedSeal) -> str:
    """Write a seal as its line of ``seals.jsonl``, without the line's end."""
    fields = {**asdict(seal.body), "key": seal.key_id, "signature": seal.signature}
    return json.dumps(fields, sort_keys=True)


def from_line(line: str | bytes) -> SignedSeal:
    """Read a line of ``seals.jsonl``.

    :raises ValueError: it is no seal.
    """
    try:
        fields = json.loads(line)
        key_id, signature = fields.pop("key"), fields.pop("signature")
        return SignedSeal(SealBody(**fields), key_id, signature)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"no seal: {error}") from error


def follows(previous: SealBody | None, kept: SealBody | None, body: SealBody) -> bool:
    """Say whether ``body`` is the seal that may come after ``previous``.

    ``kept`` is the seal whose rows it continues: ``previous``, or an older one
    where a restore that lost rows was declared.  Within an era ranges of
    transactions touch; a new era begins at 0, after the rows restored.
    """
    if previous is None:
        return (body.id, body.previous, body.from_xid) == (1, FIRST_PREVIOUS, 0)
    if (body.id, body.previous) != (previous.id + 1, seal_digest(previous)):
        return False
    origin = kept or _BEFORE_ALL
    same_era = (body.after_act, body.after_entry) == (origin.after_act, origin.after_entry)
    if same_era:
        return body.from_xid == origin.to_xid
    return (
        body.from_xid == 0
        and body.after_act >= origin.through_act
        and body.after_entry >= origin.through_entry
    )


_BEFORE_ALL = SealBody(0, 0, 0, 0, 0, 0, 0, 0, 0, "", FIRST_PREVIOUS, 0)
