"""An officer reads a case with the guidance beside it, and answers with what it says."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions import guidance as acts
from bluelamp.cases.actions import tags as tagging
from bluelamp.cases.actions.guidance import Keeping
from bluelamp.cases.models import Article, ArticleUse, Reply
from bluelamp.cases.tests.helpers import open_case
from bluelamp.cases.values import ReplyState, Wording
from bluelamp.channels.models import Account
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.kit import clock
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Role
from conftest import make_officer
from tests.browser import Reader
from tests.journeys.conftest import Open
from tests.journeys.scene import STORE
from tests.journeys.test_casework import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHEDS = Wording(
    "Burglary of sheds",
    "## Ask\n- what was **stolen**\n- how the lock was broken",
    "Dear {{citizen_name|neighbour}}, your reference is {{reference}}.",
)
PHONES = Wording("Lost phones", "The bus company keeps them.", "Please ask the bus company.")


@pytest.fixture
def page(force: Force) -> Account:
    STORE.clear()
    with acting(SYSTEM, "test.setup"):
        force.hosts = ["localhost"]
        force.save()
    return make_page(force, clock.now())


@pytest.fixture
def hana(force: Force) -> Officer:
    """Hana Reed: handles cases, and writes."""
    return make_officer(force.units.get(parent=None), "1101", "Hana Reed", Role.HANDLER)


@pytest.fixture
def sam(force: Force) -> Officer:
    """Sergeant Sam Cole: supervises, and publishes."""
    return make_officer(force.units.get(parent=None), "1102", "Sam Cole", Role.SUPERVISOR)


@pytest.fixture
def shelf(force: Force) -> None:
    root, now = force.units.get(parent=None), clock.now()
    for code, words in (("sheds", SHEDS), ("phones", PHONES)):
        keeping = Keeping(root, now.date().replace(year=now.year + 1, day=1))
        made = acts.write(code, words, keeping, by=SYSTEM, now=now)
        acts.publish(made, 1, by=SYSTEM, now=now)


def summary(reader: Reader, title: str) -> Locator:
    return reader.page.locator("summary").filter(has_text=title)


def enter(reader: Reader, control: Locator) -> None:
    """Go to a control by Tab and press Enter on it."""
    reader.reach(control)
    reader.page.keyboard.press("Enter")


def use_button(reader: Reader) -> Locator:
    """Return the button of the article that is unfolded."""
    return reader.page.get_by_role("button", name="Use as reply").filter(visible=True)


def opened(reader: Reader, title: str) -> None:
    """Unfold an article by keyboard."""
    enter(reader, summary(reader, title))


def searching(reader: Reader, words: str) -> None:
    reader.reach(reader.page.get_by_role("searchbox", name="Search the guidance"))
    reader.page.keyboard.type(words)


def test_guidance_is_read_searched_and_used_by_keyboard(
    someone: Open, page: Account, hana: Officer, shelf: None
) -> None:
    case = open_case(page, "Our shed was broken into, two bikes are stolen", clock.now())
    reader = signed_in(someone(), hana)
    reader.goto(f"/console/cases/{case.reference}/")
    expect(summary(reader, SHEDS.title)).to_contain_text("because of: shed")
    expect(summary(reader, PHONES.title)).to_have_count(0)
    opened(reader, SHEDS.title)
    expect(reader.page.get_by_text("how the lock was broken")).to_be_visible()
    reader.look()

    enter(reader, reader.page.locator("button[name=useful][value=yes]").filter(visible=True))
    expect(reader.page.get_by_text("it counts in what is shown")).to_be_visible()
    searching(reader, "pho")
    expect(summary(reader, PHONES.title)).to_be_visible()
    expect(reader.page.locator("#guidance-count")).to_have_text("1 article")
    opened(reader, PHONES.title)
    reader.look()

    reader.write("Your answer", "Good morning.")
    enter(reader, use_button(reader))
    box = reader.page.get_by_role("textbox", name="Your answer")
    expect(box).to_have_value("Good morning.\n\nPlease ask the bus company.")
    reader.look()
    reader.press("Send")
    expect(reader.page.get_by_text("Your answer is on its way")).to_be_visible()
    assert Reply.objects.get().state == ReplyState.SENT
    assert set(ArticleUse.objects.values_list("article__code", "useful")) == {
        ("sheds", True), ("phones", None)
    }  # fmt: skip


def test_all_of_it_works_without_script(
    someone: Open, page: Account, hana: Officer, shelf: None
) -> None:
    case = open_case(page, "Who do I ask?", clock.now())
    reader = signed_in(someone(script=False), hana)
    reader.goto(f"/console/cases/{case.reference}/")
    expect(reader.page.get_by_text("No article fits what was said")).to_be_visible()
    searching(reader, "shed lock")
    reader.page.keyboard.press("Enter")
    opened(reader, SHEDS.title)
    enter(reader, use_button(reader))
    box = reader.page.get_by_role("textbox", name="Your answer")
    expect(box).to_have_value(f"Dear neighbour, your reference is {case.reference}.")


def test_an_article_is_written_and_another_publishes_it(
    someone: Open, page: Account, hana: Officer, sam: Officer, force: Force
) -> None:
    tagging.define_tag(force, "Drones", by=SYSTEM)
    writer = signed_in(someone(), hana)
    writer.goto("/console/cases/guidance/")
    writer.press("Write an article")
    writer.heading("Write an article")
    writer.write("Title", "Drones near homes")
    writer.write("What officers should know", "## Ask\n- where it flies")
    writer.write("Saved reply", "Dear {{citizen}}")
    writer.tick("Drones")
    writer.press("Save")
    expect(writer.page.get_by_role("link", name="No field is called “citizen”")).to_be_visible()
    writer.look()
    writer.write("Saved reply", "Thank you for writing.")
    writer.press("Preview")
    expect(writer.page.get_by_text("How it will look. Not saved yet.")).to_be_visible()
    writer.look()
    writer.press("Save")
    writer.heading("Drones near homes")

    publisher = signed_in(someone(), sam)
    publisher.goto("/console/cases/guidance/")
    publisher.follow("Drones near homes")
    publisher.heading("Drones near homes")
    publisher.press("Publish")
    expect(publisher.page.get_by_text("it stands beside cases now")).to_be_visible()
    publisher.look()
    assert Article.objects.get().state == "published"
    publisher.goto("/console/cases/tags/")
