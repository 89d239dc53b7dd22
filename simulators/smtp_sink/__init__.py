"""An SMTP receiver that counts by Message-ID, speaks TLS and fails on demand.

In a test: ``async with Sink(faults=[Fault.parse("end:451 4.3.0 Busy:at=3")]) as sink: ...``.
As a process: ``python -m simulators.smtp_sink --port 0 --log FILE``.
"""

from .certificates import Certificates, make_certificates
from .faults import Fault
from .server import Received, Sink
from .session import Manners

__all__ = ["Certificates", "Fault", "Manners", "Received", "Sink", "make_certificates"]
