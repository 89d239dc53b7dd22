"""What the worker calls."""

from __future__ import annotations

from datetime import timedelta

from bluelamp.kit import clock
from bluelamp.kit.queue import app
from bluelamp.members.models import Code

KEPT = timedelta(days=1)


@app.periodic(cron="23 * * * *")
@app.task(name="bluelamp.members.jobs.forget_codes", queueing_lock="members.forget_codes")
def forget_codes(timestamp: int) -> None:  # noqa: ARG001 - procrastinate names the minute
    """Delete codes that nobody can use any more and no rate counts."""
    Code.objects.filter(made_at__lt=clock.now() - KEPT).delete()
