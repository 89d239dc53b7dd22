"""From an account's settings to what its provider's model makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bluelamp.channels.contract import ChannelError

M = TypeVar("M", bound=BaseModel)


def checked(model: type[M], settings: Mapping[str, Any], label: str) -> M:
    """Return the settings of an account of the provider called ``label``.

    :raises ChannelError: naming the first that does not fit; never its value.
    """
    try:
        return model.model_validate(dict(settings))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = " ".join(str(part) for part in first["loc"]) or "account"
        words = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise ChannelError(
            f"The {label} account is not set up: {place}: {words}.", permanent=True
        ) from None
