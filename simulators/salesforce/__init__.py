"""Salesforce Service Cloud as its public documentation tells of it: Cases, by REST.

A small server that keeps the published rules for one object and says no as
Salesforce does.  Start it with ``python -m simulators.salesforce``.
"""

from simulators.salesforce.faults import Fault, Faults
from simulators.salesforce.server import Server
from simulators.salesforce.service import App, Service

__all__ = ["App", "Fault", "Faults", "Server", "Service"]
