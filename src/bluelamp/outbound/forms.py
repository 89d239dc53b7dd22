"""What the pages ask for."""

from __future__ import annotations

import json
from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bluelamp.kit.forms import ClockTimeField, DatePartsField, Hinted
from bluelamp.outbound import labels
from bluelamp.outbound.models import Message
from bluelamp.outbound.rules.times import LONDON
from bluelamp.outbound.rules.words import BODY_LIMIT, TITLE_LIMIT
from bluelamp.outbound.values import Draft, Kind, UnknownPolicy, Urgency

STARS = [(n, str(n)) for n in range(1, 6)]


class NearForm(forms.Form):
    """A postcode, to be led to its area."""

    postcode = forms.CharField(
        label=_("Your postcode"), max_length=12, error_messages={"required": _("Enter a postcode")}
    )


class RatingForm(forms.Form):
    """One to five stars."""

    stars = forms.TypedChoiceField(
        choices=STARS, coerce=int, widget=forms.RadioSelect,
        error_messages={"required": _("Choose how useful it was")},
    )  # fmt: skip


class ComposeForm(forms.Form):
    """A message on one page: the words, whom they are for, and when they go."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[
        (kind, words) for kind, words in labels.KINDS.items() if kind != Kind.CORRECTION
    ])  # fmt: skip
    title = forms.CharField(
        label=_("Title"), max_length=TITLE_LIMIT, required=False,
        help_text=_("What happened and where. It is the subject of the e-mail."),
    )  # fmt: skip
    body = forms.CharField(
        label=_("Message"), max_length=BODY_LIMIT, required=False, strip=True,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("Say what people can do. Leave a blank line between paragraphs."),
    )  # fmt: skip
    urgency = forms.ChoiceField(
        label=_("How urgent is it?"), widget=forms.RadioSelect, initial=Urgency.ROUTINE,
        choices=[
            (Urgency.ROUTINE, Hinted(_("Routine"), _("Not sent between 9pm and 8am"))),
            (Urgency.URGENT, Hinted(_("Urgent"), _("Sent at once, by day and night"))),
        ],
    )  # fmt: skip
    areas = forms.MultipleChoiceField(
        label=_("Areas"), required=False, widget=forms.CheckboxSelectMultiple
    )
    drawn = forms.CharField(required=False, widget=forms.HiddenInput)
    postcode = forms.CharField(label=_("Around a postcode"), required=False, max_length=12)
    metres = forms.TypedChoiceField(
        label=_("Within"), required=False, coerce=int, initial=500,
        choices=[(250, _("250 metres")), (500, _("500 metres")), (1000, _("1 kilometre")),
                 (2000, _("2 kilometres")), (5000, _("5 kilometres"))],
    )  # fmt: skip
    topics = forms.MultipleChoiceField(
        label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("People who chose any of these. Leave empty for everyone in the areas."),
    )  # fmt: skip
    match = forms.ChoiceField(
        label=_("Areas and topics"), required=False, widget=forms.RadioSelect, initial="all",
        choices=[("all", _("People in the areas who chose a topic")),
                 ("any", _("People in the areas, and anyone who chose a topic"))],
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=_("Language"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[("en", _("English")), ("cy", _("Welsh"))],
    )  # fmt: skip
    joined_after = DatePartsField(label=_("Joined on or after"), required=False)
    joined_before = DatePartsField(label=_("Joined before"), required=False)
    when = forms.ChoiceField(
        label=_("When to send"), widget=forms.RadioSelect, initial="now", required=False,
        choices=[("now", _("As soon as it is approved")), ("later", _("At a set time"))],
    )  # fmt: skip
    day = DatePartsField(label=_("Date"), required=False)
    time = ClockTimeField(label=_("Time"), required=False, help_text=_("For example, 7pm or 19:30"))
    unknown_policy = forms.ChoiceField(
        label=_("If a mail’s fate is not known"), required=False, widget=forms.RadioSelect,
        initial=UnknownPolicy.RECONCILE, choices=list(labels.POLICIES.items()),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    mark_optional = False

    def __init__(
        self,
        *args: Any,
        areas: list[tuple[str, str]],
        topics: list[tuple[str, str]],
        locate: Any,
        **kwargs: Any,
    ) -> None:
        """Make the form; ``locate`` turns a postcode into (longitude, latitude)."""
        super().__init__(*args, **kwargs)
        self._locate = locate
        for name, choices in (("areas", areas), ("topics", topics)):
            field = self.fields[name]
            if isinstance(field, forms.MultipleChoiceField):
                field.choices = choices

    def clean_drawn(self) -> dict[str, Any] | None:
        """Return the drawn feature's geometry, checked for its form alone."""
        text = self.cleaned_data["drawn"]
        if not text:
            return None
        try:
            feature = json.loads(text)
            geometry = feature["geometry"]
            if geometry["type"] == "Point":
                metres = float(feature["properties"]["radius_m"])
                longitude, latitude = geometry["coordinates"]
                return {"circle": _circle(float(longitude), float(latitude), metres)}
            return {"shape": {"type": "Polygon", "coordinates": geometry["coordinates"]}}
        except (ValueError, KeyError, TypeError) as error:
            words = _("The drawing on the map cannot be read. Draw it again.")
            raise ValidationError(words) from error

    def clean_postcode(self) -> tuple[float, float] | None:
        """Return where the postcode is."""
        text = self.cleaned_data["postcode"].strip()
        if not text:
            return None
        found = self._locate(text)
        if found is None:
            raise ValidationError(_("We do not know this postcode. Check it."))
        longitude, latitude = found
        return longitude, latitude

    def clean(self) -> dict[str, Any]:
        """Check what needs two fields."""
        data = super().clean() or {}
        if data.get("when") == "later":
            wanted = {"day": _("Enter the date to send it"), "time": _("Enter the time")}
            for name, words in wanted.items():
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, words)
        if data.get("drawn") and data.get("postcode"):
            self.add_error("postcode", _("Draw on the map or give a postcode, not both."))
        return data

    def audience(self) -> dict[str, Any]:
        """Return the audience definition."""
        data = self.cleaned_data
        drawn = data.get("drawn") or {}
        circles = [drawn["circle"]] if "circle" in drawn else []
        if data.get("postcode"):
            longitude, latitude = data["postcode"]
            circles.append(_circle(longitude, latitude, float(data.get("metres") or 500)))
        return {
            "areas": sorted(int(pk) for pk in data.get("areas", ())),
            "shapes": [drawn["shape"]] if "shape" in drawn else [],
            "circles": circles,
            "topics": sorted(int(pk) for pk in data.get("topics", ())),
            "match": data.get("match") or "all",
            "languages": sorted(data.get("languages", ())),
            "joined_after": data.get("joined_after"),
            "joined_before": data.get("joined_before"),
        }

    def draft(self) -> Draft:
        """Return what the author decided."""
        data = self.cleaned_data
        return Draft(
            kind=Kind(data["kind"]),
            title=data["title"],
            body=data["body"],
            urgency=Urgency(data["urgency"]),
            audience=self.audience(),
            scheduled_for=self._moment(),
            unknown_policy=UnknownPolicy(data.get("unknown_policy") or UnknownPolicy.RECONCILE),
        )

    def _moment(self) -> datetime | None:
        data = self.cleaned_data
        if data.get("when") != "later":
            return None
        return datetime.combine(data["day"], data["time"] or time(9), LONDON)


def _circle(longitude: float, latitude: float, metres: float) -> dict[str, float]:
    return {"longitude": longitude, "latitude": latitude, "metres": metres}


def initial_of(message: Message) -> dict[str, Any]:
    """Return what the compose page shows of a message."""
    audience = message.audience
    at = message.scheduled_for.astimezone(LONDON) if message.scheduled_for else None
    return {
        "kind": message.kind, "title": message.title, "body": message.body,
        "urgency": message.urgency, "version": message.version,
        "areas": [str(pk) for pk in audience.get("areas", ())],
        "topics": [str(pk) for pk in audience.get("topics", ())],
        "match": audience.get("match", "all"), "languages": audience.get("languages", ()),
        "joined_after": audience.get("joined_after"),
        "joined_before": audience.get("joined_before"),
        "drawn": _drawn_of(audience),
        "when": "later" if at else "now",
        "day": at.date() if at else None, "time": at.time() if at else None,
        "unknown_policy": message.unknown_policy,
    }  # fmt: skip


def _drawn_of(audience: dict[str, Any]) -> str:
    """Return the first drawing as the map's feature; a radius becomes a drawn circle."""
    for shape in audience.get("shapes", ()):
        return json.dumps({"type": "Feature", "geometry": shape, "properties": {}})
    for circle in audience.get("circles", ()):
        point = {"type": "Point", "coordinates": [circle["longitude"], circle["latitude"]]}
        properties = {"radius_m": circle["metres"]}
        return json.dumps({"type": "Feature", "geometry": point, "properties": properties})
    return ""


class ReasonForm(forms.Form):
    """Why: kept with the decision."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why")},
    )  # fmt: skip


class RecallForm(forms.Form):
    """Why a message is withdrawn: everyone reads it."""

    reason = forms.CharField(
        label=_("Why is it withdrawn?"), max_length=200,
        help_text=_("Everyone who got the message reads this, and so does the public."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why it is withdrawn")},
    )  # fmt: skip


class TimeForm(forms.Form):
    """Another time for an approved message; empty for as soon as may be."""

    day = DatePartsField(label=_("Date"), required=False)
    time = ClockTimeField(label=_("Time"), required=False)

    def moment(self) -> datetime | None:
        """Return the moment, or None for now."""
        day = self.cleaned_data.get("day")
        at = self.cleaned_data.get("time") or time(9)
        return datetime.combine(day, at, LONDON) if day else None
