"""What is attached to a mail is found, and its words are not taken for it."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bluelamp.channels.providers.email.attached import MOST, attached

MAILS = sorted((Path(__file__).parent / "fixtures" / "mail").glob("*.eml"))


def mail(files: int = 1) -> EmailMessage:
    made = EmailMessage()
    made.set_content("Here is the photo.")
    made.add_alternative("<p>Here is the photo.</p>", subtype="html")
    for number in range(files):
        made.add_attachment(
            b"\xff\xd8photo", maintype="image", subtype="jpeg", filename=f"Gäste {number}.jpg"
        )
    return made


def test_files_are_found_and_words_are_not_among_them() -> None:
    made = mail()
    made.add_attachment("a note", filename="note.txt")
    photo, note = attached(made.as_bytes())
    assert (photo.name, photo.media_type, photo.content) == (
        "Gäste 0.jpg", "image/jpeg", b"\xff\xd8photo",
    )  # fmt: skip
    assert (note.name, note.content.strip()) == ("note.txt", b"a note")


def test_a_mail_of_words_has_none_and_there_is_an_end() -> None:
    assert attached(mail(0).as_bytes()) == ()
    assert len(attached(mail(MOST + 3).as_bytes())) == MOST


@given(st.binary(max_size=300))
def test_no_mail_breaks_it(content: bytes) -> None:
    attached(content)
    attached(b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n' + content + b"\r\n--b--")


def test_odd_mails_of_the_world_do_not_either() -> None:
    assert MAILS
    for path in MAILS:
        attached(path.read_bytes())
