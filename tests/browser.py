"""A browser for tests: a phone's or a desk's size, keyboard only, axe on every page.

:class:`Reader` is somebody at a browser.  It moves by keyboard alone: a control is
found by its name as a screen reader says it, reached by Tab, and acted on by Enter,
Space or arrow keys; what Tab never reaches fails the test.  Every page it leaves
has been searched by axe, fits the width, and made no complaint on the console.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.plugins.needs import chromium

ARGUMENTS = [
    "--no-sandbox", "--disable-background-networking", "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost,"
    " EXCLUDE 127.0.0.1",
]  # fmt: skip
"""No page of a test reaches any other machine."""
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True,
    "device_scale_factor": 2,
}  # fmt: skip
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
SIZES = {"phone": PHONE, "desk": DESK}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ACROSS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
LARGE = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(":root { font-size: 32px !important }");
    document.adoptedStyleSheets.push(sheet);
}"""
MOST_STOPS = 250
"""Tab stops after which a control is held to be out of the keyboard's reach."""
# The test's own scripts stay out of the mail's frame; live events run in a process of their own.
EXPECTED = ("frame is sandboxed", "ERR_CONNECTION_REFUSED", "400 (Bad Request)")


@contextmanager
def running() -> Iterator[Browser]:
    """Run Chromium for as long as the block lasts."""
    expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as play:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright runs a loop in this thread
        browser = play.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


def code_of_app(secret: str) -> str:
    """Return the code that the app shows now; it is still good while the next one is shown."""
    return totp(secret, time.time())


def totp(secret: str, at: float) -> str:
    """Return the six digits of an authenticator app (RFC 6238, SHA-1, 30 seconds).

    :param secret: in base32, as the set-up page shows it.
    :param at: seconds since 1970.
    """
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(at // 30)), hashlib.sha1)
    start = digest[-1] & 15
    return f"{(struct.unpack_from('>I', digest, start)[0] & 0x7FFFFFFF) % 1_000_000:06d}"


@dataclass
class Reader:
    """Somebody at a browser."""

    page: Page
    root: str
    script: bool = True
    seen: list[str] = field(default_factory=list)
    """The paths of the pages that axe has searched."""
    complaints: list[str] = field(default_factory=list)
    _searched_last: str = ""
    """The page as axe saw it last: one that has not changed since is not searched again."""

    def goto(self, path: str) -> None:
        """Open an address and look at the page."""
        self.page.goto(path if "://" in path else self.root + path)
        self.look()

    def look(self) -> None:
        """Search this page with axe and see that nothing sticks out of it."""
        path = urlsplit(self.page.url).path
        if self.script:  # axe is a script itself
            try:
                path, faults, across = self._searched()
            except PlaywrightError as error:  # the last key's page came only now: search that one
                if "navigat" not in str(error):
                    raise
                path, faults, across = self._searched()
            assert faults == [], f"{path}: {faults}"
            assert across[0] <= across[1], f"{path} scrolls sideways: {across}"
        self.seen.append(path)

    def fits_at_twice_the_text(self) -> None:
        """See that nothing sticks out when letters are set twice as large, without zooming."""
        self.page.evaluate(LARGE)
        across = self.page.evaluate(ACROSS)
        self.page.evaluate("document.adoptedStyleSheets.pop()")
        assert across[0] <= across[1], f"{self.page.url} scrolls sideways at 200 %: {across}"

    def _searched(self) -> tuple[str, list[tuple[str, str, str]], list[int]]:
        """Return this page's path, what axe complains of, and its width beside the window's."""
        self.page.wait_for_load_state("load")  # without its styles everything is too small
        expect(
            self.page.locator("body.bl-has-script, body:not(:has(script[src]))")
        ).to_be_attached()
        content = self.page.content()
        faults = [] if content == self._searched_last else self._faults()
        self._searched_last = content
        across = self.page.evaluate(ACROSS)
        return urlsplit(self.page.url).path, faults, across

    def _faults(self) -> list[tuple[str, str, str]]:
        """Return what axe complains of: the rule, the element, what to do."""
        options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
        found = Axe().run(self.page, options=options).response["violations"]
        return [(v["id"], node["html"], node.get("failureSummary", "")) for v in found
                for node in v["nodes"]]  # fmt: skip

    def heading(self, words: str) -> None:
        """Expect a page with this heading and look at it."""
        expect(self.page.get_by_role("heading", name=words, level=1)).to_be_visible()
        self.look()

    def reach(self, control: Locator) -> Locator:
        """Go to a control by Tab alone, from wherever the focus is."""
        one = control.first
        expect(one).to_be_visible()
        for _stop in range(MOST_STOPS):
            if one.evaluate("e => e === document.activeElement"):
                return one
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {control} on {self.page.url}")

    def press(self, name: str, role: Any = "button") -> None:
        """Press a button or follow a link by its whole name."""
        self.reach(self.page.get_by_role(role, name=name, exact=True).filter(visible=True))
        self.page.keyboard.press("Enter")

    def follow(self, name: str) -> None:
        """Follow a link."""
        self.press(name, "link")

    def write(self, label: str, text: str) -> None:
        """Write into a field by its label, in place of what stands there."""
        box = self.reach(self.page.get_by_role("textbox", name=label))
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)
        expect(box).to_have_value(text)

    def select(self, label: str, choice: str) -> None:
        """Choose from a drop-down list by typing what it says."""
        box = self.reach(self.page.get_by_role("combobox", name=label))
        self.page.keyboard.type(choice)
        said = "e => e.options[e.selectedIndex].text"
        assert box.evaluate(said) == choice, box.evaluate(said)

    def tick(self, label: str, *, exact: bool = False) -> None:
        """Turn a checkbox over; ``exact`` where another's label begins or ends the same."""
        box = self.reach(self.page.get_by_role("checkbox", name=label, exact=exact))
        before = box.is_checked()
        self.page.keyboard.press("Space")
        assert box.is_checked() != before

    def choose(self, label: str) -> None:
        """Choose one of several: Tab to the group, arrows to the choice."""
        wanted = self.page.get_by_role("radio", name=label).first
        group = self.page.locator(f"input[type=radio][name='{wanted.get_attribute('name')}']")
        chosen = group.and_(self.page.locator(":checked"))
        if not chosen.count():  # Tab stops at the first
            self.reach(group.first)
            self.page.keyboard.press("Space")
        else:
            self.reach(chosen)
        for _step in range(group.count()):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        assert wanted.is_checked(), label


@contextmanager
def reading(
    browser: Browser, root: str, size: str, *, script: bool = True,
    expected: Sequence[str] = EXPECTED, **options: Any,
) -> Iterator[Reader]:  # fmt: skip
    """Give a browser of its own cookies to somebody; at the end nothing was complained of.

    :param expected: parts of complaints that are no fault.
    :param options: more of what Playwright's contexts take.
    """
    context = browser.new_context(
        **SIZES[size], java_script_enabled=script, base_url=root, locale="en-GB",
        timezone_id="Europe/London", **options,
    )  # fmt: skip
    context.set_default_timeout(30_000)
    page = context.new_page()
    reader = Reader(page, root, script)
    page.on("console", lambda m: reader.complaints.append(_told(m)) if m.type == "error" else None)
    page.on("pageerror", lambda error: reader.complaints.append(str(error)))
    try:
        yield reader
    finally:
        context.close()
    unexpected = [t for t in reader.complaints if not any(part in t for part in expected)]
    assert unexpected == [], f"the browser complained: {unexpected}"


def _told(said: ConsoleMessage) -> str:
    return f"{said.text} ({said.location.get('url', '')})"
