"""What a force sets for what goes out."""

from __future__ import annotations

from bluelamp.org.rules.settings import Address, Setting, Switch

TRACKING = Setting(
    "tracking", "Openings and clicks",
    "Counts who opened an alert and followed its links, of those members alone who agreed to it.",
    Switch(), usual=False,
    help="It holds for alerts that are approved from then on.",
    care="Say in the privacy notice that openings are counted before you turn this on.",
)  # fmt: skip
PUBLIC_URL = Setting(
    "public_url", "Address of the public pages",
    "What the links in alerts and answers begin with.", Address(), "",
    none="The installation’s own",
    kept="It goes with the certificate and the name server: who runs the installation sets it.",
)  # fmt: skip
"""Empty: the installation's own (``BLUELAMP_PUBLIC_URL``)."""
