"""Guidance for the control room's cases, and tags on those that lie there."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib.resources import as_file, files

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions import consult
from bluelamp.cases.actions import guidance as acts
from bluelamp.cases.actions import tags as tagging
from bluelamp.cases.actions.articlesheet import plan_articles, plan_tags
from bluelamp.cases.models import Article, Case, CaseTag
from bluelamp.cases.values import Wording
from bluelamp.org.models import Force, Officer, Unit

TAGGED = (
    ("Ellen Sugden", "stalking"), ("Ellen Sugden", "vulnerable"), ("Wendy Ibbotson", "fraud"),
    ("Kofi Mensah", "missing"), ("Farah Rahman", "lost property"), ("Tariq Hussain", "hate crime"),
    ("George Thackray", "flooding"), ("Una Carver", "flooding"), ("Marek Nowak", "shop theft"),
    ("Zofia Kowalska", "thanks"),
)  # fmt: skip
HELPED = (("stalking", "Ellen Sugden", True), ("fraud", "Wendy Ibbotson", True),
          ("lost-property", "Farah Rahman", True), ("noise", "Joan Appleyard", False))  # fmt: skip


def make_guidance(force: Force, units: dict[str, Unit], now: datetime) -> None:
    """Take the files in, let one review be overdue and one draft wait, and let officers judge."""
    folder = files("bluelamp.site.demo")
    with acting(SYSTEM, "demo.guidance"):
        with as_file(folder / "tags.csv") as path:
            plan_tags(force, path, by=SYSTEM).apply()
        with as_file(folder / "articles.csv") as path:
            plan_articles(force, path, by=SYSTEM, now=now - timedelta(days=200)).apply()
        late = Article.objects.get(force=force, code="drones")
        overdue = acts.keeping_of(late, review_on=now.date() - timedelta(days=6))
        acts.keep(late, overdue, by=SYSTEM, now=now)
    _write(force, units, now)
    _work(force, now)


def _write(force: Force, units: dict[str, Unit], now: datetime) -> None:
    hana = Officer.objects.select_related("unit").get(force=force, number="9030")
    parking = Wording(
        "Parking: the council's, and obstruction",
        "Yellow lines, permits and pavements are the council's.\n\n"
        "A car that blocks a dropped kerb, a drive or an ambulance is **obstruction**, and ours.",
        "Dear {{citizen_name|neighbour}},\n\nThank you. Parking on yellow lines is looked after"
        " by your council. If a car blocks the way of somebody in a wheelchair, please send us"
        " the place and the times.\n\n{{officer_name}}, {{unit_name}}",
    )
    keeping = acts.Keeping(units["CTL"], now.date() + timedelta(days=300), owner=hana)
    acts.write("parking", parking, keeping, by=hana, now=now - timedelta(hours=5))


def _work(force: Force, now: datetime) -> None:
    """Put tags on cases, and say of some guidance that it helped."""
    sam = Officer.objects.select_related("unit").get(force=force, number="3105")
    for name, tag in TAGGED:
        found = CaseTag.objects.get(force=force, key=tag)
        tagging.put_on(_of(force, name), found, by=sam, now=now - timedelta(minutes=40))
    for code, name, useful in HELPED:
        article = Article.objects.get(force=force, code=code)
        consult.judge(article, _of(force, name), useful=useful, by=sam, now=now)


def _of(force: Force, name: str) -> Case:
    """Return the case in which this person spoke."""
    found = Case.objects.select_related("unit", "owner")
    return found.get(force=force, items__item__sender_name=name)
