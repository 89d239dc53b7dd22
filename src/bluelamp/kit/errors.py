"""The one base class of everything the product refuses with a sentence."""


class BluelampError(Exception):
    """A refusal whose message is fit for the person who caused it.

    Each floor subclasses it in its own ``errors.py``.  Views turn it into a
    message on the page, commands into a line on stderr and exit code 1.
    """
