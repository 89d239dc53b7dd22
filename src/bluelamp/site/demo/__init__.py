"""The fictional force: Brackenshire Police, its ground, officers, members and a fortnight's alerts.

All of it is made by seeded chance from lists in ``words.py``; the county lies
in the sea off Lincolnshire, so that nobody's street is meant.
"""


def ensure_demo() -> bool:
    """Make the demo force unless it is there; say whether it was made now."""
    from bluelamp.site.demo import make  # needs Django, which a command sets up first

    return make.ensure_demo()
