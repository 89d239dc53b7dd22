"""``bluelamp messages``: list, follow and stop messages."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bluelamp.kit.cli import emit, json_option, needs_database

if TYPE_CHECKING:
    from bluelamp.outbound.models import Message


@click.group()
def messages() -> None:
    """List, follow and stop messages."""


def _message(number: int) -> Message:
    from bluelamp.outbound.models import Message

    found = Message.objects.filter(pk=number).first()
    if found is None:
        raise click.ClickException(f"There is no message {number}.")
    return found


@messages.command("list")
@click.option("--state", default="", help="Only those in this state.")
@click.option("--limit", default=50, show_default=True, help="The newest so many.")
@json_option
@needs_database
def list_messages(state: str, limit: int, as_json: bool) -> None:
    """List messages, newest first."""
    from bluelamp.outbound.models import Message

    found = Message.objects.select_related("force").order_by("-pk")
    found = found.filter(state=state) if state else found
    for message in found[:limit]:
        row = {
            "id": message.pk, "force": message.force.slug, "state": message.state,
            "title": message.title, "recipients": message.recipients,
            "public_id": str(message.public_id),
        }  # fmt: skip
        if as_json:
            emit(row)
        else:
            click.echo(f"{message.pk:>6}  {message.state:<11}  {message.title}")


@messages.command()
@click.argument("number", type=int)
@json_option
@needs_database
def report(number: int, as_json: bool) -> None:
    """Say what became of message NUMBER."""
    from bluelamp.outbound import queries

    message = _message(number)
    facts = {"id": number, "state": message.state, **asdict(queries.report(message))}
    if as_json:
        emit(facts)
        return
    for name, value in facts.items():
        click.echo(f"{name:>11}  {value if value is not None else '-'}")


@messages.command()
@click.argument("number", type=int)
@click.option("--every", default=1.0, show_default=True, help="Seconds between two looks.")
@json_option
@needs_database
def follow(number: int, every: float, as_json: bool) -> None:
    """Print message NUMBER's figures until sending has ended; a line a look."""
    from bluelamp.outbound import queries

    while True:
        message = _message(number)
        facts = queries.live_facts(message.pk) | {"state": message.state}
        if as_json:
            emit(facts)
        else:
            click.echo(f"{facts['state']}: {facts['settled']} of {facts['recipients']} settled")
        if facts["state"] in ("sent", "stopped", "recalled"):
            return
        time.sleep(every)


@messages.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why; kept in the record.")
@needs_database
def stop(number: int, reason: str) -> None:
    """Stop message NUMBER, from the command line and in an operator's name."""
    from bluelamp.audit.values import Actor, ActorKind
    from bluelamp.kit import clock
    from bluelamp.outbound.stop import stop_as

    message = _message(number)
    operator = Actor(ActorKind.OPERATOR, "", "operator", message.force_id, "bluelamp messages stop")
    stop_as(message, operator, now=clock.now(), reason=reason)
    click.echo(f"Message {number} is stopped.")
