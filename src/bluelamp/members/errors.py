"""What this floor refuses."""

from bluelamp.kit.errors import BluelampError


class MembersError(BluelampError):
    """A refusal of this floor."""


class AddressError(MembersError):
    """The text is not an address that mail can go to."""


class TooOftenError(MembersError):
    """Too many codes were asked for, or tried, from one place."""


class WrongCodeError(MembersError):
    """The code is wrong, too old or used up; which of these is not told."""


class SuppressedError(MembersError):
    """The force has put the address on its list of those to whom nothing goes."""


class AudienceError(MembersError):
    """An audience names something that the force does not have."""


class ReasonWantedError(MembersError):
    """The act asks for the officer's own words on why."""


class ImportRefusedError(MembersError):
    """A file of members cannot be taken as it is; nothing of it was."""


class UnknownPostcodeError(MembersError):
    """No such postcode is known here."""


class MergeRefusedError(MembersError):
    """Two contacts that cannot be said to be one person."""
