"""Windows over real connections: every recipient comes back once, with the truth."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from bluelamp.channels.contract import Content, Outcome, OutcomeKind, Recipient
from bluelamp.channels.providers.email.session import PipelinedSession
from bluelamp.channels.providers.email.tests.peers import (
    QUICK,
    count,
    kinds,
    open_session,
    recipient,
    recipients,
    template,
)
from bluelamp.channels.providers.email.values import Timeouts
from simulators.smtp_sink import Fault, Manners, Sink

ACCEPTED, REFUSED, DEFERRED, UNKNOWN, SKIPPED = OutcomeKind
LOCKSTEP = Manners(pipelining=False)
EVERY_MANNER = pytest.mark.parametrize(
    "manners",
    [
        Manners(),
        LOCKSTEP,
        Manners(esmtp=False),
        Manners(dribble=True),
        Manners(pipelining=False, dribble=True),
        Manners(data_for_nobody=True),
        Manners(size=100_000),
    ],
    ids=["pipelining", "lockstep", "helo", "dribble", "slow lockstep", "data for nobody", "size"],
)


async def deliver(sink: Sink, people: Sequence[Recipient], **changes: object) -> list[Outcome]:
    session = await open_session(sink.port, **changes)
    outcomes = await session.send_window(people)
    await session.close()
    assert set(kinds(outcomes)) == {person.contact_point for person in people}
    return outcomes


def faults(*texts: str) -> list[Fault]:
    return [Fault.parse(text) for text in texts]


def message_ids(people: Sequence[Recipient]) -> set[str]:
    return {person.message_id for person in people}


def consistent(sink: Sink, people: Sequence[Recipient], outcomes: Sequence[Outcome]) -> None:
    """What is said to be accepted was, once; what is said not to be was not."""
    found = kinds(outcomes)
    for person in people:
        taken = sink.accepted[person.message_id]
        if found[person.contact_point] is UNKNOWN:
            assert taken <= 1
        else:
            assert taken == (found[person.contact_point] is ACCEPTED)


# --- no failure


@EVERY_MANNER
async def test_everyone_gets_their_own_message_once(manners: Manners) -> None:
    people = recipients(30)
    async with Sink(manners) as sink:
        outcomes = await deliver(sink, people)
        assert count(outcomes, ACCEPTED) == 30
        assert {outcome.code for outcome in outcomes} == {250}
        assert sink.accepted == dict.fromkeys(message_ids(people), 1)
        by_address = {message.rcpt_to: message for message in sink.messages}
        made = template()
        for person in people:
            got = by_address[person.address]
            sent = made.fill(person.address.encode(), person.message_id.encode(), person.slots)
            assert got.data == sent
            assert got.mail_from == person.return_path


async def test_windows_follow_each_other_and_may_overlap() -> None:
    async with Sink() as sink:
        session = await open_session(sink.port, connections=3)
        first = asyncio.ensure_future(session.send_window(recipients(50)))
        second = asyncio.ensure_future(session.send_window(recipients(50, first=51)))
        assert set(kinds(await first)) == set(range(1, 51))
        assert set(kinds(await second)) == set(range(51, 101))
        assert set(kinds(await session.send_window(recipients(5, first=101)))) == set(
            range(101, 106)
        )
        await session.close()
        assert len(sink.accepted) == 105
        assert sink.sessions == 3
        assert sink.open == 0


async def test_an_empty_window_is_no_work() -> None:
    async with Sink() as sink:
        assert await deliver(sink, []) == []


async def test_a_contact_point_twice_under_way_is_a_mistake_of_the_caller() -> None:
    async with Sink() as sink:
        session = await open_session(sink.port)
        with pytest.raises(ValueError, match="occurs twice"):
            await session.send_window([recipient(1), recipient(1)])
        await session.close()


async def test_no_more_connections_than_recipients() -> None:
    async with Sink() as sink:
        await deliver(sink, recipients(1), connections=10)
        assert sink.sessions == 1


@given(text=st.text(st.characters(exclude_characters="\0[", exclude_categories=("Cs",))))
@tuned(deadline=None, max_examples=40)
def test_the_receiver_has_the_very_bytes_of_the_template(text: str) -> None:
    content = Content("Subject", text + "\n.\n..\r\n.", "")

    async def run() -> None:
        async with Sink() as sink:
            await deliver(sink, recipients(2), content=content)
            one = template(content)
            for person, got in zip(recipients(2), sink.messages, strict=True):
                to, token = person.address.encode(), person.message_id.encode()
                assert got.data == one.fill(to, token, person.slots)

    asyncio.run(run())


# --- refusals


@EVERY_MANNER
@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "end"])
@pytest.mark.parametrize(
    ("answer", "kind", "code", "status"),
    [
        ("550 5.1.1 <member3@example.test> is unknown", REFUSED, 550, "5.1.1"),
        ("451 4.7.1 Greylisted", DEFERRED, 451, "4.7.1"),
        ("452 Later", DEFERRED, 452, ""),
    ],
)
async def test_a_refusal_meets_one_recipient_alone(
    manners: Manners, stage: str, answer: str, kind: OutcomeKind, code: int, status: str
) -> None:
    people = recipients(10)
    about = "00000003" if stage == "mail" else "member3@"
    async with Sink(manners, faults(f"{stage}:{answer}:about={about}")) as sink:
        outcomes = await deliver(sink, people, connections=1)
        consistent(sink, people, outcomes)
        (odd,) = (outcome for outcome in outcomes if outcome.kind is not ACCEPTED)
        assert odd[:4] == (3, kind, code, status)
        assert "member3" not in odd.detail
        assert odd.detail
        assert sink.sessions == 1


@pytest.mark.parametrize("pipelining", [True, False])
async def test_when_everyone_is_refused_the_connection_still_serves(pipelining: bool) -> None:
    async with Sink(Manners(pipelining=pipelining), faults("rcpt:550 5.1.1 No:first=20")) as sink:
        session = await open_session(sink.port, connections=1)
        assert count(await session.send_window(recipients(20)), REFUSED) == 20
        assert count(await session.send_window(recipients(5, first=21)), ACCEPTED) == 5
        await session.close()
        assert sink.sessions == 1


async def test_recipients_we_refuse_ourselves_never_reach_the_relay() -> None:
    people = [
        recipient(1),
        recipient(2, address="no address"),
        recipient(3, slots=(b"a\r\nBcc: x@example.test", b"b")),
        recipient(4)._replace(message_id="two words@example.test"),
        recipient(5)._replace(return_path="a> SIZE=1\r\nRCPT TO:<x@example.test"),
        recipient(6, address="x@example.test>\r\nDATA"),
        recipient(7),
    ]
    async with Sink() as sink:
        outcomes = await deliver(sink, people)
        consistent(sink, people, outcomes)
        refused = {o.contact_point: o.status for o in outcomes if o.kind is REFUSED}
        assert refused == {2: "5.1.3", 3: "5.6.0", 4: "5.6.0", 5: "5.1.7", 6: "5.1.3"}
        assert all(outcome.code == 0 for outcome in outcomes if outcome.kind is REFUSED)
        assert len(sink.accepted) == 2


async def test_too_large_for_the_relay_is_refused_here() -> None:
    async with Sink(Manners(size=500)) as sink:
        outcomes = await deliver(sink, recipients(2))
        assert [(o.kind, o.status) for o in outcomes] == [(REFUSED, "5.3.4")] * 2


@pytest.mark.parametrize("able", [True, False])
async def test_a_non_ascii_address_needs_smtputf8(able: bool) -> None:
    people = [recipient(1, address="jürgen@example.test"), recipient(2, address="a@bücher.test")]
    async with Sink(Manners(smtputf8=able)) as sink:
        found = kinds(await deliver(sink, people))
        assert found == {1: ACCEPTED if able else REFUSED, 2: ACCEPTED}
        addresses = {message.rcpt_to for message in sink.messages}
        assert "a@xn--bcher-kva.test" in addresses
        assert ("jürgen@example.test" in addresses) is able


# --- 421


@EVERY_MANNER
@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "end"])
async def test_421_ends_the_connection_and_the_rest_goes_over_another(
    manners: Manners, stage: str
) -> None:
    people = recipients(20)
    async with Sink(manners, faults(f"{stage}:421 4.3.2 Going down:at=5")) as sink:
        outcomes = await deliver(sink, people, connections=1)
        consistent(sink, people, outcomes)
        deferred = [outcome for outcome in outcomes if outcome.kind is DEFERRED]
        assert count(outcomes, ACCEPTED) + len(deferred) == 20
        # a body that 421 answers was not taken; an envelope is simply sent again
        assert [outcome.code for outcome in deferred] == ([421] if stage == "end" else [])
        assert sink.sessions == 2


async def test_a_refusal_stands_even_if_the_connection_is_lost_behind_it() -> None:
    rcpt, data = Fault.parse("rcpt:550 5.1.1 No:about=member3@"), Fault.parse("data:drop:at=3")
    async with Sink(faults=[rcpt, data]) as sink:
        outcomes = await deliver(sink, recipients(5), connections=1)
        assert kinds(outcomes) == {1: ACCEPTED, 2: ACCEPTED, 3: REFUSED, 4: ACCEPTED, 5: ACCEPTED}
        assert rcpt.times == 1  # nobody was asked about twice


async def test_what_is_put_back_goes_over_a_connection_that_is_idle() -> None:
    """The one that lost it is turned away, so only the idle one is left."""
    away = [Fault.parse(f"connect:421 4.7.0 Too many:at={n}") for n in range(3, 30)]
    async with Sink(faults=[Fault.parse("rcpt:silent:about=member2@:at=1"), *away]) as sink:
        patient = QUICK.model_copy(update={"command": 0.3})
        people = recipients(2)
        session = await open_session(sink.port, connections=2, timeouts=patient)
        outcomes = await asyncio.wait_for(session.send_window(people), 10)
        assert kinds(outcomes) == {1: ACCEPTED, 2: ACCEPTED}
        await session.close()


async def test_a_relay_that_lets_nobody_finish_is_not_stormed() -> None:
    people = recipients(200)
    async with Sink(faults=faults("mail:421 4.3.2 Not now")) as sink:
        outcomes = await deliver(sink, people, connections=2, reconnects=2)
        assert count(outcomes, DEFERRED) == 200
        assert sink.sessions <= 2 * 3 + 1


async def test_a_recipient_who_kills_every_connection_is_deferred() -> None:
    people = recipients(10)
    async with Sink(faults=faults("rcpt:421 4.7.0 No:about=member4@")) as sink:
        outcomes = await deliver(sink, people, connections=2)
        consistent(sink, people, outcomes)
        (odd,) = (outcome for outcome in outcomes if outcome.kind is not ACCEPTED)
        assert odd[:4] == (4, DEFERRED, 421, "4.7.0")


async def test_421_between_windows_costs_nothing() -> None:
    async with Sink() as sink:
        session = await open_session(sink.port, connections=1)
        assert count(await session.send_window(recipients(3)), ACCEPTED) == 3
        sink.say(b"421 4.4.2 Idle too long\r\n", hang_up=True)
        await asyncio.sleep(0.05)
        assert count(await session.send_window(recipients(3, first=4)), ACCEPTED) == 3
        await session.close()
        assert sink.sessions == 2


@pytest.mark.parametrize("words", [b"421 4.4.2 Idle too long\r\n", b"250 Hello again\r\n"])
@pytest.mark.parametrize("hang_up", [True, False])
async def test_a_connection_that_waited_for_its_first_window_may_be_dead(
    words: bytes, hang_up: bool
) -> None:
    async with Sink() as sink:
        session = await open_session(sink.port, connections=1)
        sink.say(words, hang_up=hang_up)
        await asyncio.sleep(0.05)
        assert count(await session.send_window(recipients(3)), ACCEPTED) == 3
        await session.close()
        assert sink.open == 0


async def test_a_session_that_sent_nothing_says_goodbye() -> None:
    async with Sink(faults=[quitting := Fault.parse("quit:221 2.0.0 Bye")]) as sink:
        session = await open_session(sink.port)
        await session.close()
        assert quitting.times == 1


async def test_a_relay_that_turns_connections_away_is_used_as_wide_as_it_allows() -> None:
    busy = [Fault.parse(f"connect:421 4.7.0 Too many connections:at={n}") for n in range(3, 40)]
    async with Sink(Manners(delay=0.002), busy) as sink:
        session = await open_session(sink.port, connections=8)
        for first in range(1, 301, 60):
            window = await session.send_window(recipients(60, first=first))
            assert count(window, ACCEPTED) == 60
        await session.close()
        assert sink.sessions <= 8 + 4  # later windows try one more each, not all of them


# --- lost connections


@pytest.mark.parametrize("manners", [Manners(), LOCKSTEP], ids=["pipelining", "lockstep"])
@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
async def test_a_connection_lost_before_a_body_loses_nobody(manners: Manners, stage: str) -> None:
    people = recipients(20)
    async with Sink(manners, faults(f"{stage}:drop:at=7")) as sink:
        outcomes = await deliver(sink, people, connections=1)
        consistent(sink, people, outcomes)
        # in a pipelined group the body before may be unanswered; here its answer came first
        assert count(outcomes, ACCEPTED) == 20


@pytest.mark.parametrize("manners", [Manners(), LOCKSTEP], ids=["pipelining", "lockstep"])
@pytest.mark.parametrize(("stage", "taken"), [("body", 0), ("end", 0), ("taken", 1)])
async def test_a_body_without_answer_is_unknown_and_is_not_sent_again(
    manners: Manners, stage: str, taken: int
) -> None:
    people = recipients(20)
    async with Sink(manners, faults(f"{stage}:drop:at=7")) as sink:
        outcomes = await deliver(sink, people, connections=1)
        consistent(sink, people, outcomes)
        (odd,) = (outcome for outcome in outcomes if outcome.kind is not ACCEPTED)
        assert odd.kind is UNKNOWN
        assert sink.accepted[people[odd.contact_point - 1].message_id] == taken


async def test_a_relay_that_dies_for_good_defers_the_rest() -> None:
    people = recipients(40)
    sink = Sink(Manners(delay=0.01))
    await sink.start()
    session = await open_session(sink.port, connections=4)
    window = asyncio.ensure_future(session.send_window(people))
    while sum(sink.accepted.values()) < 12:
        await asyncio.sleep(0.001)
    await sink.stop()
    outcomes = await window
    consistent(sink, people, outcomes)
    assert count(outcomes, ACCEPTED) >= 8
    assert count(outcomes, UNKNOWN) <= 4
    assert count(outcomes, DEFERRED) == 40 - count(outcomes, ACCEPTED) - count(outcomes, UNKNOWN)
    again = await session.send_window(recipients(3, first=41))
    assert count(again, DEFERRED) == 3
    assert all("reached" in outcome.detail for outcome in again)
    await session.close()


async def test_a_relay_that_comes_back_is_found_by_the_next_window() -> None:
    sink = Sink()
    port = await sink.start()
    session = await open_session(port)
    await sink.stop()
    assert count(await session.send_window(recipients(3)), DEFERRED) == 3
    async with _at(port) as back:
        assert count(await session.send_window(recipients(3, first=4)), ACCEPTED) == 3
        assert len(back.accepted) == 3
        await session.close()


class _at:  # noqa: N801
    """A sink on a given port."""

    def __init__(self, port: int) -> None:
        self.sink, self.port = Sink(), port

    async def __aenter__(self) -> Sink:
        await self.sink.start(port=self.port)
        return self.sink

    async def __aexit__(self, *error: object) -> None:
        await self.sink.stop()


# --- silence


@pytest.mark.parametrize("manners", [Manners(), LOCKSTEP], ids=["pipelining", "lockstep"])
@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "end"])
async def test_silence_ends_with_the_time_out_of_its_phase(manners: Manners, stage: str) -> None:
    limit = {"mail": "command", "rcpt": "command", "data": "data_start", "end": "data_end"}[stage]
    if manners.pipelining and stage in {"mail", "rcpt"}:
        limit = "command"
    patient = QUICK.model_dump() | {limit: 0.2}
    people = recipients(6)
    async with Sink(manners, faults(f"{stage}:silent:at=3")) as sink:
        outcomes = await deliver(sink, people, connections=1, timeouts=Timeouts(**patient))
        consistent(sink, people, outcomes)
        unknown = [outcome for outcome in outcomes if outcome.kind is UNKNOWN]
        assert len(unknown) == (stage == "end")
        assert all("in time" in outcome.detail for outcome in unknown)
        assert count(outcomes, ACCEPTED) == 6 - len(unknown)


async def test_a_relay_that_stops_reading_has_not_got_the_message() -> None:
    large = Content("S", "x" * 8_000_000, "")
    async with Sink(faults=faults("body:deaf:at=1")) as sink:
        patient = QUICK.model_copy(update={"data_block": 0.3})
        outcomes = await deliver(
            sink, recipients(1), content=large, connections=1, timeouts=patient
        )
        assert [outcome.kind for outcome in outcomes] == [DEFERRED]
        assert "stopped reading" in outcomes[0].detail


async def test_a_slow_reader_holds_one_message_in_memory_not_the_window() -> None:
    large = Content("S", "x" * 6_000_000, "")
    async with Sink(Manners(delay=0.01)) as sink:
        session = await open_session(sink.port, large, connections=2)
        highest = 0

        async def watch() -> None:
            nonlocal highest
            while True:
                highest = max(highest, session.unsent)
                await asyncio.sleep(0)

        watcher = asyncio.ensure_future(watch())
        assert count(await session.send_window(recipients(5)), ACCEPTED) == 5
        watcher.cancel()
        await session.close()
        assert 0 < highest <= 2 * 6_300_000


async def _read_slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A relay that takes 64 kB every 25 ms."""
    writer.write(b"220 slow\r\n")
    while not (line := await reader.readline()).startswith(b"DATA"):
        writer.write(b"250 Ok\r\n" if line else b"")
    writer.write(b"354 Go\r\n")
    end = b""
    while not end.endswith(b"\r\n.\r\n"):
        end = (end + await reader.read(65536))[-5:]
        await asyncio.sleep(0.025)
    writer.write(b"250 Ok\r\n")
    await reader.readline()
    writer.close()


async def test_a_slow_reader_that_reads_is_waited_for() -> None:
    """The limit is for a block that does not move, not for the whole message."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)  # the kernel reads no more
    listening.bind(("127.0.0.1", 0))
    server = await asyncio.start_server(_read_slowly, sock=listening)
    port = listening.getsockname()[1]
    patient = QUICK.model_copy(update={"data_block": 1.0})
    session = await open_session(
        port, Content("S", "x" * 8_000_000, ""), connections=1, timeouts=patient
    )
    assert kinds(await session.send_window(recipients(1))) == {1: ACCEPTED}
    await session.close()
    server.close()


async def test_an_acceptance_of_what_has_not_left_us_is_not_believed() -> None:
    large = Content("S", "x" * 8_000_000, "")
    async with Sink(faults=faults("body:250 2.0.0 Taken:at=1")) as sink:
        outcomes = await deliver(sink, recipients(1), content=large, connections=1)
        assert [outcome.kind for outcome in outcomes] == [UNKNOWN]
        assert not sink.accepted


# --- relays that break the protocol


@pytest.mark.parametrize(
    "fault",
    [
        "data:354 Go\r\n250 2.0.0 Already:at=2",  # answers a body that it cannot have read
        "mail:250 Ok\r\n250 Ok:at=2",  # one answer too many shifts all that follow
        "rcpt:354 Go:at=2",
        "data:250 Ok:at=2",
        "mail:hello:at=2",
        "mail:999 Hello:at=2",
    ],
)
async def test_an_answer_out_of_order_is_never_taken_for_an_acceptance(fault: str) -> None:
    people = recipients(10)
    async with Sink(faults=faults(fault)) as sink:
        outcomes = await deliver(sink, people, connections=1)
        consistent(sink, people, outcomes)
        assert count(outcomes, ACCEPTED) + count(outcomes, UNKNOWN) == 10


@given(
    plan=st.lists(
        st.tuples(
            st.sampled_from(["connect", "mail", "rcpt", "data", "body", "end", "taken", "rset"]),
            st.sampled_from(["drop", "421 4.3.2 Bye", "451 4.3.0 Later", "550 5.7.1 No", "250 Ok"]),
            st.integers(1, 30),
        ),
        max_size=8,
    ),
    pipelining=st.booleans(),
    connections=st.integers(1, 5),
)
@tuned(deadline=None, max_examples=60)
def test_any_mixture_of_failures_loses_and_doubles_nobody(
    plan: list[tuple[str, str, int]], pipelining: bool, connections: int
) -> None:
    """Whatever the relay does, short of lying about an acceptance."""
    plan = [step for step in plan if step[1] != "250 Ok" or step[0] in {"rset", "data"}]

    async def run() -> None:
        people = recipients(40)
        injected = faults(*(f"{stage}:{action}:at={at}" for stage, action, at in plan))
        sink = Sink(Manners(pipelining=pipelining), injected)
        async with sink:
            try:
                session = await open_session(sink.port, connections=connections)
            except Exception:  # the first connection met a fault
                session = await open_session_later(sink, connections)
            outcomes = await session.send_window(people)
            await session.close()
            lied = {
                outcome.contact_point
                for outcome in outcomes
                if outcome.kind in {REFUSED, DEFERRED} and _after_taken(plan, outcome)
            }
            found = kinds(outcomes)
            assert set(found) == {person.contact_point for person in people}
            for person in people:
                taken = sink.accepted[person.message_id]
                if found[person.contact_point] is ACCEPTED:
                    assert taken == 1
                elif (
                    person.contact_point not in lied and found[person.contact_point] is not UNKNOWN
                ):
                    assert taken == 0
                assert taken <= 1

    asyncio.run(run())


def _after_taken(plan: list[tuple[str, str, int]], outcome: Outcome) -> bool:
    """A relay that takes a message and then says it did not is believed."""
    return any(stage == "taken" and str(outcome.code) in action for stage, action, _ in plan)


async def open_session_later(sink: Sink, connections: int) -> PipelinedSession:
    for _ in range(10):
        try:
            return await open_session(sink.port, connections=connections)
        except Exception:
            continue
    raise AssertionError("The sink never let us in.")


# --- stopping


async def test_halt_starts_nothing_more_and_finishes_what_is_on_the_wire() -> None:
    people = recipients(50)
    async with Sink(Manners(delay=0.01)) as sink:
        session = await open_session(sink.port, connections=2)
        window = asyncio.ensure_future(session.send_window(people))
        while not sink.accepted:
            await asyncio.sleep(0.001)
        session.halt()
        outcomes = await window
        consistent(sink, people, outcomes)
        assert set(kinds(outcomes).values()) == {ACCEPTED, SKIPPED}
        assert count(outcomes, SKIPPED) >= 40
        later = await session.send_window(recipients(2, first=100))
        assert count(later, SKIPPED) == 2
        await session.close()


async def test_close_in_mid_window_answers_for_everyone() -> None:
    people = recipients(50)
    async with Sink(Manners(delay=0.02)) as sink:
        session = await open_session(sink.port, connections=2)
        window = asyncio.ensure_future(session.send_window(people))
        while not sink.accepted:
            await asyncio.sleep(0.001)
        await session.close()
        outcomes = await asyncio.wait_for(window, 5)
        consistent(sink, people, outcomes)
        assert set(kinds(outcomes)) == {person.contact_point for person in people}


async def test_a_cancelled_wait_does_not_unsend() -> None:
    async with Sink(Manners(delay=0.005)) as sink:
        session = await open_session(sink.port)
        waiting = asyncio.ensure_future(session.send_window(recipients(10)))
        await asyncio.sleep(0.01)
        waiting.cancel()
        while len(sink.accepted) < 10:
            await asyncio.sleep(0.005)
        assert count(await session.send_window(recipients(2, first=11)), ACCEPTED) == 2
        await session.close()
