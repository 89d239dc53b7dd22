"""The queue's own upkeep."""

from __future__ import annotations

from bluelamp.kit.queue import app


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="site.retry_stalled", pass_context=True)
async def retry_stalled(context: object, timestamp: int) -> None:  # noqa: ARG001
    """Give jobs of killed workers to others: procrastinate leaves them ``doing``."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=60):
        await app.job_manager.retry_job(job)
