"""The components in a real browser: reachable by keyboard, without script, at any size."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test import override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, expect

from tests.browser import Reader, reading, running

pytestmark = pytest.mark.browser

BUILT = Path(__file__).parents[1] / "static" / "bluelamp" / "dist" / "officer.js"
PAGES = ["", "?errors&flash", "public/", "public/?errors", "confirm/?console", "confirm/",
         "error/404/", "error/403/?console"]  # fmt: skip
PHONE, DESK = 390, 1280
# The test's own scripts stay out of the mail's frame; a refusal has a line of its own.
EXPECTED = ("frame is sandboxed", "409 (Conflict)")
STREAM = """
window.EventSource = class extends EventTarget {
  constructor(url) { super(); window.stream = this; this.url = url; }
  close() {}
  tell(topic, facts) {
    this.dispatchEvent(new MessageEvent(topic, { data: JSON.stringify(facts) }));
  }
};
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The gallery alone, on a port of its own, under the product's content policy."""
    assert BUILT.exists(), "build the front end first: make frontend"
    changed = override_settings(
        ROOT_URLCONF="bluelamp.kit.gallery",
        MIDDLEWARE=[
            "csp.middleware.CSPMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        MESSAGE_STORAGE="django.contrib.messages.storage.cookie.CookieStorage",
        ALLOWED_HOSTS=["127.0.0.1"],
    )
    with changed:
        thread = LiveServerThread("127.0.0.1", StaticFilesHandler, port=0)
        thread.daemon = True
        thread.start()
        thread.is_ready.wait()
        assert thread.error is None
        yield f"http://127.0.0.1:{thread.port}/"
        thread.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running() as started:
        yield started


@pytest.fixture
def reader(browser: Browser, server: str) -> Iterator[Reader]:
    with reading(browser, server, "desk", expected=EXPECTED) as somebody:
        yield somebody


@pytest.fixture
def page(reader: Reader) -> Page:
    """A page of a desk's size on which any complaint of the browser is a failure."""
    return reader.page


def opened(page: Page, path: str, *, width: int = DESK) -> Page:
    """Open a page and wait until script has furnished it."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path)
    expect(page.locator("body.bl-has-script")).to_be_attached()
    return page


def with_its_map(page: Page) -> None:
    """Wait until the page's map, if it has one, has come with its styles and is drawn."""
    if page.locator("[data-map]").count():
        expect(page.locator("path.bl-area").first).to_be_attached()


def with_map(page: Page) -> Any:
    opened(page, "")
    areas = page.locator("path.bl-area")
    expect(areas).to_have_count(16)
    return areas


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(reader: Reader, path: str, width: int) -> None:
    with_its_map(opened(reader.page, path, width=width))
    reader.look()


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_on_the_smallest_phone(page: Page, path: str) -> None:
    with_its_map(opened(page, path, width=320))
    # the map takes its size from its place a moment after it was put there
    page.wait_for_function("document.documentElement.scrollWidth <= 320")


@pytest.mark.parametrize("path", ["public/", "public/?errors"])
def test_text_at_twice_its_size_still_fits_the_publics_pages(page: Page, path: str) -> None:
    opened(page, path, width=PHONE)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.wait_for_function(f"document.documentElement.scrollWidth <= {PHONE}")  # as above


def test_the_first_stop_leads_past_the_header(page: Page) -> None:
    opened(page, "")
    page.keyboard.press("Tab")
    expect(page.locator(".govuk-skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("path", ["", "public/"])
def test_every_stop_of_the_keyboard_can_be_seen(page: Page, path: str) -> None:
    opened(page, path)
    seen = """() => {
      const e = document.activeElement;
      const mark = e.matches('.bl-rating__input, .govuk-radios__input, .govuk-checkboxes__input')
        ? e.nextElementSibling : e;
      const drawn = [getComputedStyle(mark), getComputedStyle(mark, '::before')];
      return [e.outerHTML.slice(0, 80), drawn.some(
        s => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0)
          || s.boxShadow !== 'none')];
    }"""
    page.locator(".govuk-skip-link").focus()
    stops = []
    while not page.evaluate("document.activeElement === document.body") and len(stops) < 120:
        stops.append(page.evaluate(seen))
        page.keyboard.press("Tab")
    assert len(stops) > 40
    assert [shown for shown, visible in stops if not visible and "<iframe" not in shown] == []


def test_pressing_an_area_ticks_its_box_and_says_so(page: Page) -> None:
    with_map(page)
    box = page.get_by_label("Harrow Cross")
    expect(box).not_to_be_checked()
    page.locator(".bl-map__view").scroll_into_view_if_needed()
    label = page.locator(".bl-label", has_text="Harrow Cross").bounding_box()
    assert label is not None
    page.mouse.click(label["x"] + label["width"] / 2, label["y"] + label["height"] / 2)
    expect(box).to_be_checked()
    expect(page.locator(".bl-map__said")).to_have_text("Harrow Cross: chosen")
    expect(page.locator("path.bl-area--chosen")).to_have_count(3)


def test_ticking_a_box_shows_on_the_map(page: Page) -> None:
    with_map(page)
    page.get_by_label("Wigmore End").check()
    expect(page.locator("path.bl-area--chosen")).to_have_count(3)
    page.get_by_role("button", name="Choose none").click()
    expect(page.locator("path.bl-area--chosen")).to_have_count(0)
    page.get_by_role("button", name="Choose all").click()
    expect(page.locator("path.bl-area--chosen")).to_have_count(16)


def test_an_area_is_drawn_by_keyboard_alone(page: Page) -> None:
    with_map(page)
    page.get_by_role("button", name="Draw an area").focus()
    page.keyboard.press("Enter")
    view = page.locator(".bl-map__view")
    expect(view).to_be_focused()
    expect(page.get_by_role("button", name="Finish")).to_be_disabled()
    for keys in (["Enter"], ["ArrowRight"], ["ArrowDown"]):
        for key in [*keys, "Enter"]:
            page.keyboard.press(key)
            page.wait_for_timeout(400)  # the map glides to where the arrow sent it
    page.get_by_role("button", name="Finish").click()
    shape = json.loads(page.locator("#id_shape").input_value())
    ring = shape["geometry"]["coordinates"][0]
    assert shape["geometry"]["type"] == "Polygon"
    assert ring[0] == ring[-1]
    assert len({tuple(corner) for corner in ring}) == 3
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#id_shape")).to_have_value("")


def test_a_circle_is_drawn_and_made_larger(page: Page) -> None:
    with_map(page)
    page.get_by_role("button", name="Draw a circle").click()
    page.locator(".bl-map__view").click(position={"x": 200, "y": 200})
    page.get_by_label("Radius").select_option("1000")
    shape = json.loads(page.locator("#id_shape").input_value())
    assert shape["geometry"]["type"] == "Point"
    assert shape["properties"] == {"radius_m": 1000}
    longitude, latitude = shape["geometry"]["coordinates"]
    assert -0.6 < longitude < -0.2
    assert 51.7 < latitude < 52.0
    # While drawing, a press on an area is a point and chooses nothing.
    expect(page.locator("path.bl-area--chosen")).to_have_count(2)


def test_where_the_map_fails_the_list_stands_alone(page: Page) -> None:
    page.route("**/areas.geojson", lambda route: route.fulfill(status=200, body="not json"))
    opened(page, "")
    expect(page.locator(".bl-map__said")).to_have_text(
        "The map could not be loaded. Use the list instead."
    )
    expect(page.locator(".bl-map__view")).to_have_count(0)
    expect(page.get_by_label("Northwick", exact=True)).to_be_checked()


def test_the_count_follows_the_audience_and_not_the_words(page: Page) -> None:
    with_map(page)
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if r.url.endswith("/count/") else None)
    page.get_by_label("Title").fill("Sheds on Mill Lane")
    page.get_by_label("Eastgate").check()
    output = page.locator("[data-count-output]")
    expect(output).to_have_text("3,612 members in 3 areas")
    assert len(asked) == 1
    assert output.get_attribute("role") == "status"


def test_a_form_saves_itself_and_takes_the_new_version(page: Page) -> None:
    opened(page, "")
    page.get_by_label("Title").fill("Sheds")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Draft saved at")
    expect(page.locator("input[name=version]")).to_have_value("2")


def test_a_draft_that_someone_else_changed_is_not_overwritten(page: Page) -> None:
    saves: list[str] = []

    def refuse(route: Any) -> None:
        saves.append(route.request.url)
        route.fulfill(status=409, body="")

    page.route("**/save/", refuse)
    opened(page, "")
    page.get_by_label("Title").fill("Sheds")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Someone else has changed")
    page.get_by_label("Title").fill("Sheds again")
    page.wait_for_timeout(2500)
    assert len(saves) == 1


def test_shortcuts_are_listed_work_and_can_be_switched_off(page: Page) -> None:
    opened(page, "")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("g then a")
    expect(dialog).to_contain_text("Write an alert")
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("g")
    page.keyboard.press("a")
    expect(page).to_have_url(f"{page.url.split('#')[0]}#alerts")
    page.get_by_label("Title").press("n")
    assert page.url.endswith("#alerts")  # a letter that is written is a letter
    page.keyboard.press("Escape")
    page.locator("main").focus()
    page.keyboard.press("?")
    dialog.get_by_label("Use keyboard shortcuts on this device").uncheck()
    dialog.get_by_role("button", name="Close").click()
    page.locator("main").focus()
    page.keyboard.press("n")
    assert page.url.endswith("#alerts")


def test_live_numbers_come_by_topic_and_a_changed_page_is_only_offered(page: Page) -> None:
    page.add_init_script(STREAM)
    page.route("**/", lambda route: _with_stream(route))
    opened(page, "")
    page.evaluate("stream.tell('message:12', {sent: 18450, total: 18450, state: 'sent'})")
    expect(page.locator(".bl-progress__words")).to_contain_text("18,450 of 18,450")
    bar = page.locator("progress")
    assert bar.evaluate("e => [e.value, e.max]") == [18450, 18450]
    expect(page.locator("#bl-said")).to_have_text("100 per cent done")
    expect(page.locator("[data-live-watch]")).to_have_text("This page has changed. Load it again")
    page.evaluate("stream.tell('message:13', {sent: 1})")
    assert bar.evaluate("e => e.value") == 18450


def _with_stream(route: Any) -> None:
    answer = route.fetch()
    watch = '<div data-live-watch="state" data-live-now="sending"></div>'
    body = answer.text().replace(
        '<div data-poll-url="/facts/" data-poll-seconds="5">',
        f'<div data-live-url="/stream" data-live-topic="message:12">{watch}',
    )
    route.fulfill(response=answer, body=body)


def test_where_there_is_no_stream_numbers_are_asked_for(page: Page) -> None:
    opened(page, "")
    expect(page.locator("[data-live=reached]")).to_have_text("18,500")
    expect(page.locator("progress")).to_have_js_property("value", 15250)


def test_the_session_warns_and_can_be_kept(page: Page) -> None:
    page.clock.install()
    opened(page, "")
    page.clock.fast_forward(58 * 60 * 1000 + 5_000)
    dialog = page.get_by_role("dialog", name="You are about to be signed out")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()


def test_a_choice_opens_its_further_question(page: Page) -> None:
    opened(page, "")
    expect(page.get_by_label("Day")).to_be_hidden()
    page.get_by_label("At a time I choose").check()
    expect(page.get_by_label("Day")).to_be_visible()
    page.get_by_label("When it is approved").check()
    expect(page.get_by_label("Day")).to_be_hidden()


def test_text_messages_are_counted_as_they_are_written(page: Page) -> None:
    opened(page, "")
    body, counter = page.get_by_label("What members will read"), page.locator(".bl-counter")
    body.fill("a" * 160)
    expect(counter).to_contain_text("1 text message for each person")
    body.fill("a" * 161)
    expect(counter).to_contain_text("2 text messages for each person")
    body.fill("€" * 80)
    expect(counter).to_contain_text("160 characters1 text message for each person")
    body.fill("ŵ" + "a" * 70)
    expect(counter).to_contain_text("2 text messages for each person")
    expect(counter).to_contain_text("Some characters make it cost more: ŵ")


def test_a_long_list_can_be_searched(page: Page) -> None:
    opened(page, "")
    page.get_by_label("Find in this list").fill("mill")
    expect(page.locator("#areas-list .govuk-checkboxes__item:visible")).to_have_count(1)
    page.get_by_label("Find in this list").press("Enter")
    assert page.url.endswith("/")


@pytest.mark.parametrize(("width", "columns"), [(PHONE, 2), (DESK, 5)])
def test_tiles_lie_in_rows_with_their_notes_right_below(
    page: Page, width: int, columns: int
) -> None:
    opened(page, "", width=width)
    tiles = page.locator(".bl-tiles").first
    tracks = tiles.evaluate("e => getComputedStyle(e).gridTemplateColumns.split(' ')")
    assert len(tracks) == columns
    assert len(set(tracks)) == 1
    noted = tiles.locator(".bl-tile:has(.bl-tile__note)").first
    label, note = (noted.locator(f".bl-tile__{part}").bounding_box() for part in ("label", "note"))
    assert label is not None
    assert note is not None
    assert note["y"] - (label["y"] + label["height"]) < 6


def test_the_preview_takes_a_phones_width(page: Page) -> None:
    opened(page, "")
    paper = page.locator(".bl-preview__paper").first
    wide = paper.bounding_box()
    page.get_by_role("button", name="Phone").first.click()
    narrow = paper.bounding_box()
    assert wide is not None
    assert narrow is not None
    assert narrow["width"] < 380 < wide["width"]
    expect(page.get_by_role("button", name="Phone").first).to_have_attribute("aria-pressed", "true")


def test_the_error_summary_is_where_one_lands_and_leads_on(page: Page) -> None:
    opened(page, "?errors")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.get_by_role("link", name="Date must be a real date").click()
    expect(page.locator("#id_on_day")).to_be_focused()


def test_a_phone_gets_its_rooms_behind_a_button(page: Page) -> None:
    opened(page, "", width=PHONE)
    members = page.get_by_role("link", name="Members", exact=True)
    expect(members).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(members).to_be_visible()
    expect(page.get_by_role("button", name="Menu")).to_have_attribute("aria-expanded", "true")


@pytest.mark.parametrize("path", ["", "public/"])
def test_without_script_everything_is_there_and_nothing_is_that_would_do_nothing(
    browser: Browser, server: str, path: str
) -> None:
    with reading(browser, server, "desk", script=False) as reader:
        page = reader.page
        page.goto(path)
        expect(page.locator("[data-map]").first).to_be_hidden()
        expect(page.get_by_label("Northwick", exact=True)).to_be_visible()
        expect(page.locator("[data-share], [data-copy], .bl-switch, [data-keys-open]").filter(
            visible=True)).to_have_count(0)  # fmt: skip
        if path:
            page.get_by_label("Very useful").check()
        else:
            expect(page.get_by_label("Day")).to_be_visible()
            expect(page.get_by_text("Two people left; one gave a reason.")).to_be_visible()
            expect(page.get_by_role("link", name="Members", exact=True)).to_be_visible()


def test_colours_of_the_readers_own_choosing_leave_what_is_chosen_visible(
    browser: Browser, server: str
) -> None:
    with reading(browser, server, "desk", expected=EXPECTED, forced_colors="active") as reader:
        page = reader.page
        page.goto("")
        style = "e => getComputedStyle(e).fill"
        chosen, other = (page.locator(f"path.bl-area{kind}").first
                         for kind in ("--chosen", ":not(.bl-area--chosen)"))  # fmt: skip
        assert chosen.evaluate(style) != other.evaluate(style)
