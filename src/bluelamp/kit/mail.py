"""Mail as responsive HTML with its plain text: Django fills an MJML template, mrml compiles.

A template is a pair ``<name>.mjml`` and ``<name>.txt``.  Slots (``[[token]]``) stay
as they are, in hrefs too; the provider fills them a recipient at a time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import mrml
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe

from bluelamp.kit.theme import NIGHT, theme

PREVIEW_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'self'"
)
"""What a mail shown in a frame may do: look like itself, and nothing else."""

_OPEN = re.compile(r"\[(?=\[)")
_BLANK_LINES = re.compile(r"\n{3,}")
# XML 1.0 section 2.2: characters that no document may hold.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class Slotted(str):
    """Text of ours whose slots are meant: ``Slotted("https://…/r/[[token]]/5")``."""

    __slots__ = ()


def disarmed(value: Any) -> Any:
    """Return a value in which no slot can be, unless it says so by its type.

    What an officer writes must never be filled with a reader's own token.
    """
    if isinstance(value, Slotted):
        return str(value)
    if isinstance(value, Promise):
        value = str(value)
    if isinstance(value, str):
        plain = _FORBIDDEN.sub("", _OPEN.sub("[ ", value))
        # Said to be safe by its maker: still without slots, still safe.
        return mark_safe(plain) if isinstance(value, SafeString) else plain  # noqa: S308
    if isinstance(value, Mapping):
        return {key: disarmed(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [disarmed(item) for item in value]
    return value


def render_mail(template: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """Return a mail as HTML and as plain text.

    :param template: ``alert`` or ``notice`` of the kit, or a path without suffix.
    :param context: values for both; ``colour`` (``#rrggbb``) is the force's.
    """
    name = template if "/" in template else f"kit/mail/{template}"
    made = theme(str(context.get("colour") or NIGHT))
    values = {**disarmed(dict(context)), "theme": made}
    html = compiled(render_to_string(f"{name}.mjml", values))
    text = render_to_string(f"{name}.txt", values)
    return html, _BLANK_LINES.sub("\n\n", text).strip() + "\n"


def compiled(source: str) -> str:
    """Compile MJML to HTML; a fault in it is a fault in our template."""
    return str(mrml.to_html(source).content)


def preview(html: str) -> HttpResponse:
    """Answer with a mail to be shown in a frame of ours, unable to run or to load."""
    response = HttpResponse(html)
    response["Content-Security-Policy"] = PREVIEW_POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Referrer-Policy"] = "no-referrer"
    return response
