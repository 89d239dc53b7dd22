"""Whole pages: their skeleton, their titles, and that the content policy can be strict."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.template.loader import render_to_string
from django.test import Client
from lxml import html

from bluelamp.kit.page import Brand, Console

TEMPLATES = Path(__file__).parents[1] / "templates"
PAGES = ["/", "/?errors&flash", "/public/", "/public/?errors", "/confirm/", "/confirm/?console",
         "/error/404/", "/error/403/?console", "/error/500/", "/error/403_csrf/"]  # fmt: skip


@pytest.fixture
def gallery(settings: LazySettings) -> Iterator[Client]:
    """The gallery alone, without a force, an officer or a database."""
    settings.ROOT_URLCONF = "bluelamp.kit.gallery"
    settings.MIDDLEWARE = [
        "csp.middleware.CSPMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ]
    settings.MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
    settings.ALLOWED_HOSTS = ["testserver"]
    return Client()


def page_of(client: Client, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200
    return html.fromstring(answer.content)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_carries_a_style_or_a_script_of_its_own(gallery: Client, path: str) -> None:
    page = page_of(gallery, path)
    assert not page.xpath("//style|//*[@style]")
    assert not page.xpath("//script[not(@src)][not(@type='application/json')]")
    assert not [name for e in page.iter() for name in e.attrib if str(name).startswith("on")]
    assert not page.xpath("//a[starts-with(@href, 'javascript')]")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_stands_on_the_same_skeleton(gallery: Client, path: str) -> None:
    page = page_of(gallery, path)
    assert page.get("lang") == "en-gb"
    assert page.xpath("//body/a[1][@href='#main']")
    assert len(page.xpath("//main[@id='main']")) == 1
    assert len(page.xpath("//h1")) >= 1
    assert page.xpath("//*[@role='status'][@aria-live='polite']")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", PAGES)
def test_nothing_comes_from_another_host(gallery: Client, path: str) -> None:
    page = page_of(gallery, path)
    for address in page.xpath("//@src|//link/@href"):
        assert address.startswith("/")


@pytest.mark.parametrize("path", PAGES)
def test_no_page_claims_to_be_the_governments(gallery: Client, path: str) -> None:
    text = page_of(gallery, path).text_content()
    assert "gov.uk" not in text.lower()


def test_a_title_is_page_section_force_and_says_when_something_is_wrong(gallery: Client) -> None:
    title = page_of(gallery, "/").findtext(".//title")
    assert title == "Component gallery – Alerts – Brackenshire Police"
    wrong = page_of(gallery, "/?errors").findtext(".//title")
    assert wrong == f"Error: {title}"


def test_the_public_is_told_of_999_and_the_console_of_who_is_at_work(gallery: Client) -> None:
    assert "In an emergency call 999" in page_of(gallery, "/public/").text_content()
    console = page_of(gallery, "/")
    assert "PC Alice Fenn" in console.xpath("//header")[0].text_content()
    current = console.xpath("//nav[@aria-label='Main']//a[@aria-current]")
    assert [" ".join(a.text_content().split()) for a in current] == ["Alerts 3 waiting"]


def test_messages_show_by_themselves(gallery: Client) -> None:
    flashes = page_of(gallery, "/?flash").xpath("//*[contains(@class, 'bl-flash--')]")
    assert [f.get("role") for f in flashes] == ["status", "alert"]


@pytest.mark.parametrize("name", ["404", "403", "500", "403_csrf"])
def test_error_pages_need_nothing(name: str) -> None:
    page = html.fromstring(render_to_string(f"{name}.html"))
    assert page.xpath("//h1")[0].text_content()
    assert "999" in page.text_content()


@pytest.mark.parametrize("name", ["404", "403", "500", "403_csrf"])
def test_error_pages_keep_an_officer_in_the_console(name: str) -> None:
    context = {"brand": Brand("B"), "console": Console("PC Fenn", home_url="/console/")}
    text = render_to_string(f"{name}.html", context)
    assert "officer.css" in text
    assert "999" not in text


def literals(source: str) -> Iterator[str]:
    """Yield what a template would print without translating it."""
    source = re.sub(r"{#.*?#}", " ", source, flags=re.DOTALL)
    source = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", " ", source, flags=re.DOTALL)
    source = re.sub(r"<mj-style>.*?</mj-style>", " ", source, flags=re.DOTALL)
    source = re.sub(r"{%.*?%}|{{.*?}}", " ", source, flags=re.DOTALL)
    source = re.sub(r'[\w.-]+="[^"]*"', " ", source)
    source = re.sub(r"<!--.*?-->|<[^>]*>", " ", source, flags=re.DOTALL)
    yield from re.findall(r"[^\W\d_]{2,}", re.sub(r"&\w+;", " ", source))


def test_every_word_on_a_page_goes_through_gettext() -> None:
    found = {
        (path.name, word)
        for path in TEMPLATES.rglob("*.*")
        if "gallery" not in path.parts and path.suffix in {".html", ".mjml", ".txt"}
        for word in literals(path.read_text())
    }
    assert not found
