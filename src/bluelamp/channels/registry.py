"""The one place that knows providers by name: a line each, imported when asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import cast

import click

from bluelamp.channels.contract import Adapter, Capability, Handles
from bluelamp.channels.errors import UnknownProviderError

PROVIDERS: dict[str, str] = {
    "bluesky": "bluelamp.channels.providers.bluesky",
    "email": "bluelamp.channels.providers.email",
    "mastodon": "bluelamp.channels.providers.mastodon",
    "memory": "bluelamp.channels.providers.memory",
    "notify": "bluelamp.channels.providers.notify",
    "web": "bluelamp.channels.providers.web",
    "webhook": "bluelamp.channels.providers.webhook",
}
"""Provider -> the package whose ``ADAPTER`` speaks its contract."""


@cache
def adapter(name: str) -> Adapter:
    """Return the adapter of a provider.

    :raises UnknownProviderError: no line of the registry names it.
    """
    if name not in PROVIDERS:
        raise UnknownProviderError(name)
    return cast("Adapter", importlib.import_module(PROVIDERS[name]).ADAPTER)


def adapters(*capabilities: Capability) -> list[Adapter]:
    """Return all adapters that can do all of ``capabilities``, in the registry's order."""
    wanted = frozenset(capabilities)
    return [made for name in PROVIDERS if wanted <= (made := adapter(name)).capabilities]


def command(provider: str, name: str) -> click.Command:
    """Return a command that a provider offers in its ``commands.py``."""
    if provider not in PROVIDERS:
        raise UnknownProviderError(provider)
    module = importlib.import_module(f"{PROVIDERS[provider]}.commands")
    return cast("click.Command", getattr(module, name))


def receiver() -> Callable[..., None]:
    """Return what takes in pushed mail until stopped: ``serve(take, host=, port=)``.

    It is the ``receive`` of the one provider that has such a thing.  ``take(raw,
    envelope_from, recipients)`` says whether a recipient is ours; what it raises
    makes the sender try again.
    """
    for name in PROVIDERS:
        serve = getattr(adapter(name), "receive", None)
        if serve is not None:
            return cast("Callable[..., None]", serve)
    raise UnknownProviderError("receive")


@cache
def handles() -> tuple[Handles, ...]:
    """Return how people are called on the platforms on which they have handles."""
    found = (getattr(adapter(name), "handles", None) for name in PROVIDERS)
    return tuple(one for one in found if one is not None)


def own() -> Adapter:
    """Return the adapter that reads what is written on our own pages."""
    for name in PROVIDERS:
        if getattr(adapter(name), "own", False):
            return adapter(name)
    raise UnknownProviderError("own")
