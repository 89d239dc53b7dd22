"""The bench measures what it says it does: that everyone got the mail, with every option."""

from __future__ import annotations

import pytest

from bluelamp.channels.providers.email import bench
from bluelamp.channels.providers.email.tests.peers import settings
from simulators.smtp_sink import Fault, Sink


@pytest.mark.parametrize("octets", [2000, 3000, 8000])
async def test_everyone_is_sent_to_and_the_length_is_as_asked(octets: int) -> None:
    async with Sink() as sink:
        rate = await bench.sender_rate(settings(sink.port), bench.people(700), octets=octets)
        assert len(sink.accepted) == rate.sent == 700
        assert abs(rate.octets - octets) < 400
        assert rate.per_second > 0


async def test_a_run_that_lost_somebody_is_no_result() -> None:
    async with Sink(faults=[Fault.parse("rcpt:550 5.1.1 No:at=3")]) as sink:
        with pytest.raises(RuntimeError, match="49 of 50"):
            await bench.sender_rate(settings(sink.port), bench.people(50))


def test_the_whole_comparison_runs() -> None:
    found = bench.compare(600)
    assert found["recipients"] == 600
    for name in ("rate", "rate_rsa", "rate_ed25519", "rate_tls", "processor_us"):
        assert found[name]
    assert ("ratio_smtp_source" in found) is ("smtp_source" in found)
