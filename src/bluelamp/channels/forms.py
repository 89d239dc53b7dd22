"""The setup form of an account, made from what its adapter says it needs."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from bluelamp.channels.actions import secret_fields
from bluelamp.channels.addresses import ADDRESSES, moved
from bluelamp.channels.contract import Adapter
from bluelamp.channels.models import Account
from bluelamp.channels.vault import Keeper


class SettingsForm(forms.Form):
    """Boxes for the settings of a model (:func:`settings_fields`), and the way back from them."""

    def values(self) -> dict[str, Any]:
        """Return the settings under the model's own names."""
        return {k.removeprefix("set_"): v for k, v in self.cleaned_data.items() if k[:4] == "set_"}

    def take_problems(self, problems: dict[str, str]) -> None:
        """Put what the model refuses beside the fields it is about."""
        for name, words in problems.items():
            field = f"set_{name}" if f"set_{name}" in self.fields else name
            self.add_error(field if field in self.fields else None, words)


class AccountForm(SettingsForm):
    """A name and the settings of one provider; secrets only where they are first given."""

    name = forms.CharField(label=_("Name of the account"), max_length=80)
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(
        self, *args: Any, adapter: Adapter, account: Account | None = None, **kwargs: Any
    ) -> None:
        if account is not None:
            shown = {f"set_{name}": value for name, value in account.settings.items()}
            kwargs["initial"] = {"name": account.name, "active": account.active, **shown}
        super().__init__(*args, **kwargs)
        model = adapter.settings_model
        hidden = secret_fields(model)
        made = settings_fields(model, without=kept_secrets(model, account, self.data))
        self.fields.update(made)
        first = {*(getattr(adapter, "essential", None) or [name[4:] for name in made])}
        first |= hidden if account is not None else set()
        self._more = {name for name in made if name[4:] not in first}

    def essential(self) -> list[forms.BoundField]:
        """Return the boxes that every account fills in."""
        return [bound for bound in self if bound.name not in self._more]

    def more(self) -> list[forms.BoundField]:
        """Return the boxes that are right as they are for most."""
        return [bound for bound in self if bound.name in self._more]


def kept_secrets(
    model: type[BaseModel], kept: Keeper | None, data: Mapping[str, Any]
) -> frozenset[str]:
    """Return the secrets that a form does not ask for: none where they would go elsewhere."""
    sent = {name: data[f"set_{name}"] for name in ADDRESSES if f"set_{name}" in data}
    if kept is None or (sent and moved(model, kept.settings, {**kept.settings, **sent})):
        return frozenset()
    return secret_fields(model)


class SecretForm(forms.Form):
    """New secrets in the place of the old ones, which are never shown."""

    def __init__(self, *args: Any, model: type[BaseModel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_ones = frozenset(model.model_fields) - secret_fields(model)
        self.fields.update(settings_fields(model, without=open_ones))

    def values(self) -> dict[str, str]:
        """Return the secrets that were given, under the model's own names."""
        return {k.removeprefix("set_"): v for k, v in self.cleaned_data.items() if v}


def settings_fields(
    model: type[BaseModel], *, without: frozenset[str] = frozenset()
) -> dict[str, forms.Field]:
    """Return a form field for each setting of a model, by its prefixed name."""
    wanted = {
        name: info
        for name, info in model.model_fields.items()
        if name not in without and not _nested(info)
    }
    return {f"set_{name}": _field(name, info) for name, info in wanted.items()}


def _field(name: str, info: FieldInfo) -> forms.Field:
    default = _default(info)
    common: dict[str, Any] = {
        "label": info.title or name.replace("_", " ").capitalize(),
        "help_text": info.description or "",
        # a box that comes filled in must not be emptied; only one that may stay empty is optional
        "required": info.is_required() or default not in _EMPTY,
        "initial": default,
    }
    if "SecretStr" in str(info.annotation):
        return _secret(name, common)
    kind = _bare(info.annotation)
    if typing.get_origin(kind) is typing.Literal:
        return forms.ChoiceField(**common, choices=[(v, str(v)) for v in typing.get_args(kind)])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return forms.ChoiceField(**common, choices=[(one.value, _words(one)) for one in kind])
    if typing.get_origin(kind) is tuple:
        return LinesField(**common)
    plain: dict[Any, type[forms.Field]] = {
        bool: forms.BooleanField,
        int: forms.IntegerField,
        float: forms.FloatField,
    }
    if kind is bool:
        common["required"] = False
    return plain.get(kind, forms.CharField)(**common)


_EMPTY: tuple[Any, ...] = (None, "", (), [], SecretStr(""))


def _secret(name: str, common: dict[str, Any]) -> forms.CharField:
    """Return a box for a secret; keys have lines, which a password box would swallow."""
    hidden: forms.Widget = forms.PasswordInput(attrs={"autocomplete": "off"})
    if name.endswith("_key"):
        hidden = forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(**common | {"initial": None}, widget=hidden)


def _words(one: Enum) -> str:
    return str(one.value).replace("_", " ")


class LinesField(forms.CharField):
    """Several values, one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines."""
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        """Return the lines that hold something."""
        text = super().to_python(value) or ""
        return [line.strip() for line in text.splitlines() if line.strip()]


def _nested(info: FieldInfo) -> bool:
    """Say whether a setting is a model of its own: it keeps what it is, or its default."""
    kind = _bare(info.annotation)
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _bare(annotation: Any) -> Any:
    """Return the type of an optional setting."""
    args = [arg for arg in typing.get_args(annotation) if arg is not type(None)]
    if typing.get_origin(annotation) is typing.Literal or len(args) != 1:
        return annotation
    return args[0]


def _default(info: FieldInfo) -> Any:
    if info.is_required():
        return None
    value = info.get_default(call_default_factory=True)
    return value.value if isinstance(value, Enum) else value
