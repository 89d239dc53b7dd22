"""From a bound field to what the field template needs to know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField, Widget
from django.forms.utils import flatatt
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .widgets import PARTS, DatePartsWidget

_KINDS: tuple[tuple[type[Widget], str], ...] = (
    (DatePartsWidget, "date"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.SelectMultiple, "checkboxes"),
    (forms.Select, "select"),
    (forms.CheckboxInput, "tick"),
    (forms.FileInput, "file"),
    (forms.Textarea, "textarea"),
    (forms.PasswordInput, "password"),
)
"""The first widget class that fits decides the component."""

_CLASSES = {
    "input": "govuk-input",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
    "textarea": "govuk-textarea",
    "select": "govuk-select",
    "file": "govuk-file-upload",
    "tick": "govuk-checkboxes__input",
}
_FIXED = {"2", "3", "4", "5", "10", "20"}
_PASSED = ("autocomplete", "inputmode", "spellcheck", "rows", "accept", "step")
_DROPPED = ("maxlength", "required", "placeholder")
"""What a widget says that the label, the hint or the error says better."""
_DATE_WIDTHS = {"day": 2, "month": 2, "year": 4}


def kind_of(widget: Widget) -> str:
    """Return the component that draws this widget."""
    return next((kind for cls, kind in _KINDS if isinstance(widget, cls)), "input")


def first_id(bound: BoundField) -> str:
    """Return the id of the first control: where an error summary leads."""
    base = bound.auto_id or f"id_{bound.html_name}"
    kind = kind_of(bound.field.widget)
    if kind in ("radios", "checkboxes"):
        return f"{base}_0"
    if kind == "date":
        return f"{base}_{(bad_parts(bound) or list(PARTS))[0]}"
    return base


def bad_parts(bound: BoundField) -> list[str]:
    """Return which boxes of a date are wrong."""
    errors = bound.form.errors.as_data().get(bound.name, [])
    named = [part for error in errors for part in (error.params or {}).get("parts", ())]
    return [part for part in PARTS if part in named] or (list(PARTS) if errors else [])


def messages(bound: BoundField) -> list[str]:
    """Return what is wrong with a field, in sentences that stand alone in a summary."""
    if not bound.errors:
        return []
    errors = bound.form.errors.as_data().get(bound.name, [])
    return [text for error in errors for text in _sentences(bound, error)]


def _sentences(bound: BoundField, error: ValidationError) -> list[str]:
    plain = str(error.message if hasattr(error, "message") else "")
    if error.code == "required" and plain == str(forms.Field.default_error_messages["required"]):
        return [_required(bound)]
    return [str(text).removesuffix(".") for text in error.messages]


def _required(bound: BoundField) -> str:
    """Say what is missing by the field's own name, not that "this field" is required."""
    label = str(bound.label)
    values = {"name": label if label.endswith("?") else label[:1].lower() + label[1:]}
    kind = kind_of(bound.field.widget)
    if kind == "tick":
        return _("Tick the box: %(name)s") % {"name": label}
    if label.endswith("?"):
        return _("Answer the question: %(name)s") % values
    if kind in ("radios", "checkboxes", "select", "file"):
        return _("Choose: %(name)s") % values
    return _("Enter: %(name)s") % values


def drawn(bound: BoundField, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the context of ``kit/parts/field.html`` for one field."""
    kind = kind_of(bound.field.widget)
    base = bound.auto_id or f"id_{bound.html_name}"
    context = {
        "kind": kind,
        "id": base,
        "bound": bound,
        "errors": messages(bound),
        "label": options.get("label", bound.label),
        "hint": options.get("hint", bound.help_text),
        "size": options.get("label_size", ""),
        "heading": options.get("heading", False),
        "hide_label": options.get("hide_label", False),
        "prefix": options.get("prefix", ""),
        "suffix": options.get("suffix", ""),
        "inline": options.get("inline", False),
        "small": options.get("small", False),
        "framed": options.get("framed", False),
        "columns": options.get("columns", False),
        "segments": options.get("segments", False),
        "after": options.get("after", ""),
        "optional": _optional(bound, kind, options),
        "maximum": _maximum(bound, kind, options),
    }
    context["described_by"] = _described_by(context)
    context.update(_PARTS.get(kind, _one_control)(bound, context, options))
    return context


def _optional(bound: BoundField, kind: str, options: Mapping[str, Any]) -> bool:
    marked = options.get("optional", getattr(bound.form, "mark_optional", True))
    return bool(marked) and not bound.field.required and kind not in ("tick", "checkboxes")


def _maximum(bound: BoundField, kind: str, options: Mapping[str, Any]) -> int | None:
    """Return how many characters the counter under a text area allows."""
    if kind != "textarea" or options.get("count") is False:
        return None
    given = options.get("count")
    return int(given) if given else getattr(bound.field, "max_length", None)


def _described_by(context: Mapping[str, Any]) -> str:
    base = context["id"]
    names = (("hint", "hint"), ("errors", "error"), ("maximum", "info"))
    return " ".join(f"{base}-{suffix}" for key, suffix in names if context[key])


def _width(width: Any) -> str:
    if not width:
        return ""
    return f" govuk-input--width-{width}" if str(width) in _FIXED else f" govuk-!-width-{width}"


def _attrs(
    bound: BoundField, context: Mapping[str, Any], options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the attributes of a single control, the widget's own ones kept."""
    widget, kind = bound.field.widget, context["kind"]
    classes = _CLASSES[kind] + _width(options.get("width"))
    if context["errors"]:
        classes += f" govuk-{'input' if kind == 'password' else _CLASSES[kind][6:]}--error"
    if context["maximum"]:
        classes += " govuk-js-character-count"
    attrs: dict[str, Any] = {"id": context["id"]}
    attrs |= dict.fromkeys(_DROPPED, False)
    attrs["class"] = f"{classes} {widget.attrs.get('class', '')}".strip()
    attrs.update({key: options[key] for key in _PASSED if key in options})
    if kind == "textarea":
        attrs.setdefault("rows", widget.attrs.get("rows", 5))
        attrs["cols"] = False
    if context["described_by"]:
        attrs["aria-describedby"] = context["described_by"]
    if context["errors"]:
        attrs["aria-invalid"] = "true"
    if bound.field.disabled:
        attrs["disabled"] = True
    return attrs


def _one_control(
    bound: BoundField, context: Mapping[str, Any], options: Mapping[str, Any]
) -> dict[str, Any]:
    widget = bound.field.widget
    if bound.field.localize:
        widget.is_localized = True
    control = widget.render(
        bound.html_name, bound.value(), _attrs(bound, context, options), bound.form.renderer
    )
    return {"control": control}


def _choices(
    bound: BoundField, context: Mapping[str, Any], options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the groups of choices, each a list of items."""
    widget = bound.field.widget
    widget_context = widget.get_context(bound.html_name, bound.value(), {"id": context["id"]})
    # Counted through all groups, so that the first id is known without drawing.
    number = count()
    groups = [
        {"name": name, "items": [_item(next(number), o, context, options) for o in made]}
        for name, made, _index in widget_context["widget"]["optgroups"]
    ]
    # Choices outside any group come one to a group; they are shown as one run.
    return {"groups": list(_joined(groups)), "control_name": bound.html_name}


def _joined(groups: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    run: dict[str, Any] | None = None
    for group in groups:
        if group["name"]:
            run = None
            yield group
        elif run is None:
            run = group
            yield group
        else:
            run["items"].extend(group["items"])


def _item(
    number: int,
    option: Mapping[str, Any],
    context: Mapping[str, Any],
    options: Mapping[str, Any],
) -> dict[str, Any]:
    value = "" if option["value"] is None else str(option["value"])
    own = {k: v for k, v in option["attrs"].items() if k not in ("id", "checked", "class")}
    return {
        "id": f"{context['id']}_{number}",
        "hint_id": f"{context['id']}-hint-{number}",
        "value": value,
        "label": option["label"],
        "hint": getattr(option["label"], "hint", ""),
        "checked": option["selected"],
        "extra": mark_safe(flatatt(own)),  # noqa: S308 - flatatt escapes
        "reveals": options.get(f"reveal_{value}"),
    }


def _date(
    bound: BoundField, context: Mapping[str, Any], _options: Mapping[str, Any]
) -> dict[str, Any]:
    widget = cast("DatePartsWidget", bound.field.widget)
    made = widget.get_context(bound.html_name, bound.value(), {"id": context["id"]})
    wrong = bad_parts(bound)
    parts = [
        {
            "id": f"{context['id']}_{part}",
            "name": sub["name"],
            "value": "" if sub["value"] is None else sub["value"],
            "label": widget.part_labels[part],
            "width": _DATE_WIDTHS[part],
            "wrong": part in wrong,
        }
        for part, sub in zip(PARTS, made["widget"]["subwidgets"], strict=True)
    ]
    return {"parts": parts}


_PARTS: dict[str, Callable[[BoundField, Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]] = {
    "checkboxes": _choices,
    "radios": _choices,
    "date": _date,
}


def summary(*bounds: Iterable[Any]) -> list[dict[str, SafeString | str]]:
    """Return the lines of an error summary over forms and formsets, in page order."""
    return [line for thing in bounds for line in _lines(thing)]


def _lines(thing: Any) -> Iterable[dict[str, Any]]:
    if isinstance(thing, forms.BaseFormSet):
        yield from ({"text": text, "href": ""} for text in thing.non_form_errors())
        for form in thing.forms:
            yield from _lines(form)
        return
    yield from ({"text": text, "href": ""} for text in thing.non_field_errors())
    for bound in thing:
        href = "" if bound.is_hidden else f"#{first_id(bound)}"
        yield from ({"text": text, "href": href} for text in messages(bound))
