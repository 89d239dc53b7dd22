"""What a file is by its bytes, never by its name, and under which name it is handed out."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile

import puremagic

from bluelamp.files.errors import UnwelcomeFileError
from bluelamp.files.values import LARGEST, NAME_LIMIT

KINDS: dict[str, str] = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp",
    "image/heic": ".heic", "image/heif": ".heif", "image/avif": ".avif",
    "video/mp4": ".mp4", "video/quicktime": ".mov", "video/webm": ".webm", "video/3gpp": ".3gp",
    "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/x-wav": ".wav", "audio/ogg": ".ogg",
    "audio/amr": ".amr", "application/pdf": ".pdf", "text/plain": ".txt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
}  # fmt: skip
"""What is taken, with the only ending it is handed out under.  No HTML, SVG, archives, programs."""

_FTYP = {
    b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heif", b"msf1": "image/heif",
    b"avif": "image/avif", b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4",
}  # fmt: skip
"""Brands of the ISO base media format (ISO/IEC 14496-12 section 4.3) that are not plain film."""
_SAME = {
    "audio/wave": "audio/x-wav", "audio/wav": "audio/x-wav", "audio/mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4", "application/ogg": "audio/ogg", "image/jpg": "image/jpeg",
    "video/x-m4v": "video/mp4",
}  # fmt: skip
_PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})
"""Pictures of which a preview can be made here."""
_CONTROLS = frozenset(range(32)) - {9, 10, 12, 13}
_ENDINGS = re.compile(r"(?:\.[A-Za-z0-9]{1,5})+$")


def kind_of(content: bytes) -> str:
    """Return the media type that the bytes show; empty for what is not taken.

    Words in UTF-8 without control characters are plain text, whatever they mean elsewhere.
    """
    if content[4:8] == b"ftyp":
        return _film(content[8:12])
    if content[:4] == b"PK\3\4":
        return _document(content)
    for match in _magic(content):
        kind = _SAME.get(match, match)
        if kind in KINDS and kind != "text/plain":
            return kind
    return "text/plain" if _is_text(content) else ""


def _film(brand: bytes) -> str:
    if brand[:3] in (b"3gp", b"3g2"):
        return "video/3gpp"
    return _FTYP.get(brand, "video/mp4")


def _document(content: bytes) -> str:
    """Return which text document an archive is, by what lies in it; none where it has macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return ""
    if any("vbaproject" in name.lower() or name.startswith("Basic/") for name in names):
        return ""
    if "word/document.xml" in names:
        return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    starts = content[30:80].startswith(b"mimetypeapplication/vnd.oasis.opendocument.text")
    return "application/vnd.oasis.opendocument.text" if starts and "content.xml" in names else ""


def _magic(content: bytes) -> list[str]:
    try:
        found = puremagic.magic_string(content)
    except (puremagic.PureError, ValueError):
        return []
    return [one.mime_type for one in found[:1]]


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return not _CONTROLS.intersection(content[:65_536])


def welcome(content: bytes) -> str:
    """Return the media type of a file that may be taken.

    :raises UnwelcomeFileError: it is too large, empty, or of another kind.
    """
    if not content:
        raise UnwelcomeFileError("The file is empty.")
    if len(content) > LARGEST:
        raise UnwelcomeFileError(f"The file is larger than {LARGEST // 1024**2} MB.")
    kind = kind_of(content)
    if not kind:
        raise UnwelcomeFileError(
            "The file must be a picture, a film, a recording, a PDF, or a text document."
        )
    return kind


def safe_name(name: str, kind: str) -> str:
    """Return a name to hand a file out under: no folders or controls, and its kind's ending."""
    bare = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in bare if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*')
    stem = _ENDINGS.sub("", kept).strip(" .")[:NAME_LIMIT] or "file"
    return stem + KINDS.get(kind, ".bin")


def is_media(content: bytes) -> bool:
    """Say whether bytes are a picture, a film or a recording, and nothing else."""
    return kind_of(content).partition("/")[0] in {"image", "video", "audio"}


def is_picture(kind: str) -> bool:
    """Say whether a preview can be made of this media type."""
    return kind in _PICTURES
