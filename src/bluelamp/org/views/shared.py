"""What the pages share."""

from __future__ import annotations

from collections.abc import Callable

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from bluelamp.kit.errors import BluelampError
from bluelamp.kit.page import Link


def rooms(here: str) -> list[Link]:
    """Return the pages beside one another under People."""
    return [
        Link(_("Officers and units"), reverse("org:people"), current=here == "people"),
        Link(_("Rota"), reverse("org:rota"), current=here == "rota"),
        Link(_("Opening hours"), reverse("org:calendars"), current=here == "calendars"),
    ]


def done(form: Form, change: Callable[[], object]) -> bool:
    """Make a change; put a refusal above the form."""
    try:
        change()
    except BluelampError as error:
        form.add_error(None, str(error))
        return False
    return True
