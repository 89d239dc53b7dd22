"""The kit's components as template tags: ``{% load kit %}``.

Each is described with an example in ``kit/README.md``.  A tag takes plain values
or those of :mod:`bluelamp.kit.page`, and everything it prints is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bluelamp.kit import moments
from bluelamp.kit.forms import draw
from bluelamp.kit.page import Column, Link, Tag, Words
from bluelamp.kit.words import officer_words, public_words

register = template.Library()

LOOKS = {
    "primary": "",
    "secondary": " govuk-button--secondary",
    "warning": " govuk-button--warning",
    "inverse": " govuk-button--inverse",
}
FLASHES = {
    "success": gettext_lazy("Done"),
    "warning": gettext_lazy("Warning"),
    "error": gettext_lazy("Problem"),
    "info": gettext_lazy("Note"),
}
STARS = 5


def part(name: str, /, **context: Any) -> SafeString:
    """Draw one of the kit's parts."""
    return render_to_string(f"kit/parts/{name}.html", context)


# Forms ----------------------------------------------------------------------


@register.simple_tag
def field(bound: BoundField, **options: Any) -> SafeString:
    """Draw a form field as its GOV.UK component; options in the README."""
    reveals = {
        key: field(value) if isinstance(value, BoundField) else value
        for key, value in options.items()
        if key.startswith("reveal_")
    }
    return part("field", **draw.drawn(bound, {**options, **reveals}))


@register.simple_tag
def field_named(form: BaseForm, name: str, **options: Any) -> SafeString:
    """Draw the field of that name."""
    return field(form[name], **options)


@register.simple_tag
def error_summary(*forms: Any) -> SafeString:
    """Draw what is wrong with these forms and formsets, each line leading to its field."""
    return part("error_summary", lines=draw.summary(*forms))


@register.simple_tag
def button(text: Words, kind: str = "primary", **options: Any) -> SafeString:
    """Draw a button, or with ``href`` a link that looks like one.

    Further options become attributes, underscores as hyphens: ``data_key="n"``.
    """
    known = {key: options.pop(key, "") for key in ("href", "name", "value", "about")}
    return part(
        "button",
        text=text,
        look=LOOKS[kind],
        type=options.pop("type", "submit"),
        extra=_attributes(options),
        **known,
    )


def _attributes(options: Mapping[str, Any]) -> SafeString:
    plain = ((k.replace("_", "-"), v) for k, v in options.items() if v not in (None, False, ""))
    return format_html_join("", ' {}="{}"', plain)


# Values ---------------------------------------------------------------------


@register.simple_tag
def show(value: Any) -> str | SafeString:
    """Show any value in a cell: a Link, a Tag, a number, a list, a yes or no."""
    if isinstance(value, Link):
        return format_html('<a class="govuk-link" href="{}">{}</a>', value.url, value.text)
    if isinstance(value, Tag):
        return tag(value.text, value.colour)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, (list, tuple)):
        return format_html_join(SafeString("<br>"), "{}", ((show(item),) for item in value))
    if value is None or value == "":
        return format_html('<span class="bl-muted">{}</span>', "–")
    return number(value) if isinstance(value, (int, float)) else format_html("{}", value)


@register.simple_tag
def number(value: Any) -> str:
    """Write a number with its thousands apart; leave all else as it is."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number_format(value, use_l10n=True, force_grouping=True)
    return format_html("{}", value)


@register.filter
def breakable(words: str) -> SafeString:
    """Let a line of alternatives (``bike|bicycle``) end after each of them, not inside one."""
    return format_html_join(mark_safe("|<wbr>"), "{}", ((word,) for word in words.split("|")))


@register.simple_tag
def tag(text: Words | Tag, colour: str = "blue", live: str = "") -> SafeString:
    """Draw a state in a word or two."""
    if isinstance(text, Tag):
        colour, text = text.colour, text.text
    return part("tag", text=text, colour=colour, live=live)


@register.simple_tag
def summary_list(rows: Sequence[Any], plain: bool = False) -> SafeString:
    """Draw rows of a key, a value and what can be done about it."""
    actions = any(row.actions for row in rows)
    return part("summary_list", rows=rows, any_actions=actions, plain=plain)


@register.simple_tag
def data_table(
    columns: Sequence[Column | str], rows: Iterable[Sequence[Any]], caption: Words, **options: Any
) -> SafeString:
    """Draw a table that on a phone becomes a list of small sheets."""
    heads = [c if isinstance(c, Column) else Column(c) for c in columns]
    paired = [list(zip(heads, row, strict=True)) for row in rows]
    return part("table", columns=heads, rows=paired, caption=caption, **options)


@register.simple_tag
def stat_tiles(tiles: Sequence[Any]) -> SafeString:
    """Draw numbers that open to what is behind them."""
    return part("stat_tiles", tiles=tiles)


@register.simple_tag
def progress(value: int, maximum: int, label: Words, **options: Any) -> SafeString:
    """Draw a real progress bar with its numbers in words.

    ``live`` and ``live_max`` name the live numbers that move it.
    """
    percent = round(100 * value / maximum) if maximum else 0
    return part(
        "progress",
        label=label,
        value=value,
        maximum=maximum,
        # As text, so that no locale writes a thousands separator into the attribute.
        raw_value=str(value),
        raw_maximum=str(maximum or 1),
        percent=percent,
        done=bool(maximum) and value >= maximum,
        id=f"progress-{slugify(str(label))}",
        **options,
    )


@register.simple_tag
def timeline(events: Sequence[Any], level: int = 2) -> SafeString:
    """Draw what happened, newest first or as given."""
    return part("timeline", events=events, level=level)


@register.simple_tag
def stars(value: float | None, count: int | None = None, hide_words: bool = False) -> SafeString:
    """Show an average rating as stars and in words."""
    if value is None:
        return part("stars", mark="", words=_("Not rated yet"))
    full = min(STARS, max(0, round(value)))
    words = _("%(value)s out of %(most)s") % {"value": number_format(value, 1), "most": STARS}
    if count is not None:
        words += f" ({number(count)})"
    mark = "★" * full + "☆" * (STARS - full)
    return part("stars", mark=mark, words=words, hide_words=hide_words)


for _filter in (moments.day, moments.clock, moments.when, moments.stamp):
    register.filter(_filter.__name__, _filter)

# Ways about -----------------------------------------------------------------


@register.simple_tag(takes_context=True)
def pagination(context: template.Context, page: Page[Any]) -> SafeString:
    """Draw the way to the other pages; keeps the rest of the query string."""
    paginator = page.paginator
    numbers = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    made = {"page": page, "numbers": list(numbers), "ellipsis": paginator.ELLIPSIS}
    return render_to_string("kit/parts/pagination.html", made, request=context.get("request"))


@register.simple_tag
def breadcrumbs(*links: Any) -> SafeString:
    """Draw the way here: Links, or texts and addresses by turns."""
    return part("breadcrumbs", links=list(_links(links)))


def _links(given: Sequence[Any]) -> Iterable[Link]:
    if len(given) == 1 and not isinstance(given[0], (Link, str)):
        given = list(given[0])
    if all(isinstance(link, Link) for link in given):
        yield from given
        return
    pairs = iter(given)
    for text in pairs:
        yield Link(text, next(pairs, ""))


@register.simple_tag
def back_link(url: str, text: Words = "") -> SafeString:
    """Draw the way back."""
    return part("back_link", url=url, text=text or _("Back"))


@register.simple_tag
def sub_navigation(links: Sequence[Link], label: Words = "") -> SafeString:
    """Draw the rooms within a room."""
    return part("sub_navigation", links=links, label=label or _("Sub-navigation"))


@register.simple_tag
def steps(given: Sequence[Any], label: Words = "") -> SafeString:
    """Draw where one stands in a form of several screens."""
    return part("steps", steps=given, label=label or _("Progress"))


@register.simple_tag
def step(current: int, total: int) -> SafeString:
    """Say where one stands, in words."""
    words = _("Step %(current)s of %(total)s") % {"current": current, "total": total}
    return format_html('<p class="bl-step">{}</p>', words)


# Notes ----------------------------------------------------------------------


@register.simple_tag
def flash(text: Words, level: str = "info") -> SafeString:
    """Draw a line or two about what just happened."""
    known = level if level in FLASHES else "info"
    return part("flash", text=text, level=known, word=FLASHES[known])


@register.simple_tag
def warning(text: Words) -> SafeString:
    """Draw what must not be overlooked."""
    return part("warning", text=text)


@register.simple_block_tag
def banner(content: str, title: Words = "", success: bool = False) -> SafeString:
    """Draw a notification banner around a body."""
    words = title or (_("Success") if success else _("Important"))
    id_ = f"banner-{slugify(str(words))}"
    return part("banner", body=content, title=words, success=success, id=id_)


@register.simple_block_tag
def inset(content: str) -> SafeString:
    """Set a body apart."""
    return part("inset", body=content)


@register.simple_block_tag
def details(content: str, summary: Words, open: bool = False) -> SafeString:  # noqa: A002
    """Fold a body away under a summary."""
    return part("details", body=content, summary=summary, open=open)


@register.simple_block_tag
def panel(content: str, title: Words) -> SafeString:
    """Confirm that something is done."""
    return part("panel", body=SafeString(content.strip()), title=title)  # stripping forgets it


@register.simple_block_tag
def empty(content: str, title: Words) -> SafeString:
    """Say that there is nothing, and what to do next."""
    return part("empty", body=content, title=title)


@register.simple_block_tag
def filter_panel(content: str, **options: Any) -> SafeString:
    """Draw the frame of a filter around its fields."""
    title = options.pop("title", "") or _("Filter")
    return part("filter_panel", body=content, title=title, **options)


@register.simple_block_tag(takes_context=True)
def tab(
    context: template.Context,
    content: str,
    title: Words,
    id: str = "",  # noqa: A002
) -> str:
    """One tab, inside ``{% tabs %}``."""
    made = {"title": title, "id": id or f"tab-{slugify(str(title))}", "body": content}
    before = cast("list[dict[str, Any]]", context.render_context.get("kit_tabs") or [])
    context.render_context["kit_tabs"] = [*before, made]
    return ""


@register.simple_block_tag(takes_context=True)
def tabs(context: template.Context, content: str, title: Words = "") -> SafeString:
    """Tabs; without script their bodies stand one under another."""
    del content  # what stands between the tabs
    found = context.render_context.get("kit_tabs", ())
    context.render_context["kit_tabs"] = []
    return part("tabs", tabs=found, title=title or _("Contents"))


# Larger pieces --------------------------------------------------------------


@register.simple_tag
def rating(name: str, legend: Words, value: int | None = None, **options: Any) -> SafeString:
    """Ask for one to five: radio buttons, with or without script."""
    words = (_("Not useful"), _("A little"), _("Fairly useful"), _("Useful"), _("Very useful"))
    id_ = f"id_{name}"
    choices = [
        {"id": f"{id_}_{n - 1}", "value": n, "text": text, "mark": "★" * n, "chosen": n == value}
        for n, text in enumerate(words, start=1)
    ]
    return part("rating", name=name, legend=legend, choices=choices, id=id_, **options)


@register.simple_tag
def share(url: str, title: str) -> SafeString:
    """Offer ways to pass a page on; the plain links work without script."""
    both = quote(f"{title} {url}")
    return part(
        "share",
        url=url,
        title=title,
        mail_href=f"mailto:?subject={quote(title)}&body={quote(url)}",
        whatsapp_href=f"https://wa.me/?text={both}",
        facebook_href=f"https://www.facebook.com/sharer/sharer.php?u={quote(url, safe='')}",
    )


@register.simple_tag
def mail_preview(src: str = "", title: Words = "", **options: Any) -> SafeString:
    """Show a message as it will arrive: ``src`` of its HTML, or ``text`` as it stands."""
    return part("mail_preview", src=src, title=title or _("Preview"), **options)


@register.simple_tag
def map_view(label: Words = "", **options: Any) -> SafeString:
    """Draw the frame of a map; options in the README.  Hidden until script opens it."""
    return part("map", label=label or _("Map"), **options)


@register.simple_tag
def saved(text: Words = "") -> SafeString:
    """Keep the place where a form that saves itself says so."""
    return part("saved", text=text)


@register.simple_tag
def script_words(console: bool = False) -> SafeString:
    """Hand the scripts their words, translated: a block of data, no script."""
    return json_script(officer_words() if console else public_words(), "bl-words")
