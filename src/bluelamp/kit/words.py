"""The words that scripts put on the page, so that they too are translated."""

from __future__ import annotations

from django.utils.translation import gettext as _


def public_words() -> dict[str, str]:
    """Return each phrase under the name by which a script of any page asks for it.

    ``{name}`` and the like are filled by the script.
    """
    return {
        "chosen": _("{name}: chosen"),
        "unchosen": _("{name}: not chosen"),
        "pickHint": _("Press an area to choose it, and again to leave it out. Or use the list."),
        "mapFailed": _("The map could not be loaded. Use the list instead."),
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "copied": _("Copied"),
        "copyFailed": _("Copy it from the address bar"),
        "selectAll": _("Choose all"),
        "selectNone": _("Choose none"),
        "selected": _("{count} chosen"),
        "find": _("Find in this list"),
    }


def officer_words() -> dict[str, str]:
    """Return the phrases of the console's scripts, those of any page among them."""
    return {
        **public_words(),
        "drawArea": _("Draw an area"),
        "drawCircle": _("Draw a circle"),
        "drawPoint": _("Point to the place"),
        "drawPointHint": _("Press the map at the place."),
        "drawPointDone": _("The place is pointed to."),
        "drawClear": _("Clear"),
        "drawUndo": _("Undo the last corner"),
        "drawFinish": _("Finish"),
        "drawAreaHint": _("Press the map at each corner, then Finish. At least three corners."),
        "drawCircleHint": _("Press the map at the centre of the circle."),
        "drawDone": _("The area is drawn."),
        "drawCircleDone": _("A circle of {radius} metres is drawn."),
        "drawCleared": _("Nothing is drawn."),
        "drawRadius": _("Radius"),
        "metres": _("{count} metres"),
        "countFailed": _("The number could not be worked out. Try again."),
        "savedAt": _("Draft saved at {time}"),
        "saveFailed": _("Not saved. Check your connection; we keep trying."),
        "saveRefused": _("Not saved. Someone else has changed this draft: load the page again."),
        "secondsLeft": _("{count} seconds left."),
        "characters": _("{count} characters"),
        "segments": _("{count} text messages for each person"),
        "segmentOne": _("1 text message for each person"),
        "unicode": _("Some characters make it cost more: {list}"),
        "percentDone": _("{count} per cent done"),
        "changed": _("This page has changed."),
        "reload": _("Load it again"),
        "keyHelp": _("Show this list"),
        "then": _("then"),
    }
