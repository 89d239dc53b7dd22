"""What a template promises: its bytes are sound whatever stands in its slots."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelamp.channels.contract import Content
from bluelamp.channels.providers.email.errors import ContentError, SlotError
from bluelamp.channels.providers.email.template import Letterhead, Template, compile_template
from bluelamp.channels.providers.email.tests.peers import (
    CONTENT,
    DATE,
    LETTERHEAD,
    SLOTS,
    read,
    template,
)

TO, MESSAGE_ID = b"member@example.test", b"abc@brackenshire.example.test"
URL, MAIL = b"https://brackenshire.example.test/l/1", b"leave+1@brackenshire.example.test"

# Everything an officer may type or paste, and all that a mail system could trip over.
characters = st.characters(exclude_characters="\0", exclude_categories=("Cs",))
wicked = st.sampled_from(
    [".", "..", "\n.", "\n..\n", "From ", "\nFrom x", "=", "=\n", " \n", "\t\n", "\r", "\r\n",
     "--=_", "[[", "]]", "é", "😀", "x" * 80, "." * 80, " " * 80, "=?utf-8?q?x?="]
)  # fmt: skip
prose = st.lists(st.text(characters, max_size=30) | wicked, max_size=12).map("".join)
with_slots = st.lists(prose | st.just("[[leave_url]]"), max_size=8).map("".join)
line = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=0, max_size=200).map(
    lambda text: text.replace("[[", "")
)
any_value = st.binary(max_size=200).filter(lambda value: not re.search(rb"[\r\n\0]", value))
awkward = st.sampled_from([".", "..", "=", " ", "\t", "é", "<", "&", '"', "x" * 70, "x" * 75])
text_value = (
    st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=("Cs",)), max_size=200)
    | st.lists(awkward, max_size=8).map("".join)
).map(str.encode)
token = st.from_regex(rb"\A[\x21-\x7e]{1,120}\Z")


def fill(made: Template, url: bytes = URL, mail: bytes = MAIL) -> bytes:
    return made.fill(TO, MESSAGE_ID, (url, mail))


def compiled(text: str, html: str = "", subject: str = "Subject") -> Template:
    return compile_template(Content(subject, text, html), SLOTS, LETTERHEAD, date=DATE)


def lines(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text.rstrip("\r\n"))


def assert_sound(raw: bytes) -> None:
    """CRLF alone, no line that needs a dot, lines of a body at most 76 octets, 7 bit."""
    assert raw.endswith(b"\r\n")
    rows = raw.split(b"\r\n")
    assert not any(b"\r" in row or b"\n" in row or b"\0" in row for row in rows)
    assert not any(row.startswith(b".") for row in rows)
    assert not any(row.startswith(b"From ") for row in rows)
    head, body = raw.split(b"\r\n\r\n", 1)
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert raw.isascii()


@given(text=with_slots, html=with_slots, value=text_value)
@settings(deadline=None)
def test_any_text_with_any_value_arrives_as_written(text: str, html: str, value: bytes) -> None:
    raw = fill(compiled(text, html), value)
    assert_sound(raw)
    parts = list(read(raw).walk())
    plain = parts[1] if html else parts[0]
    got = body_of(plain, in_multipart=bool(html))
    assert got == "\r\n".join(lines(text)).replace("[[leave_url]]", value.decode()) + "\r\n"
    if html:
        shown = body_of(parts[2], in_multipart=True)
        literal = "\r\n".join(lines(html)) + "\r\n"
        rebuilt = [unescape(piece) for piece in _between(shown, literal)]
        assert all(piece == value.decode() for piece in rebuilt)


def body_of(part: EmailMessage, *, in_multipart: bool) -> str:
    """The last line break of a part belongs to the boundary behind it (RFC 2046 5.1.1)."""
    return part.get_payload(decode=True).decode() + "\r\n" * in_multipart


def _between(shown: str, literal: str) -> list[str]:
    """What stands in ``shown`` where ``literal`` has slots."""
    pattern = "(.*)".join(re.escape(piece) for piece in literal.split("[[leave_url]]"))
    found = re.fullmatch(pattern, shown, re.DOTALL)
    assert found
    pieces = found.groups()
    return list(pieces) if len(pieces) == 1 else []


@pytest.mark.parametrize("before", range(70, 78))
@pytest.mark.parametrize("awkward", [".", "=.", "é.", "..."])
def test_no_line_of_a_long_value_begins_with_a_dot(before: int, awkward: str) -> None:
    value = "x" * before + awkward * 30
    raw = fill(compiled("[[leave_url]]"), value.encode())
    assert_sound(raw)
    assert read(raw).get_content() == value + "\r\n"


@pytest.mark.parametrize("value", [".", "..", ".hidden", "=2E", "a b ", "\t", ""])
def test_a_short_value_arrives_as_it_is(value: str) -> None:
    raw = fill(compiled("a\n[[leave_url]]\nb"), value.encode())
    assert_sound(raw)
    assert read(raw).get_content() == f"a\r\n{value}\r\nb\r\n"


def test_a_value_is_escaped_in_html_and_only_there() -> None:
    value = """https://b.test/?a=1&b=<">'"""
    raw = fill(compiled("[[leave_url]]", '<a href="[[leave_url]]">'), value.encode())
    plain, page = read(raw).iter_parts()
    assert plain.get_content() == value
    assert page.get_content() == '<a href="https://b.test/?a=1&amp;b=&lt;&quot;&gt;&#x27;">'


@pytest.mark.parametrize("end", [" ", "\t", "x \t "])
def test_a_space_at_the_end_of_a_line_survives(end: str) -> None:
    raw = fill(compiled(f"a{end}\nb{end}"))
    assert_sound(raw)
    assert not re.search(rb"[ \t]\r\n", raw.split(b"\r\n\r\n", 1)[1])
    assert read(raw).get_content() == f"a{end}\r\nb{end}\r\n"


def test_the_longest_values_keep_every_header_line_within_bounds() -> None:
    content = Content("S", "t", "", {"X-Links": "[[leave_url]] [[leave_mail]] " * 10})
    raw = fill(template(content), b"u" * 300, b"m" * 300)
    assert_sound(raw)
    assert len(read(raw)["X-Links"].split()) == 20
    with pytest.raises(SlotError, match="longer than the 300 octets"):
        fill(template(content), b"u" * 301)


@given(value=any_value)
@settings(deadline=None)
def test_a_value_breaks_nothing_or_is_refused(value: bytes) -> None:
    made = compiled("a [[leave_url]]b", "<p>[[leave_url]]</p>")
    try:
        raw = fill(made, value)
    except SlotError:
        with pytest.raises(UnicodeDecodeError):
            value.decode()
    else:
        assert_sound(raw)


@given(url=any_value, mail=any_value)
@settings(deadline=None)
def test_a_header_slot_takes_visible_ascii_alone(url: bytes, mail: bytes) -> None:
    made = template(Content("S", "t", "", CONTENT.headers))
    sound = all(re.fullmatch(rb"[\x21-\x7e]{1,300}", value) for value in (url, mail))
    if not sound:
        with pytest.raises(SlotError):
            fill(made, url, mail)
    else:
        assert_sound(fill(made, url, mail))


@pytest.mark.parametrize("value", [b"a\r\nBcc: x@example.test", b"a\nb", b"a\rb", b"\n", b"a\0"])
def test_a_line_break_in_a_value_is_refused_by_name(value: bytes) -> None:
    with pytest.raises(SlotError, match=r"\[\[leave_url\]\] holds a line break"):
        fill(compiled("[[leave_url]]"), value)


@given(url=token, mail=token)
@settings(deadline=None)
def test_headers_say_what_the_standards_want(url: bytes, mail: bytes) -> None:
    raw = fill(template(), url, mail)
    message = read(raw)
    assert message["From"] == "Brackenshire Police <alerts@brackenshire.example.test>"
    assert message["To"] == "member@example.test"
    assert raw.count(b"Message-ID: <abc@brackenshire.example.test>\r\n") == 1
    assert message["Date"].datetime == DATE
    assert message["Reply-To"] == LETTERHEAD.reply_to
    assert message["List-Id"] == "Brackenshire alerts <alerts.brackenshire.example.test>"
    unfolded = raw.replace(b"\r\n ", b" ")
    assert b"\r\nList-Unsubscribe: <" + url + b">, <mailto:" + mail + b">\r\n" in unfolded
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Feedback-ID"] == "alert:brackenshire:bluelamp"
    assert message["Precedence"] is None
    assert message["MIME-Version"] == "1.0"
    assert message.get_content_type() == "multipart/alternative"


def test_without_one_click_address_nothing_promises_one() -> None:
    content = Content("S", "t", "", {"List-Unsubscribe": "<mailto:leave@example.test>"})
    assert read(fill(template(content)))["List-Unsubscribe-Post"] is None


def test_a_content_replaces_a_standing_header_whatever_its_case() -> None:
    content = Content("S", "t", "", {"reply-to": "a@example.test", "AUTO-SUBMITTED": "no"})
    message = read(fill(template(content)))
    assert message.get_all("Reply-To") == ["a@example.test"]
    assert message.get_all("Auto-Submitted") == ["no"]


@given(subject=line, name=line.map(lambda text: text[:90]))
@settings(deadline=None)
def test_subject_and_name_arrive_as_written(subject: str, name: str) -> None:
    made = compile_template(
        Content(subject, "t"), (), Letterhead(name, "a@example.test"), date=DATE
    )
    raw = made.fill(TO, MESSAGE_ID, ())
    assert_sound(raw)
    assert str(read(raw)["Subject"]) == " ".join(subject.split())
    # the older parser: 3.11's newer one keeps the space between encoded words of a phrase
    shown, address = parseaddr(message_from_bytes(raw)["From"])
    assert address == "a@example.test"
    assert str(make_header(decode_header(shown))) == " ".join(name.split())


def test_a_slot_stands_in_a_subject() -> None:
    content = Content("Dienst für [[leave_mail]] – jetzt", "t")
    message = read(fill(template(content), mail=b"mill-lane"))
    assert str(message["Subject"]) == "Dienst für mill-lane – jetzt"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (Content("a\r\nBcc: b@example.test", "t"), "header Subject holds a line break"),
        (Content("a\x07", "t"), "header Subject holds a control character"),
        (Content("S", "t", "", {"X-Area": "a\nb"}), "header X-Area holds a line break"),
        (Content("S", "t", "", {"X:Y": "a"}), "'X:Y' is not the name of a header"),
        (Content("S", "t", "", {"Bcc": "a@example.test"}), "header Bcc is written by the mail"),
        (Content("S", "t", "", {"X-a": "1", "x-A": "2"}), "given twice"),
        (Content("S", "t", "", {"Reply-To": "é@example.test"}), "Reply-To can hold only ASCII"),
        (Content("S", "t", "", {"References": "x" * 999}), "too long for one line"),
        (Content("S", "[[nobody]]"), r"text uses \[\[nobody\]\], which nothing fills"),
        (Content("S", "t", "[[nobody]]"), r"HTML uses \[\[nobody\]\]"),
        (Content("[[nobody]]", "t"), r"subject uses \[\[nobody\]\]"),
        (Content("é[[leave_url]]", "t"), "put a space between"),
        (Content("S", "a\0b"), "NUL"),
        (Content("S", "a\ud800b"), "half a character"),
        (Content("a\ud800b", "t"), "half a character"),
    ],
)
def test_a_content_that_cannot_be_a_mail_is_refused(content: Content, words: str) -> None:
    with pytest.raises(ContentError, match=words) as caught:
        template(content)
    assert caught.value.permanent


def test_the_number_of_values_is_checked() -> None:
    with pytest.raises(SlotError, match="1 values for 2 slots"):
        template().fill(TO, MESSAGE_ID, (b"x",))


def test_every_attempt_is_the_same_bytes() -> None:
    assert fill(template()) == fill(template())


def test_a_form_letter_without_slots_is_a_plain_mail() -> None:
    made = compile_template(Content("Code", "123456"), (), LETTERHEAD, date=DATE)
    message = read(made.fill(TO, MESSAGE_ID, ()))
    assert message.get_content_type() == "text/plain"
    assert message.get_content() == "123456\r\n"
