"""``bluelamp receive-mail``: take in replies and bounces."""

from __future__ import annotations

from collections.abc import Sequence

import click

from bluelamp.kit.cli import needs_database, talk


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, default=None, help="Port; BLUELAMP_LMTP_PORT without.")
@needs_database
def receive_mail(host: str, port: int | None) -> None:
    """Take in mail by LMTP until stopped: stored raw first, understood by the worker."""
    from bluelamp.channels import registry
    from bluelamp.kit.config import config

    serve = registry.receiver()
    at = port if port is not None else config().lmtp_port
    talk.print(f"Taking in mail on {host}:{at}.")
    serve(take, host=host, port=at)


def take(raw: bytes, envelope_from: str, recipients: Sequence[str]) -> bool:
    """Store one mail; say whether one of its recipients is ours.

    Whatever else fails is raised, so that the sending relay keeps the mail and
    tries again.
    """
    from django.db import close_old_connections

    from bluelamp.inbound import ingest
    from bluelamp.inbound.errors import NobodysMailError
    from bluelamp.kit import clock

    close_old_connections()
    try:
        ingest.store_mail(raw, envelope_from, recipients, now=clock.now())
    except NobodysMailError:
        return False
    return True
