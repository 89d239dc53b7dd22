"""Two people at the same thing: the later one is told, and overwrites nobody."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bluelamp.cases.errors import ChangedMeanwhileError
from bluelamp.kit.moments import stamp


def meanwhile(who: str, at: datetime | None) -> ChangedMeanwhileError:
    """Say who changed it, and when."""
    return ChangedMeanwhileError(
        _("%(who)s changed this meanwhile (%(at)s). Look at it as it is now, then do it again."),
        who=who or _("Somebody"), at=stamp(at) or "–",
    )  # fmt: skip
