"""JSON Web Tokens as Notify wants them, checked by hand: no library of the product's is used.

Headers ``typ`` JWT and ``alg`` HS256; claims ``iss`` (the service) and ``iat`` (within
30 seconds of now); signed with the secret half of the API key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json

from simulators.notify.errors import ApiError

TOLERANCE = 30
"""Seconds that a caller's clock may be wrong."""


def check(authorization: str, *, service_id: str, secret: str, now: float) -> None:
    """Check an ``Authorization`` header.

    :raises ApiError: 401 where there is no token, 403 where it is not good.
    """
    scheme, _, token = authorization.partition(" ")
    if not authorization:
        raise _auth("Unauthorized: authentication token must be provided", 401)
    if scheme.lower() != "bearer":
        raise _auth("Unauthorized: authentication bearer scheme must be used", 401)
    header, claims = _read(token)
    if header.get("alg") != "HS256" or header.get("typ") != "JWT":
        raise _auth("Invalid token: algorithm used is not HS256")
    _check_claims(claims, service_id, now)
    signed, _, signature = token.rpartition(".")
    expected = hmac.digest(secret.encode(), signed.encode(), hashlib.sha256)
    if not hmac.compare_digest(_decoded(signature), expected):
        raise _auth("Invalid token: API key not found")


def _check_claims(claims: dict[str, object], service_id: str, now: float) -> None:
    if "iss" not in claims:
        raise _auth("Invalid token: iss field not provided")
    if claims["iss"] != service_id:
        raise _auth("Invalid token: service not found")
    issued = claims.get("iat")
    if not isinstance(issued, int):
        raise _auth("Invalid token: iat field not provided")
    if abs(now - issued) > TOLERANCE:
        raise _auth("Error: Your system clock must be accurate to within 30 seconds")


def _read(token: str) -> tuple[dict[str, object], dict[str, object]]:
    parts = token.split(".")
    try:
        header, claims, _ = (json.loads(_decoded(part)) for part in [*parts[:2], "MA"])
    except (ValueError, binascii.Error):
        raise _auth("Invalid token: signature") from None
    if len(parts) != 3 or not isinstance(header, dict) or not isinstance(claims, dict):
        raise _auth("Invalid token: signature")
    return header, claims


def _decoded(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error:
        raise _auth("Invalid token: signature") from None


def _auth(message: str, status: int = 403) -> ApiError:
    return ApiError(status, "AuthError", message)
