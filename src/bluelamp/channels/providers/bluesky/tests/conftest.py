"""One network for all tests of this folder; people of their own for each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from bluelamp.channels.providers.bluesky.tests.chat import Chat
from bluelamp.channels.providers.bluesky.tests.people import Town
from tests.peers import bluesky

_numbers = count(1)


@pytest.fixture(scope="session")
def chat() -> Iterator[Chat]:
    made = Chat()
    yield made
    made.close()


@pytest.fixture(scope="session")
def network(chat: Chat) -> Iterator[bluesky.Network]:
    with bluesky.running(chat=chat.address) as running:
        yield running


@pytest.fixture
def town(network: bluesky.Network, chat: Chat) -> Town:
    chat.clear()
    return Town(network.pds, network.chat, chat, next(_numbers))
