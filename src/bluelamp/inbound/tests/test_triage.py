"""Messages as the police get them, and what must become of them.  All are made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.inbound.rules.triage import Assessment, Heading, Triage
from bluelamp.inbound.rules.whereabouts import PlaceNames
from bluelamp.inbound.values import Severity
from bluelamp.language.sheets import shipped
from bluelamp.language.values import Term

SHIPPED = Triage(shipped("emergency"), shipped("thrive"), shipped("relevance"))

EMERGENCIES = """
He's outside with a knife please come quick
i cant talk hes in the next room please send police 14 mill lane
hes going to kill me
please help im hiding in the bathroom my husband has a gun
I want to die. I can't do this anymore
taken all my tablets dont want to be here
my son is 4 and has gone missing in the park, been 20 mins
there is a man with a machete on the high street people running
house on fire next door, can hear screaming
The house next to 12 Mill Lane is on fire and there are people inside
my ex is trying to break in right now
someone is in my house im upstairs
Someone has broken into my house and I am hiding upstairs
somebody has broken into my flat, please hurry
my mum isnt breathing
im trapped in my car water rising fast
dad is hitting mum again im scared im 9
she's on the bridge and says she is going to jump
a bloke just stabbed someone outside the Co-op
There's a child being dragged into a van on Park Road
hes strangling her
three lads with knives chasing a boy near the station
HELP ME HES GOT A KN1FE
can't breathe chest hurts call ambulance
my boyfriend won't let me leave he locked me in and took my phone
shots fired in Elm St just now
an old lady in our block wont wake up
I've been raped
man fallen in the canal by the lock hes drowning
No! He has a knife
not hurt but he has a knife
he hit me last night and hes coming back now
Mae rhywun yn fy nilyn i adref mae ganddo gyllell
Dwi eisiau marw
mae'r tŷ ar dân
mój mąż mnie bije proszę o pomoc
He is breaking the door, he has a knife, please
he's breaking in now with a knife
they are breaking down our door please help
my husband is breaking things, he has a knife, please
I reported him last week and he is here with a knife
He is out of prison after the trial and he is here with a knife
he is meant to be in court for hitting me, he is here now trying to kill me
I am in court and a man has a knife please come
he was found guilty and now he is going to kill me please
he was convicted of rape and he is inside my flat now
police arrested him but he is outside our door now with a knife please help
he has been on the news and he is in my house please
according to my son he has a knife and is outside our door
if he finds me he will kill me please come now
he has a video of me and is going to kill me
watch out he has a knife please come
pray for me he is going to kill me
""".strip().splitlines()

NO_EMERGENCIES = """
this traffic is killing me
Man stabbed in Leeds city centre, police appeal for witnesses http://t.co/abc
Two men jailed for knife attack in Luton
RT @BBCNews: Three killed in house fire in Bradford, police say
Police are investigating after a woman was attacked in Bedford last month
Watch: firefighters battle massive blaze at warehouse
that new album is fire 🔥🔥
I'm dying lol 😂
my phone battery is dying
Suicide Squad is the best film ever
Great shot by Saka! he killed it
Bomb cyclone hits US east coast
I could murder a curry
They are beating us 3-0, shocking game
I'm stuck in traffic on the M1
We are trapped in a meeting
shoot me an email when you can
knife amnesty bins at Luton police station this week
Domestic abuse awareness week: you are not alone
I collect knives as a hobby, do I need a licence?
when is the next neighbourhood watch meeting?
thank you for finding my bike
someone keyed my car
praying for the victims of the fire
Somebody has broken into our shed behind Park Avenue, nobody was hurt
Our car was broken into last night
Mae'r cyfarfod nesaf nos Fawrth
Breaking: man with a knife arrested outside the station
BREAKING: gunman inside school, news reports say
Breaking: shots fired in Luton
Breaking: hostage taken in bank in my town
BREAKING two stabbed in Leeds now
Reports of a man with a knife in Manchester now http://t.co/x
Court hears man with a knife threatened to kill her
Man breaking down the door of a bank jailed
Woman told court: he was going to kill me
If he has a gun in the film he will kill someone
""".strip().splitlines()


@pytest.mark.parametrize("text", EMERGENCIES)
def test_an_emergency_is_seen(text: str) -> None:
    found = SHIPPED.assess(text)
    assert found.severity is Severity.EMERGENCY
    assert found.danger.signs
    assert found.proposals


@pytest.mark.parametrize("text", EMERGENCIES)
def test_it_is_seen_however_it_is_typed(text: str) -> None:
    assert SHIPPED.assess(text.upper()).severity is Severity.EMERGENCY
    assert SHIPPED.assess(text.lower().replace("'", "’")).severity is Severity.EMERGENCY


@pytest.mark.parametrize("text", NO_EMERGENCIES)
def test_talk_is_no_emergency(text: str) -> None:
    assert SHIPPED.assess(text).severity not in (Severity.EMERGENCY, Severity.URGENT)


@pytest.mark.parametrize(
    "text",
    [
        "my nan has dementia and has wandered off",
        "There's a suspicious package at the bus stop",
        "big fight outside the Red Lion",
        "an old man collapsed on the pavement",
        "my ex keeps turning up outside my house, i'm scared",
    ],
)
def test_what_may_be_one_is_urgent_at_least(text: str) -> None:
    assert SHIPPED.assess(text).severity in (Severity.EMERGENCY, Severity.URGENT)


def headings(found: Assessment) -> dict[Heading, tuple[str, ...]]:
    return {proposal.heading: proposal.words for proposal in found.proposals}


def test_headings_come_with_the_words_that_led_to_them() -> None:
    found = headings(SHIPPED.assess("My car was stolen, I have CCTV and my son is scared"))
    assert found[Heading.HARM] == ("stolen",)
    assert "CCTV" in found[Heading.INVESTIGATION]
    assert found[Heading.VULNERABILITY] == ("my son",)
    assert found[Heading.RISK] == ("scared",)


def test_a_report_of_a_crime_is_prompt() -> None:
    text = "My car was stolen last night from Mill Lane LS6 2AB, I have CCTV"
    found = SHIPPED.assess(text, PlaceNames([("street-1", "Mill Lane")]))
    assert found.severity is Severity.PROMPT
    assert [code.postcode for code in found.postcodes] == ["LS6 2AB"]
    assert [place.name for place in found.places] == ["Mill Lane"]


def test_welsh_is_named() -> None:
    assert SHIPPED.assess("Mae rhywun wedi dwyn fy nghar neithiwr").tongue.code == "cy"


def test_information_goes_before_chatter() -> None:
    telling = "A61 closed northbound at Elm St due to flooding, 40 homes without power. Avoid."
    chatter = "omg so bored of all this rain lol, thoughts and prayers everyone"
    assert SHIPPED.assess(telling).score > SHIPPED.assess(chatter).score


def test_points_are_the_sum_of_what_is_shown() -> None:
    found = SHIPPED.assess("UPDATE: 40 homes evacuated near the river, police say http://a.test")
    assert found.relevance == pytest.approx(sum(mark.points for mark in found.contributions))
    weights = [abs(mark.points) for mark in found.contributions]
    assert weights == sorted(weights, reverse=True)


def test_lists_are_data() -> None:
    own = Triage([Term("zorb", "zorbing", 9.0)], [], [Term("tea", "comfort", -2.0)])
    assert own.assess("a zorb!").severity is Severity.EMERGENCY
    assert own.assess("tea").score == -2.0


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    found = SHIPPED.assess(text)
    for mark in (*found.danger.signs, *found.contributions):
        for start, end in mark.spans:
            assert 0 <= start <= end <= len(text)
