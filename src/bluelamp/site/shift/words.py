"""What people say on a shift: emergencies of many kinds, and what comes every day."""

from __future__ import annotations

from random import Random

EMERGENCIES = (
    "A man outside {place} on {street} has a knife, please come quickly",
    "My husband is hitting me and has locked us in, {number} {street}, please help",
    "I can't talk, he will hear me, I am hiding upstairs at {number} {street}",
    "She says she wants to kill herself and has taken tablets, {number} {street}",
    "There is a lad on the wrong side of the railings near {street}, he is going to jump",
    "My dad hits my brother and he is screaming, {number} {street}, I am 12",
    "He is not breathing, we are outside {number} {street}, send an ambulance",
    "The house next door is on fire and there are people inside, {number} {street}",
    "I cannot find my daughter, she is five, we were at {place} on {street}, please help",
    "Two cars have crashed on {street} by {place}, she is bleeding and trapped, we need help now",
    "Four lads are attacking a man outside {place} on {street}, hurry please",
    "I have just been raped near {street}, he is still outside",
    "Somebody is trying to get into my house at {number} {street}, I am alone",
    "He is outside my door with a hammer and is going to kill me, {number} {street}",
)
EVERY_DAY = (
    "Somebody has broken into our shed at {number} {street} {when} and taken two bicycles",
    "The motorbikes are on {street} again, {when}, third time this week that I report it",
    "My neighbour at {number} {street} is 84 and has given her bank card to a caller {when}",
    "There is a white van outside {place} on {street} since {when}, the number ends in {number}",
    "Who do I call about the fireworks on {street} {when}? The dogs are frantic",
    "I think my son is being used to carry drugs for older boys from {street}, since {when}",
    "Lost: a brown wallet near {place}, {street}, {when}, my name is on the card number {number}",
    "Please thank the officer who helped my mother at {place} on {street} {when}",
    "Cars are racing round {place} on {street} {when}, somebody will get hurt",
    "Graffiti of a nasty kind has been sprayed on number {number} {street} {when}",
    "My ex keeps sending me messages since {when}, I am at {number} {street} and worried",
    "The street light by {number} {street} has been out since {when}, it is pitch dark there",
    "I was sold tickets that do not exist by somebody at {place} {when}, I paid {number} pounds",
    "Can I see a neighbourhood officer about parking outside {place} on {street} {when}?",
    "A man has been shouting abuse at staff in {place}, {street}, {when}; he has left now",
    "I saw who took the mower from {number} {street} {when} and can send a picture",
)
ANSWERS_OF_CITIZENS = (
    "Yes, that is right, it was number {number}.",
    "I have a photograph, where do I send it? From {number} {street}",
    "Nobody else saw it. It was about {when}.",
    "Thank you, I will be in after six at {number} {street}.",
)
_PLACES = (
    "the Post Office", "the Co-op", "the library", "the chip shop", "the station", "the school",
    "the Red Lion", "the park gates", "the surgery", "the bus stop", "the church", "the garage",
)  # fmt: skip
_STREETS = tuple(
    f"{name} {kind}"
    for name in ("Chapel", "Mill", "Station", "Park", "Church", "Victoria", "Albert", "Linden",
                 "Orchard", "Priory", "Castle", "Meadow", "Bridge", "Abbey", "Grove")
    for kind in ("Lane", "Road", "Street", "Avenue", "Close")
)  # fmt: skip
_WHEN = (
    "last night", "this morning", "on Friday", "an hour ago", "yesterday at four", "at the weekend",
    "after school", "around noon", "on Tuesday evening", "just after eleven",
)  # fmt: skip


def say(kinds: tuple[str, ...], random: Random) -> str:
    """Return words of one of these kinds, about some place and time."""
    return random.choice(kinds).format(
        place=random.choice(_PLACES), street=random.choice(_STREETS), when=random.choice(_WHEN),
        number=random.randrange(1, 400),
    )  # fmt: skip
