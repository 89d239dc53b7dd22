"""The component tags: each draws, escapes, and says in words what it shows."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.safestring import mark_safe
from lxml import html

from bluelamp.kit.page import Column, Event, Link, Row, Step, Tag, Tile
from bluelamp.kit.templatetags import kit

NASTY = '"><script>alert(1)</script>'
AT = datetime(2026, 7, 1, 18, 0, tzinfo=UTC)  # 7pm in London


def tree(text: str) -> Any:
    return html.fromstring(f"<div>{text}</div>")


def rendered(source: str, **values: Any) -> Any:
    return tree(Template("{% load kit %}" + source).render(Context(values)))


EVERY_TAG = {
    "button": lambda x: kit.button(x, href=x, about=x, data_key=x),
    "button_submit": lambda x: kit.button(x, name=x, value=x),
    "show": lambda x: kit.show([Link(x, x), Tag(x, "green"), x]),
    "tag": lambda x: kit.tag(x, "red", live=x),
    "summary_list": lambda x: kit.summary_list([Row(x, x, [Link(x, x)])]),
    "data_table": lambda x: kit.data_table([Column(x, sort_url=x), x], [[x, x]], x),
    "stat_tiles": lambda x: kit.stat_tiles([Tile(x, x, x, x, x)]),
    "progress": lambda x: kit.progress(1, 2, x, live=x, live_max=x, note=x),
    "timeline": lambda x: kit.timeline([Event(x, AT, x, x, [Link(x, x)])]),
    "breadcrumbs": lambda x: kit.breadcrumbs(x, x, x),
    "back_link": lambda x: kit.back_link(x, x),
    "sub_navigation": lambda x: kit.sub_navigation([Link(x, x, key=x)], x),
    "steps": lambda x: kit.steps([Step(x, "done", x)], x),
    "flash": lambda x: kit.flash(x, x),
    "warning": lambda x: kit.warning(x),
    "rating": lambda x: kit.rating(x, x, hint=x),
    "share": lambda x: kit.share(x, x),
    "mail_preview": lambda x: kit.mail_preview(x, x, sender=x, subject=x),
    "mail_preview_text": lambda x: kit.mail_preview(text=x),
    "map_view": lambda x: kit.map_view(x, areas_url=x, list=x, input=x, attribution=x),
    "saved": lambda x: kit.saved(x),
}


@pytest.mark.parametrize("name", EVERY_TAG)
def test_no_value_becomes_markup(name: str) -> None:
    page = str(EVERY_TAG[name](NASTY))
    assert "<script" not in page
    assert not tree(page).xpath("//script")


BLOCKS = [
    "{% banner x %}{{ x }}{% endbanner %}",
    "{% inset %}{{ x }}{% endinset %}",
    "{% details x %}{{ x }}{% enddetails %}",
    "{% panel x %}{{ x }}{% endpanel %}",
    "{% empty x %}{{ x }}{% endempty %}",
    "{% filter_panel title=x clear_url=x %}{{ x }}{% endfilter_panel %}",
    "{% tabs x %}{% tab x %}{{ x }}{% endtab %}{% endtabs %}",
]


@pytest.mark.parametrize("source", BLOCKS)
def test_no_value_in_a_block_becomes_markup_and_its_body_shows(source: str) -> None:
    page = rendered(source, x=NASTY)
    assert not page.xpath("//script")
    assert "alert(1)" in page.text_content()


@pytest.mark.parametrize("source", BLOCKS)
def test_a_body_that_is_markup_stays_markup(source: str) -> None:
    """Each of the templates' own: what a page writes between the tags."""
    page = rendered(source.replace("{{ x }}", " <b>Yes</b>\n"), x="Title")
    assert page.xpath("//b[.='Yes']")


def test_a_table_keeps_its_meaning_when_it_becomes_sheets() -> None:
    columns = ["Alert", Column("Members", numeric=True, sort_url="?s", sorted="descending")]
    page = tree(kit.data_table(columns, [["Sheds", 1840]], "Alerts"))
    assert page.xpath("//table[@role='table']/caption")[0].text_content() == "Alerts"
    assert page.xpath("//tbody//th[@role='rowheader'][@scope='row']")[0].text_content() == "Sheds"
    cell = page.xpath("//td[@role='cell']")[0]
    assert (cell.get("data-label"), cell.text_content()) == ("Members", "1,840")
    assert page.xpath("//th[@aria-sort='descending']/a/@href") == ["?s"]


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError):
        kit.data_table(["One", "Two"], [["only one"]], "Caption")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (18412, "18,412"),
        (4.5, "4.5"),
        (True, "Yes"),
        (False, "No"),
        (None, "–"),
        ("", "–"),
        (0, "0"),
    ],
)
def test_values_are_shown_as_people_write_them(value: object, shown: str) -> None:
    assert tree(kit.show(value)).text_content() == shown


def test_what_is_marked_safe_is_shown_as_it_is() -> None:
    assert tree(kit.show(mark_safe("<b>x</b>"))).xpath("//b")


def test_alternatives_break_between_words_and_are_escaped() -> None:
    assert kit.breakable("bike|<b>|cycle") == "bike|<wbr>&lt;b&gt;|<wbr>cycle"


def test_pagination_keeps_the_rest_of_the_question() -> None:
    request = RequestFactory().get("/", {"q": "sheds", "page": "3"})
    context = Context({"request": request, "page": Paginator(range(200), 10).get_page(3)})
    page = tree(Template("{% load kit %}{% pagination page %}").render(context))
    assert page.xpath("//a[@rel='next']/@href") == ["?q=sheds&page=4"]
    assert page.xpath("//a[@aria-current='page']")[0].text_content() == "3"
    assert page.xpath("//nav/@aria-label")


def test_one_page_needs_no_pagination() -> None:
    request = RequestFactory().get("/")
    context = Context({"request": request, "page": Paginator(range(5), 10).get_page(1)})
    assert Template("{% load kit %}{% pagination page %}").render(context).strip() == ""


def test_progress_is_a_real_one_with_its_numbers_in_words() -> None:
    page = tree(kit.progress(12400, 18450, "Sent so far", live="sent", live_max="total"))
    bar = page.xpath("//progress")[0]
    assert (bar.get("value"), bar.get("max")) == ("12400", "18450")
    assert (bar.get("data-live"), bar.get("data-live-max")) == ("sent", "total")
    assert page.xpath("//*[@id=$id]", id=bar.get("aria-labelledby"))
    assert "12,400 of 18,450" in " ".join(page.text_content().split())


def test_progress_of_nothing_is_not_done() -> None:
    page = tree(kit.progress(0, 0, "Sent so far"))
    assert page.xpath("//progress/@max") == ["1"]
    assert not page.xpath("//*[contains(@class, 'bl-progress--done')]")


def test_a_tile_opens_to_what_is_behind_it() -> None:
    page = tree(kit.stat_tiles([Tile("Bounced", 1037, "/bounced", live="bounced")]))
    assert page.xpath("//a/@href") == ["/bounced"]
    assert page.xpath("//*[@data-live='bounced']")[0].text_content() == "1,037"


def test_tabs_hold_their_bodies_and_a_second_set_does_not_see_the_first() -> None:
    source = "{% tabs %}{% tab 'One' %}a{% endtab %}{% tab 'Two' %}b{% endtab %}{% endtabs %}"
    page = rendered(source + "{% tabs %}{% tab 'Three' %}c{% endtab %}{% endtabs %}")
    first, second = page.xpath("//div[@data-module='govuk-tabs']")
    assert first.xpath(".//a/@href") == ["#tab-one", "#tab-two"]
    assert first.xpath("./div[@id='tab-two']")
    assert second.xpath(".//a/@href") == ["#tab-three"]


def test_rating_is_five_radios_that_a_form_sends() -> None:
    page = tree(kit.rating("stars", "Was this useful?", 4))
    assert page.xpath("//input[@type='radio'][@name='stars']/@value") == list("12345")
    assert page.xpath("//input[@checked]/@value") == ["4"]
    assert all(page.xpath("//label[@for=$i]", i=i) for i in page.xpath("//input/@id"))
    assert page.xpath("//fieldset/legend")[0].text_content() == "Was this useful?"


def test_stars_are_also_words() -> None:
    page = tree(kit.stars(4.4, 1812))
    assert page.text_content().strip() == "★★★★☆ 4.4 out of 5 (1,812)"
    assert page.xpath("//*[@aria-hidden='true']")[0].text_content() == "★★★★☆"
    assert "Not rated yet" in tree(kit.stars(None)).text_content()


def test_what_needs_script_is_hidden_until_it_comes() -> None:
    share = tree(kit.share("https://x.test/1?a=b&c", "Sheds & more"))
    assert len(share.xpath("//li[@hidden]")) == 2
    assert share.xpath("//a[starts-with(@href, 'mailto:')]/@href") == [
        "mailto:?subject=Sheds%20%26%20more&body=https%3A//x.test/1%3Fa%3Db%26c"
    ]
    assert tree(kit.map_view("Map")).xpath("//div[@data-map][@hidden]")
    assert tree(kit.mail_preview(text="x")).xpath("//span[@hidden]/button")


def test_an_unknown_level_of_message_is_a_note() -> None:
    assert "bl-flash--info" in kit.flash("x", "debug")
