"""Mails compile, keep their slots, and never fill a slot that a person wrote."""

import re

import pytest
from django.utils.html import escape
from django.utils.safestring import mark_safe
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import html as parser

from bluelamp.kit.gallery import MAILS
from bluelamp.kit.mail import Slotted, disarmed, preview, render_mail
from bluelamp.kit.theme import contrast

SLOT = re.compile(r"\[\[[a-z][a-z0-9_]*\]\]")
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def alert(**changes: object) -> tuple[str, str]:
    return render_mail("alert", {**MAILS["alert"], **changes})


def test_slots_stay_in_links_of_both_parts() -> None:
    made, text = alert()
    hrefs = parser.fromstring(made).xpath("//a/@href")
    for end in ("", "/rate/1", "/rate/5", "/preferences", "/leave"):
        link = f"https://brackenshire.example.test/m/[[token]]{end}"
        assert link in hrefs
        assert link in text


def test_everything_that_is_said_is_in_both_parts() -> None:
    made, text = alert()
    page = " ".join(parser.fromstring(made).text_content().split())
    flat = " ".join(text.split())
    for key in ("force_name", "crest_text", "kind", "area_line", "title", "reply_hint",
                "contact_line"):  # fmt: skip
        assert MAILS["alert"][key] in page
        assert MAILS["alert"][key] in flat
    assert "In an emergency call 999" in page
    assert "In an emergency call 999" in flat


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(words, words)
@example("[[token]]", "a [[[token]]] b [[\n[[leave]]")
@example("<b>&amp;</mj-text>", "</mj-column> <br> & ]]> <!-- {% x %} {{ y }}")
@example("\x00\x01", "a\r\nb\u2028c\ufffe")
def test_whatever_is_written_compiles_and_fills_no_slot(title: str, body: str) -> None:
    context = {"force_name": "Brackenshire Police", "title": title, "body": body}
    made, text = render_mail("alert", context)
    assert not SLOT.search(made)
    assert not SLOT.search(text)
    heading = parser.fromstring(made.encode()).xpath("//h1")[0].text_content()
    assert "".join(heading.split()) == "".join(str(disarmed(title)).split())


def test_only_what_says_so_by_its_type_may_hold_a_slot() -> None:
    assert disarmed("[[token]]") == "[ [token]]"
    assert disarmed(Slotted("[[token]]")) == "[[token]]"
    assert disarmed({"a": ["[[x]]", Slotted("[[x]]")]}) == {"a": ["[ [x]]", "[[x]]"]}
    safe = disarmed(mark_safe("<i>[[x]]</i>"))
    assert hasattr(safe, "__html__")
    assert "[[" not in safe


def test_markup_in_words_is_shown_not_obeyed() -> None:
    made, text = alert(title="<img src=x>", body="<script>alert(1)</script>")
    assert "<script" not in made
    assert "<img" not in made
    assert escape("<img src=x>") in made
    assert "<script>alert(1)</script>" in text


def test_links_in_the_body_are_links_and_lines_stay_lines() -> None:
    made, _text = alert(body="One\nTwo\n\nSee https://x.test/?a=1&b=2")
    page = parser.fromstring(made)
    assert page.xpath("//a[@href='https://x.test/?a=1&b=2']")
    assert re.search(r"One\s*<br ?/?>\s*Two", made)


def test_the_preheader_comes_first_and_is_not_seen() -> None:
    made, _text = alert()
    first = parser.fromstring(made).xpath("//body/div")[0]
    assert first.text_content() == MAILS["alert"]["preheader"]
    assert "display:none" in first.get("style")


def test_dark_rooms_and_outlook_are_thought_of() -> None:
    made, _text = alert()
    assert '<meta name="color-scheme" content="light dark"' in made
    assert "prefers-color-scheme: dark" in made
    assert "<!--[if mso" in made


@pytest.mark.parametrize("colour", ["#0b2545", "#ffdd00", "#777777", "#c00020"])
def test_the_forces_name_reads_on_its_colour(colour: str) -> None:
    made, _text = alert(colour=colour)
    ground = re.search(r"background:(#[0-9a-f]{6})", made)
    name = parser.fromstring(made).xpath("//div[.='Brackenshire Police'][@style]")[0]
    ink = re.search(r"(?<![-\w])color:(#[0-9a-f]{6})", name.get("style"))
    assert ground is not None
    assert ink is not None
    assert contrast(ground[1], ink[1]) >= 4.5


def test_nothing_is_fetched_when_a_mail_is_opened() -> None:
    made, _text = alert()
    page = parser.fromstring(made)
    assert not page.xpath("//*[@src]|//link|//*[@background]")
    assert "@import" not in made
    assert "url(" not in made


def test_a_code_stands_alone_where_it_is_looked_for() -> None:
    made, text = render_mail("notice", MAILS["notice"])
    assert parser.fromstring(made).xpath("//div[normalize-space(.)='482 913']")
    assert "\n    482 913\n" in text


def test_what_is_not_given_leaves_no_gap() -> None:
    made, text = render_mail("alert", {"force_name": "B", "title": "T", "body": "x"})
    assert "Was this useful" not in made + text
    assert "Leave these" not in made + text
    assert "None" not in made + text
    assert "\n\n\n" not in text


def test_a_mail_in_a_frame_can_do_nothing() -> None:
    answer = preview("<p>x</p>")
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "frame-ancestors 'self'" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
