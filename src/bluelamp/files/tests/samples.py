"""Files as phones and their enemies make them."""

from __future__ import annotations

import io

from PIL import Image

HTML = b"<!DOCTYPE html><html><script>alert(document.cookie)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def photo(kind: str = "JPEG", *, size: tuple[int, int] = (640, 480)) -> bytes:
    """Return a picture that says where it was taken, upside down as some phones store it."""
    picture = Image.new("RGB", size, "navy")
    picture.putpixel((0, 0), (255, 255, 255))
    exif = Image.Exif()
    exif[0x0112] = 3  # orientation
    exif[0x010F] = "Brackenphone"
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (53.0, 28.0, 45.5)
    place[3], place[4] = "W", (2.0, 14.0, 38.1)
    out = io.BytesIO()
    picture.save(out, kind, exif=exif)
    return out.getvalue()
