"""The first alert on real input, driven through the pages and checked row by row.

``PYTHONPATH=. .venv/bin/python docs/first-alert/run.py`` after ``prepare.sh``, while
``bluelamp run`` and an SMTP sink are up: see ``docs/first-alert.md``.
"""

# ruff: noqa: INP001 - a script beside its page, not a package

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from playwright.sync_api import Browser, expect

from simulators.mailbox import answers
from simulators.mailbox.store import Mail
from tests.browser import Reader, code_of_app, reading, running

ROOT = os.environ["BLUELAMP_PUBLIC_URL"]
DATA = Path(os.environ.get("DATA", "../shared/data"))
SINK = Path(os.environ["SINK"])
SINK_PORT = os.environ.get("SINK_PORT", "2525")
PASSWORD = os.environ.get("PASSWORD", "a lamp burns over the door")
PICTURES = Path(os.environ.get("PICTURES", Path(__file__).parent))
WARDS = ("High Town", "South")
TITLE = "Missing man of 78 near High Town Road"
BODY = (
    "John was last seen at 9 this morning near the shops in High Town Road. He is tall,"
    " walks with a stick and wears a green coat.\n\n"
    "Look in your shed, garage and garden. If you find him, stay with him and call 999.\n\n"
    "If you saw him today, answer this message."
)
BOUNCED, COMPLAINED, AWAY, REPLIED, RATED, LEFT = 40, 3, 5, 6, 4, 2
"""How many members do what once the alert is out."""


def bluelamp(*arguments: str) -> Any:
    """Run a command of ours and return what it says in JSON."""
    done = subprocess.run(
        [".venv/bin/bluelamp", *arguments, "--json"], check=True, capture_output=True, text=True
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return rows[0] if len(rows) == 1 else rows


def picture(reader: Reader, name: str) -> None:
    """Keep a picture of what the reader sees."""
    path = PICTURES / f"{name}.png"
    size = reader.page.viewport_size or {"width": 1280, "height": 800}
    clip: Any = {"x": 0, "y": 0, "width": size["width"], "height": 800}
    reader.page.screenshot(path=path, scale="css", animations="disabled", clip=clip)


def want(fits: bool, words: str) -> None:
    """End with these words unless what was checked fits."""
    if not fits:
        raise SystemExit(words)


def sign_in(reader: Reader, name: str) -> None:
    """Sign in for the first time: password, then an authenticator app is set up."""
    reader.goto("/console/")
    reader.write("Work email address", f"{name}@force.example.test")
    reader.reach(reader.page.locator("#id_password"))
    reader.page.keyboard.type(PASSWORD)
    reader.press("Sign in")
    secrets = Path(os.environ["BLUELAMP_VAR"]) / f"{name}.totp"  # the officer's phone
    if secrets.exists():
        while time.time() // 30 == secrets.stat().st_mtime // 30:
            time.sleep(1)  # a code works once
        reader.heading("Enter your code")
        reader.write("Code", code_of_app(secrets.read_text()))
        reader.press("Sign in")
        reader.page.wait_for_url(lambda url: "authenticate" not in url)
        secrets.touch()
    else:
        reader.heading("Set up an authenticator app")
        secret = reader.page.locator("main code").inner_text().strip()
        reader.write("Six digits", code_of_app(secret))
        reader.press("Set up")
        reader.page.wait_for_url(lambda url: "activate" not in url)
        secrets.write_text(secret)
    reader.goto("/console/")


def add_account(ada: Reader) -> None:
    """Point the force at the SMTP server."""
    ada.goto("/console/accounts/add/email/")
    ada.write("Name of the account", "Sink")
    ada.write("Relay", "127.0.0.1")
    ada.reach(ada.page.get_by_role("spinbutton", name="Port"))
    ada.page.keyboard.press("ControlOrMeta+a")
    ada.page.keyboard.type(SINK_PORT)
    ada.select("Encryption", "none")
    ada.write("Name that people see", "Bedfordshire trial")
    ada.write("Address that people see", "alerts@force.example.test")
    ada.press("Add the account")
    ada.press("Check it now")
    expect(ada.page.get_by_text("takes mail")).to_be_visible()


def write_alert(grace: Reader) -> int:
    """Write the alert to two wards and send it for approval; return its number."""
    grace.goto("/console/alerts/new/")
    grace.select("Kind", "Missing person")
    grace.write("Title", TITLE)
    grace.write("Message", BODY)
    grace.choose("Urgent")
    for ward in WARDS:
        grace.page.get_by_label("Find in this list").first.fill(ward)
        grace.tick(ward, exact=True)
    grace.page.get_by_label("Find in this list").first.fill("")
    expect(grace.page.locator("[data-count-output] strong")).to_contain_text(re.compile(r"\d"))
    grace.page.wait_for_timeout(1500)
    grace.page.locator("h1").scroll_into_view_if_needed()
    picture(grace, "1-compose")
    grace.press("Check it")
    grace.heading("Check the alert")
    picture(grace, "2-check")
    grace.press("Send for approval")
    grace.page.wait_for_url(re.compile(r"/console/alerts/\d+/$"))
    return int(re.findall(r"/(\d+)/$", grace.page.url)[0])


def approve(tom: Reader, number: int) -> float:
    """Approve it; return the seconds until all was sent."""
    tom.goto(f"/console/alerts/{number}/approve/")
    picture(tom, "3-approve")
    tom.press("Approve")
    began = time.monotonic()
    tom.page.wait_for_url(re.compile(rf"/console/alerts/{number}/$"))
    while bluelamp("messages", "report", str(number))["state"] != "sent":
        time.sleep(0.5)
    return time.monotonic() - began


def sink_mail() -> list[tuple[str, Mail]]:
    """Return all mail of the alert that the sink wrote down: recipient and mail."""
    found = []
    for path in sorted(SINK.iterdir()):
        raw = path.read_bytes()
        head = dict(re.findall(rb"^(X-[A-Za-z-]+): *(.*?)\r?$", raw, re.MULTILINE))
        parsed: EmailMessage = BytesParser(policy=policy.default).parsebytes(raw)  # type: ignore[assignment]
        if parsed["Subject"] != TITLE:  # a notice to an officer
            continue
        to = head[b"X-Rcpt-Args"].decode().partition(">")[0].strip("<> ")
        sender = head[b"X-Mail-Args"].decode().partition(">")[0].strip("<> ")
        mail = Mail(0, to, sender, str(parsed["Subject"]), str(parsed["From"]), "that day", raw)
        found.append((to, mail))
    return found


def answer(mails: list[tuple[str, Mail]]) -> dict[str, list[str]]:
    """Let members' systems and members answer by LMTP; return who did what."""
    port, did = int(os.environ["BLUELAMP_LMTP_PORT"]), {}
    todo = iter(mails)

    def some(name: str, count: int, make: Any, *, null_sender: bool) -> None:
        did[name] = []
        for _n in range(count):
            to, mail = next(todo)
            where, made = make(mail)
            answers.hand_over(where, made, host="127.0.0.1", port=port, null_sender=null_sender)
            did[name].append(to)

    some("bounced", BOUNCED, answers.bounce, null_sender=True)
    some("complained", COMPLAINED, answers.complaint, null_sender=True)
    some("away", AWAY, answers.out_of_office, null_sender=True)
    words = "I saw him at the bus stop by the church at ten."
    some("replied", REPLIED, lambda mail: answers.reply(mail, words), null_sender=False)
    did["rated"] = [next(todo) for _n in range(RATED)]  # type: ignore[misc]
    did["left"] = [next(todo) for _n in range(LEFT)]  # type: ignore[misc]
    return did


def path_in(mail: Mail, begins: str) -> str:
    """Return the path of a link in a mail."""
    urls = [urlsplit(url).path for url in re.findall(r"https?://\S+", mail.part("plain"))]
    return next(path for path in urls if path.startswith(begins))


def click_through(browser: Browser, did: dict[str, Any]) -> None:
    """Rate and leave on a phone by the mails' links, and read the public page."""
    for n, (_to, mail) in enumerate(did["rated"]):
        with reading(browser, ROOT, "phone") as reader:
            reader.goto(path_in(mail, "/r/").rpartition("/")[0] + "/5")
            reader.press("Send your rating")
            reader.heading("Thank you")
            if n == 0:
                reader.goto(path_in(mail, "/alert/"))
                reader.page.wait_for_timeout(1500)
                picture(reader, "5-public")
    for n, (_to, mail) in enumerate(did["left"]):
        with reading(browser, ROOT, "phone") as reader:
            reader.goto(path_in(mail, "/l/"))
            if n == 0:
                picture(reader, "6-leave")
            reader.press("Leave")
            reader.heading("You have left")
    for name in ("rated", "left"):
        did[name] = [to for to, _mail in did[name]]


def rows(number: int) -> dict[str, Any]:
    """Return from the database who was written to, each outcome, and who lives in the wards."""
    import numpy as np
    import shapely

    from bluelamp.members.models import ContactPoint, Member, Suppression
    from bluelamp.outbound.models import Delivery

    raw = (DATA / "boundaries/wards-luton-E06000032.geojson").read_text()
    features = json.loads(raw)["features"]
    shapes = [shapely.from_geojson(json.dumps(f["geometry"])) for f in features
              if f["properties"]["WD13NM"] in WARDS]  # fmt: skip
    ground = shapely.union_all(shapes)
    shapely.prepare(ground)
    gone = Suppression.objects.filter(lifted_at=None).values("key")  # what earlier runs left
    joined = Member.objects.filter(state="joined").exclude(email_point__key__in=gone)
    people = list(joined.values_list("email_point__address", "longitude", "latitude"))
    places = np.array([(x, y) for _address, x, y in people])
    inside = shapely.intersects_xy(ground, places[:, 0], places[:, 1])
    addresses = dict(ContactPoint.objects.values_list("pk", "address"))
    found = Delivery.objects.filter(message_id=number)
    return {
        "left": list(
            Member.objects.filter(left_message=number).values_list(
                "email_point__address", flat=True
            )
        ),
        "living": [people[n][0] for n in np.flatnonzero(inside)],
        "deliveries": [
            {"address": addresses[point], "status": status, "marks": marks}
            for point, status, marks in found.values_list("contact_point_id", "status", "marks")
        ],
    }


def check(number: int, got: list[str], did: dict[str, list[str]], living: list[str]) -> Any:
    """Compare the sink, the ground, the rows and the report; return the report."""
    want(len(got) == len(set(got)), "Somebody got it twice.")
    want(sorted(got) == sorted(living), "The sink and the ground differ.")
    after = ask_rows(number)
    want(sorted(r["address"] for r in after["deliveries"]) == sorted(living), "Rows differ.")
    want(sorted(after["left"]) == sorted(did["left"]), "Others left.")
    marks = {"rated": 4, "replied": 8, "complained": 32, "away": 64}
    for row in after["deliveries"]:
        address = row["address"]
        marked = sum(bit for name, bit in marks.items() if address in did[name])
        status = 6 if address in did["bounced"] else 1
        want((row["status"], row["marks"]) == (status, marked), f"The row of {address} is wrong.")
    report = bluelamp("messages", "report", str(number))
    expected = {
        "recipients": len(got), "bounced": BOUNCED, "accepted": len(got) - BOUNCED,
        "complained": COMPLAINED, "replied": REPLIED, "rated": RATED, "left": LEFT,
        "unknown": 0, "refused": 0, "skipped": 0, "settled": len(got),
    }  # fmt: skip
    different = {name: report[name] for name, count in expected.items() if report[name] != count}
    want(different == {}, f"The report is wrong: {different}")
    return report


def ask_rows(number: int) -> dict[str, Any]:
    """Run :func:`rows` in a process of its own, because a browser runs in this one."""
    done = subprocess.run([sys.executable, __file__, "rows", str(number)], check=True,
                          capture_output=True, text=True)  # fmt: skip
    answered: dict[str, Any] = json.loads(done.stdout)
    return answered


def settled(number: int) -> bool:
    """Say whether all that came back is folded in."""
    report = bluelamp("messages", "report", str(number))
    wanted = {"bounced": BOUNCED, "complained": COMPLAINED, "replied": REPLIED,
              "rated": RATED, "left": LEFT}  # fmt: skip
    return all(report[name] == count for name, count in wanted.items())


def drive() -> None:
    """Do the whole job and print the numbers."""
    with running() as browser:
        if not bluelamp("accounts", "list"):
            with reading(browser, ROOT, "desk") as ada:
                sign_in(ada, "ada.wick")
                add_account(ada)
        with reading(browser, ROOT, "desk") as grace:
            sign_in(grace, "grace.fold")
            number = write_alert(grace)
        with reading(browser, ROOT, "desk") as tom:
            sign_in(tom, "tom.barrow")
            living = ask_rows(number)["living"]
            seconds = approve(tom, number)
            mails = sink_mail()
            did = answer(mails)
            click_through(browser, did)
            for _second in range(120):
                if settled(number):
                    break
                time.sleep(1)
            report = check(number, [to for to, _mail in mails], did, living)
            click.echo(json.dumps({"seconds": round(seconds, 1), **report}))
            tom.goto(f"/console/alerts/{number}/")
            picture(tom, "4-report")


def main() -> None:
    """Drive; or, for :func:`ask_rows`, print the rows."""
    if sys.argv[1:2] != ["rows"]:
        drive()
        return
    from bluelamp.kit.cli import needs_database
    from bluelamp.site import database  # noqa: F401 - it makes the database ready

    @needs_database
    def tell() -> None:
        click.echo(json.dumps(rows(int(sys.argv[2]))))

    tell()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bluelamp.site.settings")
    main()
