"""Form fields as GOV.UK components: labelled, described, and their errors tied to them."""

import re
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.forms import formset_factory
from lxml import html

from bluelamp.kit.forms import ClockTimeField, DatePartsField, Hinted
from bluelamp.kit.forms.draw import summary
from bluelamp.kit.templatetags.kit import error_summary, field

NASTY = '<script>alert("x")</script>'


class Everything(forms.Form):
    title = forms.CharField(max_length=40, help_text="Say what happened.")
    mail = forms.EmailField(label="Email address")
    body = forms.CharField(widget=forms.Textarea, max_length=500)
    kind = forms.ChoiceField(choices=[("a", "Alpha"), ("b", "Beta")])
    when = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("now", Hinted("Now", "At once")), ("later", "Later")]
    )
    areas = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        choices=[("North", [("1", "Northwick")]), ("South", [("2", "Sundon")])],
    )
    topics = forms.MultipleChoiceField(choices=[("x", "Fraud")])
    on = DatePartsField(label="Date")
    at = ClockTimeField(label="Time", required=False)
    sure = forms.BooleanField(label="I am sure")
    picture = forms.FileField()
    secret = forms.CharField(widget=forms.PasswordInput)
    token = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> None:
        raise ValidationError("These two do not go together.")


VISIBLE = [name for name in Everything.base_fields if name != "token"]


def tree(text: str) -> Any:
    return html.fromstring(f"<div>{text}</div>")


def drawn(name: str, form: forms.Form | None = None, **options: Any) -> Any:
    return tree(field((form or Everything())[name], **options))


@pytest.mark.parametrize("name", VISIBLE)
def test_every_control_has_a_name_that_is_read_out(name: str) -> None:
    page = drawn(name)
    controls = page.xpath("//input|//select|//textarea")
    assert controls
    for control in controls:
        assert page.xpath("//label[@for=$id]", id=control.get("id"))
    if len(controls) > 1:
        assert page.xpath("//fieldset/legend")


@pytest.mark.parametrize("name", VISIBLE)
def test_an_error_is_tied_to_its_control(name: str) -> None:
    form = Everything({"at": "7"})
    page = drawn(name, form)
    group = page.xpath("//*[@aria-describedby]")[0]
    described = " ".join(node.text_content() for id_ in group.get("aria-describedby").split()
                         for node in page.xpath("//*[@id=$id]", id=id_))  # fmt: skip
    assert "Error:" in described
    assert page.xpath("//*[contains(@class, 'govuk-form-group--error')]")


@pytest.mark.parametrize("name", VISIBLE)
def test_no_control_is_marked_wrong_that_is_not(name: str) -> None:
    assert "error" not in str(field(Everything()[name]))


@pytest.mark.parametrize("name", ["title", "mail", "body", "kind", "picture", "secret", "sure"])
def test_a_wrong_control_says_so(name: str) -> None:
    control = drawn(name, Everything({})).xpath("//*[@name=$name]", name=name)[0]
    assert control.get("aria-invalid") == "true"


def test_every_line_of_the_summary_leads_to_a_control() -> None:
    form = Everything({"at": "7"})
    page = tree("".join(str(field(form[name])) for name in VISIBLE))
    lines = [line for line in summary(form) if line["href"]]
    assert len(lines) == len(VISIBLE)
    for line in lines:
        assert page.xpath("//*[self::input or self::select or self::textarea][@id=$id]",
                          id=str(line["href"])[1:]), line  # fmt: skip


def test_the_summary_begins_with_what_concerns_the_whole_form() -> None:
    assert summary(Everything({}))[0] == {"text": "These two do not go together.", "href": ""}


def test_the_summary_leads_to_the_wrong_box_of_a_date() -> None:
    data = {"on_day": "1", "on_month": "", "on_year": "2027"}
    lines = {line["text"]: line["href"] for line in summary(Everything(data))}
    assert lines["Date must include a month"] == "#id_on_month"


def test_a_missing_value_is_named() -> None:
    texts = [line["text"] for line in summary(Everything({}))]
    assert {"Enter: title", "Enter: email address", "Choose: kind", "Choose: areas",
            "Tick the box: I am sure", "Choose: picture"} <= set(texts)  # fmt: skip
    assert not [text for text in texts if "This field" in str(text)]


def test_a_form_without_errors_has_no_summary() -> None:
    assert str(error_summary(Everything())).strip() == ""


def test_formsets_are_summed_up_too() -> None:
    made = formset_factory(Everything, extra=1, min_num=1, validate_min=True)
    data = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-title": "x"}
    hrefs = [line["href"] for line in summary(made(data))]
    assert "#id_form-0-mail" in hrefs


class Nasty(forms.Form):
    words = forms.CharField(label=NASTY, help_text=NASTY)
    pick = forms.ChoiceField(
        label=NASTY, widget=forms.RadioSelect, choices=[(NASTY, Hinted(NASTY, NASTY))]
    )

    def clean_words(self) -> str:
        raise ValidationError(NASTY)


def test_nothing_that_is_shown_can_be_markup() -> None:
    form = Nasty({"words": NASTY, "pick": NASTY})
    page = str(field(form["words"], prefix=NASTY, suffix=NASTY)) + str(field(form["pick"]))
    page += str(error_summary(form))
    assert "<script" not in page
    assert page.count("&lt;script") >= 7


def test_boxes_of_a_group_are_listed_under_its_name() -> None:
    text = drawn("areas").text_content()
    assert re.search(r"North\s*Northwick\s*South\s*Sundon", text)


def test_several_choices_are_boxes_even_where_the_widget_is_a_select() -> None:
    assert drawn("topics").xpath("//input[@type='checkbox'][@name='topics'][@id='id_topics_0']")


def test_what_was_chosen_stays_chosen() -> None:
    form = Everything({"when": "later", "areas": ["2"], "kind": "b", "title": "Sheds"})
    assert drawn("when", form).xpath("//input[@checked]/@value") == ["later"]
    assert drawn("areas", form).xpath("//input[@checked]/@value") == ["2"]
    assert drawn("kind", form).xpath("//option[@selected]/@value") == ["b"]
    assert drawn("title", form).xpath("//input/@value") == ["Sheds"]


def test_a_password_is_never_sent_back() -> None:
    assert "hunter2" not in str(field(Everything({"secret": "hunter2"})["secret"]))


def test_a_hint_of_a_choice_describes_it() -> None:
    page = drawn("when")
    hint = page.xpath("//input[@value='now']/@aria-describedby")[0]
    assert page.xpath("//*[@id=$id]", id=hint)[0].text_content() == "At once"


def test_a_choice_can_reveal_a_field() -> None:
    form = Everything()
    page = tree(field(form["when"], reveal_later=form["on"]))
    target = page.xpath("//input[@value='later']/@data-reveals")[0]
    assert page.xpath("//div[@id=$id]//input[@name='on_day']", id=target)


def test_a_text_area_counts_and_does_not_cut() -> None:
    page = drawn("body")
    box = page.xpath("//textarea")[0]
    assert page.xpath("//*[@data-maxlength='500']")
    assert "id_body-info" in box.get("aria-describedby").split()
    assert box.get("maxlength") is None
    assert drawn("title").xpath("//input/@maxlength") == []


def test_what_need_not_be_given_says_so_unless_told_not_to() -> None:
    assert "(optional)" in drawn("at").text_content()
    assert "(optional)" not in drawn("at", optional=False).text_content()
    assert "(optional)" not in drawn("title").text_content()


def test_a_label_can_be_the_heading() -> None:
    assert drawn("title", heading=True).xpath("//h1/label")
    assert drawn("when", heading=True).xpath("//fieldset/legend/h1")


def test_a_hidden_field_is_only_itself() -> None:
    assert str(field(Everything()["token"])).strip() == str(Everything()["token"])


def test_a_whole_form_is_drawn_by_the_renderer() -> None:
    page = tree(str(Everything({})))
    assert page.xpath("//*[contains(@class, 'govuk-error-summary')]")
    assert len(page.xpath("//input[@name='mail']")) == 1
    assert page.xpath("//input[@type='hidden'][@name='token']")
