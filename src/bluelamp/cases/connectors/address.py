"""The address of a case system: of the internet or the force's network, never this machine."""

from __future__ import annotations

from ipaddress import ip_address

import httpx

from bluelamp.kit.config import config


def checked(address: str) -> str:
    """Return an address that cases and a token may be sent to.

    :raises ValueError: it cannot be read, sends in clear, or is this machine, where
        services listen that trust whoever asks; simulators need ``BLUELAMP_SIMULATORS``.
    """
    try:
        url = httpx.URL(address.strip())
    except httpx.InvalidURL:
        raise ValueError("it cannot be read") from None
    if not url.host or url.userinfo:
        raise ValueError("it is https:// and the name of a server")
    if _is_here(url.host):
        if not config().simulators:
            raise ValueError("it is this machine")
    elif url.scheme != "https":
        raise ValueError("it begins with https://")
    return address.strip()


def _is_here(host: str) -> bool:
    """Say whether a host is this machine, or its cloud that tells it secrets (169.254.0.0/16)."""
    name = host.lower().rstrip(".")
    try:
        found = ip_address(name)
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
    return found.is_loopback or found.is_unspecified or found.is_link_local
