"""A preview that is safe to show: drawn anew, small, and without a word of where it was taken."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
_MOST_PIXELS = 120_000_000
"""More than any phone takes; fewer than would fill the memory."""
_SIDE = 1600
_QUALITY = 82
MEDIA_TYPE = "image/jpeg"


def preview(content: bytes) -> bytes:
    """Return a picture as a JPEG of at most 1600 pixels a side; empty where it cannot be drawn.

    Nothing but its pixels is taken over: no place, camera, time, name, embedded picture or text.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _drawn(content)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        return b""


def _drawn(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
        if picture.width * picture.height > _MOST_PIXELS:
            return b""
        picture.draft("RGB", (_SIDE, _SIDE))
        upright = ImageOps.exif_transpose(picture)
        flat = _flat(upright)
    flat.thumbnail((_SIDE, _SIDE))
    pixels = Image.new("RGB", flat.size)  # carries over no field of the file's
    pixels.paste(flat)
    out = io.BytesIO()
    pixels.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


def _flat(picture: Image.Image) -> Image.Image:
    """Return it in plain colours, what is transparent on white."""
    coloured = picture.convert("RGBA")
    white = Image.new("RGBA", coloured.size, "white")
    return Image.alpha_composite(white, coloured).convert("RGB")
