"""What a server's own words prove of a sender, and what a stranger's words do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.channels.contract import RawInbound
from bluelamp.channels.providers.email import inbound
from bluelamp.channels.providers.email.authentic import results, sender_proven
from bluelamp.kit import clock

SERVER = "mx.force.example.test"


def mail(*fields: str, sender: str = "Ann <ann@example.test>", more: str = "") -> bytes:
    head = "".join(f"Authentication-Results: {field}\r\n" for field in fields)
    return f"{head}{more}From: {sender}\r\nSubject: Hello\r\n\r\nHe is here\r\n".encode()


def ours(words: str) -> str:
    return f"{SERVER}; {words}"


@pytest.mark.parametrize(
    "words",
    [
        "dmarc=pass header.from=example.test",
        "dmarc=pass (p=reject dis=none) header.from=EXAMPLE.test.",
        "spf=fail smtp.mailfrom=relay.test; dmarc=pass header.from=example.test",
        "dmarc=none header.from=example.test; dkim=pass header.d=example.test",
        'dkim=pass reason="good; really (yes)" header.i=@example.test',
        "dkim=fail header.d=list.test; dkim=pass header.d=example.test header.s=k1",
        "spf=pass (sender (SPF) allows) smtp.mailfrom=bounce@example.test",
        "DKIM/1 = pass\r\n\theader.d = example.test",
        'dkim=pass header.d="example.test" header.b="Ab+/c=="; spf=none',
        "dkim=pass header.d=example.test header.b=Ab+/c==",
        'spf=pass smtp.mailfrom="ann=other.test@list"@example.test',
    ],
)
def test_what_our_server_found_proves_the_address(words: str) -> None:
    assert sender_proven(mail(ours(words)), SERVER)
    assert sender_proven(mail(f"{SERVER.upper()} 1; {words}"), SERVER)


@pytest.mark.parametrize(
    "words",
    [
        "none",
        "",
        "dmarc=fail header.from=example.test",
        "dmarc=pass header.from=other.test",
        "dmarc=pass header.from=test",
        "dmarc=pass",
        "dmarc=fail header.from=example.test; dkim=pass header.d=example.test",
        "dmarc=temperror; spf=pass smtp.mailfrom=ann@example.test",
        "dkim=pass header.d=other.test",
        "dkim=pass header.d=sub.example.test",
        "dkim=neutral header.d=example.test",
        "dkim=fail (dkim=pass header.d=example.test) header.d=example.test",
        'dkim=fail reason="; dkim=pass header.d=example.test"',
        "spf=pass smtp.helo=example.test",
        "iprev=pass policy.iprev=192.0.2.1",
        # what a stranger may write before the @ of their own address
        "spf=pass smtp.mailfrom=example.test=x@evil.test",
        "spf=pass smtp.mailfrom=smtp.mailfrom=example.test=@evil.test",
        'spf=pass smtp.mailfrom="example.test"@evil.test',
        'spf=pass smtp.mailfrom="ann@example.test"@evil.test smtp.helo=evil.test',
        'dkim=pass header.i="example.test"@evil.test header.s=k1',
        'dkim=pass header.i="example.test" @evil.test header.s=k1',
        'spf=none reason="; dkim=pass header.d=example.test',
    ],
)
def test_anything_else_proves_nothing(words: str) -> None:
    assert not sender_proven(mail(ours(words)), SERVER)


PASS = "dmarc=pass header.from=example.test"


def test_only_our_own_server_is_believed() -> None:
    assert not sender_proven(mail(f"mx.other.test; {PASS}"), SERVER)
    assert not sender_proven(mail(f"mx.force.example.test.evil.test; {PASS}"), SERVER)
    assert sender_proven(mail(ours(PASS)), "") is None, "nobody's word would count"
    assert not sender_proven(mail(), SERVER)


def test_of_two_that_bear_its_name_the_topmost_counts() -> None:
    forged = ours(PASS)
    assert not sender_proven(mail(ours("dmarc=fail header.from=example.test"), forged), SERVER)
    assert not sender_proven(
        mail(
            ours("dkim=pass header.d=evil.test; spf=none"), ours("dkim=pass header.d=example.test")
        ),
        SERVER,
    )
    assert sender_proven(mail(ours("spf=none"), ours(PASS)), SERVER), "each filter writes its own"


@pytest.mark.parametrize("sender", ["ann@example.test, eve@evil.test", "nobody", ""])
def test_a_from_that_is_not_one_address_is_not_proven(sender: str) -> None:
    assert not sender_proven(mail(ours(PASS), sender=sender), SERVER)


def test_two_froms_are_not_proven() -> None:
    assert not sender_proven(mail(ours(PASS), more="From: eve@evil.test\r\n"), SERVER)


def test_a_field_behind_a_lone_carriage_return_proves_nothing() -> None:
    hidden = f"X-Note: hello\rAuthentication-Results: {ours(PASS)}\r\n"
    assert not sender_proven(mail(ours("spf=none"), more=hidden), SERVER)


def test_words_below_the_header_prove_nothing() -> None:
    raw = mail() + f"\r\nAuthentication-Results: {ours(PASS)}\r\n".encode()
    assert not sender_proven(raw, SERVER)


@given(st.text(alphabet='ab=;()"\\ .\r\n\t', max_size=80))
def test_any_field_can_be_read(value: str) -> None:
    for one in results(value):
        assert one.method == one.method.lower()


@given(st.binary(max_size=200))
def test_any_bytes_can_be_asked(raw: bytes) -> None:
    assert sender_proven(raw, SERVER) is False


def test_it_is_handed_on_with_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = inbound.config().model_copy(update={"authserv_id": SERVER})
    monkeypatch.setattr(inbound, "config", lambda: settings)
    for fields, proven in ((ours(PASS),), True), ((), False):
        raw = RawInbound("email", "1", clock.now(), mail(*fields))
        assert inbound.read_mail(raw).sender_proven is proven
