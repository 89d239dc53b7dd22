"""Reads DKIM private keys."""

from __future__ import annotations

import binascii
from base64 import b64decode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

_SMALLEST_RSA = 1024
"""Verifiers need not take less (RFC 8301 section 3.2); 2048 is what to make."""


def load_private_key(text: str, kind: str) -> RSAPrivateKey | Ed25519PrivateKey:
    """Return the key in ``text``: PEM, or a base64 seed for Ed25519 (RFC 8032).

    :raises ValueError: if it is not a key of that kind, or an RSA key is too short.
    """
    key = _ed25519_seed(text) if "-----" not in text else _pem(text)
    if kind == "ed25519" and isinstance(key, Ed25519PrivateKey):
        return key
    if kind != "rsa" or not isinstance(key, RSAPrivateKey):
        raise ValueError(f"The DKIM key is not a private key of the kind {kind}.")
    if key.key_size < _SMALLEST_RSA:
        raise ValueError("The DKIM key is too short: RSA needs 2,048 bits.")
    return key


def _pem(text: str) -> object:
    try:
        return load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise ValueError("The DKIM key is not a PEM private key without passphrase.") from error


def _ed25519_seed(text: str) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(b64decode(text, validate=True))
    except (ValueError, binascii.Error) as error:
        raise ValueError("The DKIM key is neither PEM nor a base64 seed of 32 bytes.") from error
