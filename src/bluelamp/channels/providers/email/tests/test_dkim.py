"""Signatures made from a precompiled form, checked by dkimpy from the bytes alone."""

from __future__ import annotations

from base64 import b64encode

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bluelamp.channels.contract import Content
from bluelamp.channels.providers.email.dkim import Signer, canonical_body, canonical_field
from bluelamp.channels.providers.email.tests.peers import CONTENT, template
from bluelamp.channels.providers.email.tests.peers import settings as account_settings
from bluelamp.channels.providers.email.tests.test_template import (
    MAIL,
    MESSAGE_ID,
    TO,
    URL,
    line,
    text_value,
    token,
    with_slots,
)
from bluelamp.channels.providers.email.values import EmailSettings

DOMAIN = "brackenshire.example.test"
RSA = Signer(DOMAIN, "rsa1", generate_private_key(65537, 2048))
ED25519 = Signer(DOMAIN, "ed1", Ed25519PrivateKey.generate())
BOTH = (RSA, ED25519)


def published(name: bytes, timeout: int = 5) -> bytes | None:
    """The DNS of a world where only our two keys exist."""
    del timeout
    records = {f"{s.selector}._domainkey.{DOMAIN}.".encode(): record(s) for s in BOTH}
    return records.get(name)


def record(signer: Signer) -> bytes:
    if isinstance(signer.key, RSAPrivateKey):
        der = signer.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return b"v=DKIM1; k=rsa; p=" + b64encode(der)
    raw = signer.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return b"v=DKIM1; k=ed25519; p=" + b64encode(raw)


def holds(raw: bytes, index: int) -> bool:
    try:
        return bool(dkim.DKIM(raw).verify(idx=index, dnsfunc=published))
    except dkim.DKIMException:
        return False


def verified(raw: bytes) -> bool:
    return all(holds(raw, index) for index in (0, 1))


def signed(content: Content = CONTENT, url: bytes = URL, mail: bytes = MAIL) -> bytes:
    return template(content, signers=BOTH).fill(TO, MESSAGE_ID, (url, mail))


@given(subject=line, text=with_slots, html=with_slots, value=text_value)
@settings(deadline=None)
def test_both_signatures_hold_for_any_text_and_value(
    subject: str, text: str, html: str, value: bytes
) -> None:
    assert verified(signed(Content(subject, text, html), value))


@given(url=token, mail=token)
@settings(deadline=None)
def test_both_signatures_hold_for_any_header_value(url: bytes, mail: bytes) -> None:
    assert verified(signed(url=url, mail=mail))


@pytest.mark.parametrize(
    ("part", "forged"),
    [
        (b"Lock your shed", b"Open your shed"),
        (b"Subject: Shed", b"Subject: Free shed"),
        (b"To: member@", b"To: someone@"),
        (b"Message-ID: <abc", b"Message-ID: <abd"),
        (b"From: Brackenshire", b"From: Otherby"),
        (b"10:00:00", b"11:00:00"),
        (b"<https://brackenshire", b"<https://otherby"),
        (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Click"),
        (b"multipart/alternative", b"multipart/mixed"),
        (b"MIME-Version: 1.0", b"MIME-Version: 1.1"),
        (b"replies@", b"refusals@"),
    ],
)
def test_a_changed_mail_breaks_both(part: bytes, forged: bytes) -> None:
    raw = signed()
    assert part in raw
    assert verified(raw)
    changed = raw.replace(part, forged)
    assert not any(holds(changed, index) for index in (0, 1))


@pytest.mark.parametrize(
    "name", [b"From", b"To", b"Subject", b"Date", b"Reply-To", b"List-Unsubscribe"]
)
@pytest.mark.parametrize("above", [True, False])
def test_a_second_header_of_a_name_breaks_both(name: bytes, above: bool) -> None:
    raw, extra = signed(), name + b": Mallory <mallory@example.test>\r\n"
    head, body = raw.split(b"\r\n\r\n", 1)
    changed = extra + raw if above else head + b"\r\n" + extra + b"\r\n" + body
    assert not any(holds(changed, index) for index in (0, 1))


def test_a_relay_may_fold_and_pad_what_relaxed_allows() -> None:
    raw = signed().replace(b"\r\nSubject: Shed break-ins", b"\r\nSUBJECT:  Shed\r\n\tbreak-ins ")
    assert verified(raw + b"\r\n\r\n")


def test_one_recipient_leaves_no_trace_in_the_next() -> None:
    made = template(signers=BOTH)
    first, again = (made.fill(TO, MESSAGE_ID, (URL, MAIL)) for _ in range(2))
    other = made.fill(TO, MESSAGE_ID, (URL + b"2", MAIL))
    assert first == again != other
    assert verified(again)
    assert verified(other)


def test_every_attempt_is_signed_alike() -> None:
    assert signed() == signed()


@given(st.lists(st.text(st.sampled_from("a. \t=\0"), max_size=12), max_size=8))
def test_canonical_body_is_dkimpys(rows: list[str]) -> None:
    body = "".join(row + "\r\n" for row in rows).encode()
    assert canonical_body(body) == dkim.canonicalization.Relaxed.canonicalize_body(body)


@given(value=st.text(st.sampled_from("ab \t\r"), max_size=60))
def test_canonical_field_is_dkimpys(value: str) -> None:
    folded = value.replace("\r", "\r\n ").encode()
    theirs = dkim.canonicalization.Relaxed.canonicalize_headers([(b"X-Name", folded + b"\r\n")])
    name, ours = canonical_field(b"X-Name:" + folded)
    assert (name, ours[len(name) + 1 :] + b"\r\n") == theirs[0]


def pem(key: RSAPrivateKey | Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("rsa", pem(RSA.key)),
        ("ed25519", pem(ED25519.key)),
        ("ed25519", b64encode(b"\x01" * 32).decode()),
    ],
)
def test_keys_are_read_from_pem_and_seed(field: str, text: str) -> None:
    account = settings_of(
        dkim_domain=DOMAIN, **{f"dkim_{field}_selector": "s", f"dkim_{field}_key": text}
    )
    (signer,) = account.signers
    assert signer.algorithm == f"{field}-sha256".encode()
    assert text not in repr(account)


def test_two_keys_sign_twice() -> None:
    account = settings_of(
        dkim_domain=DOMAIN,
        dkim_rsa_selector="rsa1",
        dkim_rsa_key=pem(RSA.key),
        dkim_ed25519_selector="ed1",
        dkim_ed25519_key=pem(ED25519.key),
    )
    assert verified(template(signers=account.signers).fill(TO, MESSAGE_ID, (URL, MAIL)))


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("rsa", pem(ED25519.key), "not a private key of the kind rsa"),
        ("ed25519", pem(RSA.key), "not a private key of the kind ed25519"),
        ("ed25519", "AAAA", "base64 seed of 32 bytes"),
        ("rsa", "-----BEGIN NOTHING-----", "not a PEM private key"),
        ("rsa", pem(RSA.key).replace("PRIVATE", "PUBLIC"), "not a PEM"),
    ],
)
def test_a_wrong_key_is_refused_without_showing_it(field: str, text: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words) as caught:
        settings_of(
            dkim_domain=DOMAIN, **{f"dkim_{field}_selector": "s", f"dkim_{field}_key": text}
        )
    assert text[-60:] not in str(caught.value)


@pytest.mark.parametrize("missing", ["dkim_domain", "dkim_rsa_selector"])
def test_a_key_needs_its_place_in_the_dns(missing: str) -> None:
    given = {"dkim_domain": DOMAIN, "dkim_rsa_selector": "s", "dkim_rsa_key": pem(RSA.key)}
    del given[missing]
    with pytest.raises(ValidationError, match="domain and selector"):
        settings_of(**given)


def settings_of(**given: str) -> EmailSettings:
    return account_settings(25, **given)
