"""Kept whole, known by their bytes, shown without telling where they were taken."""

from __future__ import annotations

import io
import socket
import struct
import threading
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.http import Http404
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bluelamp.files import disk, jobs, pictures, rules, scanner, serve
from bluelamp.files.actions import keep
from bluelamp.files.check import check
from bluelamp.files.errors import LostFileError, ScannerError, UnwelcomeFileError
from bluelamp.files.models import File
from bluelamp.files.tests.samples import EICAR, HTML, PDF, SVG, photo
from bluelamp.files.values import LARGEST, NAME_LIMIT, FileState
from bluelamp.kit.config import config
from bluelamp.org.models import Force


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config(), "files", tmp_path)


def checked(force: Force, content: bytes, now: datetime, name: str = "photo.jpg") -> File:
    file = keep(force, name, content, now=now)
    check(now=now)
    file.refresh_from_db()
    return file


# --- what it is ---


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_pictures_are_known_by_their_bytes(kind: str) -> None:
    assert rules.welcome(photo(kind)) == f"image/{kind.lower()}"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        ("Grüße aus Łódź\n".encode(), "text/plain"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", "video/mp4"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video/quicktime"),
        (b"\0\0\0\x18ftyp3gp5\0\0\0\0isom3gp5", "video/3gpp"),
    ],
)
def test_other_kinds_are_known_too(content: bytes, kind: str) -> None:
    assert rules.welcome(content) == kind


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0", b"PK\3\4\x14\0\0\0\0\0rubbish\xff", b"\0" * 900,
     b"a" * (LARGEST + 1)],
    ids=["nothing", "program", "archive", "noughts", "too large"],
)  # fmt: skip
def test_the_rest_is_not_taken(content: bytes) -> None:
    with pytest.raises(UnwelcomeFileError):
        rules.welcome(content)


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "application/vnd.oasis.opendocument.text")
    return out.getvalue()


def test_text_documents_are_told_from_archives_and_macros() -> None:
    letter = archive("[Content_Types].xml", "word/document.xml")
    assert rules.safe_name("letter.docm", rules.welcome(letter)) == "letter.docx"
    assert rules.welcome(archive("mimetype", "content.xml")).endswith("opendocument.text")
    assert rules.kind_of(archive("word/document.xml", "word/vbaProject.bin")) == ""
    assert rules.kind_of(archive("run.exe")) == ""


@pytest.mark.parametrize("content", [HTML, SVG])
def test_pages_are_words_at_most(content: bytes) -> None:
    assert rules.kind_of(content) in ("", "text/plain")


@given(st.text(max_size=200), st.sampled_from(sorted(rules.KINDS)))
def test_a_name_cannot_leave_its_folder_or_pretend_to_be_another_kind(name: str, kind: str) -> None:
    made = rules.safe_name(name, kind)
    assert made.endswith(rules.KINDS[kind])
    assert not set(made) & set('/\\<>:"|?*\0\r\n')
    assert 0 < len(made.removesuffix(rules.KINDS[kind])) <= NAME_LIMIT


def test_a_second_ending_is_not_kept() -> None:
    assert rules.safe_name("C:\\Fotos\\bild.php.html", "image/jpeg") == "bild.jpg"
    assert rules.safe_name("../../etc/passwd", "text/plain") == "passwd.txt"


# --- kept ---


def test_the_same_bytes_are_one_file_of_a_force(
    force: Force, other_force: Force, now: datetime
) -> None:
    first = keep(force, "a.jpg", photo(), now=now)
    assert keep(force, "b.jpg", photo(), now=now) == first
    assert keep(other_force, "a.jpg", photo(), now=now) != first


def test_what_is_not_what_was_stored_is_not_handed_out(
    force: Force, now: datetime, tmp_path: Path
) -> None:
    sha256 = keep(force, "a.txt", b"He came at nine.", now=now).sha256
    assert disk.get(force.pk, sha256) == b"He came at nine."
    (tmp_path / str(force.pk) / sha256[:2] / sha256).write_bytes(b"He came at ten.")
    with pytest.raises(LostFileError):
        disk.get(force.pk, sha256)


def test_nothing_half_written_stays_under_a_name(
    force: Force, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        disk.put(force.pk, b"words")
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.name[0] != "."] == []


# --- shown ---


def test_a_preview_tells_nothing_but_pixels(force: Force, now: datetime) -> None:
    file = checked(force, photo(size=(4000, 3000)), now)
    assert (file.state, file.has_preview) == (FileState.UNSCANNED, True)
    shown = serve.preview(file)
    picture = Image.open(io.BytesIO(shown.content))
    assert picture.size == (1600, 1200)
    assert not picture.getexif()
    assert b"Brackenphone" not in shown.content
    assert not {"exif", "icc_profile", "comment", "xmp"} & set(picture.info)


def test_the_original_stays_as_it_came(force: Force, now: datetime) -> None:
    file = checked(force, photo(), now)
    answer = serve.download(file, "IMG_0001.html")
    assert answer.content == photo()
    assert b"Brackenphone" in answer.content, "it is evidence"
    assert answer["Content-Disposition"] == 'attachment; filename="IMG_0001.jpg"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")


def test_an_upside_down_photo_is_shown_upright() -> None:
    shown = Image.open(io.BytesIO(pictures.preview(photo("PNG"))))
    corner = shown.getpixel((639, 479))
    assert isinstance(corner, tuple)
    assert corner[0] > 60, "the white dot is at the other corner"


def test_a_picture_that_would_fill_the_memory_is_not_drawn() -> None:
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    assert pictures.preview(bomb.getvalue()) == b""
    assert pictures.preview(photo()[:300]) == b"", "nor one that is cut off"


@given(st.binary(max_size=400))
def test_no_bytes_break_the_check(content: bytes) -> None:
    assert rules.kind_of(content) in {"", *rules.KINDS}
    assert isinstance(pictures.preview(content), bytes)


def test_what_is_refused_or_not_checked_is_not_handed_out(force: Force, now: datetime) -> None:
    waiting = keep(force, "a.jpg", photo(), now=now)
    with pytest.raises(Http404):
        serve.download(waiting, "a.jpg")
    program = checked(force, b"MZ\x90\0\3\0\0\0\xff\xff\0\0", now, "holiday.jpg")
    assert program.state == FileState.REFUSED
    assert "must be a picture" in program.problem
    with pytest.raises(Http404):
        serve.download(program, "holiday.jpg")


# --- scanned ---


class Clamd(threading.Thread):
    """Speaks INSTREAM; finds what holds the word EICAR."""

    def __init__(self, answer: str = "") -> None:
        super().__init__(daemon=True)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listening.getsockname()[1]}"
        self.answer = answer

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as file:
                assert file.read(10) == b"zINSTREAM\0"
                content = b""
                while (length := struct.unpack("!L", file.read(4))[0]) > 0:
                    content += file.read(length)
                words = "Eicar-Signature FOUND" if b"EICAR" in content else "OK"
                connection.sendall((self.answer or f"stream: {words}").encode() + b"\0")


@pytest.fixture
def clamd(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clamd]:
    running = Clamd()
    running.start()
    monkeypatch.setattr(config(), "clamd", running.address)
    yield running
    running.listening.close()


def test_a_scanner_says_what_is_clean_and_what_is_not(
    clamd: Clamd, force: Force, now: datetime
) -> None:
    assert checked(force, photo(), now).state == FileState.CLEAN
    found = checked(force, EICAR, now, "letter.txt")
    assert (found.state, found.has_preview) == (FileState.REFUSED, False)
    assert found.problem == "The scanner found Eicar-Signature."


def test_files_wait_for_a_scanner_that_is_away(
    force: Force, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        monkeypatch.setattr(config(), "clamd", f"127.0.0.1:{nobody.getsockname()[1]}")
    file = checked(force, photo(), now)
    assert file.state == FileState.STORED
    assert "cannot be reached" in file.problem
    again = Clamd()
    again.start()
    config().clamd = again.address
    jobs.sweep(timestamp=0)
    file.refresh_from_db()
    assert (file.state, file.problem) == (FileState.CLEAN, "")
    again.listening.close()


def test_an_answer_that_says_neither_is_no_answer() -> None:
    muddled = Clamd("INSTREAM size limit exceeded. ERROR")
    muddled.start()
    with pytest.raises(ScannerError):
        scanner.scan(muddled.address, b"words")
    muddled.listening.close()
