"""A generic REST service is told by PUT under our reference."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from bluelamp.cases.connectors.contract import ConnectorError, Told
from bluelamp.cases.connectors.rest import CONNECTOR

TOLD = Told("7K3C-9QX2", "", {"title": "Shed"})


def answering(patch: pytest.MonkeyPatch, answer: httpx.Response | Exception) -> list[httpx.Request]:
    heard: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    client = httpx.Client(transport=httpx.MockTransport(handle))
    patch.setattr(httpx, "put", client.put)
    patch.setattr(httpx, "get", client.get)
    return heard


def test_it_puts_under_our_reference_with_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = answering(monkeypatch, httpx.Response(201, json={"id": 17}))
    settings = {"url": "https://crm.example.test/cases/", "token": "t"}
    assert CONNECTOR.tell(TOLD, settings) == "17"
    (request,) = heard
    assert (request.method, str(request.url)) == ("PUT", "https://crm.example.test/cases/7K3C-9QX2")
    assert request.headers["Authorization"] == "Bearer t"
    assert request.content == b'{"title":"Shed"}'


@pytest.mark.parametrize(("answer", "permanent", "whole", "wait"), [
    (httpx.Response(422, text="title: no"), True, False, None),
    (httpx.Response(409), False, False, None),
    (httpx.Response(429, headers={"Retry-After": "90"}), False, True, timedelta(seconds=90)),
    (httpx.Response(401), False, True, None),
    (httpx.Response(200, text="fine"), False, False, None),
    (httpx.ReadTimeout("slow"), False, False, None),
])  # fmt: skip
def test_a_refusal_says_whether_it_may_work_later(
    monkeypatch: pytest.MonkeyPatch, answer: httpx.Response | Exception, permanent: bool,
    whole: bool, wait: timedelta | None,
) -> None:  # fmt: skip
    answering(monkeypatch, answer)
    with pytest.raises(ConnectorError) as found:
        CONNECTOR.tell(TOLD, {"url": "https://crm.example.test"})
    error = found.value
    assert (error.permanent, error.whole, error.retry_after) == (permanent, whole, wait)


@pytest.mark.parametrize("status", [401, 422, 503])
def test_what_an_address_answers_is_not_shown(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    answering(monkeypatch, httpx.Response(status, text="inner words"))
    settings = {"url": "https://crm.example.test"}
    with pytest.raises(ConnectorError, match=str(status)) as told:
        CONNECTOR.tell(TOLD, settings)
    assert "inner words" not in str(told.value)
    try:
        said = CONNECTOR.check(settings)
    except ConnectorError as error:
        said = str(error)
    assert str(status) in said
    assert "inner words" not in said


def test_an_address_that_cannot_be_read_is_a_refusal() -> None:
    for ask in (CONNECTOR.check, lambda settings: CONNECTOR.tell(TOLD, settings)):
        with pytest.raises(ConnectorError, match="No answer"):
            ask({"url": "https://crm.example.test:abc"})
