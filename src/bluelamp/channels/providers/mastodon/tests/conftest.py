"""One server for all tests of this folder, empty for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bluelamp.channels.providers.mastodon.tests import peers


@pytest.fixture(scope="session")
def running_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[peers.Server]:
    with peers.running(tmp_path_factory.mktemp("mastodon")) as server:
        yield server


@pytest.fixture
def server(running_server: peers.Server) -> peers.Server:
    running_server.reset()
    return running_server
