"""No path through the gate lets an author approve, or sends what nobody approved."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bluelamp.outbound.errors import GateError, ReasonMissingError
from bluelamp.outbound.rules import gate
from bluelamp.outbound.values import EDITABLE, MessageState, Urgency

OFFICERS = st.integers(1, 4)
REASONS = st.sampled_from(["", "  ", "A gas leak"])


class AnyPath(RuleBasedStateMachine):
    """Every order of every act, by every officer, on fresh and stale versions."""

    @initialize(author=OFFICERS, urgency=st.sampled_from(Urgency))
    def begin(self, author: int, urgency: Urgency) -> None:
        self.gate = gate.Gate(MessageState.DRAFT, 1, frozenset({author}), urgency)
        self.wrote: dict[int, set[int]] = {1: {author}}
        self.decided: dict[int, tuple[str, int]] = {}

    def attempt(self, act: Any, *args: Any, **kwargs: Any) -> bool:
        try:
            self.gate = act(self.gate, *args, **kwargs)
        except GateError:
            return False
        return True

    @rule(by=OFFICERS)
    def change(self, by: int) -> None:
        writers = self.wrote[self.gate.version]
        if self.attempt(gate.change, by=by):
            self.wrote[self.gate.version] = writers | {by}

    @rule()
    def submit(self) -> None:
        self.attempt(gate.submit)

    @rule(by=OFFICERS, back=st.integers(0, 2))
    def approve(self, by: int, back: int) -> None:
        version = self.gate.version - back
        if self.attempt(gate.approve, by=by, version=version):
            self.decided[version] = ("approved", by)

    @rule(by=OFFICERS, back=st.integers(0, 1), reason=REASONS)
    def send_back(self, by: int, back: int, reason: str) -> None:
        self.attempt(gate.send_back, by=by, version=self.gate.version - back, reason=reason)

    @rule(by=OFFICERS, back=st.integers(0, 1), reason=REASONS)
    def break_glass(self, by: int, back: int, reason: str) -> None:
        version = self.gate.version - back
        if self.attempt(gate.break_glass, version=version, reason=reason):
            assert reason.strip()
            assert self.gate.urgency is Urgency.URGENT
            self.decided[version] = ("broken", by)

    @rule()
    def send(self) -> None:
        """What the engine does with whatever is approved."""
        if self.gate.state is MessageState.APPROVED:
            self.gate = gate.replace(self.gate, state=MessageState.SENDING)

    @rule()
    def stop(self) -> None:
        self.attempt(gate.stop)

    @rule(reason=REASONS)
    def recall(self, reason: str) -> None:
        self.attempt(gate.recall, reason=reason)

    @invariant()
    def nobody_approved_their_own_words(self) -> None:
        for version, (way, by) in getattr(self, "decided", {}).items():
            assert way == "broken" or by not in self.wrote[version]

    @invariant()
    def what_leaves_was_decided_on_in_exactly_this_version(self) -> None:
        made = getattr(self, "gate", None)
        if made is not None and made.state not in EDITABLE - {MessageState.APPROVED}:
            assert made.approved_version == made.version
            assert made.version in self.decided

    @invariant()
    def what_can_be_changed_is_not_approved(self) -> None:
        made = getattr(self, "gate", None)
        if made is not None and made.state in EDITABLE - {MessageState.APPROVED}:
            assert made.approved_version is None


TestAnyPath = AnyPath.TestCase

CONTENT = st.fixed_dictionaries(
    {"version": st.integers(1, 9), "title": st.text(max_size=20), "body": st.text(max_size=50)}
)


@given(CONTENT, CONTENT)
def test_two_digests_are_alike_only_for_the_same_content(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert (gate.digest(one) == gate.digest(other)) is (one == other)


def test_a_recall_says_why() -> None:
    sent = gate.Gate(MessageState.SENT, 1, frozenset({1}), approved_version=1)
    with pytest.raises(ReasonMissingError):
        gate.recall(sent, reason=" ")
    assert gate.recall(sent, reason="Wrong street").state is MessageState.RECALLED
