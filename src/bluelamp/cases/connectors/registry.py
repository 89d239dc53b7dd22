"""The one place that knows kinds of case systems by name: a line each."""

from __future__ import annotations

import importlib
from functools import cache
from typing import cast

from bluelamp.cases.connectors.contract import Connector, ConnectorError

KINDS: dict[str, str] = {
    "rest": "bluelamp.cases.connectors.rest",
    "salesforce": "bluelamp.cases.connectors.salesforce",
}
"""Kind -> the module whose ``CONNECTOR`` speaks the contract."""


@cache
def connector(kind: str) -> Connector:
    """Return what speaks to a kind of case system.

    :raises ConnectorError: no line names it.
    """
    if kind not in KINDS:
        raise ConnectorError(f"There is no kind of case system called {kind}.", permanent=True)
    return cast("Connector", importlib.import_module(KINDS[kind]).CONNECTOR)
