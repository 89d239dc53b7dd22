"""What the REST API answers: a path and what came with it in, a status and a body out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from simulators.notify.errors import ApiError, invalid
from simulators.notify.service import Received, Sent, Service, is_uuid, moment

PAGE = 250
"""Messages on one page."""
T = TypeVar("T", Sent, Received)
Body = dict[str, object]
Work = Callable[[], Body]


def accepted(service: Service, one: Sent, origin: str) -> Body:
    """Write the answer to a text message that was taken."""
    return {
        "id": one.id,
        "reference": one.reference,
        "content": {"body": one.body, "from_number": service.number},
        "uri": f"{origin}/v2/notifications/{one.id}",
        "template": _template_link(service, origin),
        "scheduled_for": None,
    }


def answer(service: Service, path: str, query: Mapping[str, str], origin: str) -> Body:
    """Answer a GET.

    :raises ApiError: it is not to be had.
    """
    if path == "/v2/notifications":
        return _notifications(service, query, origin)
    if path == "/v2/received-text-messages":
        return _received(service, query, origin)
    kind, _, name = path.removeprefix("/v2/").partition("/")
    one: dict[str, Callable[[], Body]] = {
        "notifications": lambda: _notification(service, service.find(name), origin),
        "template": lambda: _template(service, name),
    }
    if not name or kind not in one:
        raise ApiError(404, "NotFound", "The requested URL was not found on the server.")
    return one[kind]()


def _notifications(service: Service, query: Mapping[str, str], origin: str) -> Body:
    _only(query, {"reference", "status", "template_type", "older_than", "include_jobs"})
    with service.lock:
        found = [
            one
            for one in reversed(service.sent)
            if query.get("reference") in (None, one.reference)
            and query.get("status") in (None, one.status)
            and query.get("template_type") in (None, "sms")
        ]
    page = _page(found, query)
    rows = [_notification(service, one, origin) for one in page]
    return {"notifications": rows, "links": _links(page, f"{origin}/v2/notifications")}


def _received(service: Service, query: Mapping[str, str], origin: str) -> Body:
    _only(query, {"older_than"})
    with service.lock:
        page = _page(service.received[::-1], query)
    rows = [
        {
            "id": one.id,
            "user_number": one.user_number,
            "notify_number": service.number,
            "content": one.content,
            "created_at": moment(one.created_at),
            "service_id": service.service_id,
        }
        for one in page
    ]
    links = _links(page, f"{origin}/v2/received-text-messages")
    return {"received_text_messages": rows, "links": links}


def _notification(service: Service, one: Sent, origin: str) -> Body:
    done = None if one.completed_at is None else moment(one.completed_at)
    empty = dict.fromkeys(
        ["email_address", "subject", "postcode", "scheduled_for", "postage", "created_by_name"]
        + [f"line_{number}" for number in range(1, 8)]
    )
    return {
        **empty,
        "id": one.id,
        "reference": one.reference,
        "phone_number": one.phone_number,
        "type": "sms",
        "status": one.status,
        "template": _template_link(service, origin),
        "body": one.body,
        "created_at": moment(one.created_at),
        "sent_at": done,
        "completed_at": done,
    }


def _template(service: Service, template_id: str) -> Body:
    if not is_uuid(template_id):
        raise invalid("id is not a valid UUID")
    template = service.template
    if template_id != template.id:
        raise ApiError(404, "NoResultFound", "No Result Found")
    return {
        "id": template.id,
        "name": template.name,
        "type": "sms",
        "created_at": "2026-01-05T09:00:00.000000Z",
        "updated_at": None,
        "version": template.version,
        "created_by": "simulator@example.test",
        "body": template.body,
        "subject": None,
        "letter_contact_block": None,
    }


def _template_link(service: Service, origin: str) -> Body:
    template = service.template
    uri = f"{origin}/services/{service.service_id}/templates/{template.id}"
    return {"id": template.id, "version": template.version, "uri": uri}


def _only(query: Mapping[str, str], known: set[str]) -> None:
    for name in sorted(set(query) - known):
        raise invalid(f"Additional properties are not allowed ({name} was unexpected)")
    if not is_uuid(query.get("older_than", "00000000-0000-0000-0000-000000000000")):
        raise invalid("older_than is not a valid UUID")


def _page(newest_first: Sequence[T], query: Mapping[str, str]) -> Sequence[T]:
    """Return the page that is asked for: nothing if the id before it is not known any more."""
    if "older_than" not in query:
        return newest_first[:PAGE]
    ids = [one.id for one in newest_first]
    if query["older_than"] not in ids:
        return []
    begin = ids.index(query["older_than"]) + 1
    return newest_first[begin : begin + PAGE]


def _links(page: Sequence[Sent] | Sequence[Received], address: str) -> Body:
    links: Body = {"current": address}
    if page:
        links["next"] = f"{address}?older_than={page[-1].id}"
    return links
