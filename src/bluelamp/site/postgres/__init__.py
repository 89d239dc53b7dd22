"""The PostgreSQL that Bluelamp brings along, and the whole of its life.

Any number of processes may use one embedded server.  Each holds a shared lock
on ``users.lock`` for as long as it does; one *keeper* process starts the
server, starts it again when it dies, and waits for the exclusive lock.  The
kernel drops a dead process's lock, so the last one out turns off the light
even when it left by ``kill -9``, and there is no count to go stale.
"""

from bluelamp.site.postgres.embedded import EmbeddedPostgres, Status, temporary_postgres
from bluelamp.site.postgres.errors import PostgresError
from bluelamp.site.postgres.layout import embedded_url

__all__ = ["EmbeddedPostgres", "PostgresError", "Status", "embedded_url", "temporary_postgres"]
