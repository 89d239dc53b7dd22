"""Names of places and people of the fictional county."""

from __future__ import annotations

DISTRICTS = ("Brackenford", "Otterdale", "Saltmere", "Highmoor")

WARDS = (
    ("Northwick", "Castle Hill", "Mill Lane", "Canalside", "St Oswald's", "Fernley"),
    ("Otterbridge", "Dunmoor", "Lower Otter", "Ashby Green", "Wrenfield", "Kiln Cross"),
    ("Harbour", "Saltmere East", "The Strand", "Lightwater", "Marsh End", "Cobb's Quay"),
    ("Highmoor Town", "Stonegate", "Heather Vale", "Quarry Bank", "Upper Tarn", "Larkrise"),
)

STREETS = (
    "Chapel Lane", "Station Road", "Orchard Close", "Weavers Row", "Tanner Street", "Bracken Way",
    "Mill Race", "Church View", "Victoria Terrace", "Harbour Street", "The Crescent",
    "Fuller's Yard",
)  # fmt: skip

GIVEN = (
    "Amira", "Ben", "Chloe", "Dev", "Ellen", "Farah", "George", "Hana", "Imran", "Joan", "Kofi",
    "Lucy", "Marek", "Nia", "Owen", "Priya", "Quentin", "Rosa", "Sam", "Tariq", "Una", "Victor",
    "Wendy", "Yusuf", "Zofia",
)  # fmt: skip

FAMILY = (
    "Appleyard", "Begum", "Carver", "Dhillon", "Eastwood", "Fenwick", "Garside", "Hussain",
    "Ibbotson", "Jarvis", "Kowalska", "Lister", "Mensah", "Nowak", "Okafor", "Pickles", "Rahman",
    "Sugden", "Thackray", "Umar", "Verity", "Whitaker", "Yeadon",
)  # fmt: skip

ALERTS = (
    (
        "crime", "crime", "Shed break-ins around {street}, {ward}",
        "Three sheds were broken into around {street} between Friday evening and Sunday morning."
        " Bicycles and garden tools were taken.\n\nMark your tools and bicycles, lock the shed with"
        " a closed-shackle padlock and keep a light on. If you saw anyone carrying tools or pushing"
        " two bicycles, reply to this message or call 101.",
    ),
    (
        "appeal", "appeals", "Did you see a collision on {street}?",
        "A cyclist was hurt when a silver estate car failed to stop on {street}, {ward}, at about"
        " twenty past five on Tuesday evening. She is recovering at home.\n\nWe would like to hear"
        " from anyone with a dashcam or doorbell camera who was nearby.",
    ),
    (
        "crime", "scams", "Callers who say they are the police, {ward}",
        "Several older residents of {ward} were called by a man who said he was a detective and"
        " asked them to withdraw money.\n\nThe police never ask you to withdraw or hand over money."
        " Hang up, wait five minutes and call 101 from another phone.",
    ),
    (
        "event", "events", "Meet your team in {ward} on Thursday",
        "Your neighbourhood team will be at the community room on {street} on Thursday from six to"
        " half past seven.\n\nCome and tell us what matters to you. Tea is on us. The room has a"
        " ramp and a hearing loop.",
    ),
    (
        "good_news", "crime", "Two arrests after catalytic converter thefts in {ward}",
        "After your replies to our message last week we searched a garage in {ward}. Two men were"
        " arrested and eleven catalytic converters were found.\n\nThank you to the neighbours who"
        " wrote to us.",
    ),
    (
        "safety", "crime", "{street} closed after a burst main",
        "{street} in {ward} is closed in both directions while a burst water main is repaired."
        " Buses use the ring road.\n\nWe expect it to open again tomorrow morning.",
    ),
    (
        "missing", "missing", "Help us find a missing man from {ward}",
        "A 71-year-old man left his home in {ward} at about nine this morning and has not come"
        " back. He is tall, wears a green waxed jacket and walks with a stick. He may be"
        " confused.\n\nIf you see him, stay with him and call 999.",
    ),
    (
        "crime", "prevention", "Shop thefts on {street}: what to look for",
        "Four shops on {street} lost spirits and razor blades to the same group this week.\n\nOne"
        " person keeps staff busy while two others fill a bag. Keep costly stock in sight of the"
        " till and send us pictures the same day.",
    ),
)  # fmt: skip
"""Kind, topic, title, body; ``{ward}`` and ``{street}`` are filled in."""

REPLIES = (
    "I saw two lads with bikes by the bridge on Saturday night, about eleven. One had a red hood.",
    "Thank you, that is good to know. Will there be more patrols?",
    "Our doorbell camera may have caught the car. How can I send you the film?",
    "This happened to my mother as well. She did not report it because she was ashamed.",
    "Please tell us what happened in the end, we never hear.",
)
