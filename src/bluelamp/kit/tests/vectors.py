"""Texts and numbers with what GOV.UK Notify makes of them: our own, and its where present.

Its own are looked for in ``BLUELAMP_DATA`` or in ``../shared/data`` beside the
checkout, as ``sms-pii/govuk_notify_vectors_*.json``; ours have the same shape.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

_OWN = Path(__file__).parent / "fixtures" / "sms_vectors.json"
_CHECKOUT = Path(__file__).parents[4]


def rows(table: str) -> list[dict[str, Any]]:
    """Return the rows of a table from every file that is here, our own first."""
    data = Path(os.environ.get("BLUELAMP_DATA", _CHECKOUT.parent / "shared" / "data"))
    files = [_OWN, *sorted((data / "sms-pii").glob("govuk_notify_vectors_*.json"))]
    return [row for file in files for row in json.loads(file.read_text())[table]]
