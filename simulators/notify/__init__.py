"""GOV.UK Notify as its public documentation tells of it: text messages out and in.

A small server that keeps the published rules of the REST API (tokens, errors,
limits, pages of 250, callbacks) and shows on one page what phones received.  Marked
as simulated on every page.  Start it with ``python -m simulators.notify``.
"""

from simulators.notify.faults import Fault
from simulators.notify.limits import Limits
from simulators.notify.server import Server
from simulators.notify.service import Service, Template

__all__ = ["Fault", "Limits", "Server", "Service", "Template"]
