"""Somebody who turns to the police again and again, by mail and then by another name elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta

from bluelamp.cases.actions import close
from bluelamp.cases.identify import identify
from bluelamp.cases.models import Case
from bluelamp.channels.models import Account
from bluelamp.inbound.values import Severity
from bluelamp.org.models import Force, Officer
from bluelamp.site.demo.said import Told
from bluelamp.site.demo.saying import say

DAY = 24 * 60
WRITER = "Maureen Tate"
LETTERS = (
    (Told(40 * DAY, "email", WRITER, "Somebody has taken the milk from my step again. I know it is"
          " only milk. I am on my own since Frank died and I hear every step outside.",
          Severity.ROUTINE, {"engagement": ["again"]}, subject="Milk"),
     "Rang her; a patrol looks in when it passes"),
    (Told(24 * DAY, "email", WRITER, "The boys were kicking my door last night and laughing. They"
          " stopped when the light went on.", Severity.ROUTINE,
          {"vulnerability": ["I am on my own"]}, subject="Boys at the door"),
     "Spoken with the parents in Cooper Street"),
    (Told(8 * DAY, "email", WRITER, "They have pushed something through my letter box and it was"
          " burning. I put it out with the kettle. I do not sleep downstairs now.",
          Severity.PROMPT, {"harm": ["it was burning"], "vulnerability": ["do not sleep"]},
          subject="Letter box"),
     "Fire service has fitted a guard; the team visits"),
    (Told(150, "email", WRITER, "It is the same ones again, I saw the red jacket. My son says I"
          " should move in with him but this is my house.", Severity.PROMPT,
          {"harm": ["the same ones"], "vulnerability": ["should move"]}, subject="Again"), ""),
)  # fmt: skip
"""What she writes, and with which words each case is closed; the last is open."""
ELSEWHERE = Told(
    95, "bluesky", "Mo Tate", "I wrote to you about my door in Weavers Row. My e-mail is"
    " maureen.tate@example.test, my grandson has set this up for me. Did anybody find the boys?",
    Severity.PROMPT, {"vulnerability": ["my door"]},
)  # fmt: skip


def make_regulars(force: Force, now: datetime) -> None:
    """Let her write, be answered, write again; then let it be read who she is and how she fares."""
    mail = Account.objects.get(force=force, provider="email")
    page = Account.objects.get(force=force, name="Bluesky, simulated")
    sam = Officer.objects.select_related("unit").get(force=force, number="3105")
    for told, ended in LETTERS:
        at = now - timedelta(minutes=told.ago)
        case = Case.objects.get(items__item=say(mail, told, at))
        if ended:
            close.close(case, reason=ended, by=sam, now=at + timedelta(hours=20))
    say(page, ELSEWHERE, now - timedelta(minutes=ELSEWHERE.ago))
    while identify(now=now):
        pass
