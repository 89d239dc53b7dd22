"""Mail fetched from a real mailbox: each once, seen when it is stored, none lost."""

from __future__ import annotations

import imaplib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bluelamp.channels.contract import ChannelError, Polled
from bluelamp.channels.mailnames import mail_id
from bluelamp.channels.providers.email import mailbox
from bluelamp.channels.providers.email.adapter import EmailAdapter
from bluelamp.channels.providers.email.values import EmailSettings

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
CONF = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{home}/mail/%u
default_login_user = nobody
default_internal_user = nobody
default_internal_group = nogroup
first_valid_uid = 1
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={home}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    home = Path(tempfile.mkdtemp(prefix="bluelamp-dovecot-"))
    home.chmod(0o755)  # its processes run as nobody
    with socket.create_server(("127.0.0.1", 0)) as held:
        free = int(held.getsockname()[1])
    (home / "mail").mkdir()
    shutil.chown(home / "mail", "nobody", "nogroup")
    (home / "dovecot.conf").write_text(CONF.format(home=home, port=free))
    command = ["dovecot", "-F", "-c", str(home / "dovecot.conf")]
    running = subprocess.Popen(command, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
    try:
        _await(free, home)
        yield free
    finally:
        running.terminate()
        running.wait(30)
        shutil.rmtree(home)


def _await(port: int, home: Path) -> None:
    for _ in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as one:
                if one.recv(4) == b"* OK":
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError((home / "log").read_text())


@pytest.fixture
def box(port: int, request: pytest.FixtureRequest) -> Iterator[imaplib.IMAP4]:
    """Somebody else's view of a mailbox of this test alone."""
    one = imaplib.IMAP4("127.0.0.1", port)
    one.login(user(request), "secret")
    one.select()
    yield one
    one.logout()


def user(request: pytest.FixtureRequest) -> str:
    return request.node.name.split("[")[0]


@pytest.fixture
def settings(port: int, request: pytest.FixtureRequest) -> EmailSettings:
    return EmailSettings(
        host="localhost", sender_address="alerts@example.test", imap_host="127.0.0.1",
        imap_port=port, imap_security="none", imap_username=user(request), imap_password="secret",
    )  # fmt: skip


def mail(number: int) -> bytes:
    return (
        f"Message-ID: <m{number}@example.test>\r\nFrom: Ann <ann@example.test>\r\n"
        f"Delivered-To: reply-1@force.test\r\nTo: Police <police@force.test>\r\n"
        f"Subject: Hello\r\n\r\nWords {number}\r\n"
    ).encode()


def arrive(box: imaplib.IMAP4, *numbers: int) -> None:
    for number in numbers:
        assert box.append("INBOX", "", None, mail(number))[0] == "OK"  # type: ignore[arg-type]


def fetch(settings: EmailSettings, cursor: str) -> Polled:
    return mailbox.poll(settings, cursor, now=NOW)


def unseen(box: imaplib.IMAP4) -> int:
    box.noop()
    return len(box.search(None, "UNSEEN")[1][0].split())


def names(polled: Polled) -> list[bytes]:
    return [raw.payload for raw in polled.raws]


pytestmark = pytest.mark.dovecot


def test_each_mail_is_fetched_once_and_seen_when_it_is_stored(
    settings: EmailSettings, box: imaplib.IMAP4
) -> None:
    arrive(box, 1, 2)
    first = fetch(settings, "")
    assert names(first) == [mail(1), mail(2)]
    assert first.raws[0].external_id == mail_id(mail(1)), "the same as if it came by LMTP"
    assert first.raws[0].meta["recipients"] == "reply-1@force.test police@force.test"
    assert unseen(box) == 2, "who dies now has lost nothing"
    assert names(fetch(settings, "")) == [mail(1), mail(2)], "and fetches them again"
    arrive(box, 3)
    second = fetch(settings, first.cursor)
    assert names(second) == [mail(3)]
    assert unseen(box) == 1
    assert fetch(settings, second.cursor).raws == ()
    assert unseen(box) == 0


def test_what_somebody_else_has_seen_or_removed_harms_nothing(
    settings: EmailSettings, box: imaplib.IMAP4
) -> None:
    arrive(box, 1, 2, 3)
    cursor = fetch(settings, "").cursor
    arrive(box, 4, 5, 6)
    box.noop()
    box.store("4", "+FLAGS", r"(\Seen)")
    box.store("5", "+FLAGS", r"(\Deleted)")
    box.expunge()
    assert names(fetch(settings, cursor)) == [mail(4), mail(6)]


def test_old_mail_that_was_read_before_us_stays_where_it_is(
    settings: EmailSettings, box: imaplib.IMAP4
) -> None:
    arrive(box, 1)
    box.noop()
    box.store("1", "+FLAGS", r"(\Seen)")
    first = fetch(settings, "")
    assert first.raws == ()
    arrive(box, 2)
    assert names(fetch(settings, first.cursor)) == [mail(2)]


def test_a_mailbox_numbered_anew_is_fetched_anew(
    settings: EmailSettings, box: imaplib.IMAP4
) -> None:
    arrive(box, 1)
    cursor = fetch(settings, "").cursor
    stale = f"1{cursor}"
    assert names(fetch(settings, stale)) == [mail(1)]


def test_many_come_in_turns(
    settings: EmailSettings, box: imaplib.IMAP4, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "A_POLL", 2)
    arrive(box, 1, 2, 3)
    first = fetch(settings, "")
    assert (len(first.raws), first.more) == (2, True)
    second = fetch(settings, first.cursor)
    assert (names(second), second.more) == ([mail(3)], False)


@pytest.mark.parametrize(
    ("wrong", "words", "permanent"),
    [
        ({"imap_password": "wrong"}, "name or password", True),
        ({"imap_folder": "Nowhere"}, "no folder", True),
        ({"imap_port": 9}, "cannot be reached", False),
    ],
)
def test_what_is_wrong_is_said(
    settings: EmailSettings, wrong: dict[str, object], words: str, permanent: bool
) -> None:
    given = settings.model_dump() | {"imap_password": "secret"} | wrong
    with pytest.raises(ChannelError, match=words) as caught:
        fetch(EmailSettings(**given), "")
    assert caught.value.permanent is permanent
    assert "secret" not in str(caught.value)


def test_an_account_without_a_mailbox_has_nothing_to_fetch() -> None:
    plain = {"host": "localhost", "sender_address": "alerts@example.test"}
    assert EmailAdapter().poll("x", plain) == Polled((), "x")
    with pytest.raises(ChannelError, match="unencrypted"):
        EmailAdapter().poll("", plain | {"imap_host": "mail.test", "imap_security": "none"})
